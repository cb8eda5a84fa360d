"""Who has a seat and why: the same answer as the gate's, and to each reader no more than that reader may know."""

import datetime as dt

import pytest
from django.utils import timezone

from bar.accounts.models import User
from consent.access import opening
from consent.explain import colleagues, who_may
from consent.models import AnswerState
from dossiers.door import read
from dossiers.parts import EXPERTS, Part, Role, every_touch, permission
from tests.steady import steady
from tests.world import SEATED, World, share_all
from tests.worlds import FULL


def url(world: World, page: str) -> str:
    return f"/dossier/{world.number}/{page}/"


def explained(world: World) -> set[tuple[object, str]]:
    return {(row.person.pk, permission(row.part, row.act)) for row in who_may(world.dossier, timezone.localdate())}


def by_gate(world: World) -> set[tuple[object, str]]:
    people = [*world.people.values(), world.dossier.employee]
    return {
        (person.pk, permission(part, act))
        for person in people
        for part, act in every_touch()
        if person.has_perm(f"dossiers.{permission(part, act)}", world.dossier)
    }


@pytest.mark.parametrize(
    "states", [*([state] * len(EXPERTS) for state in AnswerState if FULL), [AnswerState.GIVEN, AnswerState.WITHDRAWN, AnswerState.ASKED]]
)
def test_the_explanation_is_the_gates_own_verdict(bare_world: World, states: list[AnswerState]) -> None:
    """Each expert with an answer of its own; `make test-all` gives all of them each answer too."""
    for role, state in zip(sorted(EXPERTS), states, strict=True):
        share_all(bare_world, role, today=timezone.localdate(), state=state)
    expected = by_gate(bare_world)
    assert expected  # the physician at least
    assert explained(bare_world) == expected


def test_so_it_is_for_who_is_not_let_in_yet_and_who_may_not_sign_in(bare_world: World) -> None:
    share_all(bare_world, Role.LABOUR_EXPERT, today=timezone.localdate() + dt.timedelta(days=3))
    User.objects.filter(pk=bare_world.people["delegate"].pk).update(is_active=False)
    bare_world.people["delegate"].refresh_from_db()
    assert explained(bare_world) == by_gate(bare_world)
    assert bare_world.people["labour_expert"].pk not in {person for person, _ in explained(bare_world)}


def test_each_row_says_why_and_until_when(world: World) -> None:
    rows = {(row.role, row.part, row.act): row for row in who_may(world.dossier, timezone.localdate())}
    for who in SEATED:
        needs = read(Part.PROCESS)
        with opening(world.people[who], world.number, needs=needs) as opened:
            for touch, ground in opened.open.items():
                row = rows[opened.role, touch.part, touch.act]
                assert (row.basis, row.since, row.until) == (ground.basis, ground.since, ground.until)


@pytest.mark.parametrize("who", SEATED)
def test_who_may_look_at_the_seats(world: World, who: str) -> None:
    expected = 200 if who in {"employee", "physician", "delegate"} else 403
    assert world.client(who).get(url(world, "wie-doet-mee")).status_code == expected
    assert world.client(who).get(url(world, "mensen")).status_code == 200


def test_the_employee_reads_it_in_plain_words(world: World) -> None:
    page = world.client("employee").get(url(world, "wie-doet-mee")).content.decode()
    for words in (
        "Els Expert",
        "U zei ja.",
        "tot en met",
        "Wat u kunt op uw werk",
        "Dit hoort bij de taak van de bedrijfsarts",
        "praktijkondersteuner (POB)",
    ):
        assert words in page
    assert "Belastbaarheid" not in page
    assert "Belastbaarheid" in world.client("physician").get(url(world, "wie-doet-mee")).content.decode()


def test_the_employer_never_learns_of_a_share_an_insurance_physician_or_a_labour_expert(world: World) -> None:
    client = world.client("employer")
    page = steady(client.get(url(world, "mensen")).content.decode())
    for name in ("Wout Werknemer", "Gerda Gever", "Anna Arts", "Dirk Delegaat"):
        assert name in page
    for hidden in ("Els Expert", "Vera Verzekeringsarts", "Udo Uitvoering", "verzekeringsarts", "arbeidsdeskundige", "Toestemming", "POB"):
        assert hidden not in page


def test_an_expert_learns_of_no_other_expert(world: World) -> None:
    for who in ("labour_expert", "insurance_physician", "uwv_labour_expert"):
        with opening(world.people[who], world.number, needs=read(Part.PROCESS)) as opened:
            names = {person.name for person in colleagues(opened)}
        experts = {world.people[key].name for key in ("labour_expert", "insurance_physician", "uwv_labour_expert")}
        assert names & experts == {world.people[who].name}


def test_who_lost_the_seat_is_named_as_such(world: World) -> None:
    seat = world.people["delegate"].seats.get(dossier=world.dossier)
    seat.until = timezone.localdate() - dt.timedelta(days=1)
    seat.save()
    page = world.client("employee").get(url(world, "wie-doet-mee")).content.decode()
    assert page.index("Niet meer open") < page.index("Dirk Delegaat")
