"""What a migration may not do once somebody works with the product: lock a table for long, rewrite it, or break the code that still runs.

squawk reads the SQL that Django would run; what it does not see (data in the same migration, a default that is taken away again) is looked at here.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from django.db import connection
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

# Everything up to here existed before anybody worked with the product: it runs on an empty database only. Moves at a release, never otherwise.
BASELINE = {"dossiers": 7, "consent": 8, "accounts": 5}
# `manage.py migrate` sets lock_timeout for all of it; the others are matters of taste, or of tables that Django names.
NOT_ASKED = (
    "require-lock-timeout",
    "require-statement-timeout",
    "prefer-robust-stmts",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "require-table-schema",
)
ADDED = re.compile(r'ADD COLUMN "(\w+)"[^;]*? NOT NULL')
FORGOTTEN = re.compile(r'ALTER COLUMN "(\w+)" DROP DEFAULT')


def after_the_baseline() -> list[tuple[str, str]]:
    """The migrations of ours that are held against the rules."""
    found = MigrationLoader(connection).disk_migrations
    return sorted((app, name) for app, name in found if app in BASELINE and int(name[:4]) > BASELINE[app])


def problems_of(migration: Migration) -> list[str]:
    """What is wrong with it, one line each."""
    sql = sql_of(migration)
    forgotten = set(ADDED.findall(sql)) & set(FORGOTTEN.findall(sql))
    found = [f"adding-required-field: code that still runs cannot insert without {name} (use null=True or db_default)" for name in sorted(forgotten)]
    data = [operation for operation in migration.operations if isinstance(operation, RunPython)]
    if data and any(not isinstance(operation, RunPython | RunSQL) for operation in migration.operations):
        found.append("data-with-schema: rows are changed while the schema is locked (make two migrations)")
    return found + squawk(sql, in_transaction=migration.atomic)


def sql_of(migration: Migration) -> str:
    """What Django would run; nothing is run. A migration outside a transaction looks whether it is, which a test never is."""
    within = connection.in_atomic_block
    connection.in_atomic_block = within and bool(migration.atomic)
    try:
        return "\n".join(MigrationLoader(connection).collect_sql([(migration, False)]))
    finally:
        connection.in_atomic_block = within


def squawk(sql: str, *, in_transaction: bool) -> list[str]:
    """The rules of squawk that this SQL breaks."""
    program = Path(sys.executable).parent / "squawk"
    options = ["--reporter=json", "--pg-version=15", f"--exclude={','.join(NOT_ASKED)}", *(["--assume-in-transaction"] if in_transaction else [])]
    done = subprocess.run([program, *options], input=sql, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return sorted({f"{one['rule_name']}: {one['message']}" for one in json.loads(done.stdout or "[]")})
