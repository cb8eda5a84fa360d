"""The limits and the pool of the database, and what a command says when it is not up to date."""

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from bar import database

pytestmark = pytest.mark.django_db


def test_no_query_no_lock_and_no_silent_transaction_lasts_for_ever() -> None:
    with connection.cursor() as cursor:
        for limit, expected in (("statement_timeout", "30s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "1min")):
            cursor.execute(f"SHOW {limit}")
            assert cursor.fetchone() == (expected,)


@pytest.mark.django_db(transaction=True)
def test_after_the_database_dropped_every_connection_the_next_query_works() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    connection.close()  # back into the pool, as at the end of a request
    with psycopg.connect(address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])  # as a restart of the database would
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    except OperationalError:
        pytest.fail("a connection that was dead came out of the pool")


def address() -> str:
    values = connection.settings_dict
    return f"host={values['HOST']} port={values['PORT']} user={values['USER']} password={values['PASSWORD']} dbname={values['NAME']}"


def test_up_to_date_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.is_migrated()
    monkeypatch.setattr(database, "call_command", lambda *_arguments, **_options: pytest.fail("nothing to migrate"))
    database.ready()


def test_a_given_database_that_is_behind_is_said_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "is_migrated", lambda: False)
    monkeypatch.setenv("BAR_EMBEDDED", "0")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        database.ready()


def test_without_the_owner_nothing_migrates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(settings.DATABASES, "owner")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL is not set"):
        call_command("migrate", verbosity=0)
