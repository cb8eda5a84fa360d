"""What changed between two visits; the expected sentences are written by hand from the case magazijn-a."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dossiers.rules.calendar import StepKind, Visit, nearest_step
from dossiers.rules.compare import Arrow, Change, ChangeKind, capacity_glance, compare, plan_visits
from dossiers.rules.sick_weeks import Absence
from instrument.library import by_name

CASES = Path(__file__).parents[1] / "cases"
BAR = by_name("bar/2.0")


def versions(case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))["assessments"]
    return found


FIRST, SECOND = versions("magazijn-a")


def sentences(changes: list[Change]) -> dict[str, str]:
    return {change.label: change.sentence for change in changes}


def changed(**section_changes: Any) -> dict[str, Any]:
    """The first visit with some answers of some sections changed."""
    version = copy.deepcopy(FIRST)
    for section, change in section_changes.items():
        version[section] = {**version[section], **change} if isinstance(change, dict) else change
    return version


def area(**fields: Any) -> list[dict[str, Any]]:
    return [{"item": "d430", "status": "attention", "still_possible": "", "condition": "", **fields}]


def limit(value: float, unit: str = "kg", per: str = "at_once") -> dict[str, Any]:
    return {"value": value, "unit": unit, "per": per}


def test_the_second_visit_of_magazijn_says_what_is_different() -> None:
    assert sentences(compare(FIRST, SECOND, BAR)) == {
        "Uren nu": "Werkt nu 18 uur per week. Dat was 0 uur.",
        "Opbouw": "De opbouw gaat tot 30 uur per week. Dat was 24 uur.",
        "Lang zitten of staan": "Hooguit 60 minuten achter elkaar. Dat was 30 minuten achter elkaar.",
        "Tillen en dragen": "Hooguit 10 kilo per keer. Dat was 5 kilo per keer.",
        "Bukken, opstaan en knielen": "Geen aandachtspunt meer.",
        "Hulpmiddelen en apparatuur": "Deze voorwaarde staat er niet meer: Zorg dat de verstelbare inpaktafel vrij is tijdens de diensten.",
    }


def test_the_same_version_twice_has_only_areas_that_stayed() -> None:
    assert {change.kind for change in compare(FIRST, FIRST, BAR)} == {ChangeKind.AREA_SAME}


def test_a_section_that_is_not_open_says_nothing() -> None:
    for section in ("areas", "possibilities", "prognosis", "advice", "work_factors"):
        projected = {key: value for key, value in SECOND.items() if key != section}
        whole = compare(FIRST, SECOND, BAR)
        assert set(compare(FIRST, projected, BAR)) <= set(whole)
    assert compare({}, {}, BAR) == []


def test_what_another_reader_may_see_is_never_compared() -> None:
    secret = changed(context_factors=[{"item": "family", "influence": "hindering", "note": "CANARY"}])
    secret["areas"][0]["explanation"] = secret["prognosis"]["note"] = secret["possibilities"]["hours_ground"] = "CANARY"
    secret["work_factors"][0]["note"] = "CANARY"
    assert compare(FIRST, secret, BAR) == compare(FIRST, FIRST, BAR)
    assert "CANARY" not in str(capacity_glance(secret["areas"], FIRST["areas"], BAR))


@pytest.mark.parametrize(
    ("returns", "sentence"),
    [
        ("2026-07-01", "Verwacht op 1 juli 2026, later dan 1 juni 2026."),
        ("2026-05-01", "Verwacht op 1 mei 2026, eerder dan 1 juni 2026."),
        (None, "De verwachte datum is weg. Die was 1 juni 2026."),
    ],
)
def test_a_moved_return_is_told_with_both_dates(returns: str | None, sentence: str) -> None:
    assert sentences(compare(FIRST, changed(prognosis={"expected_return": returns}), BAR))["Verwachte terugkeer"] == sentence


def test_changed_answers_are_told_in_the_words_of_the_instrument() -> None:
    later = changed(possibilities={"usable": "not_now", "own_work": "not"}, advice={"goal": "other_employer"}, prognosis={"course": "stable"})
    found = sentences(compare(FIRST, later, BAR))
    assert found["Kan werken"] == "Nu: nu nog niet. Vorige keer: ja."
    assert found["Eigen werk"] == "Nu: niet. Vorige keer: deels."
    assert found["Doel"] == "Nu: werk bij een andere werkgever. Vorige keer: eigen werk."
    assert found["Verloop"].startswith("Nu: blijft gelijk.")


def test_an_area_that_was_left_out_is_not_called_better() -> None:
    (change,) = compare({"areas": area()}, {"areas": []}, BAR)
    assert (change.kind, change.arrow) == (ChangeKind.AREA_NOT_ASSESSED, Arrow.CHANGED)


@pytest.mark.parametrize(
    ("before", "after", "arrow"),
    [
        (area(limit=limit(5)), area(limit=limit(10)), Arrow.BETTER),
        (area(limit=limit(10)), area(limit=limit(5)), Arrow.WORSE),
        (area(limit=limit(30, "minutes")), area(limit=limit(1, "hours")), Arrow.BETTER),
        (area(limit=limit(60, "minutes")), area(limit=limit(1, "hours")), Arrow.CHANGED),  # the same in other words
        (area(limit=limit(5)), area(limit=limit(10, per="per_day")), Arrow.CHANGED),  # cannot be compared
        (area(limit=limit(5)), area(limit=limit(10, "times")), Arrow.CHANGED),
        (area(limit=limit(5)), area(), Arrow.CHANGED),
        (area(condition="Til samen."), area(condition="Til niet meer."), Arrow.CHANGED),  # a text has no direction
        (area(condition="Til samen."), area(condition="Til samen."), Arrow.SAME),
        (area(limit=None), area(), Arrow.SAME),
        ([], area(), Arrow.NEW),
        ([{"item": "d430", "status": "no_attention"}], area(), Arrow.NEW),
        (area(), [{"item": "d430", "status": "no_attention"}], Arrow.GONE),
    ],
)  # fmt: skip
def test_better_and_worse_are_said_only_by_numbers_and_states(before: list[dict[str, Any]], after: list[dict[str, Any]], arrow: Arrow) -> None:
    (line,) = capacity_glance(after, before, BAR)
    assert (line.label, line.change, line.change_text) == ("Tillen en dragen", arrow, arrow.word)
    (change,) = compare({"areas": before}, {"areas": after}, BAR)
    assert change.arrow is arrow


def test_a_first_visit_has_lines_without_arrows() -> None:
    lines = capacity_glance(FIRST["areas"], None, BAR)
    assert [line.item for line in lines] == ["d410", "d415", "d430"]
    assert {line.change for line in lines} == {None}


def test_a_limit_is_told_once() -> None:
    bending, standing, lifting = capacity_glance(FIRST["areas"], None, BAR)
    assert bending.needed == "Leg spullen die vaak nodig zijn op heuphoogte. Hooguit 10 keer per uur."
    assert standing.needed == "Wissel elk half uur staan, zitten en lopen af."
    assert lifting.needed == "Niet meer dan 5 kilo tillen, en niet vanaf de grond."


def test_visits_tell_the_calendar_what_changed() -> None:
    assert plan_visits([SECOND, FIRST]) == (Visit(date(2026, 2, 16)), Visit(date(2026, 3, 30)))
    unchanged = {**SECOND, "date": "2026-05-11", "employee_view": {}, "prognosis": {}}
    assert plan_visits([FIRST, SECOND, unchanged])[-1] == Visit(date(2026, 5, 11), changes_plan=False)
    without = changed(possibilities={"usable": "no"})
    assert not plan_visits([without])[0].has_capacity
    assert plan_visits([changed(possibilities={"usable": "not_now"})])[0].has_capacity


def test_the_letter_of_the_second_visit_names_the_plan_through_its_versions() -> None:
    step = nearest_step(Absence(date(2026, 1, 12)), date(2026, 3, 30), plan_visits([FIRST, SECOND]))
    assert step is not None
    assert (step.kind, step.due) == (StepKind.PLAN_CHANGE, date(2026, 4, 13))
