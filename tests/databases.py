"""Test databases: one migrated template, copied for every process of a run.

Made and dropped by the owner; tests work as the application role, as the product does. Nothing here is about what a test needs in it.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from bar.database import let_go

PREFIX = "test_"
WORDS = {"migrate", "parts", "sealed", "policies"}  # what models, grants and rules are made with
TRUNCATE_TRIGGER = 32  # pg_trigger.tgtype, bit of TRUNCATE


def as_owner(database: str | None = None) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection of the owner, outside Django and outside any test's transaction."""
    return as_role("owner", database)


def as_role(alias: str, database: str | None = None) -> "psycopg.Connection[tuple[Any, ...]]":
    """The same for either role."""
    values = settings.DATABASES[alias]
    return psycopg.connect(
        host=values["HOST"],
        port=values["PORT"] or 5432,
        user=values["USER"],
        password=values["PASSWORD"],
        dbname=database or values["NAME"],
        autocommit=True,
    )


@contextmanager
def copy_of_template(worker: str) -> Iterator[None]:
    """Point Django at a fresh copy of the migrated template; drops it afterwards."""
    home = _switch(None)
    name = f"{PREFIX}{os.environ['BAR_TEST_SESSION']}_{worker}"
    with _one_at_a_time(), as_owner(home) as owner:
        _sweep(owner)
        template = _template(owner, home)
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    _switch(name)
    try:
        yield
    finally:
        let_go()
        _switch(home)
        with as_owner(home) as owner:
            _drop(owner, name)


def _drop(owner: "psycopg.Connection[tuple[Any, ...]]", name: str) -> None:
    """A connection that was closed just now is gone a moment later: PostgreSQL waits five seconds for it. Whoever is there still is put out, by
    the application's role itself: the owner may not."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        owner.execute(drop)
    except psycopg.errors.ObjectInUse:
        with as_role("default") as application:
            application.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name])
        owner.execute(drop + sql.SQL(" WITH (FORCE)"))


def filled_tables() -> set[str]:
    """The tables that hold rows now."""
    with as_owner() as owner:
        names = [name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        if not names:
            return set()
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name)) for name in names
        )
        return {name for (name,) in owner.execute(asked)}


def empty(tables: set[str]) -> None:
    """Empty these tables as their owner, past the triggers that forbid it; the triggers come back as they were."""
    if not tables:
        return
    try:
        _truncate(tables)
    except psycopg.errors.DeadlockDetected:  # with the last request of a window that was just closed: it is over now
        _truncate(tables)


def _truncate(tables: set[str]) -> None:
    with as_owner() as owner, owner.transaction():
        owner.execute("SET LOCAL lock_timeout = '20s'")
        with unguarded(owner, "tgtype & %s > 0", TRUNCATE_TRIGGER):
            owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, sorted(tables)))))


@contextmanager
def unguarded(owner: "psycopg.Connection[tuple[Any, ...]]", which: LiteralString, value: object) -> Iterator[None]:
    """Without these triggers of ours, which come back as they were: on, or on always."""
    guards = owner.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND " + which, [value]
    ).fetchall()
    for table, trigger, _state in guards:
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(sql.SQL(table), sql.Identifier(trigger)))
    yield
    for table, trigger, state in guards:
        how = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}.get(state, "ENABLE")
        owner.execute(sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(sql.SQL(table), sql.SQL(how), sql.Identifier(trigger)))


def _template(owner: "psycopg.Connection[tuple[Any, ...]]", home: str) -> str:
    """The name of a migrated template for the code as it is; made when there is none, older ones are dropped."""
    name = f"template_{_fingerprint()}"
    made = dict(
        owner.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE 'template\\_%%\\_%%'").fetchall()
    )
    if made.get(name) == "ready":
        return name
    for old in made:
        with suppress(psycopg.errors.InsufficientPrivilege):  # a process of an older run still holds it: a later run drops it
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
    owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _switch(name)
    try:
        call_command("migrate", verbosity=0)
    finally:
        let_go()
        _switch(home)
    owner.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))
    return name


def _fingerprint() -> str:
    """Of everything that decides what a migrated database looks like: our models, migrations and grants, and the versions of packages."""
    ours = [Path(config.path) for config in apps.get_app_configs() if Path(config.path).is_relative_to(settings.BASE_DIR)]
    files = {path for folder in ours for path in folder.rglob("*.py") if {"models", "migrations"} & {*path.parts, path.stem} or path.stem in WORDS}
    files |= {settings.BASE_DIR / "requirements.lock", settings.BASE_DIR / "bar" / "settings.py"}
    digest = hashlib.sha256(settings.DATABASES["default"]["USER"].encode())
    for path in sorted(path for path in files if path.exists() and ".venv" not in path.parts):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return f"bar_{digest.hexdigest()[:16]}"


def _sweep(owner: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """Drop what runs that were killed left behind."""
    for (name,) in owner.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall():
        session = name.removeprefix(PREFIX).split("_")[0]
        if session.isdecimal() and not Path("/proc", session).exists():
            with suppress(psycopg.errors.InsufficientPrivilege):  # a process of that run still holds it: a later run drops it
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _switch(name: str | None) -> str:
    """Point both roles at another database; gives the name of the one before."""
    before: str = settings.DATABASES["owner"]["NAME"]
    if name is not None:
        let_go()
        for alias in ("default", "owner"):
            settings.DATABASES[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name
    return before


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    settings.VAR.mkdir(exist_ok=True, parents=True)
    with (settings.VAR / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
