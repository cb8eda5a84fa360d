"""Work in the background: the Celery application, and the doorbell that wakes its worker.

The promise that work is done is a row of the outbox; ringing may fail, and then the sweeper finds the row within fifteen seconds.
No task lives here, and nothing but ids goes through here.
"""

import logging
import os
import time
from typing import Any
from uuid import UUID

import redis
from celery import Celery
from celery.signals import worker_before_create_process, worker_init, worker_process_shutdown
from django.conf import settings
from kombu.connection import Connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from bar.database import let_go
from dossiers.pdf import load_press

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bar.settings")

PATIENCE = 0.5  # seconds: somebody is waiting for a page
QUIET = 15.0  # seconds: a broker that did not answer is left alone, so that one page waits and not each; the sweeper comes by as often
_quiet_until: dict[str, float] = {}
log = logging.getLogger(__name__)

app = Celery("bar")
app.config_from_object("django.conf:settings", namespace="CELERY")


def ring(task: str, *ids: str | int | UUID) -> bool:
    """Wake the worker for this task; whether that worked. Never raises, and never takes longer than about a second.

    Celery alone would try a silent broker for over a minute, so the broker is asked first whether it is there.
    """
    if time.monotonic() < _quiet_until.get(settings.REDIS_URL, 0.0):
        return False
    try:
        with broker(settings.REDIS_URL) as client:
            client.ping()
        options = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        with Connection(settings.REDIS_URL, transport_options=options, connect_timeout=PATIENCE) as connection:  # type: ignore[no-untyped-call]
            app.send_task(task, args=[str(one) for one in ids], connection=connection, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 -- whatever goes wrong with a bell, the work itself is safe
        _quiet_until[settings.REDIS_URL] = time.monotonic() + QUIET
        log.warning("the doorbell did not ring: %s", type(error).__name__)
        return False
    return True


def broker(url: str) -> "redis.Redis":
    """A client of the broker that answers soon or not at all."""
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0))


@worker_init.connect  # type: ignore[untyped-decorator]
def _load_press(**_signal: Any) -> None:
    """So that the first letter after a start is not the slow one: children of this process find the press in memory."""
    load_press()


@worker_before_create_process.connect  # type: ignore[untyped-decorator]
@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _let_go(**_signal: Any) -> None:
    """A child brings no connection of its parent along, and leaves none behind when it stops."""
    let_go()
