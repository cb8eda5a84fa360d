"""The rules of the second wall as they stand in the database: every table has them, migrating keeps them, nobody takes them down.

Apart from `test_rows`, whose world stays in an open transaction: what the owner changes here would wait for it.
"""

from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from bar.wall.policies import dossier_column, raise_wall
from dossiers import acting
from tests.wall.filled import tables

pytestmark = pytest.mark.django_db


def unwalled(cursor: Any) -> set[str]:
    """Tables that say of which dossier their rows are, by a key or by a column of that name, without row-level rules."""
    cursor.execute(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
        "AND (EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.confrelid = 'dossiers_dossier'::regclass) "
        "  OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'dossier_id' AND NOT a.attisdropped)) "
        "AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"
    )
    return {name for (name,) in cursor.fetchall()}


KNOWN = {"accounts_invitation"}  # found by the signed link of somebody signed out; docs/decisions/second-wall.md


def test_every_table_of_the_database_that_belongs_to_a_dossier_has_rules(owner: Any) -> None:
    with connection.cursor() as cursor:
        assert unwalled(cursor) == KNOWN
    with owner.transaction(force_rollback=True), owner.cursor() as cursor:  # the check can fail
        cursor.execute("CREATE TABLE forgotten (id int, dossier_id uuid)")
        cursor.execute("CREATE TABLE forgotten_too (id int, which uuid REFERENCES dossiers_dossier)")
        assert unwalled(cursor) == {*KNOWN, "forgotten", "forgotten_too"}


def test_every_model_that_points_at_a_dossier_is_behind_the_wall() -> None:
    labels = {model._meta.label for model in tables()}
    assert len(labels) > 40
    assert "consent.Grant" in labels
    assert "dossiers.TrailLine" in labels
    assert all(dossier_column(model) for model in tables())


def test_the_owner_sees_every_row_as_pg_dump_must(owner: Any) -> None:
    with owner.cursor() as cursor:
        cursor.execute("SET row_security = off")  # as pg_dump does: an error, where rules would hide a row
        for model in tables():
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("SELECT count(*) FROM consent_seat")
        cursor.execute("SET LOCAL row_security = on")


def test_migrating_again_touches_no_rule_that_is_right_and_mends_what_is_not(owner: Any) -> None:
    def rules(cursor: Any) -> dict[tuple[str, str], tuple[int, str]]:
        cursor.execute(
            "SELECT polrelid::regclass::text, polname, oid, concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) "
            "FROM pg_policy"
        )
        return {(table, name): (oid, expression) for table, name, oid, expression in cursor.fetchall()}

    role = settings.DATABASES["default"]["USER"]
    with owner.transaction(force_rollback=True), owner.cursor() as cursor:
        before = rules(cursor)
        assert len(before) > 80
        raise_wall(cursor, role)
        assert rules(cursor) == before
        cursor.execute(
            "DROP POLICY person ON consent_seat; DROP POLICY process ON consent_share; CREATE POLICY process ON consent_share USING (true)"
        )
        cursor.execute("ALTER POLICY person ON dossiers_letter USING (true); ALTER POLICY process ON dossiers_thread TO CURRENT_USER")
        cursor.execute("CREATE POLICY wide ON dossiers_dossier USING (true); ALTER TABLE consent_answer DISABLE ROW LEVEL SECURITY")
        raise_wall(cursor, role)
        after = rules(cursor)
        assert {key: expression for key, (_oid, expression) in after.items()} == {key: expression for key, (_oid, expression) in before.items()}
        assert unwalled(cursor) == KNOWN


def test_the_application_cannot_take_the_wall_down() -> None:
    for statement in (
        "ALTER TABLE consent_seat DISABLE ROW LEVEL SECURITY",
        "DROP POLICY person ON consent_seat",
        "ALTER POLICY person ON consent_seat USING (true)",
        "CREATE POLICY mine ON consent_seat USING (true)",
    ):
        with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(statement)


def test_what_leads_beyond_the_own_dossiers_is_named_and_explained() -> None:
    record = (settings.BASE_DIR / "docs" / "decisions" / "second-wall.md").read_text(encoding="utf-8")
    for reason in acting.Beyond:
        places = [
            path.relative_to(settings.BASE_DIR).as_posix()
            for package in ("bar", "consent", "dossiers")
            for path in sorted((settings.BASE_DIR / package).rglob("*.py"))
            if f"beyond(Beyond.{reason.name})" in path.read_text(encoding="utf-8")
        ]
        assert places, f"{reason.name} is used nowhere"
        row = next((line for line in record.splitlines() if f"`{reason.name}`" in line), "")
        assert all(place in row for place in places), f"{reason.name}: {places} do not stand in its row of the record"
