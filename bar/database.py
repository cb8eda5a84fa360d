"""The two roles of the database, seen from Django: working as the owner, being up to date, letting connections go.

The product itself works as the application role, which owns nothing; only migrations and their grants go through here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg_pool.base import AttemptWithBackoff

from bar.local import is_embedded

OWNER = "owner"
UNFINISHED = "bar_restore_unfinished"
"""A schema with nothing in it: while it is there, a backup is being restored or a restore was cut off, and what was withdrawn since may be open."""


@contextmanager
def as_owner() -> Iterator[None]:
    """Within this block every query of this thread goes to the same database as its owner, whichever alias it names."""
    if OWNER not in settings.DATABASES:
        raise ImproperlyConfigured("DATABASE_OWNER_URL is not set: only the owner of the schema can do this.")
    application = connections[DEFAULT_DB_ALIAS]
    application.close()
    connections[DEFAULT_DB_ALIAS] = connections[OWNER]
    try:
        yield
    finally:
        connections[OWNER].close()
        connections[DEFAULT_DB_ALIAS] = application


def is_migrated() -> bool:
    """Whether every migration has been applied."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


_up_to_date = threading.Event()  # seen once is enough: a database does not go back while its programs run


def is_up_to_date() -> bool:
    """The same, remembered once it is so; False when the database cannot say."""
    try:
        if not _up_to_date.is_set() and is_migrated():
            _up_to_date.set()
    except DatabaseError:
        return False
    return _up_to_date.is_set()


def ready() -> None:
    """Have an up-to-date database, or say what to do. The embedded one is brought up to date on the spot."""
    if is_migrated():
        return
    if not is_embedded():
        raise CommandError("The database is not up to date. Run `python manage.py migrate` as its owner first (DATABASE_OWNER_URL).")
    call_command("migrate", verbosity=0)


def let_go() -> None:
    """Close the connections and the pool of this process: before it ends, and before it forks."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


def try_again_soon() -> None:
    """A server that is back is found at once: the pool would wait 1, 2, 4 … seconds, between attempts and for each connection that died."""
    AttemptWithBackoff.INITIAL_DELAY = 0.25
    AttemptWithBackoff.DELAY_BACKOFF = 1.0
