"""Migrations do not lock out who is at work (security.md F13): each is linted, bad ones are found, and one that cannot have its lock lets go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from io import StringIO
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection, connections, models, transaction
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, Migration, RemoveField, RenameField, RunPython
from django.db.migrations.loader import MigrationLoader

from bar.management.commands import migrate as ours
from tests.deploy.linting import after_the_baseline, problems_of

pytestmark = pytest.mark.django_db
HAS_NUMBER = models.CheckConstraint(condition=~models.Q(number=""), name="has_number")
BY_NUMBER = models.Index(fields=["number"], name="by_number")


def made_of(*operations: Any, atomic: bool = True) -> Migration:
    """A migration after the newest one."""
    loader = MigrationLoader(connection)
    migration = Migration("9999_tried", "dossiers")
    vars(migration).update(dependencies=loader.graph.leaf_nodes("dossiers"), operations=list(operations), atomic=atomic)
    loader.graph.add_node(("dossiers", "9999_tried"), migration)
    return migration


def test_every_migration_after_the_first_release_lets_people_work() -> None:
    loader = MigrationLoader(connection)
    wrong = {key: problems for key in after_the_baseline() if (problems := problems_of(loader.disk_migrations[key]))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("rule", "operations"),
    [
        ("adding-required-field", [AddField("dossier", "colour", models.CharField(max_length=10, default="blauw"))]),
        ("require-concurrent-index-creation", [AddIndex("dossier", BY_NUMBER)]),
        ("constraint-missing-not-valid", [AddConstraint("dossier", HAS_NUMBER)]),
        ("changing-column-type", [AlterField("dossier", "number", models.TextField())]),
        ("renaming-column", [RenameField("dossier", "number", "label")]),
        ("ban-drop-column", [RemoveField("dossier", "number")]),
        ("data-with-schema", [AddField("dossier", "colour", models.TextField(null=True)), RunPython(RunPython.noop)]),
    ],
)
def test_f13_a_migration_that_locks_or_breaks_running_code_is_found(monkeypatch: pytest.MonkeyPatch, rule: str, operations: list[Any]) -> None:
    assert rule in {problem.split(":")[0] for problem in _linted(monkeypatch, made_of(*operations))}


@pytest.mark.parametrize(
    ("operations", "atomic"),
    [
        ([AddField("dossier", "colour", models.TextField(null=True))], True),
        ([AddField("dossier", "colour", models.TextField(db_default="blauw"))], True),
        ([AddIndexConcurrently("dossier", BY_NUMBER)], False),
        ([AddConstraintNotValid("dossier", HAS_NUMBER)], True),
        ([ValidateConstraint("dossier", "has_number")], True),
        ([RunPython(RunPython.noop)], True),
    ],
)
def test_the_way_it_can_be_done_is_left_alone(monkeypatch: pytest.MonkeyPatch, operations: list[Any], atomic: bool) -> None:
    assert _linted(monkeypatch, made_of(*operations, atomic=atomic)) == []


def _linted(monkeypatch: pytest.MonkeyPatch, migration: Migration) -> list[str]:
    """The state before a tried migration is that of the newest real one."""
    real = MigrationLoader.project_state

    def before(self: MigrationLoader, nodes: Any = None, at_end: bool = True) -> Any:
        return real(self, None if nodes == ("dossiers", "9999_tried") else nodes, at_end)

    monkeypatch.setattr(MigrationLoader, "project_state", before)
    return problems_of(migration)


@pytest.fixture
def as_a_migration(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[int]]:
    """Have `migrate` run this statement instead of migrations, in the connection of this test; the tries it took."""
    tried: list[int] = []
    monkeypatch.setattr(ours, "as_owner", nullcontext)
    monkeypatch.setattr(ours, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(ours, "BETWEEN", 0.0)

    def of(statement: str) -> list[int]:
        def instead(_self: object, *_arguments: object, **_options: object) -> None:
            tried.append(1)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

        monkeypatch.setattr(migrate.Command, "handle", instead)
        return tried

    return of


def test_f13_a_migration_that_cannot_have_its_lock_lets_go_tries_again_and_says_so(
    owner: "psycopg.Connection[tuple[Any, ...]]", as_a_migration: Callable[[str], list[int]]
) -> None:
    tried, said = as_a_migration("LOCK TABLE dossiers_outbox IN ACCESS EXCLUSIVE MODE"), StringIO()
    with owner.transaction():
        owner.execute("LOCK TABLE dossiers_outbox IN ROW EXCLUSIVE MODE")  # somebody is at work
        with pytest.raises(CommandError, match="it goes on where it stopped"):
            call_command("migrate", stderr=said)
    assert len(tried) == ours.TRIES
    assert said.getvalue().count("It let go") == ours.TRIES


def test_an_index_whose_making_was_broken_off_is_made_at_the_next_try(
    owner: "psycopg.Connection[tuple[Any, ...]]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """CREATE INDEX CONCURRENTLY is no transaction: what lost its wait stays behind, unfinished and in the way."""
    left: list[tuple[Any, ...]] = []

    def wait(_seconds: float) -> None:
        left.extend(owner.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tried_index'::regclass"))
        owner.execute("COMMIT")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")  # who is at work now is the autovacuum of the server, if anybody

    def make(*_arguments: object, **_options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX CONCURRENTLY tried_index ON dossiers_outbox (kind)")

    monkeypatch.setattr(ours, "as_owner", apart)
    monkeypatch.setattr(ours, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(ours, "time", SimpleNamespace(sleep=wait))
    monkeypatch.setattr(ours, "grant", lambda _role: None)
    monkeypatch.setattr(migrate.Command, "handle", make)
    owner.execute("BEGIN")
    owner.execute("LOCK TABLE dossiers_outbox IN ROW EXCLUSIVE MODE")  # somebody is at work
    try:
        call_command("migrate", stderr=StringIO())
        assert left == [(False,)], "the first try left one that nobody can use"
        assert owner.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tried_index'::regclass").fetchone() == (True,)
    finally:
        owner.rollback()
        owner.execute("DROP INDEX IF EXISTS tried_index")


@contextmanager
def apart() -> Iterator[None]:
    """The owner, outside the transaction of a test."""
    usual = connections["default"]
    connections["default"] = connections.create_connection("owner")
    connections["default"].alias = "default"
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual


def test_any_other_trouble_of_the_database_is_not_tried_again(as_a_migration: Callable[[str], list[int]]) -> None:
    tried = as_a_migration("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
    with pytest.raises(OperationalError):
        call_command("migrate")
    assert len(tried) == 1
