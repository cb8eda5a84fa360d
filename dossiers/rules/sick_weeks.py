"""Sick weeks: what the statutory calendar counts in.

A week number here is a week of illness, not of the calendar year: recovered days do not count, so every
later date moves. Only dates and arithmetic live here; duties are in `calendar.py`. Leave around childbirth
and other corrections are not computed: sources disagree about them, and a physician decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

DAYS_IN_WEEK: Final = 7

WAITING_WEEKS: Final = 104
"""The waiting time of WIA art. 23, and as long the wage goes on (BW 7:629)."""

NEW_ABSENCE_AFTER_DAYS: Final = 28
"""Four weeks recovered: a later illness is a new absence with its own calendar (BW 7:629 lid 10)."""


class Recovery(NamedTuple):
    """Fully recovered from `start` up to, not including, `until`; None when still recovered.

    Building up hours is no recovery.
    """

    start: date
    until: date | None = None

    @property
    def days(self) -> int:
        """Recovered days; 0 while it lasts, because nobody knows yet how long that will be."""
        return (self.until - self.start).days if self.until else 0

    def has(self, day: date) -> bool:
        """Whether the employee is recovered on this day."""
        return self.start <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Absence:
    """One period of illness in the eyes of the law: the first sick day and the recoveries within it.

    Raises ValueError with a Dutch sentence when the recoveries cannot be true; forms ask
    `recovery_problem` first.
    """

    first_sick_day: date
    recoveries: tuple[Recovery, ...] = ()

    def __post_init__(self) -> None:
        problem = recovery_problem(self.first_sick_day, self.recoveries)
        if problem:
            raise ValueError(problem.sentence)


class RecoveryProblem(NamedTuple):
    """What is wrong with which recovery, for the field that holds it."""

    position: int
    sentence: str


def recovery_problem(first_sick_day: date, recoveries: Sequence[Recovery]) -> RecoveryProblem | None:
    """The first recovery that cannot be true, or None."""
    return next(_recovery_problems(first_sick_day, recoveries), None)


def _recovery_problems(first_sick_day: date, recoveries: Sequence[Recovery]) -> Iterator[RecoveryProblem]:
    ill_since: date | None = first_sick_day
    for position, (start, until) in enumerate(recoveries):
        if ill_since is None:
            yield RecoveryProblem(position, "Vul eerst in tot wanneer het vorige herstel duurde.")
        elif start <= ill_since:
            # Two recoveries that touch are one: else 20 and 20 days would pass the 28-day rule.
            yield RecoveryProblem(position, "Dit herstel begint niet na de vorige ziektedag. Kijk de datums na.")
        elif until is not None and until <= start:
            yield RecoveryProblem(position, "De laatste dag van dit herstel ligt voor de eerste. Kijk de datums na.")
        elif until is not None and (until - start).days >= NEW_ABSENCE_AFTER_DAYS:
            yield RecoveryProblem(position, "Dit herstel duurde 28 dagen of langer. Begin dan een nieuw dossier.")
        ill_since = until


def known_on(absence: Absence, day: date) -> Absence:
    """The absence as people knew it on that day: a relapse is never known beforehand."""
    known = (Recovery(start, until if until is not None and until <= day else None) for start, until in absence.recoveries if start <= day)
    return Absence(absence.first_sick_day, tuple(known))


def is_recovered(absence: Absence, day: date) -> bool:
    """Whether the employee is fully recovered on this day."""
    return any(recovery.has(day) for recovery in absence.recoveries)


def is_over(absence: Absence, today: date) -> bool:
    """Whether closing may be proposed: still recovered, and for four weeks or more."""
    last = known_on(absence, today).recoveries[-1:]
    return any(recovery.until is None and (today - recovery.start).days >= NEW_ABSENCE_AFTER_DAYS for recovery in last)


def sick_days_before(absence: Absence, day: date) -> int:
    """Sick days from the first one up to, not including, this day."""
    elapsed = (day - absence.first_sick_day).days
    recovered = sum((min(day, recovery.until or day) - recovery.start).days for recovery in absence.recoveries if recovery.start < day)
    return max(0, elapsed - recovered)


def week_of(absence: Absence, day: date) -> int:
    """The sick week this day is in, from 1. A recovered day has the week of the last sick day before it.

    Returns 0 before the first sick day.
    """
    if day < absence.first_sick_day:
        return 0
    sick_days = sick_days_before(absence, day)
    if is_recovered(absence, day):
        sick_days -= 1
    return sick_days // DAYS_IN_WEEK + 1


def date_of_sick_day(absence: Absence, number: int) -> date:
    """The date of the given sick day, from 1, moved on by each finished recovery before it."""
    day = absence.first_sick_day + timedelta(days=number - 1)
    for recovery in absence.recoveries:
        if recovery.start <= day:
            day += timedelta(days=recovery.days)
    return day


def date_of_week_start(absence: Absence, week: int) -> date:
    """The first day of a sick week."""
    return date_of_sick_day(absence, DAYS_IN_WEEK * (week - 1) + 1)


def date_of_week_end(absence: Absence, week: int) -> date:
    """The last day of a sick week: the first sick day + 7 × week - 1, the safe reading of "within"."""
    return date_of_sick_day(absence, DAYS_IN_WEEK * week)


def date_after_week(absence: Absence, week: int) -> date:
    """The day after the last day of a sick week, whether the employee is ill then or not."""
    return date_of_week_end(absence, week) + timedelta(days=1)
