"""The rules of the second wall, made from the models: which rows the database shows the application for whom.

`migrate` puts them in the database as its owner, after the tables. The owner is not bound by them (no FORCE): migrations, foreign keys and
pg_dump must see every row, and the application owns nothing. A table with dossier data gets its rules by being a model; nobody can forget it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from psycopg import sql

from dossiers.acting import Process
from dossiers.models import Dossier, Notice, TrailLine

PERSON = "NULLIF(current_setting('bar.person', true), '')::uuid"
PROCESS = "current_setting('bar.process', true)"

# Every dossier in which the person has or had a seat. The view reads as its owner, so the rule on seats does not ask itself.
VIEW = "own_dossiers"
MAKE_VIEW = f"CREATE OR REPLACE VIEW {VIEW} AS SELECT dossier_id FROM consent_seat WHERE person_id = {PERSON}"  # noqa: S608 -- words of ours
# A line of the trail is chained to the one before, whoever that was about. This tells no more of it than number and hash.
MAKE_END_OF_CHAIN = """
CREATE OR REPLACE FUNCTION end_of_chain(which uuid) RETURNS TABLE (seq bigint, hash varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS 'SELECT seq, hash FROM dossiers_trailline WHERE chain = which ORDER BY seq DESC LIMIT 1'
"""

# What a rule is in the database, whoever made it so; words of ours.
AS_IT_STANDS = "md5(concat_ws('|', polcmd, polpermissive, polroles::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)))"

# Beside commands, which see all: what the tasks of the worker and the clock touch. A task that needs another table fails in its tests.
CLOCK_TOUCHES = frozenset(
    {
        "consent.Answer",
        "consent.Seat",
        "consent.Share",
        "consent.SharePart",
        "dossiers.Assessment",
        "dossiers.DocumentRequest",
        "dossiers.Dossier",
        "dossiers.LabourReport",
        "dossiers.Letter",
        "dossiers.LetterCopy",
        "dossiers.Notice",
        "dossiers.Thread",
        "dossiers.TrailLine",
    }
)
WORKER_TOUCHES = frozenset(
    {
        "consent.Answer",
        "consent.Grant",
        "consent.Seat",
        "consent.Share",
        "consent.SharePart",
        "dossiers.Assessment",
        "dossiers.Dossier",
        "dossiers.LabourReport",
        "dossiers.Letter",
        "dossiers.LetterCopy",
        "dossiers.Notice",
        "dossiers.TrailLine",
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule: for whom it is called, for which commands, which rows are seen, which may be written (without: the same)."""

    name: str
    command: str
    using: str = ""
    check: str = ""

    def statement(self, table: str) -> sql.Composed:
        """The rule as SQL. For every role: a backup must not name one that may be called otherwise where it is restored."""
        parts = [sql.SQL("CREATE POLICY {} ON {} FOR {}").format(sql.Identifier(self.name), sql.Identifier(table), sql.SQL(self.command))]
        parts += [sql.SQL("USING ({})").format(sql.SQL(self.using))] if self.using else []
        parts += [sql.SQL("WITH CHECK ({})").format(sql.SQL(self.check))] if self.check else []
        return sql.SQL(" ").join(parts)

    def fingerprint(self) -> str:
        """To see whether the database has this very rule."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def dossier_column(model: type[models.Model]) -> str | None:
    """The column that says which dossier a row is of; None for a table without dossier data."""
    if model is Dossier:
        return "id"
    if model is TrailLine:
        return "dossier_id"  # no foreign key: the trail outlives what it tells of
    keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey) and field.related_model is Dossier]
    return keys[0].column if keys else None


def walled() -> Iterator[tuple[type[models.Model], str]]:
    """Every model with dossier data, and its column."""
    for model in apps.get_models():
        column = dossier_column(model)
        if column is not None and model._meta.managed:
            yield model, column


def policies(model: type[models.Model], column: str) -> list[Policy]:
    """The rules of one table. They are alternatives: a row is shown when one of them holds."""
    table = model._meta.db_table
    # `<> 0`: the database takes that for nearly always true, so that it plans a query as it would without the rule. Bare, it would count on half
    # the rows of every table in it, and take the slow way through a long list.
    has_seat = f'(CASE WHEN EXISTS (SELECT 1 FROM {VIEW} WHERE {VIEW}.dossier_id = "{table}"."{column}") THEN 1 ELSE 0 END) <> 0'  # noqa: S608 -- names of our models
    process = Policy("process", "ALL", f"{PROCESS} IN ({', '.join(repr(one.value) for one in _processes(model))})")
    if model is TrailLine:  # everybody is noted, strangers too; read only what is about an own dossier, or by oneself
        return [process, Policy("noted", "INSERT", check="true"), Policy("person", "SELECT", f"actor_id = {PERSON} OR {has_seat}")]
    if model is Notice:  # somebody signed out can ask for a mail about the own account
        return [
            process,
            Policy("person", "ALL", f"person_id = {PERSON} OR {has_seat}", has_seat),
            Policy("account", "INSERT", check="dossier_id IS NULL"),
        ]
    return [process, Policy("person", "ALL", has_seat)]


def _processes(model: type[models.Model]) -> list[Process]:
    label = model._meta.label
    touched = {Process.COMMAND: True, Process.WORKER: label in WORKER_TOUCHES, Process.CLOCK: label in CLOCK_TOUCHES}
    return [process for process, touches in touched.items() if touches]


def raise_wall(cursor: Any, role: str) -> None:
    """Bring the rules in the database up to date for the application's role; what is right already is not touched (and not locked)."""
    _make_view(cursor)
    cursor.execute(MAKE_END_OF_CHAIN)
    cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(VIEW), sql.Identifier(role)))
    there = _there(cursor)
    for model, column in walled():
        table = model._meta.db_table
        wanted = {rule.name: rule for rule in policies(model, column)}
        found = there.get(table, {})
        for name, fingerprint in found.items():
            if name not in wanted or fingerprint != wanted[name].fingerprint():
                cursor.execute(sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
        for name, rule in wanted.items():
            if found.get(name) != rule.fingerprint():
                cursor.execute(rule.statement(table))
                cursor.execute(f"SELECT {AS_IT_STANDS} FROM pg_policy WHERE polname = %s AND polrelid = %s::regclass", [name, table])  # noqa: S608
                mark = sql.Literal(f"{rule.fingerprint()} {cursor.fetchone()[0]}")
                cursor.execute(sql.SQL("COMMENT ON POLICY {} ON {} IS {}").format(sql.Identifier(name), sql.Identifier(table), mark))
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(sql.Identifier(table)))


def _make_view(cursor: Any) -> None:
    """Made anew only when it differs: everybody who reads holds it."""
    fingerprint = hashlib.sha256(MAKE_VIEW.encode()).hexdigest()[:16]
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [VIEW])
    if cursor.fetchone() != (fingerprint,):
        cursor.execute(MAKE_VIEW)
        cursor.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(sql.Identifier(VIEW), sql.Literal(fingerprint)))


def _there(cursor: Any) -> dict[str, dict[str, str]]:
    """The rules that are in the database, by table, with the fingerprint each was made with; none for a rule that somebody changed since."""
    cursor.execute(
        f"SELECT polrelid::regclass::text, polname, coalesce(obj_description(oid, 'pg_policy'), ''), {AS_IT_STANDS} FROM pg_policy "  # noqa: S608
        "WHERE polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    )
    there: dict[str, dict[str, str]] = {}
    for table, name, mark, stands in cursor.fetchall():
        fingerprint, _, made = mark.partition(" ")
        there.setdefault(table, {})[name] = fingerprint if made == stands else ""
    return there
