"""The product's own processes over a bench database: web and workers as in the demonstration, with the broker number they ring.

Processes only; what is measured with them does not belong here.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from urllib.error import URLError
from urllib.request import urlopen

BROKER_NUMBER = 14


def for_real() -> None:
    """Let the test client in and keep mail in memory; without Django's test environment, which slows every template down."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """What a process needs to work on the database and broker number of this run."""
    from tests.browsing import of_this_run

    return {**os.environ, **of_this_run(), "DJANGO_SETTINGS_MODULE": "bar.settings", **extra}


@contextmanager
def workers(extra: Mapping[str, str]) -> Iterator[None]:
    """A worker with two children, warm: it has done a first promise when this returns; and our own doorbell rings where it listens."""
    from django.test import override_settings

    from bar.celery import app, broker

    values = environment(extra)
    with broker(values["REDIS_URL"]) as client:
        client.flushdb()
    before = app.conf.broker_url
    app.conf.broker_url = values["REDIS_URL"]
    python = [sys.executable, "-m", "celery", "--app", "bar.celery", "--quiet"]
    with ExitStack() as stack:
        stack.enter_context(override_settings(REDIS_URL=values["REDIS_URL"], CELERY_BROKER_URL=values["REDIS_URL"]))
        stack.callback(setattr, app.conf, "broker_url", before)
        stack.enter_context(_running([*python, "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel", "ERROR"], values))
        until = time.monotonic() + 60
        while not app.control.inspect(timeout=0.5).ping():
            assert time.monotonic() < until, "the worker does not answer"
        yield


@contextmanager
def web(extra: Mapping[str, str], *, port: int) -> Iterator[str]:
    """The web server as the demonstration starts it; gives its address."""
    from bar.management.commands.demo import GUNICORN

    address = f"http://127.0.0.1:{port}"
    with _running([sys.executable, "-m", "gunicorn", "bar.wsgi", f"--bind=127.0.0.1:{port}", *GUNICORN], environment(extra)):
        until = time.monotonic() + 60
        while not _answers(f"{address}/healthz"):
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)
        yield address


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310 -- our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@contextmanager
def _running(command: list[str], values: Mapping[str, str]) -> Iterator[None]:
    from tests.browsing import begin

    process = begin(command, dict(values))
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
