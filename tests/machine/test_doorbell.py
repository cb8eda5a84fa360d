"""The doorbell rings soon or not at all; no broker can keep a page waiting, and none is told content."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from bar.celery import PATIENCE, app, broker, ring
from bar.local import keys, valkey
from dossiers import outbox, tasks


@pytest.fixture
def silent_broker() -> Iterator[socket.socket]:
    """A broker that accepts and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        yield server


@pytest.fixture
def own_broker(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A broker that no other test rings at the same moment."""
    secrets = keys.load(tmp_path / "secrets.json")
    valkey.start(tmp_path, secrets)
    settings.REDIS_URL = valkey.url(tmp_path, secrets)
    yield
    valkey.stop(tmp_path, secrets)


@pytest.mark.usefixtures("own_broker")
def test_a_ring_puts_the_ids_on_the_queue(settings: Settings) -> None:
    one = uuid4()
    with broker(settings.REDIS_URL) as client:
        assert ring("dossiers.tasks.sweep_outbox", one)
        message = json.loads(client.lpop("celery"))
    assert message["headers"]["task"] == "dossiers.tasks.sweep_outbox"
    assert message["content-type"] == "application/json"
    assert message["headers"]["argsrepr"] == f"['{one}']"


def test_a_refusing_broker_is_no_error(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert not ring("dossiers.tasks.sweep_outbox")


def test_a_silent_broker_is_asked_once_and_not_waited_for(settings: Settings, silent_broker: socket.socket) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_broker.getsockname()[1]}/0"
    waits = broker(settings.REDIS_URL).get_connection_kwargs()
    assert waits["socket_timeout"] == waits["socket_connect_timeout"] == PATIENCE <= 0.5
    assert waits["retry"].get_retries() == 0
    assert not ring("dossiers.tasks.sweep_outbox")
    silent_broker.accept()
    with pytest.raises(BlockingIOError):
        silent_broker.accept()


def test_a_killed_worker_loses_nothing_and_nothing_but_json_is_read() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert app.conf.worker_prefetch_multiplier == 1
    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit


def test_the_clock_sweeps_every_fifteen_seconds() -> None:
    schedule = app.conf.beat_schedule
    assert schedule["sweep_outbox"] == {"task": "dossiers.tasks.sweep_outbox", "schedule": 15.0, "options": {"expires": 15.0}}
    assert schedule["remind"]["task"] == "dossiers.tasks.remind"


@pytest.mark.usefixtures("own_broker")
def test_the_outbox_rings_this_bell(settings: Settings) -> None:
    one = uuid4()
    with broker(settings.REDIS_URL) as client:
        outbox.ring(one)
        message = json.loads(client.lpop("celery"))
    assert (message["headers"]["task"], message["headers"]["argsrepr"]) == ("dossiers.tasks.do_outbox", f"['{one}']")
    assert "do_outbox" in dir(tasks)
