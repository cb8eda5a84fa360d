"""What worker and clock leave for who looks after the machine: a line and a number per task, and signs of life.

Celery calls these functions. Names of tasks and ids only; no argument, no result. A failure here may never fail a task.
"""

import logging
import os
import shutil
import threading
import time
from contextlib import AbstractContextManager, suppress
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import redis
from celery import signals
from celery.beat import PersistentScheduler
from django.conf import settings

from bar import metrics, probe
from bar.celery import broker
from bar.figures import SWEPT
from bar.logs import about
from bar.metrics_page import of_worker

SWEEP = "dossiers.tasks.sweep_outbox"
KEPT = 7 * 24 * 60 * 60  # seconds that the broker remembers the last sweep
log = logging.getLogger("bar.tasks_done")
logging.captureWarnings(True)
_running: dict[str, tuple[float, AbstractContextManager[None]]] = {}


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def keep_our_logging(**_signal: Any) -> None:
    """Celery would write lines of its own form, with arguments in them; that somebody listens here is enough to keep it from that."""


@signals.task_prerun.connect  # type: ignore[untyped-decorator]
def begin(task_id: str, task: Any, **_signal: Any) -> None:
    """From here every line of this process says which task it is about."""
    block = about(task=task.name, task_id=task_id)
    block.__enter__()
    _running[task_id] = time.perf_counter(), block


@signals.task_postrun.connect  # type: ignore[untyped-decorator]
def end(task_id: str, task: Any, state: str | None = None, **_signal: Any) -> None:
    """One line, one count; after a sweep also the sign that clock, broker and worker live."""
    began, block = _running.pop(task_id, (time.perf_counter(), about()))
    seconds = time.perf_counter() - began
    metrics.TASKS.labels(task.name, state or "UNKNOWN").inc()
    metrics.TASK_SECONDS.labels(task.name).observe(seconds)
    if settings.LOG_REQUESTS:
        log.info("task", extra={"facts": {"state": state or "UNKNOWN", "ms": round(seconds * 1000)}})
    if task.name == SWEEP:
        with suppress(OSError, redis.RedisError), broker(settings.REDIS_URL) as client:
            client.set(SWEPT, str(time.time()), ex=KEPT)
    with suppress(RuntimeError, ValueError, TypeError):
        block.__exit__(None, None, None)


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
@signals.heartbeat_sent.connect  # type: ignore[untyped-decorator]
def worker_lives(**_signal: Any) -> None:
    """The main process of the worker came around."""
    probe.touch("worker")


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def serve_counts(**_signal: Any) -> None:
    """Let Prometheus read this worker, when a port is set."""
    if settings.METRICS_WORKER_PORT:
        server = make_server("", settings.METRICS_WORKER_PORT, of_worker, server_class=_Server, handler_class=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True, name="metrics").start()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def tidy_up(**_signal: Any) -> None:
    """Leave nothing behind."""
    if settings.METRICS_WORKER_PORT:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


class Clock(PersistentScheduler):
    """Celery's clock, which shows that it still comes around: `beat --scheduler bar.working:Clock`."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Do what is due, and show it."""
        probe.touch("clock")
        return super().tick(*args, **kwargs)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 5  # seconds for who is slow to ask

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the library's
        """Nothing: a line per scrape tells nobody anything."""
