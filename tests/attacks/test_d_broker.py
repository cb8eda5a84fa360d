"""A message in the broker that was not ours: a real worker reads JSON and nothing else, and goes on working."""

import base64
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bar.celery import broker
from bar.local import keys, valkey
from dossiers.models import Outbox

PATIENCE = 60  # seconds; how busy this machine is says nothing about a worker


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[str]:
    secrets = keys.load(tmp_path / "secrets.json")
    valkey.start(tmp_path, secrets)
    yield valkey.url(tmp_path, secrets)
    valkey.stop(tmp_path, secrets)


@contextmanager
def worker(url: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as it runs anywhere, at this broker and at the database of this test."""
    values = settings.DATABASES["default"]
    database = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME'] or values['NAME']}"
    environment = {**os.environ, "REDIS_URL": url, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "bar.settings"}
    with log.open("wb") as written:
        command = [sys.executable, "-m", "celery", "-A", "bar", "worker", "--pool=solo", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=written, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def message(body: bytes, content_type: str, encoding: str) -> str:
    """One message as the broker holds it."""
    one = str(uuid4())
    headers = {"lang": "py", "task": "dossiers.tasks.do_outbox", "id": one, "root_id": one, "argsrepr": "()", "kwargsrepr": "{}", "retries": 0}
    properties = {"delivery_tag": one, "delivery_mode": 2, "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}}
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-type": content_type,
            "content-encoding": encoding,
            "headers": headers,
            "properties": {**properties, "correlation_id": one, "priority": 0},
        }
    )


@pytest.mark.django_db(transaction=True)
def test_d12_a_worker_refuses_whatever_is_not_json(own_broker: str, tmp_path: Path) -> None:
    pickled, yamled, read = tmp_path / "pickled", tmp_path / "yamled", tmp_path / "worker.log"
    promise = Outbox.objects.create(kind="notice", object_id=uuid4(), dedupe_key="notice", next_at=timezone.now(), made_at=timezone.now())
    call = f"!!python/object/apply:os.mkdir ['{yamled}']".encode()
    ours = json.dumps([[str(promise.pk)], {}, {}]).encode()
    with broker(own_broker) as client:
        client.rpush("celery", message(ours, "application/json", "utf-8"))  # read last: the list is emptied from its other end
        client.rpush("celery", message(call, "application/x-yaml", "utf-8"))
        client.rpush("celery", message(pickle.dumps(([Bomb(pickled)], {}, {})), "application/x-python-serialize", "binary"))
        with worker(own_broker, read) as process:
            until = time.monotonic() + PATIENCE
            while not is_tried(promise) and time.monotonic() < until and process.poll() is None:
                time.sleep(0.1)
            assert process.poll() is None, read.read_text()[-3000:]
        assert client.llen("celery") == client.hlen("unacked") == 0
    assert is_tried(promise), f"our own message after the two others was not done: {read.read_text()[-3000:]}"
    assert not pickled.exists() and not yamled.exists()
    assert "ContentDisallowed" in read.read_text()


def is_tried(promise: Outbox) -> bool:
    """Whether a worker took it; there is nothing behind it, so it is not done."""
    return Outbox.objects.get(pk=promise.pk).attempts > 0
