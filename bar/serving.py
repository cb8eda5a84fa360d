"""How Gunicorn serves the product in a real installation: `gunicorn --config python:bar.serving bar.wsgi`.

Loaded by Gunicorn's main process before Django is. Gunicorn's own access log stays off: it writes addresses, and those hold dossier numbers and
the links of invitations; `bar/observed.py` writes one line per request instead.
"""

import os
import shutil
import tempfile
from typing import Any

from bar import env

COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # what prometheus_client calls it

bind = env.text("WEB_BIND", "127.0.0.1:8000")
workers = env.number("WEB_WORKERS", 2, minimum=1)
worker_class = "gthread"
threads = env.number("WEB_THREADS", 4, minimum=1)
timeout = 60  # seconds without a sign of life before a worker is replaced; the database stops a query after 30
graceful_timeout = 30  # seconds that requests under way get after SIGTERM; docker-compose.yml waits longer
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
control_socket_disable = True
accesslog = None
worker_tmp_dir = tempfile.gettempdir()
proc_name = "bar-web"

logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "bar.logs.JSONLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}


def on_starting(server: Any) -> None:
    """The counts of all workers lie in one folder of this start, so that any of them can add them up. Before a worker imports prometheus_client."""
    os.environ[COUNTS] = tempfile.mkdtemp(prefix="bar-counts-")


def child_exit(server: Any, worker: Any) -> None:
    """What a worker that ended held at that moment counts no more; what it did, does."""
    from prometheus_client import multiprocess  # noqa: PLC0415 -- only after the variable above is set

    multiprocess.mark_process_dead(worker.pid, os.environ[COUNTS])  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[COUNTS], ignore_errors=True)
