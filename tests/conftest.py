"""What every test stands on: a database of its own as the application role, no network, and time that is not frozen by accident.

The cast and the world belong in plugins of their own beside this file, not here.
"""

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as of_properties
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from bar.accounts.rules import lock_out
from dossiers import pdf
from dossiers.acting import COMMAND, this_process_is
from tests import databases, network

pytest_plugins = ["tests.worlds", "tests.browsing"]

# How busy this machine is says nothing about a property; and in `make test` its seed is fixed.
of_properties.register_profile("bar", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not os.environ.get("BAR_FULL"))
of_properties.load_profile("bar")

network.block()
this_process_is(COMMAND)  # a test looks at everything; requests through a client act for their person


def pytest_runtest_setup() -> None:
    """Most tests are about today, and one day: none begins in the last minute of it."""
    if (tomorrow := timezone.localtime() + dt.timedelta(minutes=1)).date() != timezone.localdate():
        time.sleep(60 - tomorrow.second)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's own fixture, by our means: the owner makes the database, the tests use it as the application role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            copy = databases.copy_of_template(worker)
            copy.__enter__()
            born_with = databases.filled_tables()
        patch.setattr(TransactionTestCase, "_fixture_teardown", _emptied_except(born_with))
        yield
        with django_db_blocker.unblock():
            copy.__exit__(None, None, None)


def _emptied_except(born_with: set[str]) -> Callable[[TransactionTestCase], None]:
    """Django flushes as the application role, which may not empty an append-only table; the owner may."""

    def teardown(_case: TransactionTestCase) -> None:
        databases.empty(databases.filled_tables() - born_with)

    return teardown


@pytest.fixture(scope="session", autouse=True)
def warm_press() -> Iterator[None]:
    """A letter is made in a forked child, which first imports four times as long as it draws. Here the parent has imported it at the first letter;
    one test of the letters, and the worker of the journeys, make theirs in a process that has not. How busy this machine is says nothing about a
    letter, so the wall clock is wide; the limit on processor time stays."""
    in_child = pdf._in_child

    def in_warm_child(work: Callable[[], bytes]) -> bytes:
        import_module("weasyprint")
        return in_child(work)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "_in_child", in_warm_child)
        patch.setattr(pdf, "WALL_SECONDS", 4 * pdf.WALL_SECONDS)
        yield


@pytest.fixture(scope="session", autouse=True)
def many_guesses() -> Iterator[lock_out.Bucket]:
    """Tests that walk over every address meet more pages that are not there than a person does; tests/attacks/test_a_guessing.py counts with what
    this gives: the bucket of the product."""
    real = lock_out.GUESSES
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock_out, "GUESSES", lock_out.Bucket(100_000, real.refill))
        yield real


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Every client of a test makes the middlewares anew, and one of them reads all folders with static files; they stay as they are."""
    found: dict[str, Any] = {}
    search = WhiteNoiseMiddleware.add_files_from_finders

    def remembered(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            search(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remembered)
        yield


@pytest.fixture(autouse=True)
def quick_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is slow on purpose; here it is the same algorithm with little work."""
    for cost, value in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, cost, value)


@pytest.fixture
def owner(db: None) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A connection of the owner of the schema, for tests of what even the owner may not do. It sees committed rows only."""
    with databases.as_owner() as connection:
        yield connection
