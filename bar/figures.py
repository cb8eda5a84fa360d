"""What the database, the broker and the checkpoints know about the state of the work, asked when Prometheus looks.

One cheap query, over indexes that exist; counts and ages only. Something that cannot be asked is left out and counted as down, never an error.
"""

import time
from collections.abc import Iterator
from contextlib import suppress

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg_pool import PoolTimeout

from bar.celery import broker
from dossiers.acting import CLOCK, acting_as
from dossiers.actions.checkpoints import Looked
from dossiers.trail import Event, Outcome

SWEPT = "bar:swept"  # when a worker last did what the clock asked: clock, broker and worker all live

# `verified` reads a week of the lines without an actor, over an index: who looks at all of the trail is the clock or a command.
QUERY = """
SELECT 'waiting', kind, count(*), EXTRACT(EPOCH FROM clock_timestamp() - min(made_at)), EXTRACT(EPOCH FROM clock_timestamp() - min(next_at))
  FROM dossiers_outbox WHERE done_at IS NULL AND gave_up_at IS NULL GROUP BY kind
UNION ALL
SELECT 'gave_up', '', count(*), 0, 0 FROM dossiers_outbox WHERE gave_up_at IS NOT NULL
UNION ALL
SELECT 'trail', '', GREATEST(reltuples, 0), 0, 0 FROM pg_class WHERE oid = 'dossiers_trailline'::regclass
UNION ALL
SELECT 'verified', '', outcome, EXTRACT(EPOCH FROM clock_timestamp() - occurred_at), 0 FROM (
  SELECT outcome, occurred_at FROM dossiers_trailline
  WHERE actor_id IS NULL AND occurred_at > now() - interval '7 days' AND event_code = %s AND object_id = ANY(%s)
  ORDER BY occurred_at DESC LIMIT 1
) AS last_look
UNION ALL
SELECT 'connections', '', count(*), 0, 0 FROM pg_stat_activity WHERE datname = current_database()
UNION ALL
SELECT 'most_connections', '', current_setting('max_connections')::int, 0, 0
"""


class Figures:
    """A collector as prometheus_client wants it."""

    def collect(self) -> Iterator[Metric]:
        """All figures of this moment."""
        yield from _of_database()
        yield from _of_broker()
        yield from _of_checkpoints()


def _of_database() -> Iterator[Metric]:
    rows: list[tuple[str, str, float, float, float]] = []
    up = 0
    with suppress(DatabaseError, PoolTimeout), acting_as(CLOCK), connection.cursor() as cursor:
        cursor.execute(QUERY, [Event.VERIFY_TRAIL.value, [Looked.WHOLE.value, Looked.ACCEPTED.value]])
        rows, up = cursor.fetchall(), 1
    yield _one("bar_database_up", "Whether the database answered.", up)
    if not up:
        return
    waiting = GaugeMetricFamily("bar_outbox_waiting", "Promises that wait, by kind of work.", labels=["kind"])
    oldest = GaugeMetricFamily("bar_outbox_oldest_seconds", "Age of the oldest promise that waits, by kind of work.", labels=["kind"])
    overdue = GaugeMetricFamily("bar_outbox_overdue_seconds", "How long the next try of the most overdue promise has been due.", labels=["kind"])
    single = {name: (float(count), float(age)) for name, _kind, count, age, _late in rows if name != "waiting"}
    for name, kind, count, age, late in rows:
        if name == "waiting":
            waiting.add_metric([kind], float(count))
            oldest.add_metric([kind], float(age))
            overdue.add_metric([kind], max(float(late), 0.0))
    yield from (waiting, oldest, overdue)
    yield _one("bar_outbox_gave_up", "Promises that were given up: somebody must look.", single["gave_up"][0])
    yield _one("bar_trail_lines", "Lines of the trail, as the database estimates them.", single["trail"][0])
    if "verified" in single:
        outcome, age = single["verified"]
        yield _one("bar_trail_whole", "1 when the last look at all of the trail found it whole, else 0.", int(outcome == Outcome.SUCCESS))
        yield _one("bar_trail_verified_seconds", "Seconds since the last look at all of the trail.", age)
    yield _one("bar_database_connections", "Connections to this database, of everybody.", single["connections"][0])
    yield _one("bar_database_connections_limit", "Connections that the server allows.", single["most_connections"][0])


def _of_broker() -> Iterator[Metric]:
    swept: float | None = None
    up = 0
    with suppress(OSError, redis.RedisError, ValueError), broker(settings.REDIS_URL) as client:
        found = client.get(SWEPT)
        up = 1
        swept = float(found) if isinstance(found, bytes) else None
    yield _one("bar_broker_up", "Whether the broker answered.", up)
    if swept is not None:
        yield _one("bar_worker_swept_seconds", "Seconds since a worker did what the clock asked.", max(time.time() - swept, 0.0))


def _of_checkpoints() -> Iterator[Metric]:
    """How old the newest checkpoint of the trail is: the time its file was last written."""
    place = getattr(settings, "TRAIL_CHECKPOINTS", None)
    with suppress(OSError):
        if place:
            yield _one("bar_trail_checkpoint_seconds", "Seconds since the last checkpoint of the trail.", time.time() - place.stat().st_mtime)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
