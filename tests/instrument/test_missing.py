"""Complete enough to offer: each thing that is asked for is named once, and nothing else is."""

from typing import Any

import pytest

from instrument.forms import FILLED_SECTIONS, FormContext, default_value, missing, section_form
from instrument.schema import Instrument

COMPLETE: dict[str, Any] = {
    "visit": {"date": "2026-02-16", "contact": "phone"},
    "areas": [{"item": "d430", "status": "attention", "condition": "Niet tillen."}, {"item": "d450", "status": "no_attention"}],
    "possibilities": {"usable": "yes", "own_work": "partly"},
    "prognosis": {"course": "stable", "certainty": "likely", "next_contact": "2026-03-30", "note": ""},
    "advice": {"goal": "own_work", "message": "Joost kan werken."},
}


def changed(section: str, **changes: Any) -> dict[str, Any]:
    return {**COMPLETE, section: {**COMPLETE[section], **changes}}


LACKS = [
    (changed("visit", contact=""), ("visit", "contact")),
    (changed("possibilities", usable=""), ("possibilities", "usable")),
    (changed("possibilities", own_work=""), ("possibilities", "own_work")),
    (changed("possibilities", usable="not_now", own_work=""), ("possibilities", "review_on")),
    (changed("prognosis", course=""), ("prognosis", "course")),
    (changed("prognosis", certainty=""), ("prognosis", "certainty")),
    (changed("prognosis", next_contact=None), ("prognosis", "next_contact")),
    (changed("advice", goal=""), ("advice", "goal")),
    (changed("advice", message=""), ("advice", "message")),
    ({**COMPLETE, "areas": [{"item": "d430", "status": "attention"}]}, ("areas", "d430-explanation")),
    ({**COMPLETE, "work_factors": [{"item": "light", "influence": "", "note": "Fel."}]}, ("work_factors", "light-influence")),
]
ENOUGH = [
    COMPLETE,
    changed("prognosis", next_contact=None, note="De werknemer gaat uit dienst."),
    changed("possibilities", usable="no", own_work="", review_on="2026-05-01"),
    *({**COMPLETE, "areas": [{"item": "d430", "status": "attention", key: "Gaat."}]} for key in ("explanation", "still_possible", "condition")),
    {**COMPLETE, "areas": [{"item": "d430", "status": "attention", "limit": {"value": 0, "unit": "kg", "per": "at_once"}}]},
    {**COMPLETE, "areas": []},
]


@pytest.mark.parametrize(("values", "expected"), LACKS)
def test_what_a_bar_lacks_is_named_with_its_field(
    instrument: Instrument, context: FormContext, values: dict[str, Any], expected: tuple[str, str]
) -> None:
    found = missing(instrument, values)
    assert [(lack.section, lack.field) for lack in found] == [expected]
    assert found[0].sentence.endswith(".")
    assert found[0].field in section_form(instrument, found[0].section, context=context).fields


@pytest.mark.parametrize("values", ENOUGH)
def test_what_is_enough_is_enough(instrument: Instrument, values: dict[str, Any]) -> None:
    assert missing(instrument, values) == []


def test_an_empty_bar_lacks_everything_at_once(instrument: Instrument) -> None:
    lacks = missing(instrument, {section: default_value(section) for section in FILLED_SECTIONS})
    assert [lack.field for lack in lacks] == ["date", "contact", "usable", "course", "certainty", "next_contact", "goal", "message"]
    assert missing(instrument, {}) == lacks
