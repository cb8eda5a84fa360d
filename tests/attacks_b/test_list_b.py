"""List B of the attack list: what consent must survive. Each test carries its number.

B4 is tests/races. B10 (a backup from before a withdrawal) belongs to the issue on back-ups. Through the front door wherever there is one.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bar.accounts.models import User
from consent.models import Answer, AnswerState, Share
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import InsuranceReport, LabourReport, Post, Thread, TrailLine
from dossiers.parts import Act, Part, Role, every_touch, permission
from tests.access.test_fuzz import counts
from tests.answers import material as answers
from tests.consultation import material as questions
from tests.insurance_report import material as insurance
from tests.labour_report import material as labour
from tests.world import World, let_in, make_world, share_all
from tests.worlds import FULL

TYPED = "Een lange zin die iemand net heeft getypt.\nMet een tweede regel & een <teken>."
SHOWN = "Een lange zin die iemand net heeft getypt.\nMet een tweede regel &amp; een &lt;teken&gt;."
WITHDRAWN = "De werknemer heeft de toestemming ingetrokken."
FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def take_back(world: World, role: Role, *parts: Part) -> None:
    """The employee presses the button."""
    where = f"/dossier/{world.number}/delen/{world.shares[role].pk}/intrekken/"
    assert world.client("employee").post(where, {"part": [part.value for part in parts]}).status_code == 302


def may(world: World, who: str, part: Part, act: Act = Act.READ) -> bool:
    return world.people[who].has_perm(f"dossiers.{permission(part, act)}", world.dossier)


# --- B1: the page is open, and the key is turned ------------------------------------------------------


@dataclass(frozen=True)
class OpenPage:
    """A page on which somebody is typing: how it is opened, where it is sent, and what would have been stored."""

    role: Role
    opened: Callable[[World], Client]
    where: str
    fields: dict[str, str]
    name: str


def _thread(world: World) -> Client:
    questions.asked(world)
    Thread.objects.update(number=1)  # drawn by lot; here it has to be known beforehand
    return world.client("labour_expert")


def _labour(world: World) -> Client:
    return labour.drafted(world)


PAGES = [
    OpenPage(Role.LABOUR_EXPERT, _labour, "arbeidsdeskundige/1/schrijven/", {**labour.TYPED, "seen": "1", "advice": TYPED}, "labour report"),
    OpenPage(Role.LABOUR_EXPERT, _thread, "overleg/1/schrijven/", {"text": TYPED}, "answer in a thread"),
    OpenPage(Role.INSURANCE_PHYSICIAN, insurance.begun, "verzekeringsarts/1/opslaan/", {**insurance.TYPED, "seen": "0", "advice": TYPED}, "opinion"),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_b1_withdrawn_while_the_page_is_open_then_save(world: World, page: OpenPage) -> None:
    client = page.opened(world)
    where = f"/dossier/{world.number}/{page.where}"
    take_back(world, page.role)
    before = counts()
    answer = client.post(where, page.fields)
    assert answer.status_code == 403
    text = answer.content.decode()
    assert WITHDRAWN in text
    assert SHOWN in text, "the typed text is offered back"
    assert world.people["employee"].name not in text
    assert counts() == before, "nothing is stored"
    line = TrailLine.objects.filter(actor_id=world.people[page.role.value].pk).latest("occurred_at")
    assert (line.event_code, line.outcome, line.sentence) == ("refused", 2, "withdrawn")
    assert all(TYPED.split("\n", maxsplit=1)[0] not in str(value) for value in TrailLine.objects.values_list().latest("occurred_at"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_b1_the_same_save_counts_while_the_key_is_turned(world: World, page: OpenPage) -> None:
    client = page.opened(world)
    before = counts()
    assert client.post(f"/dossier/{world.number}/{page.where}", page.fields).status_code in {200, 302}
    changed = {table for table, rows in counts().items() if rows != before[table]}
    assert changed & {"dossiers_labourreport", "dossiers_post", "dossiers_insurancereport"}


@pytest.mark.parametrize("page", [PAGES[0], PAGES[2]], ids=lambda page: page.name)
def test_b1_withdrawn_while_a_draft_is_being_saved_by_itself(world: World, page: OpenPage) -> None:
    """Autosave: the next one is refused, whatever was saved a minute ago in the same quarter of an hour."""
    client = page.opened(world)
    where = f"/dossier/{world.number}/{page.where}"
    assert client.post(where, page.fields, **FETCH).status_code == 200  # type: ignore[arg-type]
    stands = LabourReport.objects.values_list("saves", flat=True).first(), InsuranceReport.objects.values_list("saves", flat=True).first()
    take_back(world, page.role)
    seen = str(int(page.fields["seen"]) + 1)
    assert client.post(where, {**page.fields, "seen": seen, "advice": "Nog een woord"}, **FETCH).status_code == 403  # type: ignore[arg-type]
    assert stands == (LabourReport.objects.values_list("saves", flat=True).first(), InsuranceReport.objects.values_list("saves", flat=True).first())


def test_b1_only_what_was_taken_back_stops(world: World) -> None:
    client = _thread(world)
    take_back(world, Role.LABOUR_EXPERT, Part.LABOUR_REPORT)
    assert client.post(f"/dossier/{world.number}/arbeidsdeskundige/nieuw/").status_code == 403
    assert client.post(f"/dossier/{world.number}/overleg/1/schrijven/", {"text": TYPED}).status_code == 302
    assert Post.objects.filter(by=world.people["labour_expert"]).count() == 1


# --- B2, B3: PDFs -------------------------------------------------------------------------------------


def test_b2_withdrawn_while_the_pdf_renders(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report was final: its readers by duty get it. Whose key was turned meanwhile gets neither the file nor a link to it."""
    client = labour.finalised(world)

    def turned_meanwhile(*_: object) -> bytes:
        take_back(world, Role.LABOUR_EXPERT)
        take_back(world, Role.UWV_LABOUR_EXPERT, Part.LABOUR_REPORT)
        return b"%PDF-1.7 nep %%EOF\n"

    monkeypatch.setattr("dossiers.actions.labour_release.render_report_pdf", turned_meanwhile)
    sweep_by_clock(now=timezone.now())
    where = f"/dossier/{world.number}/arbeidsdeskundige/1/"
    assert world.client("employer").get(f"{where}pdf/").status_code == 200
    for expert in (client, world.client("uwv_labour_expert")):
        assert expert.get(f"{where}pdf/").status_code == 403
        assert expert.get(where).status_code == 403
    assert "arbeidsdeskundige/1" not in world.client("uwv_labour_expert").get(f"/dossier/{world.number}/").content.decode()


@pytest.mark.parametrize("where", ["arbeidsdeskundige/1/pdf/", "brieven/1/pdf/employer/"])
def test_b3_a_file_made_before_the_withdrawal_is_shut_at_the_next_request(world: World, where: str) -> None:
    client = labour.released(world)
    address = f"/dossier/{world.number}/{where}"
    first = client.get(address)
    assert first.status_code == 200
    assert b"".join(first.streaming_content) if first.streaming else first.content  # type: ignore[attr-defined]
    part = Part.LABOUR_REPORT if "deskundige" in where else Part.LETTERS
    take_back(world, Role.LABOUR_EXPERT, part)
    for headers in ({}, {"HTTP_RANGE": "bytes=0-10"}, {"HTTP_IF_NONE_MATCH": first.headers.get("ETag", '"x"')}, FETCH):
        for method in (client.get, client.head):
            answer = method(address, **headers)  # type: ignore[arg-type]
            assert answer.status_code == 403
            assert b"%PDF" not in answer.content
    assert "no-store" in first.headers["Cache-Control"]


# --- B5, B6: days -------------------------------------------------------------------------------------

# Midnight in Amsterdam in UTC, by hand: winter is UTC+1, summer UTC+2. The night of the change is inside or beside the last day.
NIGHTS = [
    (dt.date(2026, 3, 28), dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)),  # the night before the clock goes forward
    (dt.date(2026, 3, 29), dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)),  # a day of 23 hours
    (dt.date(2026, 10, 24), dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC)),
    (dt.date(2026, 10, 25), dt.datetime(2026, 10, 25, 23, tzinfo=dt.UTC)),  # a day of 25 hours
]
NIGHTS = NIGHTS if FULL else NIGHTS[1::2]
SECOND = dt.timedelta(seconds=1)


def status(world: World, who: str, moment: dt.datetime, where: str = "") -> int:
    """What the front door answers at a moment to somebody who signed in just before."""
    with time_machine.travel(moment, tick=False):
        client = Client()
        let_in(client, world.people[who])
        return client.get(f"/dossier/{world.number}/{where}").status_code


@pytest.mark.parametrize(("last_day", "midnight"), NIGHTS, ids=[str(day) for day, _ in NIGHTS])
def test_b5_a_share_ends_at_midnight_in_amsterdam_also_when_the_clock_changes(db: None, last_day: dt.date, midnight: dt.datetime) -> None:
    world = make_world(shares=False, finals=0)
    first = last_day - dt.timedelta(days=9)
    share_all(world, Role.LABOUR_EXPERT, today=first, days=9)
    for moment, is_open in ((midnight - 2 * dt.timedelta(hours=1), True), (midnight - SECOND, True), (midnight, False), (midnight + SECOND, False)):
        assert status(world, "labour_expert", moment) == (200 if is_open else 403), moment
        with time_machine.travel(moment, tick=False):
            assert may(world, "labour_expert", Part.PROCESS) is is_open, moment


@pytest.mark.parametrize(("day_before", "midnight"), NIGHTS, ids=[str(day) for day, _ in NIGHTS])
def test_b6_a_share_of_later_opens_nothing_before_its_first_day(db: None, day_before: dt.date, midnight: dt.datetime) -> None:
    """Until its first midnight the person is a stranger; five minutes too early is too early."""
    world = make_world(shares=False, finals=0)
    with time_machine.travel(midnight - dt.timedelta(days=3), tick=False):
        row = share_all(world, Role.UWV_LABOUR_EXPERT, today=timezone.localdate(), state=AnswerState.ASKED)
        Share.objects.filter(pk=row.pk).update(first_day=day_before + dt.timedelta(days=1))
        employee = Client()
        let_in(employee, world.people["employee"])
        row.refresh_from_db()
        assert answers.answer(employee, row).status_code == 302
    for moment, is_open in ((midnight - dt.timedelta(minutes=5), False), (midnight - SECOND, False), (midnight, True)):
        assert status(world, "uwv_labour_expert", moment) == (200 if is_open else 404), moment
        with time_machine.travel(moment, tick=False):
            assert may(world, "uwv_labour_expert", Part.PROCESS) is is_open, moment
            client = Client()
            let_in(client, world.people["uwv_labour_expert"])
            assert (world.dossier.employee_name in client.get("/").content.decode()) is is_open


# --- B7: another part, another person -------------------------------------------------------------------


def test_b7_a_share_of_one_part_is_none_of_another(world: World) -> None:
    share = world.shares[Role.LABOUR_EXPERT]
    kept = {Part.PROCESS, Part.JOB}
    take_back(world, Role.LABOUR_EXPERT, *(Part(row.part) for row in share.parts.all() if Part(row.part) not in kept))
    opens = {(part, act) for part, act in every_touch() if may(world, "labour_expert", part, act)}
    assert opens == {(Part.PROCESS, Act.READ), (Part.JOB, Act.READ)}
    client = world.client("labour_expert")
    found = {
        where: client.get(f"/dossier/{world.number}/{where}").status_code for where in ("", "werk/", "bar/1/", "brieven/", "overleg/", "verloop/")
    }
    assert found == {"": 200, "werk/": 200, "bar/1/": 403, "brieven/": 403, "overleg/": 403, "verloop/": 403}


def test_b7_a_share_of_one_expert_is_none_of_another(world: World) -> None:
    one = world.people["labour_expert"]
    other = User.objects.create_user(
        "ander@proef.test", name="Ander Expert", organisation=one.organisation, profession=Role.LABOUR_EXPERT, activated_at=one.activated_at
    )
    world.people["other"] = other
    assert not any(may(world, "other", part, act) for part, act in every_touch())
    client = world.client("other")
    assert client.get(f"/dossier/{world.number}/").status_code == 404
    assert client.post(f"/dossier/{world.number}/arbeidsdeskundige/nieuw/").status_code == 404
    assert world.dossier.employee_name not in client.get("/").content.decode()
    assert may(world, "labour_expert", Part.PROCESS)


# --- B8, B9: whose yes ------------------------------------------------------------------------------------


def test_b8_an_old_yes_sent_again_after_the_withdrawal_opens_nothing(db: None) -> None:
    world, share = answers.asked_world()
    client = world.client("employee")
    old = answers.typed(share, answers.key_on(client, share))
    assert client.post(answers.url(share), old).status_code == 302
    assert may(world, "labour_expert", Part.CAPACITY)
    take_back(world, Role.LABOUR_EXPERT)
    rows = Answer.objects.count()
    answer = client.post(answers.url(share), old)
    assert answer.status_code == 409
    assert "Er is intussen iets veranderd" in answer.content.decode()
    assert Answer.objects.count() == rows
    assert not any(may(world, "labour_expert", part, act) for part, act in every_touch())
    assert answers.answer(client, share).status_code == 302, "a new yes on a fresh page counts"
    assert may(world, "labour_expert", Part.CAPACITY)


@pytest.mark.parametrize("who", ["employer", "physician", "delegate", "labour_expert", "uwv_labour_expert"])
def test_b9_nobody_answers_on_behalf_of_the_employee(db: None, who: str) -> None:
    world, share = answers.asked_world()
    key = answers.key_on(world.client("employee"), share)
    client = world.client(who)
    for name in ("answer_share", "withdraw_share", "note_share"):
        answer = client.post(answers.url(share, name), {**answers.typed(share, key), "kind": "later"})
        assert answer.status_code == (404 if "expert" in who else 403), name
    assert not Answer.objects.exists()
    assert not may(world, "labour_expert", Part.PROCESS)


# --- B11, B12 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["delegate"] if not FULL else ["physician", "delegate"])
def test_b11_who_cannot_sign_in_stops_by_phone_and_it_counts_at_once(world: World, who: str) -> None:
    User.objects.filter(pk=world.people["employee"].pk).update(is_active=False)
    expert = world.client("labour_expert")
    assert expert.get(f"/dossier/{world.number}/").status_code == 200
    where = f"/dossier/{world.number}/delen/{world.shares[Role.LABOUR_EXPERT].pk}/op-papier/nee/"
    assert world.client(who).post(where, {"channel": "phone", "parts": "everything"}).status_code == 422, "a word that stands in no form"
    assert expert.get(f"/dossier/{world.number}/").status_code == 200
    parts = [row.part for row in world.shares[Role.LABOUR_EXPERT].parts.all() if row.part != Part.PROCESS]
    assert world.client(who).post(where, {"channel": "phone", "parts": parts}).status_code == 302
    assert expert.get(f"/dossier/{world.number}/").status_code == 403
    assert not any(may(world, "labour_expert", part, act) for part, act in every_touch())
    assert {row.channel for row in Answer.objects.filter(state=AnswerState.WITHDRAWN)} == {"phone"}


def test_b12_the_next_check_in_the_same_process_sees_the_withdrawal(world: World) -> None:
    """No verdict is kept: not on the person, not on the dossier, not in the session, not in a client that stays signed in."""
    person, dossier, client = world.people["labour_expert"], world.dossier, world.client("labour_expert")
    for _ in range(2):
        assert person.has_perm("dossiers.read_capacity", dossier)
        assert client.get(f"/dossier/{world.number}/bar/1/").status_code == 200
    take_back(world, Role.LABOUR_EXPERT, Part.CAPACITY)
    assert not person.has_perm("dossiers.read_capacity", dossier)
    assert client.get(f"/dossier/{world.number}/bar/1/").status_code == 403
    assert person.has_perm("dossiers.read_process", dossier), "and only that"
