"""What the tests of the questionnaire share: the current instrument and a dossier to fill it in for."""

import datetime as dt
from typing import Any

import pytest

from instrument import library
from instrument.forms import FormContext, default_value
from instrument.schema import Instrument


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return library.get("bar", "2.0")


@pytest.fixture(scope="session")
def context() -> FormContext:
    return FormContext(
        contract_hours=36,
        first_sick_day=dt.date(2026, 1, 12),
        visit_date=dt.date(2026, 2, 16),
        today=dt.date(2026, 2, 16),
    )


def empty_table(section: str) -> dict[str, Any]:
    """The empty value of a section that is a table and not a list."""
    value = default_value(section)
    assert isinstance(value, dict)
    return value
