"""From opening a dossier to an account in use: who is invited, what the mail says, and what the link does."""

import datetime as dt

import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.invitations import invite
from bar.accounts.models import Invitation, InvitationState, User
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Notice, Outbox, TrailLine
from dossiers.notices import Reason
from dossiers.trail import Event
from tests.case_files.material import CASES, import_files
from tests.invitations.material import CONTACT, EMPLOYEE, PASSWORD, accept, can_sign_in, invitation_of, link, links, open_dossier, words
from tests.steady import steady
from tests.world import World

# Nothing of what it is about, of who asked, of their role, of where they work, of whom it is about, and not the product.
SAYS_TOO_MUCH = (
    "BAR-dossier", "dossier", "arts", "arbo", "verzuim", "ziek", "gezond", "werk", "werknemer", "werkgever", "medisch", "re-integratie",
    "Anna", "Dirk", "Ria", "Bas", "Bakkerij", "Proef", "delega", "D-",
)  # fmt: skip


def test_new_people_get_a_link_and_known_people_a_notice(bare_world: World) -> None:
    known = bare_world.people["outsider"]
    dossier = open_dossier(bare_world, "delegate", physician=str(bare_world.people["physician"].pk), **{"contact-0-email": str(known.email)})
    assert [row.email for row in Invitation.objects.filter(dossier_id=dossier.pk)] == [EMPLOYEE]
    told = Notice.objects.filter(dossier=dossier, reason=Reason.SEATED).values_list("person", flat=True)
    assert set(told) == {known.pk, bare_world.people["physician"].pk}, "not who opened it"
    assert {one.to[0] for one in mail.outbox} == {EMPLOYEE, known.email, bare_world.people["physician"].email}
    assert links(str(known.email)) == []
    assert TrailLine.objects.filter(dossier_id=dossier.pk, event_code=Event.INVITE, object_id=str(invitation_of().pk)).count() == 1


def test_somebody_without_an_address_is_not_invited(bare_world: World) -> None:
    open_dossier(bare_world, employee_email="")
    assert [row.email for row in Invitation.objects.all()] == [CONTACT]


def test_the_mail_says_nothing_but_that_somebody_is_invited(bare_world: World) -> None:
    open_dossier(bare_world)
    to_employee, to_contact = (next(one for one in mail.outbox if one.to == [address]) for address in (EMPLOYEE, CONTACT))
    everything = f"{to_employee.subject} {to_employee.from_email.split('<')[0]} {to_employee.body}"
    assert words(everything.replace(link(), ""), SAYS_TOO_MUCH) == []
    same = str(to_employee.body).replace(link(EMPLOYEE), "LINK")
    assert (to_employee.subject, same) == (to_contact.subject, str(to_contact.body).replace(link(CONTACT), "LINK")), "the same to everybody"
    assert to_employee.extra_headers["Auto-Submitted"] == "auto-generated"
    assert (to_employee.content_subtype, to_employee.attachments) == ("plain", [])


def test_the_page_says_who_is_asked_and_nothing_of_the_dossier(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    answer = Client().get(link())
    text = steady(answer.content.decode().split("<main")[1].split("</main")[0])
    assert answer.status_code == 200
    assert "Ria Nieuw" in text
    assert words(text, ("Anna", "bedrijfsarts", "Bakkerij", "ziek", "gezond", "dossier", dossier.number, "Proef")) == []
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(bare_world: World) -> None:
    open_dossier(bare_world)
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(link()).status_code == 200
    assert not can_sign_in()
    assert accept(link()) == 302


def test_accepting_takes_the_account_into_use_and_signs_nobody_in(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    client = Client()
    answer = client.post(link(), {"password": PASSWORD, "password_again": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/inloggen/")
    assert "_auth_user_id" not in client.session
    person = User.objects.get(email=EMPLOYEE)
    assert person.can_sign_in
    assert person.check_password(PASSWORD)
    assert invitation_of().state == InvitationState.ACCEPTED
    line = TrailLine.objects.get(event_code=Event.ACCEPT_INVITATION)
    assert (line.actor_id, line.dossier_id) == (person.pk, dossier.pk)


def test_a_weak_password_is_refused_and_the_link_still_works(bare_world: World) -> None:
    open_dossier(bare_world)
    assert accept(link(), "kort") == 422
    assert accept(link(), "wachtwoord123456") == 422
    assert accept(link(), "a\x00" + PASSWORD) == 422
    assert not can_sign_in()
    assert accept(link()) == 302


def test_a_link_works_once(bare_world: World) -> None:
    open_dossier(bare_world)
    path = link()
    assert accept(path) == 302
    assert accept(path, "vier heel andere woorden dan eerst") == 410
    assert Client().get(path).status_code == 410
    assert User.objects.get(email=EMPLOYEE).check_password(PASSWORD)


def test_after_seven_days_a_link_is_dead_and_asks_for_one_new_mail(bare_world: World) -> None:
    open_dossier(bare_world)
    old = link()
    with time_machine.travel(timezone.now() + dt.timedelta(days=6, hours=23), tick=False):
        assert Client().get(old).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1), tick=False):
        assert accept(old) == 410
        for _ in range(3):
            answer = Client().post(f"{old}nieuwe/")
            assert "Kijk in uw mail" in answer.content.decode()
        sweep_by_clock(now=timezone.now())
        assert len(links()) == 2, "one link asks for one mail"
        assert accept(old) == 410
        assert accept(link()) == 302


def test_asking_for_a_new_link_does_nothing_for_any_other_link(bare_world: World) -> None:
    open_dossier(bare_world)
    fresh, used = link(), link(CONTACT)
    assert accept(used) == 302
    before = Outbox.objects.count()
    answers = {Client().post(f"{path}nieuwe/").content for path in (fresh, used, "/uitnodiging/verzonnen/")}
    assert len(answers) == 1
    assert Outbox.objects.count() == before
    assert accept(fresh) == 302


def test_inviting_a_paper_employee_later_takes_the_address_when_it_is_accepted(bare_world: World) -> None:
    dossier = open_dossier(bare_world, employee_email="")
    invite(dossier.employee, "Ria@Later.test", bare_world.people["physician"], dossier)
    sweep_by_clock(now=timezone.now())
    assert User.objects.get(pk=dossier.employee_id).email is None, "letters stay on paper until then"
    assert accept(link("ria@later.test")) == 302
    person = User.objects.get(pk=dossier.employee_id)
    assert (person.email, person.can_sign_in) == ("ria@later.test", True)


def test_a_known_person_who_is_invited_gets_a_notice(bare_world: World) -> None:
    known = bare_world.people["outsider"]
    assert invite(known, str(known.email), bare_world.people["physician"], bare_world.dossier) is None
    assert not Invitation.objects.filter(person=known).exists()
    assert Notice.objects.filter(person=known, reason=Reason.SEATED).count() == 1


def test_a_case_file_invites_nobody(db: None) -> None:
    assert import_files(CASES / "magazijn-a.json", training=True)[0] == 0
    assert not Invitation.objects.exists()
    assert not Notice.objects.exists()
