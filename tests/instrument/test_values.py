"""The shape of a section value: what is missing, unknown, double or of the wrong type is named by its path."""

from typing import Any

import pytest

from instrument.forms import MAX_ROWS, ValueShapeError, data_of, default_value
from instrument.schema import Instrument
from tests.instrument.conftest import empty_table

STEP = {"from": "2026-02-23", "hours_per_week": 12, "kind": "practice"}
AREA = {"item": "d430", "status": "attention"}
VIEW = empty_table("employee_view")
POSSIBILITIES = empty_table("possibilities")
PROGNOSIS = empty_table("prognosis")
ADVICE = empty_table("advice")
ACTION = {"what": "Bel.", "who": "employer", "by": "2026-03-01"}


def without(table: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != key}


WRONG = [
    ("areas", {}, "areas"),
    ("areas", None, "areas"),
    ("areas", ["d430"], "areas[0]"),
    ("areas", [{3: 4}], "areas[0]"),
    ("areas", [without(AREA, "item")], "areas[0].item"),
    ("areas", [without(AREA, "status")], "areas[0].status"),
    ("areas", [{**AREA, "item": "d999"}], "areas[0].item"),
    ("areas", [{**AREA, "item": ["d430"]}], "areas[0].item"),
    ("areas", [AREA, {"item": "d450", "status": "attention"}, AREA], "areas[2].item"),
    ("areas", [{**AREA, "diagnosis": "x"}], "areas[0].diagnosis"),
    ("areas", [{**AREA, "limit_value": 5}], "areas[0].limit_value"),
    ("areas", [{**AREA, "condition": None}], "areas[0].condition"),
    ("areas", [{**AREA, "condition": 5}], "areas[0].condition"),
    ("areas", [{**AREA, "in_letter": "yes"}], "areas[0].in_letter"),
    ("areas", [{**AREA, "in_letter": 1}], "areas[0].in_letter"),
    ("areas", [{**AREA, "limit": 5}], "areas[0].limit"),
    ("areas", [{**AREA, "limit": {"value": 5, "unit": "kg"}}], "areas[0].limit.per"),
    ("areas", [{**AREA, "limit": {"value": "5", "unit": "kg", "per": "at_once"}}], "areas[0].limit.value"),
    ("areas", [{**AREA, "limit": {"value": True, "unit": "kg", "per": "at_once"}}], "areas[0].limit.value"),
    ("areas", [{**AREA, "limit": {"value": float("nan"), "unit": "kg", "per": "at_once"}}], "areas[0].limit.value"),
    ("areas", [{**AREA, "limit": {"value": 10**5000, "unit": "kg", "per": "at_once"}}], "areas[0].limit.value"),
    ("areas", [{**AREA, "limit": {"value": 5, "unit": "kg", "per": "at_once", "score": 3}}], "areas[0].limit.score"),
    ("context_factors", [{"item": "family", "influence": "helping", "condition": "x"}], "context_factors[0].condition"),
    ("context_factors", [{"item": "light", "influence": "helping"}], "context_factors[0].item"),
    ("visit", {"contact": "phone"}, "date"),
    ("visit", {"date": "16-02-2026", "contact": "phone"}, "date"),
    ("visit", {"date": 20260216, "contact": "phone"}, "date"),
    ("visit", {"date": "2026-02-16"}, "contact"),
    ("visit", {"date": "2026-02-16", "contact": "phone", "reason": "x"}, "reason"),
    ("employee_view", without(VIEW, "written_by"), "employee_view.written_by"),
    ("employee_view", without(VIEW, "share_with_employer"), "employee_view.share_with_employer"),
    ("possibilities", without(POSSIBILITIES, "hours_now"), "possibilities.hours_now"),
    ("possibilities", without(POSSIBILITIES, "build_up"), "possibilities.build_up"),
    ("possibilities", without(POSSIBILITIES, "working_relationship"), "possibilities.working_relationship"),
    ("possibilities", {**POSSIBILITIES, "working_relationship": {"advice": ""}}, "possibilities.working_relationship.state"),
    ("possibilities", {**POSSIBILITIES, "working_relationship": {"state": "", "x": ""}}, "possibilities.working_relationship.x"),
    ("possibilities", {**POSSIBILITIES, "hours_now": None}, "possibilities.hours_now"),
    ("possibilities", {**POSSIBILITIES, "build_up": {}}, "possibilities.build_up"),
    ("possibilities", {**POSSIBILITIES, "build_up": [{**STEP, "from": None}]}, "possibilities.build_up[0].from"),
    ("possibilities", {**POSSIBILITIES, "build_up": [STEP, without(STEP, "kind")]}, "possibilities.build_up[1].kind"),
    ("possibilities", {**POSSIBILITIES, "build_up": [STEP] * (MAX_ROWS + 1)}, f"possibilities.build_up[{MAX_ROWS}]"),
    ("prognosis", without(PROGNOSIS, "course"), "prognosis.course"),
    ("advice", without(ADVICE, "labour_expert_needed"), "advice.labour_expert_needed"),
    ("advice", {**ADVICE, "actions": [without(ACTION, "what")]}, "advice.actions[0].what"),
    ("advice", {**ADVICE, "actions": [{**ACTION, "item": "d430"}]}, "advice.actions[0].item"),
    ("consultation", [{"with": "labour_expert", "question": "x"}], "consultation[0].item"),
]


@pytest.mark.parametrize(("section", "value", "path"), WRONG)
def test_a_value_in_the_wrong_shape_is_refused_with_its_path(instrument: Instrument, section: str, value: Any, path: str) -> None:
    with pytest.raises(ValueShapeError) as refused:
        data_of(instrument, section, value)
    assert refused.value.path == path
    assert refused.value.message.endswith(".")


RIGHT = [
    ("areas", [{**AREA, "limit": None}]),
    ("possibilities", {**POSSIBILITIES, "build_up": [{**STEP, "hours_per_day": None}]}),
    ("possibilities", without(without(POSSIBILITIES, "review_on"), "going_well")),
    ("prognosis", without(without(PROGNOSIS, "expected_return"), "note")),
    ("advice", {**ADVICE, "actions": [{**ACTION, "about": None}]}),
]


@pytest.mark.parametrize(("section", "value"), RIGHT)
def test_what_may_be_null_or_empty_may_be_left_out(instrument: Instrument, section: str, value: Any) -> None:
    assert data_of(instrument, section, value)


def test_making_form_data_leaves_the_value_as_it_was(instrument: Instrument) -> None:
    value = {**POSSIBILITIES, "build_up": [dict(STEP)], "working_relationship": {"state": "no_issue", "advice": ""}}
    before = repr(value)
    data_of(instrument, "possibilities", value)
    assert repr(value) == before


def test_an_unknown_section_is_a_programming_mistake(instrument: Instrument) -> None:
    with pytest.raises(KeyError):
        data_of(instrument, "diagnosis", [])
    with pytest.raises(KeyError):
        default_value("diagnosis")
