"""Somebody stops at an organisation: out at the next request, the work to a successor, and nothing told to the administrator."""

import threading
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from bar.accounts.models import Identity, IdentityProvider, Invitation, Reset, ResetKind, User
from bar.openings import Person
from bar.replacement import end_person
from consent.actions.seats import seat_person
from consent.models import Grant, HandOver, Seat, SeatKind, Share
from dossiers.errors import Refused
from dossiers.models import Letter, Notice
from dossiers.notices import Reason
from dossiers.parts import Role
from dossiers.trail import Event, Origin
from tests.organisations.material import administrator, browser, events_of, member, page_of, physician
from tests.steady import steady
from tests.world import FIRST_DAY, World, make_dossier, make_world


def stop(world: World, who: str | User, successor: User | None = None, *, by: User | None = None) -> Any:
    person = world.people[who] if isinstance(who, str) else who
    if by is None:
        by = User.objects.filter(organisation=person.organisation, is_administrator=True).first() or administrator(
            world, next(name for name, one in world.people.items() if one.organisation_id == person.organisation_id)
        )
    return browser(by).post(page_of(person, "stoppen/"), {"successor": str(successor.pk) if successor else ""})


def seats(world: World, **filters: Any) -> list[tuple[str, str]]:
    rows = Seat.objects.filter(dossier=world.dossier, ended_at__isnull=True, **filters).order_by("role", "name")
    return [(row.role, row.person.name) for row in rows]


def told(person: User, reason: Reason) -> bool:
    return Notice.objects.filter(person=person, reason=reason).exists()


def test_a_contact_who_stops_is_out_at_the_next_request(bare_world: World) -> None:
    leaver = bare_world.client("employer")
    assert leaver.get(f"/dossier/{bare_world.number}/").status_code == 200
    successor = member(bare_world.people["employer"].organisation, "nieuwe", "Nico Nieuw")
    assert stop(bare_world, "employer", successor).status_code == 302
    assert leaver.get(f"/dossier/{bare_world.number}/").status_code == 302
    assert leaver.get("/").status_code == 302
    person = User.objects.get(pk=bare_world.people["employer"].pk)
    assert (person.is_active, person.ended_by is not None, person.is_administrator) == (False, True, False)


def test_the_successor_of_a_contact_reads_every_letter_of_the_employer(db: None) -> None:
    world = make_world(shares=False, finals=2)
    Letter.objects.update(released_at=timezone.now())  # as if the worker had made them
    successor = member(world.people["employer"].organisation, "nieuwe", "Nico Nieuw")
    client = browser(successor)
    assert client.get(f"/dossier/{world.number}/").status_code == 404
    administering = administrator(world, "employer")
    assert stop(world, "employer", successor, by=administering).status_code == 302
    for number in (1, 2):
        assert client.get(f"/dossier/{world.number}/brieven/{number}/").status_code == 200
    assert world.people["employee"].name in client.get("/").content.decode()
    assert (Role.EMPLOYER, "Nico Nieuw") in seats(world)
    assert events_of(world, Event.END_SEAT, Event.SEAT, Event.CHANGE_CONTACT)[-3:] == [
        (event, administering.pk, "") for event in (Event.END_SEAT, Event.SEAT, Event.CHANGE_CONTACT)
    ]
    assert told(world.people["employee"], Reason.CONTACT_CHANGED)
    assert told(world.people["physician"], Reason.CONTACT_CHANGED)
    assert "Bea Beheer" in world.client("employee").get(f"/dossier/{world.number}/wie-heeft-gekeken/").content.decode()


def test_without_a_successor_who_has_work_does_not_stop(bare_world: World) -> None:
    for who in ("employer", "physician"):
        answer = stop(bare_world, who)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Kies wie dat doet" in text
        assert bare_world.number not in text and bare_world.people["employee"].name not in text
        assert User.objects.get(pk=bare_world.people[who].pk).ended_at is None
    nobody = member(bare_world.people["physician"].organisation, "zonder", "Zoe Zonder")
    assert stop(bare_world, nobody).status_code == 302, "who has no work needs no successor"


def test_a_successor_works_in_the_same_organisation_and_does_the_same(bare_world: World) -> None:
    for who, key in product(("employer", "physician"), ("outsider", "labour_expert", "employee")):
        answer = stop(bare_world, who, bare_world.people[key])
        assert answer.status_code == 422
        assert "Kies een opvolger uit de lijst" in answer.content.decode()
    assert stop(bare_world, "physician", bare_world.people["delegate"]).status_code == 422
    assert len(seats(bare_world)) == 4


def test_a_successor_who_is_the_employee_gets_no_second_seat(bare_world: World) -> None:
    employee = bare_world.people["employee"]
    User.objects.filter(pk=employee.pk).update(organisation=bare_world.people["employer"].organisation)
    assert stop(bare_world, "employer", employee).status_code == 302
    assert seats(bare_world, person=employee) == [(Role.EMPLOYEE, employee.name)]
    assert seats(bare_world, role=Role.EMPLOYER) == []
    assert told(bare_world.people["physician"], Reason.CONTACT_CHANGED), "somebody must find another contact"


def test_a_successor_who_is_a_contact_already_keeps_one_seat(bare_world: World) -> None:
    second = member(bare_world.people["employer"].organisation, "tweede", "Tine Tweede")
    seat_person(bare_world.dossier, second, Role.EMPLOYER, start=FIRST_DAY, appointed_by=bare_world.people["physician"])
    assert stop(bare_world, "employer", second).status_code == 302
    assert seats(bare_world, role=Role.EMPLOYER) == [(Role.EMPLOYER, "Tine Tweede")]


def test_a_physician_who_stops_hands_over_and_every_employee_is_told(bare_world: World) -> None:
    successor = physician(bare_world)
    administering = administrator(bare_world, "physician")
    assert stop(bare_world, "physician", successor, by=administering).status_code == 302
    bare_world.dossier.refresh_from_db()
    assert bare_world.dossier.physician == successor
    assert seats(bare_world, role=Role.PHYSICIAN) == [(Role.PHYSICIAN, "Piet Opvolger")]
    row = HandOver.objects.get(dossier=bare_world.dossier)
    assert (row.from_person, row.to_person, row.made_by) == (bare_world.people["physician"], successor, administering)
    assert events_of(bare_world, Event.HAND_OVER) == [(Event.HAND_OVER, administering.pk, "")]
    assert told(bare_world.people["employee"], Reason.HANDED_OVER)
    assert browser(successor).get(f"/dossier/{bare_world.number}/").status_code == 200
    others = HandOver.objects.exclude(dossier=bare_world.dossier)
    assert others.count() == 1, "every dossier, not only the first"


def test_a_physician_who_never_signed_in_takes_no_dossier_over(bare_world: World) -> None:
    invited = physician(bare_world)
    User.objects.filter(pk=invited.pk).update(activated_at=None)
    assert stop(bare_world, "physician", invited).status_code == 422
    assert seats(bare_world, role=Role.PHYSICIAN) == [(Role.PHYSICIAN, "Anna Arts")]


def test_who_covers_already_takes_over_for_good(bare_world: World) -> None:
    successor = physician(bare_world)
    today = timezone.localdate()
    seat_person(bare_world.dossier, successor, Role.PHYSICIAN, start=today, until=today, kind=SeatKind.COVER, appointed_by=successor)
    assert stop(bare_world, "physician", successor).status_code == 302
    assert list(Seat.objects.filter(dossier=bare_world.dossier, person=successor, ended_at__isnull=True).values_list("kind", flat=True)) == ["plain"]


def test_an_own_dossier_as_physician_is_refused_and_nothing_happened(bare_world: World) -> None:
    employee = bare_world.people["employee"]
    User.objects.filter(pk=employee.pk).update(organisation=bare_world.people["physician"].organisation, profession=Role.PHYSICIAN)
    answer = stop(bare_world, "physician", employee)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "kan niet al het werk overnemen" in text
    assert bare_world.number not in text
    assert seats(bare_world, role=Role.PHYSICIAN) == [(Role.PHYSICIAN, "Anna Arts")]
    assert HandOver.objects.count() == 0, "the other dossier was rolled back too"


def test_a_cover_who_stops_leaves_the_dossier_to_its_physician(bare_world: World) -> None:
    cover = physician(bare_world)
    today = timezone.localdate()
    seat_person(bare_world.dossier, cover, Role.PHYSICIAN, start=today, until=today, kind=SeatKind.COVER, appointed_by=cover)
    assert stop(bare_world, cover).status_code == 302
    assert seats(bare_world, role=Role.PHYSICIAN) == [(Role.PHYSICIAN, "Anna Arts")]
    assert told(bare_world.people["physician"], Reason.CONTACT_CHANGED)


def test_a_delegate_stops_with_or_without_a_successor(bare_world: World) -> None:
    second = member(bare_world.people["delegate"].organisation, "tweede", "Tine Tweede", profession=Role.DELEGATE, delegate_kind="aios")
    assert stop(bare_world, "delegate", second).status_code == 302
    assert seats(bare_world, role=Role.DELEGATE) == [(Role.DELEGATE, "Tine Tweede")]
    assert stop(bare_world, second).status_code == 302
    assert seats(bare_world, role=Role.DELEGATE) == []
    assert [event for event, _, _ in events_of(bare_world, Event.END_SEAT)] == [Event.END_SEAT, Event.END_SEAT]


def test_an_expert_who_stops_leaves_no_share_behind(world: World) -> None:
    expert = world.people["labour_expert"]
    client = world.client("labour_expert")
    assert client.get(f"/dossier/{world.number}/").status_code == 200
    assert stop(world, expert).status_code == 302
    assert seats(world, person=expert) == []
    assert not Share.objects.filter(person=expert, stopped_at__isnull=True).exists()
    assert not Grant.objects.filter(user=expert).exists()
    assert client.get(f"/dossier/{world.number}/").status_code == 302


def test_who_stops_keeps_the_own_dossier_and_the_administrator_cannot_tell(bare_world: World) -> None:
    employee = bare_world.people["employee"]
    organisation = bare_world.people["employer"].organisation
    User.objects.filter(pk=employee.pk).update(organisation=organisation)
    other = member(organisation, "ander", "Wout Werknemer")
    administering = browser(administrator(bare_world, "employer"))
    shown = []
    for person in (employee, other):
        answer = administering.post(page_of(person, "stoppen/"), {"successor": ""})
        assert answer.status_code == 302
        text = administering.get(page_of(person)).content.decode()
        shown.append(steady(text.replace(str(person.pk), "PK").replace(str(person.email), "ADRES")))
    assert shown[0] == shown[1]
    assert "gestopt" in shown[0]
    again = bare_world.client("employee")
    assert again.get(f"/dossier/{bare_world.number}/").status_code == 200, "nobody is locked out of the own dossier"
    assert again.get("/organisatie/").status_code == 403


def test_who_stopped_gets_into_an_own_dossier_that_is_opened_later(bare_world: World) -> None:
    former = member(bare_world.people["employer"].organisation, "vroeger", "Vera Vroeger")
    assert stop(bare_world, former).status_code == 302
    dossier = make_dossier(bare_world.people, employee=Person("Vera Vroeger", "vroeger@proef.test"))
    former.refresh_from_db()
    assert former.ended_at is not None
    assert browser(former).get(f"/dossier/{dossier.number}/").status_code == 200


def test_open_links_resets_and_other_ways_in_stop_as_well(bare_world: World) -> None:
    person = bare_world.people["delegate"]
    now = timezone.now()
    Invitation.objects.create(person=person, email="x@proef.test", made_at=now, expires_at=now)
    Reset.objects.create(person=person, kind=ResetKind.FACTOR, asked_at=now, asked_by=person)
    assert person.organisation is not None
    provider = IdentityProvider.objects.create(organisation=person.organisation, slug="proef", name="Proef", issuer="https://i.test", made_at=now)
    Identity.objects.create(person=person, provider=provider, issuer=provider.issuer, subject="1", linked_at=now)
    assert stop(bare_world, "delegate").status_code == 302
    assert not Invitation.objects.get().is_open
    assert Reset.objects.get().cancelled_at is not None
    assert not Identity.objects.exists()


def test_somebody_who_stopped_is_let_in_again_without_the_old_seats(bare_world: World) -> None:
    delegate = bare_world.people["delegate"]
    administering = administrator(bare_world, "physician")
    assert stop(bare_world, "delegate", by=administering).status_code == 302
    client = browser(administering)
    assert client.post(page_of(delegate, "werk/"), {"work": "pob"}).status_code == 422, "first let in"
    assert client.post(page_of(delegate, "weer-toelaten/"), {"work": "pob"}).status_code == 302
    delegate.refresh_from_db()
    assert (delegate.is_active, delegate.ended_at, delegate.profession) == (True, None, Role.DELEGATE)
    assert bare_world.client("delegate").get(f"/dossier/{bare_world.number}/").status_code == 404
    assert client.post(page_of(delegate, "weer-toelaten/"), {"work": "pob"}).status_code == 422, "once is enough"


def test_who_stopped_does_nothing_in_the_database_either(bare_world: World) -> None:
    stop(bare_world, "delegate")
    with pytest.raises(Exception, match="ended_does_nothing_here"), transaction.atomic():
        User.objects.filter(pk=bare_world.people["delegate"].pk).update(is_administrator=True)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_stop_the_same_person_once(races: int) -> None:
    world = make_world(shares=False, finals=0)
    administrators = [administrator(world, "employer", key) for key in ("een", "twee")]
    organisation = world.people["employer"].organisation
    leaver = world.people["employer"]
    done = 0
    for turn in range(races):
        successor = member(organisation, f"opvolger{turn}", f"Opvolger {turn}")
        won = _both(administrators, leaver, successor)
        assert won == 1
        done += won
        assert seats(world, role=Role.EMPLOYER) == [(Role.EMPLOYER, f"Opvolger {turn}")]
        leaver = successor
    assert done == races


def _both(administrators: list[User], leaver: User, successor: User) -> int:
    barrier, results = threading.Barrier(2), []

    def go(by: User) -> None:
        barrier.wait()
        try:
            end_person(by, pk=leaver.pk, successor_pk=successor.pk, now=timezone.now(), origin=Origin())
            results.append(1)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(by,)) for by in administrators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(results)


def test_the_last_administrator_cannot_be_stopped_by_anybody(bare_world: World) -> None:
    one, two = (administrator(bare_world, "employer", key) for key in ("een", "twee"))
    assert stop(bare_world, two, by=one).status_code == 302
    client: Client = browser(one)
    assert client.post(page_of(one, "stoppen/")).status_code == 422
