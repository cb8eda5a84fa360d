"""Remembers the rows that something made, to put the same rows back in another test: building a world takes a second, this a few hundredths.

It knows tables, not what is in them. Rows go in and out by COPY, inside the test's own transaction, with every trigger and constraint awake.
"""

from collections.abc import Mapping
from typing import TypeAlias

from django.apps import apps
from django.db import connection
from psycopg import sql

Rows: TypeAlias = Mapping[str, frozenset[bytes]]

# A version is put back after what stands in it: rows of a final version are never added (migration `final_is_final`).
LAST = "dossiers_assessment"


def all_rows() -> Rows:
    """Every row of every table, as COPY writes it."""
    return {table: _rows_of(table) for table in _tables()}


def added(before: Rows, after: Rows) -> Rows:
    """What was added in between, by table."""
    return {table: rows - before[table] for table, rows in after.items() if rows - before[table]}


def put_back(kept: Rows) -> None:
    """Add these rows."""
    with connection.cursor() as cursor:
        for table, rows in kept.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                copy.write(b"".join(rows))


def _tables() -> list[str]:
    names = sorted({model._meta.db_table for model in apps.get_models() if model._meta.app_label not in {"contenttypes", "auth"}})
    return sorted(names, key=lambda name: name == LAST)


def _rows_of(table: str) -> frozenset[bytes]:
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return frozenset(bytes(row) for row in copy)
