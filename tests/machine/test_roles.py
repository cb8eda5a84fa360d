"""Two roles in the database: the owner makes the tables, the application works in them and owns nothing."""

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connection, models

from tests import databases

pytestmark = pytest.mark.django_db

Owner = psycopg.Connection[tuple[Any, ...]]


def rights(owner: Owner, table: str) -> set[str]:
    role = settings.DATABASES["default"]["USER"]
    asked = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    return {right for right in asked if owner.execute("SELECT has_table_privilege(%s, %s, %s)", [role, f'"{table}"', right]).fetchone() == (True,)}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.managed]


def test_tests_run_as_the_application_role_which_is_nobody_special() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (settings.DATABASES["default"]["USER"], False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == (0,)


def test_the_application_may_work_in_every_table_and_change_no_append_only_one(owner: Owner) -> None:
    everything = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    append_only = [model for model in our_models() if getattr(model, "append_only", False)]
    assert append_only, "no model is append-only: the trail at least must be"
    for model in our_models():
        expected = {"SELECT", "INSERT"} if model in append_only else everything
        assert rights(owner, model._meta.db_table) == expected, model._meta.label
    assert rights(owner, "django_migrations") == {"SELECT"}


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE theirs (x int)", "CREATE SCHEMA theirs", "CREATE ROLE theirs", "SET session_replication_role = replica"]
)
def test_the_application_may_not_change_the_house(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_migrating_again_changes_no_right(owner: Owner) -> None:
    asked = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY 1"
    before = owner.execute(asked).fetchall()
    call_command("migrate", verbosity=0)
    assert owner.execute(asked).fetchall() == before


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_leaves_an_empty_database_behind(owner: Owner) -> None:
    table = next(model._meta.db_table for model in our_models() if getattr(model, "append_only", False))
    owner.execute("CREATE TABLE leftover (x int); INSERT INTO leftover VALUES (1)")
    owner.execute("CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$")
    owner.execute("CREATE TRIGGER never BEFORE TRUNCATE ON leftover EXECUTE FUNCTION never(); ALTER TABLE leftover ENABLE ALWAYS TRIGGER never")
    assert "leftover" in databases.filled_tables()
    databases.empty({"leftover", table})
    assert "leftover" not in databases.filled_tables()
    assert owner.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = 'never'").fetchone() == ("A",)
    owner.execute("DROP TABLE leftover; DROP FUNCTION never()")
