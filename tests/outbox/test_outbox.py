"""The promise of a letter: kept when the bell, the worker or the render fails, once, and for both readers in the same moment."""

import datetime as dt
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from consent.access import opening
from dossiers import outbox, queries, tasks
from dossiers.actions import letters
from dossiers.actions.promises import WAITS, do_outbox_by_clock, hand_out_by_clock, sweep_by_clock, waiting_by_clock
from dossiers.door import Touch, read
from dossiers.models import CopyState, Letter, LetterCopy, Outbox, TrailLine
from dossiers.parts import Act, Part
from dossiers.pdf import RenderFailed
from dossiers.stored_pdf import read_pdf
from dossiers.trail import Event, Outcome
from tests.world import VISIT, World, fill_in, finalise, make_world

PDF = b"%PDF-1.7 nep %%EOF\n"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., bytes]], None]:
    """Replace the printing press: what is tested here is the promise, not the paper."""

    def use(press: Callable[..., bytes]) -> None:
        monkeypatch.setattr(letters, "render_letter_pdf", press)

    use(prints)
    return use


def prints(core: object, reader: object) -> bytes:
    """A press that works."""
    return PDF


def later(**ago: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(**ago)


def may_read(world: World, who: str) -> bool:
    with opening(world.people[who], world.number, needs=read(Part.LETTERS)) as opened:
        return queries.released_letters(opened).exists()


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_same_promise_twice_is_one_and_a_retry_is_another(world: World) -> None:
    copy, before = LetterCopy.objects.first(), Outbox.objects.count()
    assert copy is not None
    first, same = (outbox.put("letter_copy", copy.pk, now=timezone.now()) for _ in range(2))
    assert (first.pk, Outbox.objects.count()) == (same.pk, before)  # promised when the version became final
    assert outbox.put("letter_copy", copy.pk, now=timezone.now(), again="1").pk != first.pk


def test_both_letters_are_made_once_and_stored_for_nobody_else(world: World, letters_folder: Path) -> None:
    assert sweep_by_clock(now=timezone.now()) == 2
    assert sweep_by_clock(now=later(hours=1)) == 2, "both readers are told"
    assert sweep_by_clock(now=later(hours=2)) == 0
    letter = Letter.objects.get(dossier=world.dossier)
    assert letter.released_at is not None
    for copy in letter.copies.all():
        assert read_pdf(copy).startswith(b"%PDF-")
        assert copy.attempts == 1
    files = stored(letters_folder)
    assert len(files) == 2
    assert all(b"%PDF" not in path.read_bytes() for path in files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in letters_folder.parent.rglob("*") if path.is_dir()} == {0o700}


def test_a_task_that_runs_twice_has_one_effect(world: World, quick: object) -> None:
    for pk in Outbox.objects.values_list("pk", flat=True):
        tasks.do_outbox(str(pk))
        tasks.do_outbox(str(pk))
    assert TrailLine.objects.filter(event_code=Event.RENDER).count() == 2
    assert TrailLine.objects.filter(event_code=Event.RELEASE).count() == 1


def test_nobody_reads_a_letter_before_the_other_can(world: World, quick: object) -> None:
    first, second = waiting_by_clock(now=timezone.now())
    assert do_outbox_by_clock(first, now=timezone.now())
    assert not may_read(world, "employee")
    assert not may_read(world, "employer")
    assert do_outbox_by_clock(second, now=timezone.now())
    assert may_read(world, "employee")
    assert may_read(world, "employer")


def test_finalising_rings_with_an_id_and_nothing_else(
    bare_world: World, quick: object, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(outbox, "_bells", [heard.append])
    with django_capture_on_commit_callbacks(execute=True):
        fill_in(bare_world, VISIT)
        finalise(bare_world, VISIT)
    assert sorted(heard) == sorted(str(pk) for pk in Outbox.objects.values_list("pk", flat=True))
    assert len(heard) == 2


def test_a_dead_broker_delays_a_letter_and_loses_none(
    bare_world: World, quick: object, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_capture_on_commit_callbacks(execute=True):
        fill_in(bare_world, VISIT)
        finalise(bare_world, VISIT)
    assert not may_read(bare_world, "employee")
    assert sweep_by_clock(now=timezone.now()) == 2
    assert may_read(bare_world, "employee")


def test_the_sweeper_rings_for_what_waits_so_that_all_workers_share_it(world: World, quick: object, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(outbox, "_bells", [heard.append])
    tasks.sweep_outbox()
    assert len(heard) == 2
    for pk in heard:
        tasks.do_outbox(pk)
    assert hand_out_by_clock(now=later(hours=1)) == 2, "only the notices to both readers wait now"


def test_a_worker_that_dies_lets_go_after_its_lease(world: World, quick: Callable[[Callable[..., bytes]], None]) -> None:
    def dies(core: object, reader: object) -> bytes:
        raise SystemExit  # what a killed process leaves: a lease and nothing else

    quick(dies)
    pk = waiting_by_clock(now=timezone.now())[0]
    with pytest.raises(SystemExit):
        do_outbox_by_clock(pk, now=timezone.now())
    quick(prints)
    assert not do_outbox_by_clock(pk, now=later(seconds=30))
    assert do_outbox_by_clock(pk, now=later(seconds=61))


def test_a_letter_that_kills_every_worker_is_given_up_visibly(world: World, quick: Callable[[Callable[..., bytes]], None]) -> None:
    def dies(core: object, reader: object) -> bytes:
        raise SystemExit

    quick(dies)
    pk = waiting_by_clock(now=timezone.now())[0]
    for turn in range(len(WAITS) + 1):
        with pytest.raises(SystemExit):
            do_outbox_by_clock(pk, now=later(minutes=2 * turn))
    assert not do_outbox_by_clock(pk, now=later(minutes=30))
    row = Outbox.objects.get(pk=pk)
    assert row.gave_up_at is not None
    assert LetterCopy.objects.get(pk=row.object_id).state == CopyState.FAILED


@pytest.mark.parametrize("problem", [RenderFailed("te groot"), OSError("vol"), ValueError("kapot")], ids=lambda problem: type(problem).__name__)
def test_a_render_that_keeps_failing_is_said_in_plain_words_and_can_be_tried_again(
    world: World, quick: Callable[[Callable[..., bytes]], None], problem: Exception
) -> None:
    def fails(core: object, reader: object) -> bytes:
        raise problem

    quick(fails)
    for turn in range(len(WAITS) + 1):
        assert sweep_by_clock(now=later(minutes=10 * turn)) == 0
    assert waiting_by_clock(now=later(days=1)) == []
    assert TrailLine.objects.filter(event_code=Event.RENDER, outcome=Outcome.ERROR).count() == 2 * (len(WAITS) + 1)

    page = world.client("physician").get(f"/dossier/{world.number}/brieven/").content.decode()
    assert "mislukt" in page
    assert "Opnieuw proberen" in page
    assert "mislukt" not in world.client("employee").get(f"/dossier/{world.number}/brieven/").content.decode()

    quick(prints)
    retry = f"/dossier/{world.number}/brieven/1/opnieuw/"
    assert world.client("delegate").post(retry).status_code == 403
    assert world.client("physician").post(retry).status_code == 302
    assert world.client("physician").post(retry).status_code == 409
    assert sweep_by_clock(now=timezone.now()) == 2
    assert may_read(world, "employee")
    assert may_read(world, "employer")


def test_one_bad_letter_does_not_hold_up_the_next(world: World, quick: Callable[[Callable[..., bytes]], None]) -> None:
    turns: list[object] = []

    def fails_once(core: object, reader: object) -> bytes:
        turns.append(reader)
        if len(turns) == 1:
            raise RuntimeError("onverwacht")
        return PDF

    quick(fails_once)
    assert sweep_by_clock(now=timezone.now()) == 1


def test_of_two_renders_at_once_one_document_is_kept(world: World, quick: Callable[[Callable[..., bytes]], None], letters_folder: Path) -> None:
    pk = waiting_by_clock(now=timezone.now())[0]
    inner: list[bool] = []

    def slow(core: object, reader: object) -> bytes:
        if not inner:  # meanwhile the lease runs out and another worker does it all
            inner.append(True)
            assert do_outbox_by_clock(pk, now=later(minutes=2))
        return PDF

    quick(slow)
    do_outbox_by_clock(pk, now=timezone.now())
    copy = LetterCopy.objects.get(pk=Outbox.objects.get(pk=pk).object_id)
    assert [str(path.relative_to(letters_folder)) for path in stored(letters_folder)] == [copy.stored_as]
    assert read_pdf(copy) == PDF
    assert TrailLine.objects.filter(event_code=Event.RENDER).count() == 1


def test_what_a_dead_worker_stored_is_cleared_away(
    world: World, quick: Callable[..., object], letters_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = waiting_by_clock(now=timezone.now())[0]
    line = letters._line

    def dies(*args: Any, **kwargs: Any) -> Any:
        raise SystemExit

    monkeypatch.setattr(letters, "_line", dies)
    with pytest.raises(SystemExit):
        do_outbox_by_clock(pk, now=timezone.now())
    assert len(stored(letters_folder)) == 1
    monkeypatch.setattr(letters, "_line", line)
    assert do_outbox_by_clock(pk, now=later(minutes=2))
    assert len(stored(letters_folder)) == 1


def test_a_letter_withdrawn_while_it_is_made_never_appears(world: World, quick: object) -> None:
    letter = Letter.objects.get(dossier=world.dossier)
    with opening(world.people["physician"], world.number, needs=Touch(Part.LETTERS, Act.WITHDRAW_LETTER), writing=True) as opened:
        letters.withdraw_letter(opened, letter=letter, reason="Verkeerde datum.")
    assert sweep_by_clock(now=timezone.now()) == 2
    assert not may_read(world, "employee")
    assert not may_read(world, "employer")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_promise_do_it_once(quick: Callable[[Callable[..., bytes]], None]) -> None:
    make_world(shares=False)
    together = threading.Barrier(2, timeout=10)
    renders: list[int] = []

    def press(core: object, reader: object) -> bytes:
        renders.append(1)
        return PDF

    quick(press)
    pk = waiting_by_clock(now=timezone.now())[0]
    done: list[bool] = []

    def work() -> None:
        try:
            together.wait()
            done.append(do_outbox_by_clock(pk, now=timezone.now()))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert sorted(done) == [False, True]
    assert len(renders) == 1
