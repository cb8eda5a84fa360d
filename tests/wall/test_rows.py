"""Which rows the database shows for whom: nobody, persons, the worker, the clock, commands; and what it lets them write."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client, override_settings

from bar.wall.policies import CLOCK_TOUCHES, WORKER_TOUCHES, dossier_column, raise_wall
from dossiers import acting
from dossiers.acting import CLOCK, COMMAND, NOBODY, WORKER, Acting, acting_as
from dossiers.models import Dossier, Notice, Recovery, TrailLine
from dossiers.trail import GENERAL, Event, Line, write_now
from tests.wall.filled import fill, rows_of, tables
from tests.world import SEATED, World, make_world

pytestmark = pytest.mark.django_db
REFUSED = "violates row-level security policy"


@pytest.fixture
def full(db: None) -> World:
    """The world with a row in every table."""
    world = make_world()
    fill(world)
    return world


def person(world: World, who: str) -> Acting:
    return Acting(person=world.people[who].pk)


def shown(who: Acting, dossier: Dossier | None = None) -> dict[str, int]:
    with acting_as(who):
        return {model._meta.label: rows_of(model, dossier) for model in tables()}


def test_every_table_has_a_row_to_show(full: World) -> None:
    empty = [label for label, count in shown(COMMAND, full.dossier).items() if count == 0]
    assert not empty, f"add these to tests/wall/filled.py, or the other tests say nothing about them: {empty}"


def test_nobody_is_shown_a_row_of_any_table_with_dossier_data(full: World) -> None:
    assert {label for label, count in shown(NOBODY).items() if count} == set()


def test_somebody_without_a_seat_in_a_dossier_is_shown_none_of_its_rows(full: World) -> None:
    assert set(shown(person(full, "superuser"), full.dossier).values()) == {0}
    outsider = person(full, "outsider")
    with acting_as(outsider):
        theirs = list(Dossier.objects.values_list("number", flat=True))
    assert theirs
    assert full.number not in theirs
    assert {label for label, count in shown(outsider, full.dossier).items() if count} == set()


@pytest.mark.parametrize("who", SEATED)
def test_the_wall_is_coarse_a_seat_shows_every_row_of_that_dossier(full: World, who: str) -> None:
    everything = shown(COMMAND, full.dossier)
    assert shown(person(full, who), full.dossier) == everything


def test_a_seat_that_has_ended_leaves_the_decision_to_the_gate(full: World) -> None:
    full.dossier.seats.filter(person=full.people["employer"]).update(ended_at="2026-01-30T00:00Z", ended_by=full.people["physician"])
    assert all(shown(person(full, "employer"), full.dossier).values())
    assert full.client("employer").get(f"/dossier/{full.number}/").status_code == 404


@pytest.mark.parametrize("who", ["employee", "outsider"])
def test_a_view_that_forgets_its_filter_leaks_nothing(full: World, who: str) -> None:
    client = full.client(who)
    with override_settings(ROOT_URLCONF="tests.wall.broken"):
        seen = client.get("/alles/").json()
    own = sorted(full.people[who].seats.values_list("dossier__number", flat=True))
    assert len(own) == 1
    assert Dossier.objects.count() > 1
    assert seen["numbers"] == own
    assert seen["rows"]["consent.Seat"] == Dossier.objects.get(number=own[0]).seats.count()


def test_a_view_that_forgets_even_who_is_there_shows_nothing(full: World) -> None:
    with override_settings(ROOT_URLCONF="tests.wall.broken"):
        seen = Client().get("/alles-voor-iedereen/").json()
    assert seen["numbers"] == []
    assert set(seen["rows"].values()) == {0}


# --- processes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "touches"), [(WORKER, WORKER_TOUCHES), (CLOCK, CLOCK_TOUCHES)])
def test_worker_and_clock_are_shown_the_tables_of_their_tasks_and_no_others(full: World, who: Acting, touches: frozenset[str]) -> None:
    labels = {model._meta.label for model in tables()}
    assert touches < labels
    assert {label for label, count in shown(who).items() if count} == touches
    assert shown(COMMAND) == {label: shown(who)[label] or shown(COMMAND)[label] for label in labels}


# --- writing -----------------------------------------------------------------------------------------


def test_a_row_cannot_be_put_in_the_dossier_of_somebody_else(full: World) -> None:
    row = Recovery(dossier=full.dossier, start=full.dossier.first_sick_day - dt.timedelta(days=9), until=full.dossier.first_sick_day)
    with acting_as(person(full, "outsider")), pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
        row.save(force_insert=True)
    with acting_as(person(full, "employee")):
        row.save(force_insert=True)  # in the own dossier it is the gate that decides


def test_rows_of_somebody_else_are_neither_changed_nor_deleted(full: World) -> None:
    with acting_as(person(full, "outsider")):
        assert Dossier.objects.filter(number=full.number).update(job_title="Directeur") == 0
        assert Recovery.objects.filter(dossier=full.dossier).delete()[0] == 0
    assert Recovery.objects.filter(dossier=full.dossier).exists()


def test_an_own_row_cannot_be_moved_to_the_dossier_of_somebody_else(full: World) -> None:
    other = Dossier.objects.exclude(pk=full.dossier.pk).get()
    with acting_as(person(full, "employee")), pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
        Recovery.objects.filter(dossier=full.dossier).update(dossier=other)


def test_nobody_can_note_a_line_in_the_trail_and_read_none(full: World) -> None:
    before = TrailLine.objects.filter(chain=GENERAL).count()
    with acting_as(NOBODY):
        write_now(Line(Event.SIGN_IN_FAILED))
        write_now(Line(Event.REFUSED, dossier_id=full.dossier.pk), chain=GENERAL)
        assert not TrailLine.objects.exists()
    lines = TrailLine.objects.filter(chain=GENERAL).order_by("seq")
    assert [line.seq for line in lines] == list(range(1, before + 3))
    assert lines[before + 1].previous_hash == lines[before].hash


def test_somebody_signed_out_can_be_promised_a_mail_about_the_account_and_about_no_dossier(full: World) -> None:
    about = {"person": full.people["employee"], "reason": "reset_asked", "made_at": "2026-03-01T00:00Z", "due_at": "2026-03-01T00:00Z"}
    with acting_as(NOBODY):
        Notice.objects.create(account=True, **about)
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            Notice.objects.create(dossier=full.dossier, **about)


# --- the rules themselves ----------------------------------------------------------------------------


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
