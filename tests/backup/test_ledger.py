"""What was closed after a backup stays closed after a restore: give consent, back up, withdraw, restore, and it is still withdrawn."""

import datetime as dt
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from bar.accounts.actions.resets import do_due_by_clock
from bar.accounts.models import Reset, ResetKind, User
from bar.accounts.models.resets import WAIT
from bar.backup.replay import ACTIONS, replay
from bar.logs import JSONLine, OneLine, about
from consent.actions import answer, stop
from consent.actions.answers import take_back
from consent.actions.hand_over import hand_over
from consent.models import AnswerState, Grant, Seat, Share
from dossiers import ledger
from dossiers.actions.promises import sweep_by_clock
from dossiers.actions.replay import Replayed
from dossiers.actions.versions import start_version
from dossiers.actions.words import switch_view
from dossiers.door import Touch
from dossiers.errors import Refused
from dossiers.ledger import Closing, Entry, note_closing
from dossiers.models import Dossier, Switch, TrailLine
from dossiers.parts import Act, Part, Role
from dossiers.sealed import forget_keys
from dossiers.trail import Event
from tests.backup.conftest import STOP, WITHDRAW, act, close_everything, empty_database, run, seen
from tests.world import World, make_world


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_b10_a_restore_brings_back_no_withdrawn_consent(world: World, tmp_path: Path) -> None:
    with act(world, "employee", Touch(Part.EMPLOYEE_VIEW, Act.SWITCH)) as opened:
        switch_view(opened, on=True)
    open_then = seen(world)
    then, person = timezone.now() - dt.timedelta(hours=1), world.people["insurance_physician"]
    confirmed = {"confirmed_at": then, "confirmed_by": person, "counts_from": then + WAIT}
    Reset.objects.create(person=person, kind=ResetKind.FACTOR, asked_at=then, asked_by=person, **confirmed)  # stopped later: after the backup
    file = tmp_path / "copy.bar"
    run("backup", str(file))
    signed_in = world.client("labour_expert")
    close_everything(world)
    closed_then = seen(world)
    assert closed_then != open_then
    with empty_database():
        forget_keys()
        said = run("restore", str(file))
        assert "closed again" in said
        assert "Everybody is signed out." in said
        assert signed_in.get("/").status_code == 302
        assert seen(world) == closed_then
        assert not Grant.objects.filter(
            share_part__share__in=[world.shares[role] for role in (Role.LABOUR_EXPERT, Role.INSURANCE_PHYSICIAN)]
        ).exists()
        assert not Switch.objects.filter(dossier=world.dossier).order_by("-at").first().on  # type: ignore[union-attr]
        sweep_by_clock(now=timezone.now())  # nor does the worker do anything for whom it is closed
        assert seen(world) == closed_then
        assert do_due_by_clock(now=timezone.now() + 2 * WAIT) == 0
        assert TrailLine.objects.get(event_code=Event.CANCEL_RESET.value).actor_role == "command"
        lines = TrailLine.objects.filter(chain=world.dossier.pk, event_code=Event.CLOSE_AGAIN.value)
        assert {line.object_type for line in lines} == {"answer", "share", "seat", "switch", "letter"}
        assert {line.actor_role for line in lines} == {"command"}
        page = world.client("employee").get(f"/dossier/{world.number}/wie-heeft-gekeken/").content.decode()
        assert "opnieuw gestopt" in page
        count = lines.count()
        again = replay(ledger.read([django_settings.CONSENT_LEDGER]).entries, since=timezone.now() - dt.timedelta(hours=1))
        assert set(again.became) == {Replayed.WAS}  # closing twice is closing once
        assert lines.count() == count


# --- the ledger by itself, in one transaction of a test --------------------------------------------------


@pytest.fixture
def quick(db: None) -> World:
    """The same world, without committing it."""
    return make_world()


def told() -> list[Entry]:
    return list(ledger.read([django_settings.CONSENT_LEDGER]).entries)


def test_a_closing_stands_in_the_ledger_before_it_is_committed(quick: World, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks() as callbacks, act(quick, "physician", STOP) as opened:  # type: ignore[operator]
        stop(opened, share=quick.shares[Role.LABOUR_EXPERT], reason="Een reden die nergens anders staat.")
        (entry,) = told()
        assert (entry.kind, entry.object_id, entry.is_done) == (Closing.SHARE, quick.shares[Role.LABOUR_EXPERT].pk, False)
    for callback in callbacks:
        callback()
    assert told()[0].is_done
    content = django_settings.CONSENT_LEDGER.read_text()
    assert "reden" not in content
    assert set(json.loads(content.splitlines()[0])) == {"at", "by", "id", "kind", "object"}
    assert django_settings.CONSENT_LEDGER.stat().st_mode & 0o777 == 0o600


def test_a_closing_that_was_rolled_back_is_known_as_unsure_and_closing_it_is_the_safe_side(quick: World) -> None:
    share = quick.shares[Role.LABOUR_EXPERT]
    with suppress(Refused), act(quick, "employee", WITHDRAW) as opened:
        take_back(opened, share=share)
        raise Refused("en toch niet")
    assert quick.client("labour_expert").get(f"/dossier/{quick.number}/bar/1/").status_code == 200
    done = replay(told(), since=timezone.now())
    assert done.unsure > 0
    assert quick.client("labour_expert").get(f"/dossier/{quick.number}/bar/1/").status_code == 403


def test_who_said_yes_again_before_the_backup_has_said_yes(quick: World) -> None:
    share, parts = quick.shares[Role.LABOUR_EXPERT], (Part.PROCESS, Part.CAPACITY)
    with act(quick, "employee", WITHDRAW) as opened:
        take_back(opened, share=share)
    with act(quick, "employee", Touch(Part.SHARING, Act.ANSWER)) as opened:
        answer(opened, share=share, answers=dict.fromkeys(parts, AnswerState.GIVEN))
    before = quick.client("labour_expert").get(f"/dossier/{quick.number}/bar/1/").status_code
    done = replay(told(), since=timezone.now())
    assert set(done.became) == {Replayed.WAS}
    assert quick.client("labour_expert").get(f"/dossier/{quick.number}/bar/1/").status_code == before == 200


@contextmanager
def logged(line: logging.Formatter) -> Iterator[StringIO]:
    """What a handler with this formatter of the product writes."""
    said = StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(line)
    ledger.log.addHandler(handler)
    try:
        yield said
    finally:
        ledger.log.removeHandler(handler)


def test_a_full_disk_stops_nobody_from_taking_a_consent_back(quick: World, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a file, where a folder should be")
    settings.CONSENT_LEDGER = tmp_path / "full" / "closings"
    with logged(JSONLine()) as said, act(quick, "employee", WITHDRAW) as opened:
        take_back(opened, share=quick.shares[Role.LABOUR_EXPERT])
    assert quick.client("labour_expert").get(f"/dossier/{quick.number}/bar/1/").status_code == 403
    kept = tmp_path / "kept.log"
    kept.write_text(said.getvalue())
    found = ledger.read([kept])
    assert len(found.entries) == quick.shares[Role.LABOUR_EXPERT].parts.count()  # the log is a ledger too
    assert {entry.kind for entry in found.entries} == {Closing.ANSWER}


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [OneLine, JSONLine])
def test_the_line_in_the_log_reads_back_as_the_closing_it_tells_of(
    formatter: type[logging.Formatter],
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    """Every kind, with everything a line can hold, as it leaves the handlers of the product and as collectors keep it."""
    settings.CONSENT_LEDGER = tmp_path  # no file
    by, successor = SimpleNamespace(pk=uuid.uuid4()), str(uuid.uuid4())
    with logged(formatter()) as said, about(request=uuid.uuid4().hex, task="an_error_of_nobody"):
        logging.getLogger("dossiers.ledger").critical("another line")
        with django_capture_on_commit_callbacks(execute=True):
            for kind in Closing:
                note_closing(kind, uuid.uuid4(), by=by, detail=successor)
    lines = said.getvalue().splitlines()
    kept = tmp_path / "kept.log"
    for kept_as in ("{}".format, "web-1  | {}".format, "Nov 23 08:00:00 host gunicorn[7]: {}".format, lambda one: json.dumps({"log": f"{one}\n"})):
        kept.write_text("\n".join(kept_as(one) for one in lines))
        found = ledger.read([kept])
        assert {entry.kind for entry in found.entries} == set(Closing)
        assert {(entry.by, entry.detail, entry.is_done) for entry in found.entries} == {(by.pk, successor, True)}
        assert (found.lost, found.unreadable) == ((), 1)


def test_a_closing_that_cannot_be_read_back_stops_a_restore_before_it_begins(tmp_path: Path) -> None:
    log, whole = tmp_path / "kept.log", {"id": str(uuid.uuid4()), "at": "2026-03-01T10:00:00+00:00", "kind": "later", "object": str(uuid.uuid4())}
    log.write_text('{"message": "request"}\nCRITICAL dossiers.ledger keep=LEDGER {"at":"2026-03-01T10\n' + json.dumps(whole) + "\n")
    with pytest.raises(CommandError, match=r"kept.log line 2, .*kept.log line 3"):
        run("restore", str(tmp_path / "copy.bar"), "--ledger", str(log))


def test_lines_that_were_never_finished_and_lines_of_others_harm_nothing(tmp_path: Path) -> None:
    good = {"id": str(uuid.uuid4()), "at": "2026-03-01T10:00:00+00:00", "kind": "share", "object": str(uuid.uuid4())}
    odd = [json.dumps(good)[:40], "{}", "[]", "null", "\x00"]
    strange = [json.dumps({**good, "kind": "anders"}), json.dumps({**good, "at": "2026-03-01"}), json.dumps({"x": f"{ledger.IN_LOG}[]"})]
    path = tmp_path / "ledger"
    path.write_text("\n".join([*odd, json.dumps(good), json.dumps({"done": good["id"]}), *strange]) + "\n")
    found = ledger.read([path])
    assert len(found.entries) == 1
    assert found.entries[0].is_done
    assert found.unreadable == len(odd)
    assert len(found.lost) == len(strange)


def test_what_is_not_in_the_backup_is_passed_over(quick: World) -> None:
    assert set(ACTIONS) == set(Closing)
    entries = [Entry(kind, uuid.uuid4(), timezone.now(), detail=str(uuid.uuid4())) for kind in Closing]
    assert replay(entries, since=timezone.now()).became == {Replayed.GONE: len(entries)}
    old = Entry(Closing.SHARE, quick.shares[Role.LABOUR_EXPERT].pk, timezone.now() - dt.timedelta(days=1))
    assert not replay([old], since=timezone.now()).became  # from before the backup: it is in it, or undone since
    assert Share.objects.get(pk=old.object_id).stopped_at is None


def test_a_dossier_that_was_handed_over_goes_to_the_same_successor_again(quick: World) -> None:
    seat = Seat.objects.get(dossier=quick.dossier, role=Role.PHYSICIAN)
    person = quick.people["physician"]
    successor = User.objects.create_user("volgt@proef.test", name="Vera Volgt", organisation=person.organisation, profession=Role.PHYSICIAN)
    point = transaction.savepoint()
    with act(quick, "physician", Touch(Part.PROCESS, Act.HAND_OVER)) as opened:
        hand_over(opened, successor=successor)
    entries = told()
    transaction.savepoint_rollback(point)
    assert {entry.kind for entry in entries} == {Closing.SEAT, Closing.HANDED_OVER}
    assert Seat.objects.get(pk=seat.pk).ended_at is None
    assert replay(entries, since=timezone.now()).became == {Replayed.CLOSED: 1, Replayed.WAS: 1}
    assert Dossier.objects.get(pk=quick.dossier.pk).physician == successor
    assert quick.client("physician").get(f"/dossier/{quick.number}/").status_code == 404


def test_a_dossier_is_never_left_without_its_physician(quick: World) -> None:
    seat = Seat.objects.get(dossier=quick.dossier, role=Role.PHYSICIAN)
    entries = [Entry(kind, seat.pk, timezone.now(), detail=str(uuid.uuid4())) for kind in (Closing.SEAT, Closing.HANDED_OVER)]
    done = replay(entries, since=timezone.now())
    assert done.became == {Replayed.LEFT: 2}
    assert all(str(seat.pk) in left for left in done.left)


def test_a_closed_dossier_closes_again_and_one_that_is_written_in_is_left_for_a_person(quick: World) -> None:
    entry = Entry(Closing.DOSSIER, quick.dossier.pk, timezone.now(), by=quick.people["physician"].pk)
    with act(quick, "physician", Touch(Part.CAPACITY, Act.WRITE)) as opened:
        version = start_version(opened, date=timezone.localdate(), carry=False)
    assert replay([entry], since=timezone.now()).became == {Replayed.LEFT: 1}
    assert Dossier.objects.get(pk=quick.dossier.pk).closed_on is None
    version.delete()
    assert replay([entry], since=timezone.now()).became == {Replayed.CLOSED: 1}
    assert replay([entry], since=timezone.now()).became == {Replayed.WAS: 1}
    assert Dossier.objects.get(pk=quick.dossier.pk).closed_by == quick.people["physician"]
