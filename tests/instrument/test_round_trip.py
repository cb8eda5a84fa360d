"""By property: a value comes back as it went in, normalised; and no data, however hostile, is an error."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instrument import library
from instrument.forms import FILLED_SECTIONS, FormContext, SectionForm, ValueShapeError, data_of, default_value, missing, section_form
from instrument.text import clean_text

BAR = library.get("bar", "2.0")
PATIENT = settings(max_examples=40)
CONTEXT = FormContext(40, dt.date(2025, 1, 1), dt.date(2026, 2, 16), dt.date(2026, 2, 16))

written = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Mn", "Me", "Mc"]), max_size=30) | st.just(" e\u0301\r\n ")
texts = written | st.just("")
said = written.filter(str.strip)  # never of a branch that holds nothing else: hypothesis gives up when it rejects too much
days = st.dates(dt.date(2025, 1, 1), dt.date(2026, 2, 16)).map(dt.date.isoformat)
hours = st.integers(0, 40) | st.integers(0, 3999).map(lambda cents: cents / 100)


def answers(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([choice.value for choice in BAR.choices[name]])


def keys(*sections: str) -> st.SearchStrategy[str]:
    return st.sampled_from([item.key for section in sections for item in BAR.items(section)])


def item_lists(section: str, optional: dict[str, Any], **required: Any) -> st.SearchStrategy[Any]:
    row = st.fixed_dictionaries({"item": keys(section), **required}, optional=optional)
    return st.lists(row, max_size=8, unique_by=lambda found: found["item"])


limits = st.fixed_dictionaries({"value": hours, "unit": answers("unit"), "per": answers("per")})
attention = st.fixed_dictionaries(
    {"item": keys("areas"), "status": st.just("attention")},
    optional={"explanation": texts, "still_possible": texts, "condition": texts, "limit": st.none() | limits, "in_letter": st.booleans()},
)
plain = st.fixed_dictionaries(
    {"item": keys("areas"), "status": st.sampled_from(["not_assessed", "no_attention"])}, optional={"in_letter": st.booleans()}
)
steps = st.lists(
    st.fixed_dictionaries(
        {"from": days, "hours_per_week": st.integers(1, 40), "kind": answers("kind")},
        optional={"hours_per_day": st.sampled_from([None, 6, 7.5, 8]), "tasks": texts},
    ),
    max_size=6,
    unique_by=lambda step: step["from"],
).map(lambda found: sorted(found, key=lambda step: str(step["from"])))
relation = st.fixed_dictionaries({"state": answers("working_relationship") | st.just("")}, optional={"advice": texts})
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "visit": st.fixed_dictionaries({"date": days, "contact": answers("contact") | st.just("")}),
    "work_factors": item_lists(
        "work_factors", {"note": texts, "condition": texts, "in_letter": st.booleans()}, influence=answers("influence") | st.just("")
    ),
    "areas": st.lists(attention | plain, max_size=8, unique_by=lambda found: found["item"]),
    "context_factors": item_lists("context_factors", {"note": texts}, influence=answers("influence") | st.just("")),
    "employee_view": st.fixed_dictionaries(
        {"written_by": answers("written_by"), "share_with_employer": st.booleans()}, optional={"can_do": texts, "needs": texts, "on_advice": texts}
    ),
    "possibilities": st.fixed_dictionaries(
        {
            "usable": st.just("yes"),
            "own_work": answers("own_work"),
            "hours_now": hours,
            "build_up": steps,
            "work_related": answers("work_related"),
            "working_relationship": relation,
        },
        optional={"going_well": texts, "hours_ground": texts, "review_on": st.none() | days},
    ),
    "prognosis": st.fixed_dictionaries(
        {"course": answers("course"), "certainty": answers("certainty")},
        optional={"expected_return": st.none() | days, "next_contact": st.none() | days, "note": texts},
    ),
    "advice": st.fixed_dictionaries(
        {
            "goal": answers("goal"),
            "labour_expert_needed": st.booleans(),
            "actions": st.lists(
                st.fixed_dictionaries(
                    {"what": said, "who": answers("who"), "by": days},
                    optional={"about": st.none() | keys("areas", "work_factors")},
                ),
                max_size=5,
            ),
        },
        optional={"message": texts, "needs_answer": texts},
    ),
    "consultation": st.lists(
        st.fixed_dictionaries(
            {"with": answers("with"), "item": keys("areas", "work_factors", "context_factors"), "question": said},
            optional={"answer": texts, "agreed": texts},
        ),
        max_size=5,
    ),
}
# Written by hand: what an item or a row holds when nothing but the required is written.
EMPTY: dict[str, dict[str, Any]] = {
    "work_factors": {"note": "", "condition": "", "in_letter": True},
    "areas": {"explanation": "", "still_possible": "", "condition": "", "in_letter": True},
    "context_factors": {"note": ""},
    "build_up": {"tasks": ""},
    "actions": {},
    "consultation": {"answer": "", "agreed": ""},
    "working_relationship": {"advice": ""},
    "limit": {},
}
LEFT_OUT = {"limit", "hours_per_day", "about"}
ASKED_FIRST = {"emotional_load", "supervisor", "colleagues"}


def normalised(section: str, value: Any) -> Any:
    """The rule of case-format.md, written a second time: NFC, trimmed, defaults written, instrument order."""
    if isinstance(value, str):
        return clean_text(value)
    if not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        rows = [normalised(section, row) for row in value]
        if section not in {"work_factors", "areas", "context_factors"}:
            return rows
        order = [item.key for item in BAR.items(section)]
        return sorted(filter(says_something, rows), key=lambda row: order.index(row["item"]))
    default = EMPTY.get(section) if section in EMPTY else default_value(section)
    assert isinstance(default, dict)
    full = {**default, **{key: normalised(key, part) for key, part in value.items()}}
    if value.get("item") in ASKED_FIRST and section == "work_factors":
        full["in_letter"] = value.get("in_letter", False)
    return {key: part for key, part in full.items() if not (key in LEFT_OUT and part is None)}


def says_something(row: dict[str, Any]) -> bool:
    return any(part not in ("", "not_assessed") for key, part in row.items() if key not in {"item", "in_letter"})


@pytest.mark.parametrize("section", FILLED_SECTIONS)
@PATIENT
@given(data=st.data())
def test_a_value_comes_back_normalised_and_then_never_changes_again(section: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[section])
    form = section_form(BAR, section, data_of(BAR, section, value), context=CONTEXT)
    assert form.path_errors == []
    assert form.value == normalised(section, value)
    again = section_form(BAR, section, data_of(BAR, section, form.value), context=CONTEXT)
    assert again.value == form.value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("section", FILLED_SECTIONS)
@PATIENT
@given(data=st.data())
def test_a_value_with_anything_put_in_it_is_taken_or_refused_at_a_path(section: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[section])
    hostile = data.draw(json_values)
    places = [value, *(row for row in value if isinstance(value, list)), *(part for part in _parts(value) if isinstance(part, dict | list))]
    place = data.draw(st.sampled_from(places)) if places else value
    if isinstance(place, dict):
        place[data.draw(st.sampled_from([*place, "surprise"]))] = hostile
    else:
        place.append(hostile)
    try:
        form = section_form(BAR, section, data_of(BAR, section, value), context=CONTEXT)
    except ValueShapeError:
        return
    _assert_answers(form)


@pytest.mark.parametrize("section", FILLED_SECTIONS)
@PATIENT
@given(data=st.data())
def test_whatever_a_browser_sends_is_taken_or_refused_in_dutch(section: str, data: st.DataObject) -> None:
    names = sorted(section_form(BAR, section, context=CONTEXT).fields)
    known = st.sampled_from(names)
    name = (
        known
        | known.map(lambda text: text.replace("-0-", "-7-"))
        | st.text(max_size=12)
        | st.from_regex(r"(build_up|actions)-\d{1,6}-[a-z]+", fullmatch=True)
    )
    typed = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(["attention", "yes", "no", "on", "d430", "12", "1-1-2026", "employer"])
    form = section_form(BAR, section, data.draw(st.dictionaries(name, typed, max_size=12)), context=CONTEXT)
    _assert_answers(form)


def _assert_answers(form: SectionForm) -> None:
    assert form.blocks
    for path, message in form.path_errors:
        assert message.endswith(".")
        assert path or form.section.key == "visit"
    if form.is_valid():
        value = form.value
        assert section_form(BAR, form.section.key, data_of(BAR, form.section.key, value), context=CONTEXT).value == value
        assert isinstance(missing(BAR, {form.section.key: value}), list)


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else [part for row in value for part in row.values()]
