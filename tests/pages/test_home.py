"""Mijn dossiers: who sees which dossiers, in which order, at what cost."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bar.accounts.models import User
from bar.openings import NewDossier, Person, open_dossier
from bar.worklist import Sort, entries_of, in_order, matching
from consent.access import opening
from consent.actions import withdraw
from dossiers.actions.process import Employment
from dossiers.door import Touch, read
from dossiers.errors import Refused
from dossiers.models import Dossier
from dossiers.next_step import next_step, standings
from dossiers.parts import Act, Part, Role
from tests.world import CAST, FIRST_DAY, SECTIONS, World, at, fill_in, finalise, offer

TODAY = timezone.localdate


def visit() -> dt.date:
    return TODAY() - dt.timedelta(days=10)


def open_for(world: World, name: str, *, days: int = 60, employer: str = "employer", email: str | None = None) -> World:
    """One more dossier of the same physician; with the e-mail of somebody known, that person is the employee."""
    typed = world.people[employer]
    assert typed.organisation is not None
    dossier = open_dossier(
        world.people["physician"],
        plan=NewDossier(
            employee=Person(name, email),
            birth_date=dt.date(1980, 5, 1),
            employers=(Person(typed.name, typed.email, "Teamleider"),),
            employer_organisation=typed.organisation.name,
            employment=Employment("Kassamedewerker", Decimal(24), "permanent", None),
            first_sick_day=TODAY() - dt.timedelta(days=days),
        ),
        physician=world.people["physician"],
        today=TODAY(),
    )
    return World(dossier, world.people)


def page(world: World, who: str, query: str = "") -> str:
    answer = world.client(who).get(f"/{query}", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def second_year() -> Iterator[None]:
    """A day within the 104 weeks of the dossiers that the tests share."""
    with time_machine.travel(at(FIRST_DAY + dt.timedelta(weeks=60))):
        yield


@pytest.mark.usefixtures("second_year")
def test_the_physician_sees_every_own_dossier_with_week_phase_and_step(world: World) -> None:
    text = page(world, "physician")
    for words in ("Wout Werknemer", "Nina Niet-van-hier", "Werkgever De Proef", world.number, "Vandaag en wachtend", "van 104"):
        assert words in text


def test_the_employer_sees_the_own_employees_and_nothing_of_the_bar(world: World) -> None:
    text = page(world, "employer")
    assert "Wout Werknemer" in text
    for words in ("Nina Niet-van-hier", "versie", "concept", "BAR<"):
        assert words not in text


def test_an_employee_with_one_dossier_goes_straight_to_it(world: World) -> None:
    answer = world.client("employee").get("/")
    assert (answer.status_code, answer["Location"]) == (302, f"/dossier/{world.number}/")


def test_an_employee_with_two_dossiers_gets_a_list(world: World) -> None:
    open_for(world, "Wout Werknemer", email=world.people["employee"].email)
    text = page(world, "employee")
    assert "Over mij" in text


def test_an_expert_sees_what_is_asked_and_until_when(world: World) -> None:
    text = page(world, "labour_expert")
    assert "Met mij gedeeld" in text
    assert "Meedenken over werk." in text
    assert "U kunt kijken tot en met" in text


def test_an_expert_sees_nothing_anymore_after_the_employee_withdrew(world: World) -> None:
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=world.shares[Role.LABOUR_EXPERT])
    text = page(world, "labour_expert")
    assert "Wout Werknemer" not in text
    assert "Er is nu niets met u gedeeld" in text


@pytest.mark.parametrize(
    ("who", "why"), [("superuser", "Wie dat doet, ziet geen enkel dossier"), ("administrator", "U beheert mensen en organisaties")]
)
def test_who_manages_sees_no_dossier_and_reads_why(world: World, who: str, why: str) -> None:
    world.people["administrator"] = User.objects.create_user("beheer@proef.test", name="Bea Beheer", is_administrator=True)
    text = page(world, who)
    assert why in text
    assert world.number not in text


def test_somebody_with_two_roles_sees_both_groups(world: World) -> None:
    open_for(world, "Gerda Gever", employer="outsider", email=world.people["employer"].email)
    text = page(world, "employer")
    assert 'id="werkgever"' in text
    assert 'id="ik"' in text


@pytest.mark.parametrize("who", [who for who in CAST if who != "nobody"])
def test_a_list_holds_exactly_the_dossiers_whose_process_is_open(world: World, who: str) -> None:
    person = world.people[who]
    opens = set()
    for number in Dossier.objects.values_list("number", flat=True):
        if person.has_perm("dossiers.read_process", Dossier.objects.get(number=number)):
            opens.add(number)
    assert {entry.number for entry in entries_of(person, today=TODAY())} == opens


def _nothing(world: World) -> None:
    pass


def _draft(world: World) -> None:
    fill_in(world, visit())


def _offered(world: World) -> None:
    fill_in(world, visit())
    offer(world, visit())


def _same_plan(world: World) -> None:
    for day in (visit() - dt.timedelta(days=1), visit()):
        fill_in(world, day)
        finalise(world, day)


def _new_words_only(world: World) -> None:
    """Nothing coded differs: only a sealed text."""
    first = {**SECTIONS, "prognosis": {**SECTIONS["prognosis"], "next_contact": None}}
    areas = [{**first["areas"][0], "condition": "Anders, maar net zo zwaar."}, *first["areas"][1:]]
    for day, sections in ((visit() - dt.timedelta(days=1), first), (visit(), {**first, "areas": areas})):
        fill_in(world, day, sections)
        finalise(world, day)


@pytest.mark.parametrize("story", [_nothing, _draft, _offered, _same_plan, _new_words_only])
@pytest.mark.parametrize("who", ["physician", "employer", "employee", "delegate"])
def test_the_list_and_the_dossier_name_the_same_next_step(bare_world: World, who: str, story: Callable[[World], None]) -> None:
    story(bare_world)
    person = bare_world.people[who]
    with opening(person, bare_world.number, needs=read(Part.PROCESS)) as opened:
        expected = next_step(opened, standings([bare_world.dossier.pk])[bare_world.dossier.pk])
    (entry,) = [entry for entry in entries_of(person, today=TODAY()) if entry.number == bare_world.number]
    assert entry.step == expected


def test_changed_words_ask_for_a_changed_plan_and_the_same_words_do_not(bare_world: World) -> None:
    _new_words_only(bare_world)
    changed = open_for(bare_world, "Zelfde Plan")
    _same_plan(changed)
    found = standings([bare_world.dossier.pk, changed.dossier.pk])
    assert found[bare_world.dossier.pk].visits[-1].changes_plan
    assert not found[changed.dossier.pk].visits[-1].changes_plan


def _queries(world: World, who: str) -> int:
    client = world.client(who)
    client.get("/")  # what is kept in memory is kept now
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/").status_code == 200
    return len(captured)


@pytest.mark.parametrize("who", ["physician", "employer"])
def test_fifty_dossiers_cost_as_many_queries_as_five(bare_world: World, who: str) -> None:
    for number in range(5):
        open_for(bare_world, f"Mens {number}")
    few = _queries(bare_world, who)
    for number in range(45):
        made = open_for(bare_world, f"Ander {number}")
        if number < 4:
            _same_plan(made)
    assert _queries(bare_world, who) == few


def test_a_list_opens_no_sealed_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> bytes:
        raise AssertionError("a list opened a sealed text")

    monkeypatch.setattr("dossiers.sealed.unseal", broken)
    assert entries_of(world.people["physician"], today=TODAY())
    assert entries_of(world.people["employer"], today=TODAY())


def test_search_finds_by_name_employer_and_number_without_case_and_accents(world: World) -> None:
    open_for(world, "Zoë Müller")
    entries = entries_of(world.people["physician"], today=TODAY())
    for query in ("zoe", "MULLER", "zoë werkgever de proef"):
        assert [entry.name for entry in matching(entries, query)] == ["Zoë Müller"]
    assert [entry.number for entry in matching(entries, world.number.lower())] == [world.number]


def test_search_finds_nothing_of_somebody_else(world: World) -> None:
    for query in ("Nina", "Ander Bedrijf"):
        text = page(world, "employer", f"?zoek={query}")
        assert "Niets gevonden" in text
        assert "Nina Niet" not in text


def test_pages_of_a_long_list_hold_every_dossier_once(bare_world: World) -> None:
    for number in range(60):
        open_for(bare_world, f"Mens {number:02d}", days=3)
    client = bare_world.client("physician")
    seen: list[str] = []
    for place in range(3):
        text = client.get("/", {"sorteer": "naam", "pagina-arts": str(place)}).content.decode()
        table = text.split("<tbody", 1)[1]
        seen += [name for name in (f"Mens {number:02d}" for number in range(60)) if f">{name}<" in table]
    assert sorted(seen) == [f"Mens {number:02d}" for number in range(60)]


@pytest.mark.parametrize(
    "query", ["?pagina-arts=-1", "?pagina-arts=999999999", "?pagina-arts=x", "?sorteer=zomaar", "?zoek=%00", "?zoek=" + "a" * 500]
)
def test_a_strange_address_is_still_a_page(world: World, query: str) -> None:
    assert world.client("physician").get(f"/{query}").status_code == 200


def test_what_waits_stands_first(bare_world: World) -> None:
    open_for(bare_world, "Aad Begonnen", days=2)
    _draft(bare_world)
    entries = in_order(entries_of(bare_world.people["physician"], today=TODAY()), Sort.FIRST)
    assert entries[0].number == bare_world.number
    assert entries[0].waits
    assert entries[-1].name == "Aad Begonnen"


def test_who_is_not_signed_in_is_asked_to(db: None) -> None:
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/inloggen/")


def test_refused_is_not_an_error_of_the_list(bare_world: World) -> None:
    """A dossier whose seat has not begun is not in the list, and the gate refuses it in the same words as always."""
    seat = bare_world.dossier.seats.get(role=Role.DELEGATE)
    seat.start = TODAY() + dt.timedelta(days=1)
    seat.save()
    assert bare_world.number not in {entry.number for entry in entries_of(bare_world.people["delegate"], today=TODAY())}
    with pytest.raises(Refused), opening(bare_world.people["delegate"], bare_world.number, needs=read(Part.PROCESS)):
        pass
