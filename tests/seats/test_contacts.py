"""Contacts of the employer: more than one, a successor who reads the letters, and the employee's quiet request for somebody else."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from bar.accounts.models import Invitation, User
from bar.contacts import seat_contact
from bar.openings import Person
from consent.access import opening
from consent.actions.contacts import end_contact
from consent.models import Seat
from dossiers.door import write
from dossiers.errors import Refused
from dossiers.models.contact import ContactRequest, ContactRequestState
from dossiers.notices import Reason
from dossiers.parts import Part, Role
from tests.access.test_matrix import INSIDE, address
from tests.seats.material import colleague, elsewhere, page, post, told
from tests.world import World, make_world
from tests.worlds import FULL

ASKED = "KANARIE requests zij deelt alles met de afdeling"
NEW = {"name": "Carla Collega", "email": "carla@gever.test", "function": "Casemanager"}


def added(world: World, who: str = "employer", **other: str) -> User:
    assert post(world, who, "contactpersonen/nieuw/", **{**NEW, **other}).status_code == 302
    person = User.objects.get(email=other.get("email", NEW["email"]))
    User.objects.filter(pk=person.pk).update(activated_at=timezone.now())
    person.refresh_from_db()
    world.people[person.name] = person
    return person


def contact_seat(world: World, who: str = "employer") -> Seat:
    return Seat.objects.get(dossier=world.dossier, person=world.people[who], ended_at__isnull=True)


@pytest.mark.parametrize("who", ["employer", "physician", "delegate"])
def test_a_contact_is_added_and_the_successor_reads_every_letter(db: None, who: str) -> None:
    world = make_world(shares=False, render=True)
    new = added(world, who)
    assert "iet meer dan 5 kilo tillen" in page(world, new.name, "brieven/1/")
    where = f"contactpersonen/{contact_seat(world).pk}/stoppen/"
    assert post(world, who if who != "employer" else new.name, where).status_code == 302
    assert world.client("employer").get(f"/dossier/{world.number}/").status_code == 404
    assert "iet meer dan 5 kilo tillen" in page(world, new.name, "brieven/1/")
    assert not new.has_perm("dossiers.read_capacity", world.dossier)
    assert "heeft een contactpersoon van de werkgever veranderd" in page(world, "employee", "wie-heeft-gekeken/")
    assert Reason.CONTACT_CHANGED in told(world.people["employee"])


def test_somebody_new_is_invited_and_somebody_known_gets_a_notice(bare_world: World) -> None:
    post(bare_world, "employer", "contactpersonen/nieuw/", **NEW)
    new = User.objects.get(email=NEW["email"])
    assert Invitation.objects.filter(person=new, made_by=bare_world.people["employer"]).count() == 1
    known = bare_world.people["outsider"]
    post(bare_world, "employer", "contactpersonen/nieuw/", name="B", email=str(known.email))
    assert told(known) == [Reason.SEATED]
    assert not Invitation.objects.filter(person=known).exists()


def test_somebody_known_gets_the_seat_under_the_typed_name_and_no_second_account(bare_world: World) -> None:
    known = bare_world.people["outsider"]
    people = User.objects.count()
    answer = post(bare_world, "employer", "contactpersonen/nieuw/", name="Een Ander Woord", email=str(known.email).upper())
    assert answer.status_code == 302
    assert User.objects.count() == people
    assert "Een Ander Woord" in page(bare_world, "employer", "contactpersonen/")
    assert known.name not in page(bare_world, "employer", "contactpersonen/")


@pytest.mark.parametrize("who", ["employee", "employer", "delegate", "labour_expert", "insurance_physician"])
def test_nobody_with_another_seat_becomes_a_contact(bare_world: World, who: str) -> None:
    before = Seat.objects.filter(dossier=bare_world.dossier).count()
    answer = post(bare_world, "employer", "contactpersonen/nieuw/", name="X", email=str(bare_world.people[who].email))
    assert answer.status_code == 422
    assert Seat.objects.filter(dossier=bare_world.dossier).count() == before


def test_the_refusal_of_an_expert_is_the_same_with_and_without_a_share(world: World) -> None:
    """The employer never learns that an insurance physician is in the dossier."""
    expert = world.people["insurance_physician"]
    other = colleague(world, "Vera Verzekeringsarts Twee", Role.INSURANCE_PHYSICIAN, organisation=expert.organisation)
    seen = [post(world, "employer", "contactpersonen/nieuw/", name="X", email=str(one.email)).content.decode() for one in (expert, other)]
    assert all("Dit e-mailadres kan hier niet." in text for text in seen)


def test_the_last_contact_stays(bare_world: World) -> None:
    where = f"contactpersonen/{contact_seat(bare_world).pk}/stoppen/"
    answer = post(bare_world, "employer", where)
    assert answer.status_code == 422
    assert "Voeg eerst een ander toe" in answer.content.decode()
    assert "Laten stoppen" not in page(bare_world, "employer", "contactpersonen/")


def test_the_employee_chooses_no_contacts(bare_world: World) -> None:
    for where in ("contactpersonen/", "contactpersonen/nieuw/", f"contactpersonen/{contact_seat(bare_world).pk}/stoppen/"):
        answer = bare_world.client("employee").get(f"/dossier/{bare_world.number}/{where}")
        assert answer.status_code == 403
        assert "bedrijfsarts" in answer.content.decode()


@pytest.mark.parametrize("typed", [{}, {"name": "\0", "email": "\0"}, {"name": "X", "email": "geen adres"}, {"name": "X" * 999, "email": "x@y.test"}])
def test_what_cannot_be_a_contact_is_told_at_the_field_and_kept(bare_world: World, typed: dict[str, str]) -> None:
    answer = post(bare_world, "employer", "contactpersonen/nieuw/", **typed)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


# --- the employee asks ---------------------------------------------------------------------------------


def asked(world: World) -> ContactRequest:
    values = {"contact": contact_seat(world).pk, "text": ASKED}
    assert post(world, "employee", "contactpersonen/vraag/", **values).status_code == 302
    return ContactRequest.objects.get(dossier=world.dossier)


def test_the_request_reaches_physician_and_delegate_and_never_the_employer(db: None) -> None:
    world = make_world(shares=True, render=True)
    request = asked(world)
    other = added(world)
    for who in ("physician", "delegate", "employee"):
        assert ASKED in page(world, who, "wie-doet-mee/"), who
    for who in ("physician", "delegate"):
        assert Reason.CONTACT_ASKED in told(world.people[who])
        assert "vraagt om een andere contactpersoon" in page(world, who, "")
    post(world, "physician", "contactpersonen/vraag/antwoord/", answer="declined", reason="KANARIE requests antwoord")
    for who in ("employer", other.name, "labour_expert", "insurance_physician") if FULL else ("employer",):
        client = world.client(who)
        for name, route, _ in INSIDE:
            response = client.get(address(name, route, world.number))
            shown = "" if response.streaming else response.content.decode(errors="replace")
            assert "KANARIE requests" not in shown, (who, name)
            assert "andere contactpersoon" not in shown, (who, name)
    for where in ("vraag/", "vraag/antwoord/"):
        assert world.client("employer").get(f"/dossier/{world.number}/contactpersonen/{where}").status_code == 403
    request.refresh_from_db()
    assert request.state == ContactRequestState.DECLINED
    assert not set(told(world.people["employer"])) & {Reason.CONTACT_ASKED, Reason.CONTACT_CHANGED}
    assert "KANARIE requests antwoord" in page(world, "employee", "wie-doet-mee/")


def test_a_change_is_answered_only_when_it_is_true(bare_world: World) -> None:
    request = asked(bare_world)
    where = "contactpersonen/vraag/antwoord/"
    answer = post(bare_world, "physician", where, answer="changed")
    assert answer.status_code == 422
    assert "doet nog mee" in answer.content.decode()
    assert post(bare_world, "physician", where, answer="declined").status_code == 422
    added(bare_world, "physician")
    post(bare_world, "physician", f"contactpersonen/{contact_seat(bare_world).pk}/stoppen/")
    assert post(bare_world, "physician", where, answer="changed").status_code == 302
    request.refresh_from_db()
    assert request.state == ContactRequestState.DONE
    assert "er is een andere contactpersoon" in page(bare_world, "employee", "wie-doet-mee/")
    trail = page(bare_world, "employee", "wie-heeft-gekeken/")
    assert "heeft om een andere contactpersoon gevraagd" in trail
    assert "heeft geantwoord over een andere contactpersoon" in trail
    assert post(bare_world, "physician", where, answer="changed").status_code == 404


def test_one_question_at_a_time_and_only_about_a_contact_of_today(bare_world: World) -> None:
    asked(bare_world)
    assert post(bare_world, "employee", "contactpersonen/vraag/", contact=contact_seat(bare_world).pk, text="Nog eens").status_code == 422
    other = bare_world.people["outsider"].seats.first()
    assert other is not None
    assert post(bare_world, "employee", "contactpersonen/vraag/", contact=other.pk, text="Van een ander").status_code == 422
    for who in ("delegate", "employer", "employee"):
        assert post(bare_world, who, "contactpersonen/vraag/antwoord/", answer="declined", reason="Nee").status_code == 403, who


def test_a_new_arbodienst_does_not_read_what_was_asked_before(bare_world: World) -> None:
    from tests.seats.test_hand_over import accepted

    asked(bare_world)
    elsewhere(bare_world, "Wie Dan Ook")
    accepted(bare_world)
    assert ASKED not in page(bare_world, "Nieuw Arts", "wie-doet-mee/")
    assert "Vraag het dan opnieuw" in page(bare_world, "employee", "wie-doet-mee/")
    assert post(bare_world, "employee", "contactpersonen/vraag/", contact=contact_seat(bare_world).pk, text=ASKED).status_code == 302
    assert ASKED in page(bare_world, "Nieuw Arts", "wie-doet-mee/")


@pytest.mark.django_db(transaction=True)
def test_two_contacts_who_end_each_other_at_once_leave_one(races: int) -> None:
    world = make_world(finals=0, shares=False)
    for turn in range(min(races, 20)):
        with opening(world.people["physician"], world.number, needs=write(Part.PROCESS), writing=True) as opened:
            seat_contact(opened, Person(f"Contact {turn}", f"contact{turn}@gever.test"))
        one, two = Seat.objects.filter(dossier=world.dossier, role=Role.EMPLOYER, ended_at__isnull=True).select_related("person")
        barrier, ended = threading.Barrier(2, timeout=5), []

        def end(mine: Seat, theirs: Seat) -> None:
            try:
                with opening(mine.person, world.number, needs=write(Part.PROCESS), writing=True) as opened:
                    barrier.wait()  # noqa: B023 -- the threads end within this round
                    end_contact(opened, seat=theirs)
                    ended.append(theirs.pk)  # noqa: B023
            except Refused:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=end, args=pair) for pair in ((one, two), (two, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        left = Seat.objects.filter(dossier=world.dossier, role=Role.EMPLOYER, ended_at__isnull=True)
        assert left.exists()
        if left.count() == 2:  # both were told to try again
            with opening(world.people["physician"], world.number, needs=write(Part.PROCESS), writing=True) as opened:
                end_contact(opened, seat=two)
