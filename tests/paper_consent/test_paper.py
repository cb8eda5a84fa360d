"""Consent on paper, through the front door: one writes it down, another confirms, and it counts from the third working day after the letter."""

import datetime as dt

import pytest
from django.utils import timezone

from bar.accounts.models import User
from bar.sharing.actions import let_in
from consent.actions.paper import NOT_ONESELF, ask_again
from consent.facts import Why
from consent.models import Answer, AnswerState, Grant, PaperAnswer, Seat, Share
from consent.wording import CURRENT
from dossiers.models import Notice, TrailLine
from dossiers.notices import Reason
from dossiers.parts import Part, Role
from dossiers.rules.working_days import add_working_days
from dossiers.trail import Event
from tests.answers.material import answer, url, why
from tests.invitations.material import accept, link, open_dossier
from tests.paper_consent.material import TODAY, by_phone, confirm, on_paper, signed
from tests.world import CAST, World, share_all

pytestmark = pytest.mark.django_db


def states(share: Share) -> dict[Part, tuple[str, str]]:
    rows = Answer.objects.filter(share_part__share=share).select_related("share_part").order_by("at")
    return {Part(row.share_part.part): (row.state, row.channel) for row in rows}


def days_to(day: dt.date) -> int:
    return (day - TODAY()).days


def test_a_yes_on_paper_opens_on_the_third_working_day_after_the_letter_and_only_once_another_confirmed() -> None:
    world, share = on_paper()
    delegate, physician = world.client("delegate"), world.client("physician")
    assert signed(delegate, share).status_code == 302
    assert not Answer.objects.filter(share_part__share=share).exists()
    assert [row.person for row in Notice.objects.filter(reason=Reason.PAPER_TO_CONFIRM)] == [world.people["physician"]]
    own = confirm(delegate, share)
    assert (own.status_code, NOT_ONESELF in own.content.decode()) == (403, True)
    assert confirm(physician, share).status_code == 302
    first = add_working_days(TODAY(), 3)
    assert {row.counts_from for row in Answer.objects.filter(share_part__share=share)} == {first}
    row = Answer.objects.filter(share_part__share=share).latest("at")
    assert (row.channel, row.by, row.confirmed_by, row.wording) == ("paper", world.people["delegate"], world.people["physician"], CURRENT.version)
    for part in (Part.PROCESS, Part.CAPACITY):
        assert why(world, "labour_expert", part) is None  # a stranger until that day
        assert why(world, "labour_expert", part, days=days_to(first) - 1) is None
        assert why(world, "labour_expert", part, days=days_to(first)) is Why.OPEN
    assert Seat.objects.get(dossier=world.dossier, role=Role.LABOUR_EXPERT).start == first
    page = physician.get(url(share, "paper_answer")).content.decode()
    assert "op papier, opgeschreven door Dirk Delegaat, bevestigd door Anna Arts" in page


def test_nobody_confirms_the_own_record_and_without_another_somebody_is_appointed_first() -> None:
    world, share = on_paper()
    delegate, physician = world.client("delegate"), world.client("physician")
    seat = Seat.objects.get(dossier=world.dossier, role=Role.DELEGATE, ended_at__isnull=True)
    seat.ended_at, seat.ended_by = timezone.now(), world.people["physician"]
    seat.save(update_fields=["ended_at", "ended_by"])
    assert signed(physician, share).status_code == 302
    page = physician.get(url(share, "paper_answer")).content.decode()
    assert "Wijs eerst iemand aan" in page
    assert "/wie-doet-mee/taakgedelegeerde/" in page
    assert confirm(physician, share).status_code == 403
    assert confirm(delegate, share).status_code == 404  # no seat any more
    assert PaperAnswer.objects.get().confirmed_at is None
    assert not Answer.objects.filter(share_part__share=share).exists()


def test_an_employee_with_an_account_answers_alone() -> None:
    world, share = on_paper()
    delegate = world.client("delegate")
    assert signed(delegate, share).status_code == 302
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=timezone.now())
    assert confirm(world.client("physician"), share).status_code == 409
    PaperAnswer.objects.update(cancelled_at=timezone.now(), cancelled_by=world.people["physician"])
    assert signed(delegate, share).status_code == 409
    assert delegate.get(url(share, "paper_form")).status_code == 409
    assert not Answer.objects.filter(share_part__share=share).exists()


def test_a_no_on_the_form_counts_at_once_while_the_yes_waits() -> None:
    world, share = on_paper()
    assert signed(world.client("delegate"), share, "no", letters="yes").status_code == 302
    assert states(share)[Part.CAPACITY] == ("refused", "paper")
    assert Part.LETTERS not in states(share)
    assert Part.PROCESS not in states(share)
    assert sorted(PaperAnswer.objects.get().parts) == ["letters", "process"]
    confirm(world.client("physician"), share)
    assert states(share)[Part.LETTERS] == states(share)[Part.PROCESS] == ("given", "paper")


def test_all_no_on_the_form_refuses_everything_and_waits_for_nobody() -> None:
    world, share = on_paper()
    assert signed(world.client("delegate"), share, "no").status_code == 302
    assert set(states(share).values()) == {("refused", "paper")}
    assert not PaperAnswer.objects.exists()
    assert Notice.objects.filter(reason=Reason.SHARE_ANSWERED, person=world.people["physician"]).count() == 1


def test_taking_back_by_phone_closes_at_once_and_a_yes_is_never_by_phone() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    confirm(world.client("physician"), share)
    assert by_phone(world.client("delegate"), share, "capacity").status_code == 302
    assert states(share)[Part.CAPACITY] == ("withdrawn", "phone")
    assert states(share)[Part.LETTERS] == ("given", "paper")
    assert by_phone(world.client("physician"), share).status_code == 302
    assert set(states(share).values()) == {("withdrawn", "phone")}
    assert not Seat.objects.filter(dossier=world.dossier, role=Role.LABOUR_EXPERT, ended_at__isnull=True).exists()  # never open: still a stranger
    assert by_phone(world.client("delegate"), share, channel="screen").status_code == 422
    assert world.client("delegate").post(url(share, "record_no"), {"channel": "phone"}).status_code == 422


def test_a_no_by_phone_while_a_yes_waits_is_the_last_word() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    assert by_phone(world.client("delegate"), share, "context", "capacity").status_code in {302, 422}
    by_phone(world.client("delegate"), share, "capacity")
    assert "capacity" not in PaperAnswer.objects.get().parts
    by_phone(world.client("delegate"), share)
    assert PaperAnswer.objects.get().cancelled_at is not None
    assert confirm(world.client("physician"), share).status_code == 409
    assert {state for state, _ in states(share).values()} == {"refused"}


def test_who_lost_the_way_in_can_stop_by_phone_too() -> None:
    world, share = on_paper()
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=timezone.now())
    answer(world.client("employee"), share)
    assert why(world, "labour_expert", Part.PROCESS) is Why.OPEN
    assert by_phone(world.client("delegate"), share).status_code == 302
    assert why(world, "labour_expert", Part.PROCESS) is Why.WITHDRAWN


def test_a_mistake_is_taken_away_before_anybody_confirms_it() -> None:
    world, share = on_paper()
    delegate = world.client("delegate")
    signed(delegate, share)
    paper = PaperAnswer.objects.get()
    assert delegate.post(url(share, "cancel_paper_answer"), {"paper": str(paper.pk)}).status_code == 302
    assert confirm(world.client("physician"), share).status_code == 409
    assert delegate.post(url(share, "cancel_paper_answer"), {"paper": "niets"}).status_code == 409
    assert signed(delegate, share).status_code == 302  # and written down anew
    events = set(TrailLine.objects.filter(dossier_id=world.dossier.pk).values_list("event_code", flat=True))
    assert {Event.RECORD_PAPER.value, Event.CANCEL_PAPER.value} <= events


@pytest.mark.parametrize("who", [who for who in CAST if who not in {"physician", "delegate"}])
def test_only_physician_and_delegate_write_down_confirm_or_take_away(who: str) -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    paper = PaperAnswer.objects.get()
    client = world.client(who)
    values = {"paper": str(paper.pk), "seen": "on", "channel": "phone", "parts": "all"}
    for name in ("paper_answer", "record_no", "confirm_paper_answer", "cancel_paper_answer"):
        assert client.post(url(share, name), values).status_code in {302 if who == "nobody" else 403, 404}, name
    for name in ("paper_answer", "paper_form", "paper_letter"):
        assert client.get(url(share, name)).status_code in {302 if who == "nobody" else 403, 404}, name
    paper.refresh_from_db()
    assert (paper.confirmed_at, paper.cancelled_at) == (None, None)
    assert not Answer.objects.filter(share_part__share=share).exists()


@pytest.mark.parametrize(
    ("signed_days", "posted_days", "status"),
    [(0, 0, 302), (0, 7, 302), (1, 1, 422), (-1, 0, 422), (0, -1, 422), (0, 8, 422)],
)
def test_days_that_cannot_be_are_refused_and_nothing_typed_is_lost(signed_days: int, posted_days: int, status: int) -> None:
    world, share = on_paper()
    day = TODAY()
    response = signed(world.client("delegate"), share, signed_on=day + dt.timedelta(days=signed_days), posted_on=day + dt.timedelta(days=posted_days))
    assert response.status_code == status
    assert PaperAnswer.objects.exists() == (status == 302)
    if status == 422:
        assert response.content.decode().count(" checked") == 3


def test_a_letter_that_is_not_posted_yet_is_not_confirmed_and_a_yes_needs_its_day() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share, posted_on=TODAY() + dt.timedelta(days=1))
    assert confirm(world.client("physician"), share).status_code == 422
    assert confirm(world.client("physician"), share, seen="").status_code == 422
    assert not Answer.objects.filter(share_part__share=share).exists()


def test_the_sheets_to_print_say_what_is_asked_and_what_was_written_down() -> None:
    world, share = on_paper(Role.INSURANCE_PHYSICIAN)
    delegate = world.client("delegate")
    form = delegate.get(url(share, "paper_form")).content.decode()
    for words in (CURRENT.no_means[Role.INSURANCE_PHYSICIAN], CURRENT.stop_on_paper, CURRENT.when_on_paper, "Handtekening", CURRENT.version):
        assert words in form
    assert "KANARIE" not in form  # no health data on a sheet that lies on a desk
    assert delegate.get(url(share, "paper_letter")).status_code == 404
    signed(delegate, share, "no", letters="yes")
    letter = delegate.get(url(share, "paper_letter")).content.decode()
    assert "Hier zei u ja op" in letter
    assert "<li>Brieven</li>" in letter
    assert "<li>Thuis en uzelf</li>" not in letter
    assert "KANARIE" not in letter


# --- an account is taken into use ------------------------------------------------------------------------


def test_an_account_asks_again_what_was_said_on_paper_and_the_own_yes_counts_from_then() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    confirm(world.client("physician"), share)
    start = add_working_days(TODAY(), 3)
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=timezone.now())
    employee = User.objects.get(pk=world.people["employee"].pk)
    assert why(world, "labour_expert", Part.PROCESS, days=days_to(start)) is Why.ASKED  # by the live rule alone
    assert ask_again(employee, now=timezone.now()) == 1
    assert why(world, "labour_expert", Part.PROCESS, days=days_to(start)) is None  # never open: a stranger still
    assert not Grant.objects.filter(content_object=world.dossier, user=world.people["labour_expert"]).exists()
    assert Notice.objects.filter(person=employee, reason=Reason.SHARE_ASKED, object_id=f"account:{share.pk}").count() == 1
    page = world.client("employee").get(url(share)).content.decode()
    assert "Weet u het nog niet?" in page  # asked, as if nothing was said
    assert answer(world.client("employee"), share).status_code == 302
    assert why(world, "labour_expert", Part.PROCESS) is Why.OPEN
    assert "telt niet meer" not in world.client("physician").get(url(share, "paper_answer")).content.decode()


def test_a_yes_on_paper_that_opened_already_closes_with_the_account_and_the_expert_is_told_why() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    confirm(world.client("physician"), share)
    seat = Seat.objects.get(dossier=world.dossier, role=Role.LABOUR_EXPERT)
    Seat.objects.filter(pk=seat.pk).update(start=TODAY())  # as on the third working day
    later = days_to(add_working_days(TODAY(), 3))
    assert why(world, "labour_expert", Part.PROCESS, days=later) is Why.OPEN
    employee = User.objects.get(pk=world.people["employee"].pk)
    employee.activated_at = timezone.now()
    employee.save(update_fields=["activated_at"])
    assert ask_again(employee, now=timezone.now()) == 1
    assert why(world, "labour_expert", Part.PROCESS, days=later) is Why.ASKED
    assert "telt niet meer" in world.client("physician").get(url(share, "paper_answer")).content.decode()
    assert world.client("employee").post(url(share, "withdraw_share")).status_code == 302
    assert {state for state, _ in states(share).values()} == {"withdrawn"}


def test_a_yes_that_waits_goes_when_the_account_comes() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    employee = User.objects.get(pk=world.people["employee"].pk)
    employee.activated_at = timezone.now()
    employee.save(update_fields=["activated_at"])
    assert ask_again(employee, now=timezone.now()) == 1
    assert PaperAnswer.objects.get().cancelled_by == employee
    assert ask_again(employee, now=timezone.now()) == 0


def test_nobody_is_invited_on_a_seat_whose_process_is_not_open() -> None:
    world, share = on_paper()
    signed(world.client("delegate"), share)
    confirm(world.client("physician"), share)
    seat = Seat.objects.get(dossier=world.dossier, role=Role.LABOUR_EXPERT)
    Seat.objects.filter(pk=seat.pk).update(start=TODAY())
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=timezone.now())
    let_in(seat.pk, now=timezone.now())
    assert not Notice.objects.filter(person=world.people["labour_expert"]).exists()


def test_accepting_an_invitation_is_what_asks_again(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    own = World(dossier, {**bare_world.people, "employee": dossier.employee})
    share = share_all(own, Role.LABOUR_EXPERT, today=TODAY(), state=AnswerState.ASKED)
    assert signed(own.client("physician"), share).status_code == 302
    assert PaperAnswer.objects.get().cancelled_at is None
    assert accept(link()) == 302
    assert PaperAnswer.objects.get().cancelled_by == dossier.employee
    assert Notice.objects.filter(person=dossier.employee, reason=Reason.SHARE_ASKED, object_id=f"account:{share.pk}").count() == 1
