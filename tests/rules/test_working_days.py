"""Working days of Algemene termijnenwet art. 3; the expected days are written by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.rules.working_days import (
    add_working_days,
    holiday_name,
    is_working_day,
    next_working_day,
    previous_working_day,
)

DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2045, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Nieuwjaarsdag"),
        (date(2026, 4, 3), "Goede vrijdag"),
        (date(2026, 4, 6), "Tweede paasdag"),
        (date(2026, 4, 27), "Koningsdag"),
        (date(2025, 4, 26), "Koningsdag"),  # the 27th is a Sunday
        (date(2026, 5, 5), "Bevrijdingsdag"),  # every year, not only each fifth
        (date(2026, 5, 14), "Hemelvaartsdag"),
        (date(2026, 5, 25), "Tweede pinksterdag"),
        (date(2026, 12, 25), "Eerste kerstdag"),
        (date(2026, 12, 26), "Tweede kerstdag"),
    ],
)
def test_a_general_holiday_has_a_dutch_name_and_is_no_working_day(day: date, name: str) -> None:
    assert holiday_name(day) == name
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2025, 4, 28), date(2026, 12, 24), date(2026, 12, 31), date(2026, 5, 4)])
def test_a_day_that_many_take_off_is_still_a_working_day(day: date) -> None:
    assert holiday_name(day) is None
    assert is_working_day(day)


def test_saturday_and_sunday_are_no_working_days() -> None:
    assert [is_working_day(date(2026, 3, 27 + n)) for n in range(4)] == [True, False, False, True]


def test_two_working_days_over_easter_skip_four_days() -> None:
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 2), 2) == date(2026, 4, 8)
    assert add_working_days(date(2026, 4, 4), 0) == date(2026, 4, 4)


def test_a_term_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 4, 2), -1)


@given(DAYS)
def test_the_neighbouring_working_days_are_working_days_around_the_day(day: date) -> None:
    before, after = previous_working_day(day), next_working_day(day)
    assert before <= day <= after
    assert is_working_day(before)
    assert is_working_day(after)
    assert after - before <= timedelta(days=6)  # Good Friday to Easter Monday is the longest row


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_terms_add_up(day: date, first: int, second: int) -> None:
    assert add_working_days(add_working_days(day, first), second) == add_working_days(day, first + second)
