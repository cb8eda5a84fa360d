"""Who is told of what: raised in the same transaction as the act, to those who can now do or read something, and every mail says the same."""

import datetime as dt

import pytest
from django.conf import settings
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from bar.accounts.models import User
from consent.access import opening
from dossiers.actions import letters, process, release
from dossiers.actions.notices import SUBJECT, lead_to
from dossiers.actions.promises import sweep_by_clock
from dossiers.actions.reminders import remind_by_clock, tell_of_paper_by_clock
from dossiers.door import Touch, write
from dossiers.errors import Refused
from dossiers.models import CopyState, Letter, LetterCopy, Notice, Reader, TrailLine
from dossiers.models.dossier import ProposalKind
from dossiers.notices import Reason, tell
from dossiers.parts import Act, Part
from dossiers.trail import Event
from tests.versions.material import day_sections
from tests.world import VISIT, World, fill_in, finalise, make_world, offer

# No notice may hold any of these: the cast, roles, the product, health, a number.
SAYS_TOO_MUCH = (
    "wout", "gerda", "anna", "dirk", "werknemer", "werkgever", "gever", "arts", "arbo", "delega", "deskundig", "uwv", "proef", "bar-dossier",
    "dossier", "bar ", "ziek", "gezond", "medisch", "beter", "letsel", "klacht", "herstel", "verzuim", "werk", "brief", "versie", "correctie",
    "toestemming", "D-", "week ",
)  # fmt: skip


@pytest.fixture(autouse=True)
def quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is who is told, not the paper."""
    monkeypatch.setattr(letters, "render_letter_pdf", lambda *_: b"%PDF-1.7 nep %%EOF\n")


def people(world: World, reason: Reason) -> list[str]:
    """Who was told this, by who they are in the cast."""
    names = {person.pk: who for who, person in world.people.items()}
    return sorted(names[pk] for pk in Notice.objects.filter(reason=reason).values_list("person_id", flat=True))


def test_offering_tells_the_employee_and_a_question_goes_to_and_fro(bare_world: World) -> None:
    fill_in(bare_world, timezone.localdate(), day_sections())
    offer(bare_world, timezone.localdate())
    assert people(bare_world, Reason.OFFERED) == ["employee"]
    version = bare_world.version(1)
    with opening(bare_world.people["employee"], bare_world.number, needs=write(Part.REQUESTS), writing=True) as opened:
        row = release.ask_correction(opened, version=version, section="areas", text="Ik til thuis niet.", in_letter=False)
    assert people(bare_world, Reason.CORRECTION_ASKED) == ["physician"]
    with opening(bare_world.people["physician"], bare_world.number, needs=write(Part.REQUESTS), writing=True) as opened:
        release.answer_correction(opened, correction=row, adapted=False, reason="Zo hebben we het besproken.")
    assert people(bare_world, Reason.CORRECTION_ANSWERED) == ["employee"]


def test_letters_tell_both_readers_in_the_moment_they_appear_and_again_when_withdrawn(world: World) -> None:
    assert people(world, Reason.LETTER_RELEASED) == []
    sweep_by_clock(now=timezone.now())
    sweep_by_clock(now=timezone.now())
    assert people(world, Reason.LETTER_RELEASED) == ["employee", "employer"]
    withdraw(world)
    assert people(world, Reason.LETTER_WITHDRAWN) == ["employee", "employer"]


def test_a_letter_withdrawn_before_it_appeared_is_told_to_nobody(world: World) -> None:
    withdraw(world)
    assert not Notice.objects.filter(reason=Reason.LETTER_WITHDRAWN).exists()


def withdraw(world: World) -> None:
    letter = Letter.objects.get(dossier=world.dossier)
    with opening(world.people["physician"], world.number, needs=Touch(Part.LETTERS, Act.WITHDRAW_LETTER), writing=True) as opened:
        letters.withdraw_letter(opened, letter=letter, reason="Verkeerde datum.")


@pytest.fixture
def on_paper(db: None) -> World:
    """A letter that lies ready for an employee who has no account."""
    world = make_world(shares=False, finals=0)
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=None, email=None)
    world.dossier.refresh_from_db()
    fill_in(world, VISIT)
    finalise(world, VISIT)
    sweep_by_clock(now=timezone.now())
    return world


def test_on_paper_the_employer_is_told_from_the_day_the_letter_has_arrived(on_paper: World) -> None:
    now = timezone.now()
    assert Letter.objects.get().on_paper
    assert Letter.objects.get().released_at is not None
    assert tell_of_paper_by_clock(now=now) == 0
    assert not Notice.objects.exists()
    LetterCopy.objects.filter(reader=Reader.EMPLOYEE).update(handed_over_on=timezone.localdate(now) + dt.timedelta(days=1))
    assert tell_of_paper_by_clock(now=now) == 0
    assert [tell_of_paper_by_clock(now=now + dt.timedelta(days=1, hours=hour)) for hour in range(3)] == [1, 0, 0]
    assert people(on_paper, Reason.LETTER_RELEASED) == ["employer"]
    withdraw_late(on_paper, now + dt.timedelta(days=1))
    assert people(on_paper, Reason.LETTER_WITHDRAWN) == ["employer"]


def withdraw_late(world: World, at: dt.datetime) -> None:
    with opening(world.people["physician"], world.number, needs=Touch(Part.LETTERS, Act.WITHDRAW_LETTER), writing=True, at=at) as opened:
        letters.withdraw_letter(opened, letter=Letter.objects.get(), reason="Verkeerde datum.")


def test_on_paper_a_letter_that_never_left_is_withdrawn_without_a_word_to_the_employer(on_paper: World) -> None:
    withdraw(on_paper)
    assert not Notice.objects.exists()


def test_the_clock_that_stood_still_for_weeks_does_not_dig_up_old_letters(on_paper: World) -> None:
    LetterCopy.objects.filter(reader=Reader.EMPLOYEE).update(handed_over_on=timezone.localdate())
    assert tell_of_paper_by_clock(now=timezone.now() + dt.timedelta(days=8)) == 0


@pytest.mark.parametrize("who", ["employee", "employer"])
def test_days_that_are_proposed_are_told_to_the_physician(bare_world: World, who: str) -> None:
    with opening(bare_world.people[who], bare_world.number, needs=write(Part.PROCESS), writing=True) as opened:
        process.propose_days(opened, kind=ProposalKind.RECOVERED, day=timezone.localdate())
    assert people(bare_world, Reason.DAYS_PROPOSED) == ["physician"]


def test_the_physician_is_reminded_once_for_each_term(bare_world: World) -> None:
    fill_in(bare_world, VISIT)
    offer(bare_world, VISIT)
    now = timezone.now()
    assert [remind_by_clock(now=now) for _ in range(3)] == [1, 0, 0]
    assert people(bare_world, Reason.TERM_OVER) == ["physician"]
    assert TrailLine.objects.filter(dossier_id=bare_world.dossier.pk, event_code=Event.REMIND).count() == 1
    assert bare_world.version(1).status == "offered", "the clock never finalises"


def test_an_act_that_is_refused_tells_nobody(bare_world: World) -> None:
    fill_in(bare_world, VISIT)
    with pytest.raises(Refused):
        offer_and_refuse(bare_world)
    assert not Notice.objects.exists()


def offer_and_refuse(world: World) -> None:
    with opening(world.people["physician"], world.number, needs=Touch(Part.LETTERS, Act.OFFER), writing=True) as opened:
        release.offer(opened, version=world.version(1))
        assert Notice.objects.exists()
        raise Refused("Toch niet.")


def test_a_dossier_to_practise_with_writes_to_nobody_outside_a_demonstration(bare_world: World) -> None:
    bare_world.dossier.training = True
    employee = bare_world.people["employee"]
    assert tell(employee, Reason.OFFERED, now=timezone.now(), dossier=bare_world.dossier) is None
    with override_settings(DEMO=True):
        assert tell(employee, Reason.OFFERED, now=timezone.now(), dossier=bare_world.dossier) is not None


def test_every_mail_is_the_same_whatever_the_reason_the_dossier_and_the_reader(bare_world: World) -> None:
    """Subject, sender, preview and body tell nothing; only the address they go to differs."""
    now = timezone.now()
    for place, (reason, who) in enumerate((reason, who) for reason in Reason for who in ("employee", "employer", "physician")):
        dossier = bare_world.dossier if place % 2 else None
        tell(bare_world.people[who], reason, now=now, dossier=dossier, object_id="x", account=bool(place % 3))
        sweep_by_clock(now=now + dt.timedelta(minutes=30 * place))
    assert len(mail.outbox) >= len(Reason)
    assert len({(one.subject, one.body, one.from_email, one.content_subtype, len(one.attachments)) for one in mail.outbox}) == 1
    one = mail.outbox[0]
    seen = f"{one.subject}\n{one.from_email.partition('<')[0]}\n{one.body}".lower()
    assert [word for word in SAYS_TOO_MUCH if word.lower() in seen.replace(settings.BASE_URL, "")] == []
    assert str(one.body).splitlines()[0] == "Er staat iets voor u klaar.", "the preview"
    assert str(one.body).count("http") == 1
    assert {header for sent in mail.outbox for header in sent.extra_headers} == {"Auto-Submitted", "Message-ID"}
    assert one.subject == SUBJECT


def test_a_notice_of_the_account_can_lead_to_a_signed_link_and_no_other_can(bare_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossiers.actions.notices._places", {})
    lead_to(Reason.RESET_ASKED, lambda row: f"https://vast.example/{row.object_id}")
    now = timezone.now()
    tell(bare_world.people["employee"], Reason.RESET_ASKED, now=now, account=True, object_id="eigen")
    tell(bare_world.people["employer"], Reason.RESET_ASKED, now=now, object_id="ander")
    sweep_by_clock(now=now)
    assert ["https://vast.example/eigen" in one.body for one in sorted(mail.outbox, key=lambda one: one.to[0])] == [True, False]


def test_a_copy_that_is_not_ready_tells_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = LetterCopy.objects.order_by("reader").first()
    assert first is not None
    letters.make_copy(first.pk, now=timezone.now())
    assert LetterCopy.objects.filter(state=CopyState.READY).count() == 1
    assert people(world, Reason.LETTER_RELEASED) == []
