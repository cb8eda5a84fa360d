"""When it may help to ask: by a table written by hand, by property, and as the physician meets it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.parts import Role
from dossiers.rules.sick_weeks import Absence, Recovery, date_of_week_end, week_of
from dossiers.rules.triggers import Trigger, suggestions
from instrument import library
from tests.consultation.material import asked, get, hidden, page, topic
from tests.world import FIRST_DAY, World, at, make_world

FIRST = dt.date(2025, 1, 6)
ABSENCE = Absence(FIRST)
AREAS = ("d430", "d240", "d410")
LIMIT = {"value": 5, "unit": "kg", "per": "at_once"}


def in_week(week: int) -> dt.date:
    return date_of_week_end(ABSENCE, week)


def version(day: dt.date = FIRST, **other: Any) -> dict[str, Any]:
    """A version in which nothing asks for help."""
    areas = other.pop("areas", ())
    possibilities = {"usable": "yes", "own_work": "partly", "hours_now": other.pop("hours", 8)}
    possibilities |= {name: other.pop(name) for name in ("usable", "own_work") if name in other}
    return {
        "date": day,
        "areas": [_area(item, item in areas) for item in AREAS],
        "work_factors": [],
        "possibilities": possibilities,
        "prognosis": {"course": other.pop("course", "improving"), "expected_return": other.pop("expected", "2025-06-01")},
        "advice": {"goal": other.pop("goal", "own_work"), "labour_expert_needed": other.pop("needed", False)},
    }


def _area(item: str, is_hard: bool) -> dict[str, Any]:
    return {"item": item, "status": "attention", "limit": LIMIT} if is_hard else {"item": item, "status": "no_attention"}


def found(*versions: dict[str, Any], week: int = 20, words: str = "", absence: Absence = ABSENCE) -> list[Trigger]:
    return [one.trigger for one in suggestions(versions, absence, in_week(week), library.current(), words=words)]


@pytest.mark.parametrize(
    ("versions", "week", "words", "expected"),
    [
        ([], 50, "samen praten", []),
        ([version()], 20, "", []),
        ([version(own_work="fully", goal="other_employer")], 50, "", []),
        ([version(), version(course="stable")], 20, "", [Trigger.STAGNATION]),
        ([version(), version(course="worsening", hours=6)], 20, "", [Trigger.STAGNATION]),
        ([version(), version(course="stable", hours=12)], 20, "", []),
        ([version(own_work="not"), version(course="stable")], 20, "", []),
        ([version(), version(course="unknown")], 20, "", []),
        ([version()], 41, "", []),
        ([version()], 42, "", [Trigger.FIRST_YEAR]),
        ([version()], 52, "", [Trigger.FIRST_YEAR]),
        ([version()], 53, "", []),
        ([version(goal="other_work_own_employer")], 20, "", [Trigger.SUITABLE_WORK]),
        ([version(goal="undecided")], 20, "", [Trigger.SUITABLE_WORK]),
        ([version(own_work="not")], 20, "", [Trigger.SUITABLE_WORK]),
        ([version(own_work="not", usable="not_now")], 20, "", []),
        ([version(expected=None)], 79, "", []),
        ([version(expected=None)], 80, "", [Trigger.WIA]),
        ([version(expected="2027-06-01")], 90, "", [Trigger.WIA]),
        ([version(expected=in_week(104).isoformat())], 90, "", []),
        ([version(), version(areas=AREAS)], 20, "", [Trigger.CHANGE]),
        ([version(), version(areas=AREAS[:2])], 20, "", []),
        ([version(areas=AREAS), version()], 20, "", [Trigger.CHANGE]),
        ([version(areas=AREAS), {**version(), "areas": []}], 20, "", []),  # not talked about is no change
        ([version(needed=True)], 20, "", [Trigger.JOINT_TALK]),
        ([version()], 20, "Ik wil graag samen praten met mijn baas.", [Trigger.JOINT_TALK]),
        ([version()], 20, "Het gaat goed.", []),
        (
            [version(), version(course="stable", goal="undecided", needed=True)],
            45,
            "",
            [t for t in Trigger if t not in (Trigger.WIA, Trigger.CHANGE)],
        ),
    ],
)
def test_each_moment_is_offered_when_it_is_there_and_not_before(
    versions: list[dict[str, Any]], week: int, words: str, expected: list[Trigger]
) -> None:
    assert found(*versions, week=week, words=words) == expected


def test_nothing_is_offered_while_recovered() -> None:
    recovered = Absence(FIRST, (Recovery(in_week(44), None),))
    assert found(version(needed=True), week=45, absence=recovered) == []


COURSES = st.sampled_from(["improving", "stable", "worsening", "fluctuating", "unknown", ""])
GOALS = st.sampled_from(["own_work", "adapted_own_work", "other_work_own_employer", "other_employer", "undecided", ""])
HARD = st.frozensets(st.sampled_from(AREAS))
ANSWERS = st.fixed_dictionaries(
    {
        "course": COURSES,
        "goal": GOALS,
        "own_work": st.sampled_from(["fully", "partly", "not", ""]),
        "expected": st.none() | st.dates(FIRST, FIRST + dt.timedelta(days=1200)).map(dt.date.isoformat),
        "areas": HARD,
    }
)


@settings(max_examples=40)
@given(week=st.integers(1, 130), answers=ANSWERS, before=HARD)
def test_whatever_was_filled_in_each_offer_has_a_reason_and_somebody_to_ask(week: int, answers: dict[str, Any], before: frozenset[str]) -> None:
    own, after = answers["own_work"], answers["areas"]
    offers = suggestions([version(areas=before), version(**answers)], ABSENCE, in_week(week), library.current())
    assert len({one.trigger for one in offers}) == len(offers)
    for one in offers:
        assert one.ask in {Role.LABOUR_EXPERT, Role.INSURANCE_PHYSICIAN}
        assert one.sentence.endswith(".")
        assert not one.item or one.item in before | after
    triggers = {one.trigger for one in offers}
    assert own != "fully" or not triggers
    assert Trigger.WIA not in triggers or week_of(ABSENCE, in_week(week)) >= 80
    assert (Trigger.CHANGE in triggers) == (own != "fully" and len(before ^ after) >= 3)


@pytest.fixture
def first_year_ends() -> Iterator[None]:
    """Week 45 of the dossier that the tests share: what it offers depends on the day."""
    with time_machine.travel(at(date_of_week_end(Absence(FIRST_DAY), 45))):
        yield


@pytest.mark.usefixtures("first_year_ends")
def test_the_physician_meets_an_offer_and_asking_settles_it(world: World) -> None:
    text = page(world, "physician", "overleg/")
    offers = [trigger for trigger in Trigger if trigger.label in text]
    assert Trigger.FIRST_YEAR in offers
    number = list(Trigger).index(offers[0]) + 1
    assert f"aanleiding={number}" in text
    form = page(world, "physician", f"overleg/nieuw/?onderwerp={topic()}&aanleiding={number}")
    assert offers[0].label in form
    assert "checked" in form
    asked(world, aanleiding=number)
    hidden(page(world, "physician", "overleg/"), [offers[0].label])
    for who in ("labour_expert", "employee", "delegate"):
        hidden(page(world, who, "overleg/"), [trigger.label for trigger in Trigger])


@pytest.mark.usefixtures("first_year_ends")
def test_an_offer_nobody_can_be_asked_for_leads_to_sharing(db: None) -> None:
    world = make_world(shares=False)
    text = page(world, "physician", "overleg/")
    offers = [trigger for trigger in Trigger if trigger.label in text]
    response = get(world, "physician", f"overleg/nieuw/?onderwerp={topic()}&aanleiding={list(Trigger).index(offers[0]) + 1}")
    assert "toegang. Daarna zegt de werknemer ja of nee." in response.content.decode()
