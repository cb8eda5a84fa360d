"""What Prometheus may know: counts and times of this process's requests, sign-ins and pool. Names of pages and kinds of work only.

No label may hold an id, an address or a word that somebody typed: labels are kept for years by whoever reads them. What the database knows is
asked at the moment of reading (`figures.py`).
"""

from django.db import DEFAULT_DB_ALIAS, connections
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

EDGES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds; half a second is what a page may take

REQUESTS = Counter("bar_requests", "Answered requests by name of the page.", ["view", "method", "status"])
SECONDS = Histogram("bar_request_seconds", "How long an answer took.", ["view"], buckets=EDGES)
REFUSED_VISITS = Counter("bar_refused_visits", "Visits to a dossier that were refused (403) or found nothing (404).", ["status"])
SIGN_IN_FAILED = Counter("bar_sign_in_failures", "Tries to sign in that failed.")
LOCKED_OUT = Counter("bar_sign_in_waits", "Tries to sign in that were told to wait.")
TASKS = Counter("bar_tasks", "Tasks that the worker ended, by name and how they ended.", ["task", "state"])
TASK_SECONDS = Histogram("bar_task_seconds", "How long a task took.", ["task"], buckets=EDGES)
POOL = Gauge("bar_pool_connections", "Connections to the database in the pools of this server.", ["state"], multiprocess_mode="livesum")


def note_pool() -> None:
    """How full the pool of this process is, after a request."""
    pool = getattr(connections[DEFAULT_DB_ALIAS], "pool", None)
    if pool is None:
        return
    stats = pool.get_stats()
    size, free = stats.get("pool_size", 0), stats.get("pool_available", 0)
    POOL.labels("used").set(size - free)
    POOL.labels("free").set(free)
    POOL.labels("waiting").set(stats.get("requests_waiting", 0))


def of_all_processes() -> CollectorRegistry:
    """The counts of every process that shares this one's folder (Gunicorn's workers, a worker's children); alone: of this process."""
    if values.ValueClass is values.MutexValue:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
