"""A final version and every row of it cannot be changed or removed: not by the application, and not by the owner of the tables.

The database is asked directly, past every guard in Python. One table at a time, so that a missing trigger is named.
"""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from dossiers.models import Assessment
from tests.world import World, fill_in, make_world

# Every table that holds rows of a version, with a column that can be set to itself.
ROW_TABLES = {
    "dossiers_workfactorfinding": "item",
    "dossiers_areafinding": "status",
    "dossiers_contextfinding": "item",
    "dossiers_possibilities": "usable",
    "dossiers_buildupstep": "kind",
    "dossiers_prognosis": "course",
    "dossiers_advice": "goal",
    "dossiers_adviceaction": "who",
    "dossiers_consultationnote": "with_role",
    "dossiers_versionview": "written_by",
}
DRAFT_TABLE = "dossiers_sectiondraft"  # emptied when a version becomes final; nothing may be added later
USE_TABLE = "dossiers_threaduse"  # only of a version that took an answer over: tests/consultation/test_taking_over.py


def rows_of(table: str, version: Assessment) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {} WHERE assessment_id = %s").format(sql.Identifier(table)), [version.pk])
        return int(cursor.fetchone()[0])


def changes(table: str, column: str) -> Iterator[sql.Composed]:
    """Ways to change rows of a version; each takes the id of the version."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    yield sql.SQL("UPDATE {table} SET {column} = {column} WHERE assessment_id = %s").format(**names)
    yield sql.SQL("DELETE FROM {table} WHERE assessment_id = %s").format(**names)


def changes_of_version() -> Iterator[sql.Composed]:
    table = sql.Identifier("dossiers_assessment")
    for change in ("status = 'draft'", "date = date + 1", "hash = 'x'", "number = number + 10", "finalised_at = now()"):
        yield sql.SQL("UPDATE {} SET {} WHERE id = %s").format(table, sql.SQL(change))
    yield sql.SQL("DELETE FROM {} WHERE id = %s").format(table)


def test_the_list_of_tables_is_complete() -> None:
    """Every model that hangs on a version is in the table above, or has its own life after finalising."""
    lives_on = {"dossiers_letter", "dossiers_correction", "dossiers_assessment", "dossiers_thread", "dossiers_insurancereport"}
    hanging = {relation.related_model._meta.db_table for relation in Assessment._meta.related_objects}
    assert hanging - lives_on == set(ROW_TABLES) | {DRAFT_TABLE, USE_TABLE}


@pytest.mark.parametrize(("table", "column"), ROW_TABLES.items())
def test_rows_of_a_final_version_stand_for_the_application(world: World, table: str, column: str) -> None:
    version = world.version(1)
    count = rows_of(table, version)
    assert count, "nothing to change would prove nothing"
    for change in changes(table, column):
        with pytest.raises(DatabaseError, match="final version"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change, [version.pk])
    assert rows_of(table, version) == count


def test_a_final_version_stands_for_the_application(world: World) -> None:
    version = world.version(1)
    for change in changes_of_version():
        with pytest.raises(DatabaseError, match="final version"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change, [version.pk])


def test_no_row_moves_into_a_final_version(world: World) -> None:
    final, draft = world.version(1), fill_in(world, dt.date(2026, 3, 30))
    for table in ROW_TABLES:
        if not rows_of(table, draft):
            continue  # the view comes with offering
        move = sql.SQL("UPDATE {} SET assessment_id = %s WHERE assessment_id = %s").format(sql.Identifier(table))
        with pytest.raises(DatabaseError, match="final version"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(move, [final.pk, draft.pk])
    move = sql.SQL("UPDATE {} SET assessment_id = %s WHERE assessment_id = %s").format(sql.Identifier(DRAFT_TABLE))
    with pytest.raises(DatabaseError, match="final version"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(move, [final.pk, draft.pk])


def test_a_draft_can_still_be_changed(world: World) -> None:
    """The other side: the trigger looks at the state, not at the table."""
    draft = fill_in(world, dt.date(2026, 3, 30))
    for table, column in ROW_TABLES.items():
        for change in changes(table, column):
            with connection.cursor() as cursor:
                cursor.execute(change, [draft.pk])


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_cannot_change_them_either(owner: "psycopg.Connection[tuple[object, ...]]") -> None:
    version = make_world(shares=False).version(1)
    tried = [change for table, column in ROW_TABLES.items() for change in changes(table, column)]
    for change in [*tried, *changes_of_version()]:
        with pytest.raises(psycopg.errors.IntegrityError, match="final version"):
            owner.execute(change, [version.pk])
    assert all(rows_of(table, version) for table in ROW_TABLES)
    version.refresh_from_db()
    assert version.status == "final"
