"""The restore drill: a backup is restored into a database of its own, looked at, and that database is dropped again.

It changes nothing of the product and can run beside it. What is looked at is in `checks.py`.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bar.backup.checks import Checker, Findings
from bar.backup.load import empty, examine, must_be_empty, pour
from bar.backup.make import connect, owner_settings
from bar.backup.manifest import Manifest
from bar.backup.problem import BackupProblem

PREFIX = "bar_drill_"


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill found, and how many seconds it took from the file to the last check."""

    manifest: Manifest
    findings: Findings
    seconds: float


def drill(path: Path, *, into: str = "") -> Drill:
    """Restore, look, throw away. `into`: an empty database that is there already, for an owner who may not make one; it is empty again afterwards."""
    began = time.monotonic()
    manifest = examine(path)
    database = owner_settings()
    with ExitStack() as stack:
        name = stack.enter_context(_lent(database, into) if into else _scratch(database))
        connection = stack.enter_context(connect(database, name=name))
        checker = Checker(connection, manifest)
        pour(path, database, name=name, then=checker.database, letter=checker.letter)
        findings = checker.end()
    return Drill(manifest, findings, time.monotonic() - began)


@contextmanager
def _scratch(database: Mapping[str, Any]) -> Iterator[str]:
    """A database that exists as long as the drill does."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    with connect(database) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as problem:
            raise BackupProblem(
                "The owner of the schema may not make a database to try in. Let an administrator make an empty one of that owner: --database NAME."
            ) from problem
        try:
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _lent(database: Mapping[str, Any], name: str) -> Iterator[str]:
    """A database that somebody made for this: empty before, and empty after."""
    if name == database["NAME"]:
        raise BackupProblem("A drill never touches the database of the product. Name another one.")
    with connect(database, name=name) as connection:
        must_be_empty(connection)
        try:
            yield name
        finally:
            empty(connection)
