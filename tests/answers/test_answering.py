"""The employee's key on screen, through the front door: three questions, per question or per part, without anything chosen beforehand."""

import datetime as dt
import re
import uuid

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from consent.access import opening
from consent.actions.answers import take_back
from consent.facts import Why
from consent.models import Answer, AnswerState, NoteKind, Seat, Share, ShareNote
from consent.wording import CURRENT, GROUPS, Question
from dossiers.door import Touch
from dossiers.models import Notice, TrailLine
from dossiers.notices import Reason
from dossiers.parts import Act, Part, Role
from dossiers.trail import Event
from tests.answers.material import answer, asked_world, every_part_of, key_on, parts_of, typed, url, why
from tests.seats.test_hand_over import accepted
from tests.world import CAST, SECTIONS, canary, share_all

pytestmark = pytest.mark.django_db
WHO = {Role.LABOUR_EXPERT: "labour_expert", Role.INSURANCE_PHYSICIAN: "insurance_physician", Role.UWV_LABOUR_EXPERT: "uwv_labour_expert"}


def newest(share: Share) -> dict[Part, str]:
    found: dict[Part, str] = {}
    for row in Answer.objects.filter(share_part__share=share).select_related("share_part").order_by("at"):
        found[Part(row.share_part.part)] = row.state
    return found


def test_the_page_says_who_what_for_and_what_a_no_means_with_examples_and_nothing_chosen() -> None:
    world, share = asked_world(Role.INSURANCE_PHYSICIAN)
    page = world.client("employee").get(url(share)).content.decode()
    for words in ("Vera Verzekeringsarts", "UWV", "Meedenken over werk.", CURRENT.no_means[Role.INSURANCE_PHYSICIAN]):
        assert words in page
    for question in (Question.WORK, Question.HOME, Question.PAPERS):
        assert f">{question.label}</h2>" in page
    assert canary(Part.EXPLANATION, "druk") in page
    assert canary(Part.CONTEXT, "gezin") in page
    assert canary(Part.CAPACITY, "niet in brief") in page
    assert SECTIONS["advice"]["message"] in page
    assert page.count("Hier staat nog niets.") >= 4  # plan, hours and others have no text yet
    assert page.count("mag hier ook iets opschrijven") == 2  # consultation, and the reaction
    assert "checked" not in page
    radios = re.findall(r'<input type="radio"[^>]*value="(yes|no)"', page)
    assert radios.count("yes") == radios.count("no") == 3 + len(parts_of(share)) - 1
    assert f">{CURRENT.parts[Part.LABOUR_REPORT]}" in page


def test_only_questions_that_hold_parts_of_this_share_are_asked_and_nothing_of_others_is_shown() -> None:
    world, share = asked_world()
    share.parts.exclude(part__in=[Part.PROCESS, Part.JOB]).delete()
    page = world.client("employee").get(url(share)).content.decode()
    assert Question.WORK.label in page
    assert Question.HOME.label not in page
    assert "KANARIE" not in page  # an example of a part that is not asked stands on no page


@pytest.mark.parametrize("role", sorted(WHO))
def test_three_times_yes_opens_everything_asked_and_gives_the_expert_a_seat(role: Role) -> None:
    world, share = asked_world(role)
    assert why(world, WHO[role], Part.PROCESS) is None
    response = answer(world.client("employee"), share)
    assert response.status_code == 302
    assert newest(share) == dict.fromkeys(every_part_of(role), "given")
    assert {row.wording for row in Answer.objects.filter(share_part__share=share)} == {CURRENT.version}
    assert all(why(world, WHO[role], part) is Why.OPEN for part in every_part_of(role))
    assert Notice.objects.filter(reason=Reason.SHARE_ANSWERED, person=world.people["physician"]).count() == 1
    after = world.client("employee").get(response["Location"]).content.decode()
    assert "ziet nu wat hieronder staat, tot en met" in after
    assert "Alles intrekken" in after


def test_three_times_no_refuses_process_too_and_nobody_gets_a_seat() -> None:
    world, share = asked_world()
    assert answer(world.client("employee"), share, "no").status_code == 302
    assert set(newest(share).values()) == {"refused"}
    assert newest(share)[Part.PROCESS] == "refused"
    assert not Seat.objects.filter(dossier=world.dossier, role=Role.LABOUR_EXPERT).exists()
    page = world.client("employee").get(url(share, "share_answered")).content.decode()
    assert "ziet nu niets van uw dossier" in page
    assert "Alles intrekken" not in page


def test_one_yes_inside_a_question_opens_that_part_with_process_and_nothing_else() -> None:
    world, share = asked_world()
    assert answer(world.client("employee"), share, "no", letters="yes").status_code == 302
    assert {part for part, state in newest(share).items() if state == "given"} == {Part.PROCESS, Part.LETTERS}
    assert why(world, "labour_expert", Part.LETTERS) is Why.OPEN
    assert why(world, "labour_expert", Part.CAPACITY) is Why.REFUSED


def test_a_no_inside_a_yes_stays_shut() -> None:
    world, share = asked_world()
    answer(world.client("employee"), share, "yes", explanation="no")
    assert {part for part, state in newest(share).items() if state == "refused"} == {Part.EXPLANATION}


def test_a_share_of_process_alone_is_asked_too() -> None:
    world, share = asked_world()
    share.parts.exclude(part=Part.PROCESS).delete()
    assert answer(world.client("employee"), share).status_code == 302
    assert newest(share) == {Part.PROCESS: "given"}


def test_what_is_not_answered_comes_back_with_what_was_chosen() -> None:
    world, share = asked_world()
    client = world.client("employee")
    values = typed(share, key_on(client, share), "", capacity="yes")
    response = client.post(url(share), values)
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count(" checked") == 1
    assert "Kies dan onderaan ‘Later’" in page
    for nonsense in ({"question_work": "misschien"}, {"key": "\x00"}, {"part_capacity": "\x00", "question_home": "é" * 5000}, {}):
        assert client.post(url(share), {**values, **nonsense}).status_code == 422
    assert not Answer.objects.filter(share_part__share=share).exists()


def test_an_old_yes_sent_again_after_withdrawing_opens_nothing() -> None:
    world, share = asked_world()
    client = world.client("employee")
    old = typed(share, key_on(client, share))
    assert client.post(url(share), old).status_code == 302
    assert client.post(url(share, "withdraw_share")).status_code == 302
    again = client.post(url(share), old)
    assert again.status_code == 409
    assert "Er is intussen iets veranderd" in again.content.decode()
    assert "checked" not in again.content.decode()  # a fresh page: nothing is chosen
    assert why(world, "labour_expert", Part.PROCESS) is Why.WITHDRAWN
    fresh = re.search(r'name="key" value="([0-9a-f]+)"', again.content.decode())
    assert fresh
    assert client.post(url(share), {**old, "key": fresh[1]}).status_code == 302  # the employee's own new yes counts
    assert why(world, "labour_expert", Part.PROCESS) is Why.OPEN


def test_a_key_of_another_question_opens_nothing() -> None:
    world, share = asked_world()
    other = share_all(world, Role.UWV_LABOUR_EXPERT, today=timezone.localdate(), state=AnswerState.ASKED)
    client = world.client("employee")
    assert client.post(url(share), typed(share, key_on(client, other))).status_code == 409
    assert not Answer.objects.filter(share_part__share=share).exists()


@pytest.mark.parametrize("who", [who for who in CAST if who != "employee"])
def test_nobody_answers_withdraws_or_notes_for_the_employee(who: str) -> None:
    world, share = asked_world()
    employee = world.client("employee")
    key = key_on(employee, share)
    client = world.client(who)
    for name, values in (("answer_share", typed(share, key)), ("withdraw_share", {}), ("note_share", {"kind": "later"})):
        assert client.post(url(share, name), values).status_code in {302 if who == "nobody" else 403, 404}, name
    assert not Answer.objects.filter(share_part__share=share).exists()
    assert not ShareNote.objects.exists()
    assert employee.post(url(share), typed(share, key)).status_code == 302  # the same form, by the one who may


def test_a_share_of_another_dossier_is_not_here() -> None:
    world, share = asked_world()
    client = world.client("employee")
    for name in ("answer_share", "share_answered", "share_wording"):
        assert client.get(url(share, name).replace(str(share.pk), str(uuid.uuid4()))).status_code == 404
    assert client.post(url(share, "withdraw_share"), {"part": "bestaat-niet"}).status_code == 404


@pytest.mark.parametrize("kind", list(NoteKind))
def test_later_and_first_talk_are_notes_and_the_question_stays_open(kind: NoteKind) -> None:
    world, share = asked_world()
    client = world.client("employee")
    assert client.post(url(share, "note_share"), {"kind": kind.value}).status_code == 302
    assert ShareNote.objects.get(share=share).kind == kind
    assert not Answer.objects.filter(share_part__share=share).exists()
    told = Notice.objects.filter(person=world.people["physician"], reason=Reason.SHARE_ANSWERED).count()
    assert told == (kind is NoteKind.DISCUSS)
    assert TrailLine.objects.filter(dossier_id=world.dossier.pk, event_code=Event.NOTE_ON_SHARE).count() == 1
    assert client.post(url(share, "note_share"), {"kind": "zomaar"}).status_code == 422
    answer(client, share)
    assert client.post(url(share, "note_share"), {"kind": kind.value}).status_code == 409


# --- taking it back ------------------------------------------------------------------------------------


def test_one_button_takes_everything_back_at_the_very_next_request_and_twice_is_once() -> None:
    world, share = asked_world()
    client, expert = world.client("employee"), world.client("labour_expert")
    answer(client, share)
    overview = f"/dossier/{world.number}/"
    assert expert.get(overview).status_code == 200
    rows = Answer.objects.filter(share_part__share=share).count()
    for _ in range(2):
        assert client.post(url(share, "withdraw_share")).status_code == 302
        refused = expert.get(overview)
        assert refused.status_code == 403
        assert Why.WITHDRAWN.label in refused.content.decode()
    assert Answer.objects.filter(share_part__share=share).count() == 2 * rows
    assert Notice.objects.filter(reason=Reason.SHARE_WITHDRAWN, person=world.people["physician"]).count() == 1


def test_one_part_is_taken_back_alone_and_the_last_one_takes_process_along() -> None:
    world, share = asked_world()
    client = world.client("employee")
    answer(client, share, "no", letters="yes", plan="yes")
    client.post(url(share, "withdraw_share"), {"part": "letters"})
    assert why(world, "labour_expert", Part.LETTERS) is Why.WITHDRAWN
    assert why(world, "labour_expert", Part.PLAN) is Why.OPEN
    client.post(url(share, "withdraw_share"), {"part": "plan"})
    assert newest(share)[Part.PROCESS] == "withdrawn"


def test_withdrawing_works_in_a_closed_dossier_and_answering_does_not() -> None:
    world, share = asked_world()
    client = world.client("employee")
    answer(client, share)
    key = key_on(client, share)
    world.dossier.closed_on, world.dossier.closed_by = share.first_day, world.people["physician"]
    world.dossier.save(update_fields=["closed_on", "closed_by"])
    assert client.post(url(share), typed(share, key, "no")).status_code == 403
    assert client.post(url(share, "withdraw_share")).status_code == 302
    assert set(newest(share).values()) == {"withdrawn"}
    assert client.get(url(share, "share_answered")).status_code == 200


def test_a_changed_answer_adds_and_takes_away_and_leaves_the_rest() -> None:
    world, share = asked_world()
    client = world.client("employee")
    answer(client, share, "no", letters="yes")
    assert answer(client, share, "", plan="yes", letters="no").status_code == 302
    state = newest(share)
    assert (state[Part.PLAN], state[Part.LETTERS], state[Part.PROCESS], state[Part.CAPACITY]) == ("given", "withdrawn", "given", "refused")
    assert answer(client, share, "").status_code == 422  # nothing was chosen


def test_yes_no_and_stop_cost_no_more_clicks_than_each_other() -> None:
    """Counted on the page: one choice per question and one button, for yes and for no; to stop there is one button."""
    world, share = asked_world()
    client = world.client("employee")
    key = key_on(client, share)
    clicks = {said: len(typed(share, key, said)) - 1 + 1 for said in ("yes", "no")}  # without the hidden key, with the button
    assert clicks["yes"] == clicks["no"] == len(GROUPS) + 1
    assert client.post(url(share), typed(share, key)).status_code == 302
    page = client.get(url(share, "share_answered")).content.decode()
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if "Alles intrekken" in one)
    assert url(share, "withdraw_share") in form
    assert len(re.findall(r"<button", form)) == 1
    assert not re.findall(r'<input type="(?:checkbox|radio)|<select', form)


def test_the_text_that_was_shown_can_be_read_again() -> None:
    world, share = asked_world()
    client = world.client("employee")
    answer(client, share)
    page = client.get(url(share, "share_wording")).content.decode()
    assert CURRENT.version in page
    assert CURRENT.asks[Question.HOME].format(name=share.name) in page


def test_a_stopped_or_ended_share_cannot_be_answered_any_more() -> None:
    world, share = asked_world()
    client = world.client("employee")
    values = typed(share, key_on(client, share))
    share.stopped_at, share.stopped_by = share.made_at, world.people["physician"]
    share.save(update_fields=["stopped_at", "stopped_by"])
    assert client.post(url(share), values).status_code == 409
    assert client.get(url(share)).status_code == 302
    assert "is gestopt met delen" in client.get(url(share, "share_answered")).content.decode()


def test_nothing_the_database_holds_of_an_answer_can_be_edited() -> None:
    world, share = asked_world()
    answer(world.client("employee"), share)
    row = Answer.objects.filter(share_part__share=share).first()
    assert row is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(pk=row.pk).update(state="refused")


def test_the_write_is_opened_with_the_part() -> None:
    world, share = asked_world()
    answer(world.client("employee"), share, "no", labour_report="yes")
    assert why(world, "labour_expert", Part.LABOUR_REPORT, Act.WRITE) is Why.OPEN
    assert why(world, "labour_expert", Part.CONSULTATION, Act.WRITE) is Why.REFUSED


# --- in whatever order, and whoever took over the dossier -------------------------------------------------


def test_who_waited_for_the_lock_and_comes_last_has_the_last_word() -> None:
    """A withdrawal that began before a yes was stored, and had to wait for it, is not older than that yes."""
    world, share = asked_world()
    before = timezone.now()
    answer(world.client("employee"), share)
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True, at=before) as opened:
        take_back(opened, share=share)
    assert why(world, "labour_expert", Part.PROCESS) is Why.WITHDRAWN
    assert set(newest(share).values()) == {"withdrawn"}


def test_one_part_taken_back_before_the_first_day_leaves_the_seat_and_the_last_one_takes_it_away() -> None:
    world, share = asked_world()
    Share.objects.filter(pk=share.pk).update(first_day=share.first_day + dt.timedelta(days=3))
    client = world.client("employee")
    answer(client, share, "no", letters="yes", plan="yes")
    client.post(url(share, "withdraw_share"), {"part": "letters"})
    assert (why(world, "labour_expert", Part.PLAN), why(world, "labour_expert", Part.PLAN, days=3)) == (None, Why.OPEN)
    client.post(url(share, "withdraw_share"), {"part": "plan"})
    assert why(world, "labour_expert", Part.PROCESS, days=3) is None  # never open: a stranger for good
    answer(client, share, "yes")
    assert why(world, "labour_expert", Part.PROCESS, days=3) is Why.OPEN


def test_an_answer_stands_when_another_arbodienst_takes_over_and_the_newcomer_does_not_read_it_unasked() -> None:
    world, share = asked_world()
    other = accepted(world)
    assert answer(world.client("employee"), share).status_code == 302
    assert why(world, "labour_expert", Part.PROCESS) is Why.OPEN
    assert Notice.objects.filter(reason=Reason.SHARE_ANSWERED, person=other).count() == 1
    assert world.client("Nieuw Arts").get(url(share, "paper_answer")).status_code == 404


def test_the_page_of_all_shares_takes_a_yes_back_with_one_button() -> None:
    world, share = asked_world()
    client = world.client("employee")
    answer(client, share)
    page = client.get(f"/dossier/{world.number}/delen/").content.decode()
    assert re.search(rf'<form method="post" action="{url(share, "withdraw_share")}"', page)
    assert client.get(url(share, "withdraw_share"))["Location"] == url(share, "share_answered")  # looking takes nothing back
    assert why(world, "labour_expert", Part.PROCESS) is Why.OPEN
