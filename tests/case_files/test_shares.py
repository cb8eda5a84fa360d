"""Shares in and out of a case file, as they stand after the acts of the screens; what the format has no key for is named."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from bar.accounts.models import User
from bar.cases.importer import import_case
from consent.access import opening
from consent.actions import SharePlan, answer, share, stop, withdraw
from consent.models import AnswerState, NoteKind, PaperAnswer, Share, ShareNote
from dossiers.door import Touch
from dossiers.models import Dossier
from dossiers.parts import Act, Part, Role
from tests.case_files.material import case, export, put, raw
from tests.requests.material import ask
from tests.world import World

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)
HANNEKE, JOOST, RACHID = "h.brouwer@arbodienst.test", "joost.verkerk@voorbeeld.test", "r.elamrani@adviesbureau.test"
SHARE, STOP = Touch(Part.SHARING, Act.SHARE), Touch(Part.SHARING, Act.STOP)
ANSWER, WITHDRAW = Touch(Part.SHARING, Act.ANSWER), Touch(Part.SHARING, Act.WITHDRAW)


@pytest.fixture
def number() -> Iterator[str]:
    """A case as it stands on the day it was read: its share ends one day."""
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(12), dt.UTC)):
        yield import_case(raw(case("magazijn-a")), today=TODAY, training=True).number


def acting(number: str, email: str, needs: Touch, day: str, do: Callable[[Any], Any]) -> Any:
    noon = timezone.make_aware(dt.datetime.fromisoformat(f"{day}T13:00"))
    with opening(User.objects.get(email=email), number, needs=needs, writing=True, at=noon) as opened:
        return do(opened)


def the_share(number: str) -> Share:
    return Share.objects.get(dossier__number=number)


def shared(number: str) -> dict[str, Any]:
    told: dict[str, Any] = export(number)["shares"][0]
    return told


def test_a_stopped_share_ends_on_the_day_it_was_stopped_and_stays_shut_when_it_comes_back(number: str) -> None:
    acting(number, HANNEKE, STOP, "2026-06-01", lambda opened: stop(opened, share=the_share(number), reason="Onderzoek is klaar."))
    told = export(number)
    assert told["shares"][0]["until"] == "2026-06-01"
    assert told["shares"][0]["consent"] == "given"
    assert told["left_out"] == ["stopped_shares"]
    again = import_case(raw(told | {"key": "weer"}), today=TODAY, training=True)
    assert not User.objects.get(email=RACHID).has_perm("dossiers.read_process", again)


def test_a_share_that_was_stopped_before_its_first_day_is_only_named(number: str) -> None:
    plan = SharePlan(User.objects.get(email=RACHID), Role.LABOUR_EXPERT, (Part.PROCESS,), (), "Later.", dt.date(2026, 8, 1), dt.date(2026, 9, 1))
    row = acting(number, HANNEKE, SHARE, "2026-07-01", lambda opened: share(opened, plan=plan))
    acting(number, HANNEKE, STOP, "2026-07-02", lambda opened: stop(opened, share=row, reason="Toch niet."))
    told = export(number)
    assert len(told["shares"]) == 1
    assert "stopped_shares" in told["left_out"]


def test_what_was_partly_withdrawn_comes_out_per_part_and_goes_in_again(number: str) -> None:
    acting(number, JOOST, WITHDRAW, "2026-06-01", lambda opened: withdraw(opened, share=the_share(number), parts=(Part.ADVICE,)))
    told = shared(number)
    assert told["consent"]["advice"] == "withdrawn"
    assert {state for part, state in told["consent"].items() if part != "advice"} == {"given"}
    assert told["withdrawn_on"] == "2026-06-01"
    again = import_case(raw(export(number) | {"key": "weer"}), today=TODAY, training=True)
    rachid = User.objects.get(email=RACHID)
    dossier = Dossier.objects.get(pk=again.pk)
    assert (rachid.has_perm("dossiers.read_advice", dossier), rachid.has_perm("dossiers.read_capacity", dossier)) == (False, True)


def test_a_renewed_share_is_a_share_of_its_own_and_the_link_is_named(number: str) -> None:
    first = the_share(number)
    plan = SharePlan(first.person, Role.LABOUR_EXPERT, (Part.PROCESS,), (), "Verder.", dt.date(2026, 10, 1), dt.date(2027, 9, 1), renews=first)
    row = acting(number, HANNEKE, SHARE, "2026-10-01", lambda opened: share(opened, plan=plan))
    yes = {Part.PROCESS: AnswerState.GIVEN}
    acting(number, JOOST, ANSWER, "2026-10-02", lambda opened: answer(opened, share=row, answers=yes))
    told = export(number)
    assert [one["until"] for one in told["shares"]] == ["2027-03-31", "2027-09-01"]
    assert told["left_out"] == ["renewed_shares"]


def test_answers_on_paper_and_notes_are_named(number: str) -> None:
    row, physician = the_share(number), User.objects.get(email=HANNEKE)
    now = timezone.now()
    common = {"dossier": row.dossier, "share": row}
    PaperAnswer.objects.create(**common, parts=["process"], wording="t", signed_on=TODAY, posted_on=TODAY, recorded_by=physician, recorded_at=now)
    ShareNote.objects.create(**common, kind=NoteKind.values[0], at=now, by=physician)
    assert export(number)["left_out"] == ["paper_answers", "share_notes"]


def test_an_expert_who_was_only_asked_is_told_as_typed(number: str) -> None:
    plan = SharePlan(
        User.objects.create_user("eline@uwv.test", name="Heel Anders"),
        Role.INSURANCE_PHYSICIAN,
        (Part.PROCESS,),
        (),
        "Meekijken.",
        TODAY,
        TODAY,
        name="Eline de Wit",
        organisation_name="UWV",
    )
    acting(number, HANNEKE, SHARE, "2026-11-23", lambda opened: share(opened, plan=plan))
    assert export(number)["people"]["insurance_physician"] == {"name": "Eline de Wit", "email": "eline@uwv.test", "organisation": "UWV"}


def test_a_request_is_named_for_who_may_know_of_it(world: World) -> None:
    ask(world, "Dit klopt niet.")
    world.dossier.__class__.objects.filter(pk=world.dossier.pk).update(training=True)
    assert "requests" in export(world.number, world.people["employee"].email)["left_out"]
    assert "requests" not in export(world.number, world.people["employer"].email).get("left_out", [])


def test_consent_that_is_asked_stays_asked(number: str) -> None:
    told = put(put(case("magazijn-a"), "shares[0].consent", "asked"), "shares[0].answered_on", None) | {"key": "nog-een"}
    again = import_case(raw(told), today=TODAY, training=True)
    assert shared(again.number)["consent"] == "asked"
    assert not again.seats.filter(role=Role.LABOUR_EXPERT).exists()
