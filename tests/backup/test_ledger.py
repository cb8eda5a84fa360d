"""What was closed after a backup stays closed after a restore: give consent, back up, withdraw, restore, and it is still withdrawn."""

import datetime as dt
import json
import logging
import uuid
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from bar.accounts.models import User
from bar.backup.replay import ACTIONS, replay
from consent.access import opening
from consent.actions import answer, stop
from consent.actions.answers import take_back
from consent.actions.hand_over import hand_over
from consent.actions.seats import end_delegate
from consent.models import AnswerState, Grant, Seat, Share
from dossiers import ledger
from dossiers.actions.letters import withdraw_letter
from dossiers.actions.promises import sweep_by_clock
from dossiers.actions.replay import Replayed
from dossiers.actions.versions import start_version
from dossiers.actions.words import switch_view
from dossiers.door import Touch
from dossiers.errors import Refused
from dossiers.ledger import Closing, Entry
from dossiers.models import Dossier, Letter, Switch, TrailLine
from dossiers.parts import Act, Part, Role
from dossiers.sealed import forget_keys
from dossiers.trail import Event
from tests.backup.conftest import empty_database
from tests.backup.test_backup import run
from tests.world import World, make_world

WITHDRAW, STOP = Touch(Part.SHARING, Act.WITHDRAW), Touch(Part.SHARING, Act.STOP)


def act(world: World, who: str, needs: Touch):  # type: ignore[no-untyped-def]
    return opening(world.people[who], world.number, needs=needs, writing=True)


def close_everything(world: World) -> None:
    """The employee takes one yes back, the physician stops another share and a delegate, withdraws a letter; a third share stays."""
    with act(world, "employee", WITHDRAW) as opened:
        take_back(opened, share=world.shares[Role.LABOUR_EXPERT])
    with act(world, "physician", STOP) as opened:
        stop(opened, share=world.shares[Role.INSURANCE_PHYSICIAN], reason="Niet meer nodig.")
    with act(world, "employee", Touch(Part.EMPLOYEE_VIEW, Act.SWITCH)) as opened:
        switch_view(opened, on=False)
    with act(world, "physician", Touch(Part.PROCESS, Act.APPOINT)) as opened:
        end_delegate(opened, seat=Seat.objects.get(dossier=world.dossier, role=Role.DELEGATE))
    with act(world, "physician", Touch(Part.LETTERS, Act.WITHDRAW_LETTER)) as opened:
        withdraw_letter(opened, letter=Letter.objects.get(dossier=world.dossier), reason="Er stond iets in dat niet klopt.")


def seen(world: World) -> dict[str, list[int]]:
    """What each of them gets: the BAR, the PDF of the letter, and whether the dossier stands in the own list."""
    found = {}
    for who in ("labour_expert", "insurance_physician", "delegate"):
        client = world.client(who)
        home = client.get("/", follow=True).content.decode()
        pages = [
            f"/dossier/{world.number}/bar/1/",
            f"/dossier/{world.number}/brieven/1/pdf/employee/",
            f"/dossier/{world.number}/brieven/1/pdf/employer/",
        ]
        found[who] = [*(client.get(page).status_code for page in pages), int(world.number in home)]
    return found


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_b10_a_restore_brings_back_no_withdrawn_consent(world: World, tmp_path: Path) -> None:
    with act(world, "employee", Touch(Part.EMPLOYEE_VIEW, Act.SWITCH)) as opened:
        switch_view(opened, on=True)
    open_then = seen(world)
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
        lines = TrailLine.objects.filter(chain=world.dossier.pk, event_code=Event.CLOSE_AGAIN.value)
        assert {line.object_type for line in lines} == {"answer", "share", "seat", "switch", "letter"}
        assert {line.actor_role for line in lines} == {"command"}
        page = world.client("employee").get(f"/dossier/{world.number}/wie-heeft-gekeken/").content.decode()
        assert "opnieuw gestopt" in page
        count = lines.count()
        again = replay(ledger.read([_ledger()]).entries, since=timezone.now() - dt.timedelta(hours=1))
        assert set(again.became) == {Replayed.WAS}  # closing twice is closing once
        assert lines.count() == count


def _ledger() -> Path:
    path: Path = django_settings.CONSENT_LEDGER
    return path


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_without_the_ledger_the_same_restore_opens_it_again_and_must_be_asked_for(world: World, tmp_path: Path) -> None:
    """The check of B10 can fail; and nobody forgets the ledger by accident."""
    open_then, file = seen(world), tmp_path / "copy.bar"
    run("backup", str(file))
    close_everything(world)
    _ledger().rename(tmp_path / "elsewhere")
    with empty_database():
        forget_keys()
        with pytest.raises(CommandError, match="withdrawn consents would come back"):
            run("restore", str(file))
        run("restore", str(file), "--without-ledger")
        assert seen(world) == open_then


# --- the ledger by itself, in one transaction of a test --------------------------------------------------


@pytest.fixture
def quick(db: None) -> World:
    """The same world, without committing it."""
    return make_world()


def told() -> list[Entry]:
    return list(ledger.read([_ledger()]).entries)


def test_a_closing_stands_in_the_ledger_before_it_is_committed(quick: World, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks() as callbacks, act(quick, "physician", STOP) as opened:  # type: ignore[operator]
        stop(opened, share=quick.shares[Role.LABOUR_EXPERT], reason="Een reden die nergens anders staat.")
        (entry,) = told()
        assert (entry.kind, entry.object_id, entry.is_done) == (Closing.SHARE, quick.shares[Role.LABOUR_EXPERT].pk, False)
    for callback in callbacks:
        callback()
    assert told()[0].is_done
    content = _ledger().read_text()
    assert "reden" not in content
    assert set(json.loads(content.splitlines()[0])) == {"at", "by", "id", "kind", "object"}
    assert _ledger().stat().st_mode & 0o777 == 0o600


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


def test_a_full_disk_stops_nobody_from_taking_a_consent_back(
    quick: World, settings: Settings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "full").write_text("a file, where a folder should be")
    settings.CONSENT_LEDGER = tmp_path / "full" / "closings"
    with caplog.at_level(logging.CRITICAL), act(quick, "employee", WITHDRAW) as opened:
        take_back(opened, share=quick.shares[Role.LABOUR_EXPERT])
    assert quick.client("labour_expert").get(f"/dossier/{quick.number}/bar/1/").status_code == 403
    kept = tmp_path / "kept.log"
    kept.write_text("\n".join(f"CRITICAL dossiers.ledger {record.getMessage()}" for record in caplog.records))
    found = ledger.read([kept])
    assert len(found.entries) == quick.shares[Role.LABOUR_EXPERT].parts.count()  # the log is a ledger too
    assert {entry.kind for entry in found.entries} == {Closing.ANSWER}


def test_lines_that_were_never_finished_and_lines_of_others_harm_nothing(tmp_path: Path) -> None:
    good = {"id": str(uuid.uuid4()), "at": "2026-03-01T10:00:00+00:00", "kind": "share", "object": str(uuid.uuid4())}
    odd = [json.dumps(good)[:40], "{}", "[]", "null", json.dumps({**good, "kind": "anders"}), json.dumps({**good, "at": "2026-03-01"}), "\x00"]
    path = tmp_path / "ledger"
    path.write_text("\n".join([*odd, json.dumps(good), json.dumps({"done": good["id"]})]) + "\n")
    found = ledger.read([path])
    assert len(found.entries) == 1
    assert found.entries[0].is_done
    assert found.unreadable == len(odd)


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
