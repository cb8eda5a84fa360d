"""A lasting change of the responsible physician: within the arbodienst everything comes along; from another one only what the employee lets."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from bar.accounts.models import User
from consent.access import Stranger, opening
from consent.actions import hand_over as actions
from consent.actions.seats import replace_seat
from consent.models import AnswerState, HandOver, HandOverQuestion, QuestionState, Seat, SeatKind
from dossiers import queries
from dossiers.actions import versions
from dossiers.actions.words import note_view, write_view
from dossiers.door import Touch, read, write
from dossiers.errors import Refused
from dossiers.models import Dossier, EmployeeView, TrailLine
from dossiers.next_step import next_step, standings
from dossiers.notices import Reason
from dossiers.parts import Act, Part, Role
from dossiers.trail import Event
from tests.access.test_canaries import PLANTED
from tests.access.test_matrix import INSIDE, address
from tests.seats.material import colleague, cover, elsewhere, page, post, told
from tests.steady import steady
from tests.world import SECTIONS, World, at, fill_in, finalise, make_world

HAND_OVER = Touch(Part.PROCESS, Act.HAND_OVER)
TODAY = timezone.localdate


def test_a_colleague_takes_over_with_everything_and_the_draft(world: World) -> None:
    draft = fill_in(world, TODAY())
    new, old = colleague(world, "Olga Opvolger"), world.people["physician"]
    assert "Uw collega maakt die af" in page(world, "physician", "wie-doet-mee/overdragen/")
    assert post(world, "physician", "wie-doet-mee/overdragen/", person=new.pk).status_code == 302
    world.dossier.refresh_from_db()
    draft.refresh_from_db()
    assert (world.dossier.physician, draft.author) == (new, new)
    assert world.client("physician").get(f"/dossier/{world.number}/").status_code == 404
    assert "KANARIE explanation" in page(world, "Olga Opvolger", "bar/1/")
    assert "Dirk Delegaat" in page(world, "Olga Opvolger", "wie-doet-mee/")
    row = HandOver.objects.get(dossier=world.dossier)
    assert (row.from_person, row.to_person, row.from_organisation) == (old, new, row.to_organisation)
    assert Reason.HANDED_OVER in told(new)
    assert Reason.HANDED_OVER in told(world.people["employee"])
    assert "heeft het dossier overgedragen" in page(world, "employee", "wie-heeft-gekeken/")
    finalise_by(world, new)


def finalise_by(world: World, person: User) -> None:
    world.people["physician"] = person
    finalise(world, TODAY())


def test_handing_back_undoes_it(bare_world: World) -> None:
    old, new = bare_world.people["physician"], colleague(bare_world, "Olga Opvolger")
    post(bare_world, "physician", "wie-doet-mee/overdragen/", person=new.pk)
    assert post(bare_world, "Olga Opvolger", "wie-doet-mee/overdragen/", person=old.pk).status_code == 302
    assert old.has_perm("dossiers.finalise_letters", bare_world.dossier)
    assert not new.has_perm("dossiers.read_process", bare_world.dossier)


def test_who_covers_can_take_over_and_a_cover_ends_with_the_hand_over(bare_world: World) -> None:
    new = colleague(bare_world, "Olga Opvolger")
    cover(bare_world, new, TODAY(), TODAY() + dt.timedelta(days=9))
    assert post(bare_world, "Olga Opvolger", "wie-doet-mee/overdragen/", person=new.pk).status_code == 302
    (seat,) = Seat.objects.filter(dossier=bare_world.dossier, role=Role.PHYSICIAN, ended_at__isnull=True)
    assert (seat.person, seat.kind) == (new, SeatKind.PLAIN)


@pytest.mark.parametrize("who", ["delegate", "elsewhere", "employee", "physician"])
def test_nobody_but_another_physician_of_the_arbodienst_takes_over(bare_world: World, who: str) -> None:
    person = elsewhere(bare_world) if who == "elsewhere" else bare_world.people[who]
    if who == "employee":
        User.objects.filter(pk=person.pk).update(profession=Role.PHYSICIAN, organisation=bare_world.people["physician"].organisation)
    answer = post(bare_world, "physician", "wie-doet-mee/overdragen/", person=person.pk)
    assert answer.status_code == 422
    assert bare_world.people["physician"].has_perm("dossiers.finalise_letters", bare_world.dossier), "what was refused did not happen"


def test_from_outside_the_dossier_a_successor_is_seated_with_a_line_in_the_trail(bare_world: World) -> None:
    """What an administrator's act needs when somebody leaves."""
    by, now = bare_world.people["superuser"], timezone.now()
    new = colleague(bare_world, "Olga Opvolger")
    actions.hand_over_inside(bare_world.dossier, successor=new, by=by, now=now)
    other = colleague(bare_world, "Petra Praktijk", Role.DELEGATE, delegate_kind="pob")
    seat = bare_world.people["delegate"].seats.get(dossier=bare_world.dossier)
    replace_seat(seat, successor=other, by=by, now=now)
    for person, perm in ((new, "finalise_letters"), (other, "write_capacity")):
        assert person.has_perm(f"dossiers.{perm}", bare_world.dossier)
    events = set(TrailLine.objects.filter(dossier_id=bare_world.dossier.pk, actor_id=by.pk).values_list("event_code", flat=True))
    assert events == {Event.HAND_OVER, Event.END_SEAT, Event.SEAT}


# --- to another arbodienst: asking tells nothing -----------------------------------------------------------


def ask(world: World, email: str) -> object:
    values = {"name": "Nieuw Arts", "organisation": "Arbodienst Elders", "address": email, "told": "on"}
    return post(world, "physician", "wie-doet-mee/andere-arbodienst/", **values)


def test_a_known_and_an_unknown_address_get_the_same_answer_page_and_trail(bare_world: World) -> None:
    new = elsewhere(bare_world)
    seen = []
    addresses = (new.email, "onbekend.iemand@elders.test", bare_world.people["outsider"].email, colleague(bare_world, "Zelfde Dienst").email)
    for email in addresses:
        before = TrailLine.objects.filter(dossier_id=bare_world.dossier.pk).count()
        answer = ask(bare_world, str(email))
        text = page(bare_world, "physician", "wie-doet-mee/") + page(bare_world, "employee", "wie-doet-mee/")
        lines = TrailLine.objects.filter(dossier_id=bare_world.dossier.pk).count() - before
        seen.append((answer.status_code, answer["Location"], steady(text), lines))  # type: ignore[attr-defined, index]
        assert post(bare_world, "physician", "wie-doet-mee/andere-arbodienst/intrekken/").status_code == 302
    for one in seen[1:]:
        assert one == seen[0]
    assert [row.person for row in HandOverQuestion.objects.filter(dossier=bare_world.dossier)] == [new, None, None, None]


def test_the_employee_reads_who_takes_over_before_anything_counts(bare_world: World) -> None:
    new = elsewhere(bare_world)
    ask(bare_world, str(new.email))
    text = page(bare_world, "employee", "wie-doet-mee/")
    assert "Nieuw Arts van Arbodienst Elders" in text
    assert "Over al het andere van eerder beslist u zelf" in text
    assert Reason.HANDED_OVER in told(bare_world.people["employee"])
    assert not new.has_perm("dossiers.read_process", bare_world.dossier)
    with pytest.raises(Stranger), opening(new, bare_world.number, needs=read(Part.PROCESS)):
        pass
    for where in ("/", "/overnemen/"):
        shown = steady(bare_world.client("Nieuw Arts").get(where).content.decode())
        assert "Wout" not in shown
        assert "Werkgever De Proef" not in shown


def test_without_telling_the_employee_or_with_a_running_version_it_is_refused(bare_world: World) -> None:
    new = elsewhere(bare_world)
    values = {"name": "N", "organisation": "A", "address": new.email}
    assert "Vertel het eerst aan de werknemer" in post(bare_world, "physician", "wie-doet-mee/andere-arbodienst/", **values).content.decode()
    fill_in(bare_world, TODAY())
    answer = ask(bare_world, str(new.email))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert not HandOverQuestion.objects.exists()


def accepted(world: World) -> User:
    """The dossier went to somebody of another arbodienst."""
    new = elsewhere(world)
    assert ask(world, str(new.email)).status_code == 302  # type: ignore[attr-defined]
    question = HandOverQuestion.objects.get(dossier=world.dossier, state=QuestionState.OPEN)
    client = world.client("Nieuw Arts")
    assert "Wat u dan ziet" in client.get(f"/overnemen/{question.pk}/").content.decode()
    assert client.post(f"/overnemen/{question.pk}/", {"answer": "yes"}).status_code == 302
    world.dossier.refresh_from_db()
    return new


def test_only_who_was_asked_accepts_and_only_once(bare_world: World) -> None:
    ask(bare_world, str(elsewhere(bare_world).email))
    elsewhere(bare_world, "Ander Arts")
    question = HandOverQuestion.objects.get()
    where = f"/overnemen/{question.pk}/"
    for who in ("Ander Arts", "physician", "employee", "superuser"):
        assert bare_world.client(who).get(where).status_code == 404, who
        assert bare_world.client(who).post(where, {"answer": "yes"}).status_code == 404, who
    assert bare_world.client("Nieuw Arts").post(where, {"answer": "misschien"}).status_code == 422
    late = at(TODAY() + dt.timedelta(days=31))
    with pytest.raises(Refused):
        actions.accept_from_elsewhere(bare_world.people["Nieuw Arts"], question.pk, now=late)
    fill_in(bare_world, TODAY())  # begun after asking
    assert bare_world.client("Nieuw Arts").post(where, {"answer": "yes"}).status_code == 409
    assert bare_world.people["physician"].has_perm("dossiers.finalise_letters", bare_world.dossier)
    assert bare_world.client("Nieuw Arts").post(where, {"answer": "no"}).status_code == 302
    assert bare_world.client("Nieuw Arts").post(where, {"answer": "yes"}).status_code == 404
    assert Reason.HANDED_OVER in told(bare_world.people["physician"])


def test_who_is_ill_never_takes_over_the_own_dossier(bare_world: World) -> None:
    new = elsewhere(bare_world)
    ask(bare_world, str(new.email))
    question = HandOverQuestion.objects.get()
    employee = bare_world.people["employee"]
    User.objects.filter(pk=employee.pk).update(profession=Role.PHYSICIAN, organisation=new.organisation)
    employee.refresh_from_db()
    HandOverQuestion.objects.update(person=employee)
    with pytest.raises(Refused, match="heeft al een plaats"):
        actions.accept_from_elsewhere(employee, question.pk, now=timezone.now())
    assert bare_world.people["physician"].has_perm("dossiers.finalise_letters", bare_world.dossier)


# --- what comes along, and what only after the employee's yes ----------------------------------------------


def everything_shown(world: World, who: str) -> str:
    client, found = world.client(who), []
    for name, route, _ in INSIDE:
        response = client.get(address(name, route, world.number))
        if response.status_code == 200 and not response.streaming:
            found.append(response.content.decode(errors="replace"))
    return " ".join(found) + client.get("/").content.decode()


@pytest.fixture
def moved(db: None) -> World:
    """A dossier with a final version and its letters, gone to another arbodienst today; a new visit was begun there."""
    world = make_world(shares=False, render=True)
    accepted(world)
    with opening(world.people["Nieuw Arts"], world.number, needs=write(Part.CAPACITY), writing=True) as opened:
        versions.start_version(opened, date=TODAY())
    return world


def test_process_job_and_released_letters_come_along_at_once_and_nothing_else(moved: World) -> None:
    shown = everything_shown(moved, "Nieuw Arts")
    for text in ("Wout Werknemer", "Orders verzamelen.", "iet meer dan 5 kilo tillen", "Dirk Delegaat"):
        assert text in shown, text
    assert "Dit dossier komt van een andere arbodienst." in shown
    for text in PLANTED:
        assert text not in shown, text
    assert "afgesproken voor" not in shown, "the contact that was agreed on is of the version"
    for person in ("physician", "delegate"):
        assert moved.client(person).get(f"/dossier/{moved.number}/").status_code == 404
    assert moved.client("Nieuw Arts").get(f"/dossier/{moved.number}/bar/1/").status_code == 404
    assert moved.dossier.arbodienst.name == "Arbodienst Elders"
    assert Reason.HANDED_OVER in told(moved.people["employee"])


def test_nothing_older_goes_into_the_new_version_or_its_letter(moved: World) -> None:
    with opening(moved.people["Nieuw Arts"], moved.number, needs=write(Part.CAPACITY), writing=True) as opened:
        version = queries.open_version(opened)
        assert version is not None
        assert (version.number, version.started_from) == (2, None)
        assert not any(draft.carried for draft in version.drafts.all())
        note_view(opened, value={"can_do": "", "needs": "", "on_advice": ""})
    assert EmployeeView.objects.filter(dossier=moved.dossier).exists()


def test_the_older_trail_is_hidden_and_the_new_one_is_not(moved: World) -> None:
    shown = page(moved, "Nieuw Arts", "wie-heeft-gekeken/")
    assert "bent begonnen met een nieuwe versie" in shown
    assert "heeft een versie vastgesteld" not in shown
    assert "heeft een versie vastgesteld" in page(moved, "employee", "wie-heeft-gekeken/")


def test_the_employee_is_asked_and_says_yes_no_and_yes_again(moved: World) -> None:
    step = page(moved, "employee", "")
    assert "Kies of uw nieuwe bedrijfsarts mag lezen wat eerder is geschreven" in step
    asked = page(moved, "employee", "wie-doet-mee/eerdere-stukken/")
    assert "checked" not in asked
    buttons = re.findall(r'<button class="([^"]+)"[^>]*name="answer" value="(yes|no)"', asked)
    assert buttons == [("button", "yes"), ("button", "no")], "yes and no are equally easy"
    where = "wie-doet-mee/eerdere-stukken/"
    assert post(moved, "employee", where).status_code == 422
    for answer, reads in (("no", False), ("yes", True)):
        assert post(moved, "employee", where, answer=answer).status_code == 302
        status = moved.client("Nieuw Arts").get(f"/dossier/{moved.number}/bar/1/").status_code
        assert (status == 200) is reads
    assert "KANARIE explanation" in page(moved, "Nieuw Arts", "bar/1/")
    assert "heeft een versie vastgesteld" in page(moved, "Nieuw Arts", "wie-heeft-gekeken/")
    assert "Kies of uw nieuwe bedrijfsarts" not in page(moved, "employee", "")
    assert post(moved, "employee", where + "intrekken/").status_code == 302
    assert moved.client("Nieuw Arts").get(f"/dossier/{moved.number}/bar/1/").status_code == 404
    row = HandOver.objects.get(dossier=moved.dossier)
    assert [one.state for one in row.answers.all()] == [AnswerState.REFUSED, AnswerState.GIVEN, AnswerState.WITHDRAWN]
    assert {one.wording for one in row.answers.all()} == {actions.WORDING}
    for who in ("Nieuw Arts", "employer"):
        assert moved.client(who).get(f"/dossier/{moved.number}/{where}").status_code == 403


def test_own_words_said_again_are_read_without_a_yes(moved: World) -> None:
    with opening(moved.people["employee"], moved.number, needs=write(Part.EMPLOYEE_VIEW), writing=True) as opened:
        write_view(opened, value={**SECTIONS["employee_view"], "can_do": "Opnieuw gezegd."})
    assert "Opnieuw gezegd." in page(moved, "Nieuw Arts", "bar/2/invullen/alles/")


def test_whoever_joins_the_new_physician_sees_no_more_than_that_physician(moved: World) -> None:
    delegate = elsewhere(moved, "Nieuwe Hulp", Role.DELEGATE)
    covering = elsewhere(moved, "Vervanger Arts")
    assert post(moved, "Nieuw Arts", "wie-doet-mee/taakgedelegeerde/", person=delegate.pk, kind="pob").status_code == 302
    assert post(moved, "Nieuw Arts", "wie-doet-mee/waarneming/", person=covering.pk, first_day=TODAY(), last_day=TODAY()).status_code == 302
    for who in ("Nieuwe Hulp", "Vervanger Arts"):
        assert moved.client(who).get(f"/dossier/{moved.number}/bar/1/").status_code == 404
        assert moved.client(who).get(f"/dossier/{moved.number}/bar/2/").status_code == 200
    post(moved, "employee", "wie-doet-mee/eerdere-stukken/", answer="yes")
    for who in ("Nieuwe Hulp", "Vervanger Arts"):
        assert moved.client(who).get(f"/dossier/{moved.number}/bar/1/").status_code == 200
    assert post(moved, "Vervanger Arts", "wie-doet-mee/overdragen/", person=covering.pk).status_code == 302
    post(moved, "employee", "wie-doet-mee/eerdere-stukken/intrekken/")
    assert moved.client("Vervanger Arts").get(f"/dossier/{moved.number}/bar/1/").status_code == 404, "a hand-over inside opens nothing"


def test_the_answer_to_one_arbodienst_is_no_answer_to_the_next(moved: World) -> None:
    post(moved, "employee", "wie-doet-mee/eerdere-stukken/", answer="yes")
    with opening(moved.people["Nieuw Arts"], moved.number, needs=write(Part.CAPACITY), writing=True) as opened:
        version = queries.open_version(opened)
        assert version is not None
        versions.discard_version(opened, version=version)
        actions_ask(opened, moved.people["physician"])
    question = HandOverQuestion.objects.get(dossier=moved.dossier, state=QuestionState.OPEN)
    actions.accept_from_elsewhere(moved.people["physician"], question.pk, now=timezone.now())
    with opening(moved.people["physician"], moved.number, needs=read(Part.PROCESS)) as opened:
        assert opened.sees_from is not None
        assert not queries.versions(opened).exists()
    with opening(moved.people["employee"], moved.number, needs=read(Part.PROCESS)) as opened:
        step = next_step(opened, standings([moved.dossier.pk])[moved.dossier.pk])
        assert step is not None
        assert "nieuwe bedrijfsarts" in step.what


def test_what_was_closed_while_the_other_arbodienst_waited_is_not_taken_over(moved: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with opening(moved.people["Nieuw Arts"], moved.number, needs=write(Part.CAPACITY), writing=True) as opened:
        version = queries.open_version(opened)
        assert version is not None
        versions.discard_version(opened, version=version)
        actions_ask(opened, moved.people["physician"])
    question = HandOverQuestion.objects.get(dossier=moved.dossier, state=QuestionState.OPEN)
    locks = actions.lock_author_seats

    def closed_meanwhile(dossier: Dossier) -> list[Seat]:
        seats = locks(dossier)
        Dossier.objects.filter(pk=dossier.pk).update(closed_on=timezone.localdate(), closed_by=moved.people["Nieuw Arts"].pk)
        return seats

    monkeypatch.setattr("consent.actions.hand_over.lock_author_seats", closed_meanwhile)
    with pytest.raises(Refused):
        actions.accept_from_elsewhere(moved.people["physician"], question.pk, now=timezone.now())
    assert not Seat.objects.filter(dossier=moved.dossier, person=moved.people["physician"], ended_at__isnull=True).exists()


def actions_ask(opened: object, person: User) -> None:
    actions.ask_elsewhere(opened, address=str(person.email), name="Anna Arts", organisation="Arbodienst De Proef", told=True)  # type: ignore[arg-type]


def test_only_the_employee_answers_and_the_answer_is_never_edited(moved: World) -> None:
    row = HandOver.objects.get(dossier=moved.dossier)
    with opening(moved.people["employee"], moved.number, needs=read(Part.PROCESS)) as opened, pytest.raises(Refused):
        actions.answer_hand_over(opened, hand_over=row, yes=True)  # an opening to read
    with opening(moved.people["Nieuw Arts"], moved.number, needs=HAND_OVER, writing=True) as opened, pytest.raises(Refused):
        actions.answer_hand_over(opened, hand_over=row, yes=True)
