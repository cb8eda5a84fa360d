"""Which rows the database shows for whom: nobody, persons, the worker, the clock, commands; and what it lets them write."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from dossiers.acting import CLOCK, COMMAND, NOBODY, WORKER, Acting, acting_as
from dossiers.models import Dossier, Notice, Recovery, TrailLine
from dossiers.trail import GENERAL, Event, Line, write_now
from tests.wall.filled import fill, rows_of, tables
from tests.world import SEATED, World, make_world

REFUSED = "violates row-level security policy"

# Written from what the tasks do (docs/decisions/second-wall.md), not from the rules: a table more in the rules must be looked at here too.
# Both look for who may read something today, which stands in dossiers, seats, shares and answers, and both promise mail and note what they did.
BOTH = {
    *("dossiers.Dossier", "consent.Seat", "consent.Share", "consent.SharePart", "consent.Answer"),
    *("dossiers.Assessment", "dossiers.Letter", "dossiers.LetterCopy", "dossiers.LabourReport", "dossiers.Notice", "dossiers.TrailLine"),
}
WORKER_SEES = BOTH | {"consent.Grant"}  # whoever gets a mail can still open the dossier
CLOCK_SEES = BOTH | {"dossiers.DocumentRequest", "dossiers.Thread"}  # whose term ends, or who is late with a reply


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world with a row in every table, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        fill(world)
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def full(filled: World) -> Iterator[World]:
    """The same for one test: what the test does to it is taken back."""
    with transaction.atomic():
        yield filled
        transaction.set_rollback(True)


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


def test_the_wall_is_coarse_a_seat_shows_every_row_of_that_dossier(full: World) -> None:
    everything = shown(COMMAND, full.dossier)
    for who in SEATED:
        assert shown(person(full, who), full.dossier) == everything, who


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


@pytest.mark.parametrize(("who", "sees"), [(WORKER, WORKER_SEES), (CLOCK, CLOCK_SEES)], ids=["worker", "clock"])
def test_worker_and_clock_are_shown_the_tables_of_their_tasks_and_no_others(full: World, who: Acting, sees: set[str]) -> None:
    everything = shown(COMMAND)
    assert sees < set(everything)
    assert shown(who) == {label: count if label in sees else 0 for label, count in everything.items()}


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
