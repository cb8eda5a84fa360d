"""Dutch working days, for terms that the law counts in them.

A working day is any day but Saturday, Sunday and the general holidays of Algemene termijnenwet art. 3,
Good Friday and 5 May included. What a sector or an employer gives as a day off must not be put in here.
"""

from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


def holiday_name(day: date) -> str | None:
    """The Dutch name of a general holiday ("Tweede paasdag"), or None on any other day."""
    return _holidays_of(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Whether the law counts this day as a working day."""
    return day.weekday() < _SATURDAY and holiday_name(day) is None


def next_working_day(day: date) -> date:
    """The first working day on or after this day."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def previous_working_day(day: date) -> date:
    """The last working day on or before this day."""
    while not is_working_day(day):
        day -= _ONE_DAY
    return day


def add_working_days(day: date, number: int) -> date:
    """The day on which `number` working days have passed after `day`; zero gives the day itself.

    Raises ValueError for a negative number: no term here runs backwards.
    """
    if number < 0:
        raise ValueError("a term in working days cannot be negative")
    for _ in range(number):
        day = next_working_day(day + _ONE_DAY)
    return day


@cache
def _holidays_of(year: int) -> dict[date, str]:
    # "optional" holds Good Friday and the yearly 5 May: work for many, no working day by law.
    calendar = holidays.country_holidays("NL", years=year, categories=("public", "optional"), language="nl", expand=False)
    return dict(calendar.items())
