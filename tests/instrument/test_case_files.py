"""The two case files go through every section form and come back unchanged but for the written defaults."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from instrument.forms import FILLED_SECTIONS, FormContext, data_of, missing, section_form
from instrument.schema import Instrument

CASES = Path(__file__).parent.parent / "cases"


def _visits() -> list[Any]:
    cases = [json.loads((CASES / f"{name}.json").read_text("utf-8")) for name in ("docent-a", "magazijn-a")]
    return [pytest.param(case, visit, id=f"{case['key']}-{visit['date']}") for case in cases for visit in case["assessments"]]


def _context(case: dict[str, Any], visit: dict[str, Any]) -> FormContext:
    day = dt.date.fromisoformat(visit["date"])
    return FormContext(case["employment"]["hours_per_week"], dt.date.fromisoformat(case["absence"]["first_sick_day"]), day, day)


def _section_value(visit: dict[str, Any], section: str) -> Any:
    return {"date": visit["date"], "contact": visit["contact"]} if section == "visit" else visit[section]


@pytest.mark.parametrize(("case", "visit"), _visits())
def test_every_section_of_every_visit_is_valid_and_keeps_what_was_written(
    case: dict[str, Any], visit: dict[str, Any], instrument: Instrument
) -> None:
    values = {}
    for section in FILLED_SECTIONS:
        written = _section_value(visit, section)
        form = section_form(instrument, section, data_of(instrument, section, written), context=_context(case, visit))
        assert form.path_errors == []
        values[section] = form.value
        _assert_keeps(form.value, written, _order(instrument, section))
    assert missing(instrument, values) == []


def _order(instrument: Instrument, section: str) -> list[str]:
    return [item.key for item in instrument.items(section)]


def _assert_keeps(value: Any, written: Any, order: list[str]) -> None:
    """Everything written stands in the value; what the value adds is empty or a default."""
    if isinstance(written, list):
        in_order = sorted(written, key=lambda row: order.index(row["item"])) if order else written
        assert len(value) == len(written)
        for ours, theirs in zip(value, in_order, strict=True):
            _assert_keeps(ours, theirs, [])
    elif isinstance(written, dict):
        for key, theirs in written.items():
            _assert_keeps(value[key], theirs, [])
        assert all(value[key] in ("", True, False, None) for key in value.keys() - written.keys())
    else:
        assert value == written
