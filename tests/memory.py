"""Remembers the rows that something made, to put the same rows back in another test: building a world takes a second, this a few hundredths.

It knows tables, not what is in them. Rows go in and out by INSERT and SELECT, inside the test's own transaction, with every trigger and
constraint awake (row-level rules forbid COPY).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

Rows: TypeAlias = Mapping[str, frozenset[str]]

# A version or report is put back after what stands in it: rows of a final one are never added (migration `final_is_final`).
LAST = {"dossiers_assessment", "dossiers_labourreport", "dossiers_insurancereport"}


_counters: dict[str, str | None] = {}


def all_rows() -> Rows:
    """Every row of every table, as the database writes it in one text."""
    return {table: _rows_of(table) for table in _tables()}


def digests(tables: Iterable[str] | None = None) -> dict[str, str]:
    """How tables stand (all of them, if not told): the number of rows and a digest of what is in them, in one question."""
    one = "SELECT {name}, count(*) || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} AS t"
    names = list(tables or _tables())
    asked = [sql.SQL(one).format(name=sql.Literal(name), table=sql.Identifier(name)) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(asked))
        return dict(cursor.fetchall())


def added(before: Rows, after: Rows) -> Rows:
    """What was added in between, by table."""
    return {table: rows - before[table] for table, rows in after.items() if rows - before[table]}


def put_back(kept: Rows) -> None:
    """Add these rows; what refers to what is asked when all are there."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in kept.items():
            place = sql.Identifier(table)
            cursor.execute(sql.SQL("INSERT INTO {} SELECT * FROM unnest(%s::{}[])").format(place, place), [list(rows)])
        for table in kept:
            _count_on(cursor, table)


def _counter_of(cursor: Any, table: str) -> str | None:
    """What numbers the rows of a table, if anything; asked once, because migrations are done."""
    if table not in _counters:
        cursor.execute(
            "SELECT pg_get_serial_sequence(%s, attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id'", [table, table]
        )
        (_counters[table],) = cursor.fetchone() or (None,)
    return _counters[table]


def _count_on(cursor: Any, table: str) -> None:
    """Let a table that numbers its rows go on after the highest number; emptying the tables sets counting back to one."""
    counter = _counter_of(cursor, table)
    if counter is None:
        return
    cursor.execute(f"SELECT (SELECT max(id) FROM {table}) - last_value FROM {counter}")
    (behind,) = cursor.fetchone()
    if behind >= 0:
        cursor.execute("SELECT nextval(%s) FROM generate_series(0, %s)", [counter, behind])


def _tables() -> list[str]:
    names = sorted({model._meta.db_table for model in apps.get_models() if model._meta.app_label not in {"contenttypes", "auth"}})
    return sorted(names, key=lambda name: name in LAST)


def _rows_of(table: str) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT one::text FROM {} AS one").format(sql.Identifier(table)))
        return frozenset(row for (row,) in cursor.fetchall())
