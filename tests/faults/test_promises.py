"""F4, F5, F8, F9, J6: what was promised is kept after a worker, a broker, a disk or a clock was away: once, soon, and visibly until then."""

import datetime as dt
import errno
import logging
import time
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from bar.celery import app, ring
from dossiers import outbox, tasks
from dossiers.actions import letters
from dossiers.actions.promises import LEASE, ROOM_WAIT, WAITS, WORK, do_outbox_by_clock, sweep_by_clock, waiting_by_clock
from dossiers.actions.reminders import remind_by_clock, tell_of_paper_by_clock
from dossiers.models import CopyState, Letter, LetterCopy, Notice, Outbox
from dossiers.notices import Reason
from dossiers.pdf import WALL_SECONDS
from tests.consultation.material import question
from tests.filling.material import draft_of, post
from tests.outbox.test_outbox import prints
from tests.versions.material import day_sections, looked
from tests.world import VISIT, World, fill_in, make_world, offer

SWEEP = 15  # seconds, by the schedule of the clock
MINUTE = 60


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A final version whose two letters are promised, and a press that costs nothing."""
    monkeypatch.setattr(letters, "render_letter_pdf", prints)
    return make_world(shares=False)


def later(**ago: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(**ago)


def promises() -> list[Outbox]:
    return list(Outbox.objects.filter(kind="letter_copy").order_by("pk"))


def test_f4_the_lease_of_a_promise_and_the_next_sweep_are_together_less_than_a_minute() -> None:
    """Whoever takes a promise holds it longer than a render may last; then the next sweep takes it. That it does: tests/outbox/test_outbox.py, and
    with a worker that is really killed: test_drill.py."""
    assert dt.timedelta(seconds=WALL_SECONDS) < LEASE
    assert LEASE.total_seconds() + SWEEP < MINUTE
    assert app.conf.beat_schedule["sweep_outbox"]["schedule"] == SWEEP


def test_f5_with_the_broker_dead_every_act_succeeds_and_what_was_promised_is_done_later(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Through the front door, with the real bell: an autosave rings nobody, a question and a final version do."""
    monkeypatch.setattr(letters, "render_letter_pdf", prints)
    world = make_world()
    settings.REDIS_URL = "redis://127.0.0.1:1/4"  # a name of its own: a broker that did not answer is left alone for a while
    rung: list[bool] = []
    monkeypatch.setattr(outbox, "_bells", [lambda pk: rung.append(ring("dossiers.tasks.do_outbox", pk))])
    version, client = fill_in(world, timezone.localdate(), sections=day_sections()), world.client("physician")
    with django_capture_on_commit_callbacks(execute=True) as saved:
        draft = draft_of(version, "advice")
        assert post(client, world, version, "advice", {**draft.content, "message": "Tekst."}, seen=draft.version).json()["saved"]
    assert not saved, "a save asks nothing of the broker"
    answers = {}
    with django_capture_on_commit_callbacks(execute=True) as committed:
        answers["question"] = client.post(f"/dossier/{world.number}/overleg/nieuw/", question(world)).status_code
        ticks = {"medical_check": "on", "discussed": "on", "discussed_on": timezone.localdate().isoformat(), **looked(client, world, 2)}
        answers["final"] = client.post(f"/dossier/{world.number}/bar/2/vaststellen/", ticks).status_code
    assert answers == {"question": 302, "final": 302}
    assert len(committed) >= 3, "a notice and two letters were promised"
    assert rung == [False] * len(rung) and len(rung) >= 3, "the bell was rung and nobody heard it"
    assert sweep_by_clock(now=later(minutes=10)) >= 5, "those, and the two letters of before"
    assert set(LetterCopy.objects.values_list("state", flat=True)) == {CopyState.READY}


def test_f5_a_silent_broker_makes_one_page_wait_and_not_each(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/5"
    asked: list[str] = []

    def silent(url: str) -> Any:
        asked.append(url)
        raise TimeoutError

    monkeypatch.setattr("bar.celery.broker", silent)
    assert not any(ring("dossiers.tasks.sweep_outbox") for _ in range(20))
    assert len(asked) == 1
    was = time.monotonic()
    monkeypatch.setattr("bar.celery.time.monotonic", lambda: was + 16)
    assert not ring("dossiers.tasks.sweep_outbox")
    assert len(asked) == 2, "after fifteen seconds it is asked again"


def test_f8_letters_wait_for_room_as_long_as_it_takes_and_are_then_made_once(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    storage = type(storages["letters"])
    save = storage.save

    def full(*_file: object, **_more: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "save", full)
    turns = 3 * len(WAITS)
    with caplog.at_level(logging.ERROR):
        for turn in range(turns):
            assert sweep_by_clock(now=later(minutes=turn)) == 0
    assert set(LetterCopy.objects.values_list("state", flat=True)) == {CopyState.WAITING}
    assert [row.attempts for row in promises()] == [0, 0], "a full disk is no fault of a letter"
    assert sum("no room" in record.getMessage() for record in caplog.records) == 2 * turns, "each time is told to who watches the logs"
    page = world.client("physician").get(f"/dossier/{world.number}/brieven/").content.decode()
    assert "Er wordt een brief gemaakt" in page
    assert "mislukt" not in page
    assert "U hoeft niets te doen: de brief komt vanzelf" in page
    assert ROOM_WAIT.total_seconds() + SWEEP < MINUTE
    monkeypatch.setattr(storage, "save", save)
    assert sweep_by_clock(now=later(hours=2)) == 2
    assert Letter.objects.get(dossier=world.dossier).released_at is not None


def test_f8_half_a_file_is_not_left_on_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = type(storages["letters"])
    removed: list[str] = []

    def full(*_file: object, **_more: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "save", full)
    monkeypatch.setattr(storage, "delete", lambda _self, name: removed.append(name))
    pk = next(row.pk for row in promises())
    assert not do_outbox_by_clock(pk, now=timezone.now())
    assert len(removed) == 1


def test_f9_mail_is_tried_for_more_than_seventy_two_hours() -> None:
    for kind in ("notice", "invitation"):
        assert sum(WORK[kind].waits, dt.timedelta()) > dt.timedelta(hours=72)


def _term_over(world: World) -> None:
    fill_in(world, VISIT + dt.timedelta(days=20))
    offer(world, VISIT + dt.timedelta(days=20))


@pytest.mark.parametrize("days", [1, 3], ids=["every day", "after three days"])
def test_j6_a_clock_that_stood_still_catches_up_once_per_reminder(world: World, days: int) -> None:
    """The same people are told of the same things, whether the clock ran every day or not at all for three days."""
    _term_over(world)
    begin = timezone.now()
    for day in range(0, 7, days):
        for clock in (remind_by_clock, tell_of_paper_by_clock):
            clock(now=begin + dt.timedelta(days=day))
            clock(now=begin + dt.timedelta(days=day, minutes=1))  # every task can run twice
    told = Notice.objects.filter(dossier=world.dossier, reason=Reason.TERM_OVER.value)
    assert [notice.person_id for notice in told] == [world.people["physician"].pk]
    assert world.version(2).status == "offered", "the clock never finalises"


def test_j6_a_promise_of_three_days_ago_is_kept_at_the_first_sweep(world: World) -> None:
    Outbox.objects.update(next_at=later(days=-3), made_at=later(days=-3))
    assert set(waiting_by_clock(now=timezone.now())) >= {row.pk for row in promises()}
    for row in promises():
        tasks.do_outbox(str(row.pk))
        tasks.do_outbox(str(row.pk))
    assert LetterCopy.objects.filter(state=CopyState.READY).count() == 2
