"""The phases of the two sick years, as words for people.

A phase follows from the sick week alone. It says what this time is for and never that something was done.
Duties with a date are in `calendar.py`.
"""

from enum import StrEnum
from typing import Self

from dossiers.rules.sick_weeks import WAITING_WEEKS

_ENDLESS = 10_000


class Phase(StrEnum):
    """A stretch of sick weeks with its names: for professionals, for everyone, and lines for a letter."""

    first_week: int
    last_week: int
    label: str
    """For professionals."""
    plain: str
    """For employee and employer."""
    lines: tuple[str, ...]
    """For a letter, with {employee} for the form of address."""

    def __new__(cls, value: str, weeks: tuple[int, int], label: str, plain: str, lines: tuple[str, ...]) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.first_week, member.last_week = weeks
        member.label, member.plain, member.lines = label, plain, lines
        return member

    ANALYSIS = (
        "analysis",
        (1, 6),
        "Probleemanalyse",
        "De eerste 6 weken",
        (
            "Dit zijn de eerste 6 weken.",
            "In deze tijd kijkt de bedrijfsarts wat {employee} kan.",
        ),
    )
    PLAN = (
        "plan",
        (7, 8),
        "Plan van aanpak",
        "Samen een plan maken",
        ("In deze fase maken de werkgever en {employee} samen het plan van aanpak.",),
    )
    WORKING = (
        "working",
        (9, 41),
        "Uitvoeren en evalueren",
        "Werken met het plan",
        (
            "In deze fase werken de werkgever en {employee} met het plan van aanpak.",
            "Zij kijken minstens elke 6 weken samen hoe het gaat.",
        ),
    )
    FIRST_YEAR = (
        "first_year",
        (42, 52),
        "Eerste jaar afronden",
        "Terugkijken op het eerste jaar",
        (
            "Het eerste jaar is bijna voorbij.",
            "De werkgever en {employee} kijken samen terug en kiezen hoe zij verder gaan.",
        ),
    )
    SECOND_YEAR = (
        "second_year",
        (53, 87),
        "Tweede ziektejaar",
        "Het tweede jaar",
        (
            "Dit is het tweede jaar.",
            "De werkgever en {employee} kijken minstens elke 6 weken samen hoe het gaat.",
        ),
    )
    BENEFIT = (
        "benefit",
        (88, WAITING_WEEKS),
        "WIA-aanvraag",
        "De laatste maanden van de 2 jaar",
        (
            "Dit zijn de laatste maanden van de eerste 2 jaar.",
            "Is {employee} dan nog ziek?",
            "Dan kan {employee} bij UWV een uitkering aanvragen.",
        ),
    )
    AFTER = (
        "after",
        (WAITING_WEEKS + 1, _ENDLESS),
        "Na de wachttijd",
        "Na de eerste 2 jaar",
        ("De eerste 2 jaar zijn voorbij.",),
    )


def phase_of_week(week: int) -> Phase:
    """The phase a sick week belongs to; week 0, before the first sick day, belongs to the first."""
    return next(phase for phase in Phase if week <= phase.last_week)
