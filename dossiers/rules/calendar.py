"""The statutory calendar: which steps there are for this absence, when they are due, how they stand today.

Computed from dates, nothing stored. A step is done only when its recorded date is given, and late only when
it could have been recorded; a date that merely went by says "datum voorbij". What the duties are stands in
`duties.py`, how weeks are counted in `sick_weeks.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, pairwise
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from dossiers.rules.duties import DUTIES, Actor, Duty, StepKind
from dossiers.rules.phases import Phase, phase_of_week
from dossiers.rules.sick_weeks import (
    WAITING_WEEKS,
    Absence,
    Recovery,
    date_after_week,
    date_of_sick_day,
    date_of_week_end,
    date_of_week_start,
    is_recovered,
    known_on,
    sick_days_before,
    week_of,
)
from dossiers.rules.working_days import next_working_day, previous_working_day

__all__ = [
    "LETTER_KINDS",
    "Absence",
    "Actor",
    "Duty",
    "Phase",
    "Recovery",
    "State",
    "Step",
    "StepKind",
    "Visit",
    "date_of_week_end",
    "nearest_step",
    "phase_on",
    "steps",
    "week_of",
]

PROBLEM_ANALYSIS_WEEK: Final = 6  # Regeling procesgang art. 2
ACTION_PLAN_WEEK: Final = 8  # Regeling procesgang art. 4: two weeks after the analysis
NOTICE_WEEK: Final = 42  # UWV, "ziek melden bij UWV"
NOTICE_TARGET_WEEK: Final = 41  # our own advice: a week in hand
FIRST_YEAR_WEEKS: Final = (46, 52)
CURRENT_JUDGEMENT_WEEKS: Final = (87, 90)  # practice
FINAL_EVALUATION_WEEK: Final = 91
WIA_WEEKS: Final = (88, 93)  # UWV writes in week 88; the application is due 11 weeks before 104

PLAN_TERM: Final = timedelta(weeks=2)
EVALUATION_SICK_DAYS: Final = 6 * 7
SOON: Final = timedelta(days=14)

LETTER_KINDS: Final = frozenset(
    {
        StepKind.ACTION_PLAN,
        StepKind.EVALUATION,
        StepKind.PLAN_CHANGE,
        StepKind.NOTICE_WEEK_42,
        StepKind.FIRST_YEAR_EVALUATION,
    }
)
"""The steps a letter may name."""

_NOTHING: Final[Mapping[StepKind, date]] = MappingProxyType({})
_ORDER: Final = {kind: number for number, kind in enumerate(StepKind)}


class State(StrEnum):
    """How a step stands on a day."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.label = value, label
        return member

    COMING = "coming", "komt nog"
    NOW = "now", "nu aan de beurt"
    PASSED = "passed", "datum voorbij"
    LATE = "late", "te laat"
    DONE = "done", "gedaan"
    DONE_LATE = "done_late", "gedaan, na de datum"
    PAUSED = "paused", "staat stil door herstel"


class Visit(NamedTuple):
    """What the calendar must know of a visit to the physician."""

    day: date
    changes_plan: bool = True
    """Hours, tasks, conditions or goal differ from the visit before."""
    has_capacity: bool = True
    """False when usable capacity is "nee": then no plan is asked for until that changes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One duty with its dates and its state on the day it was computed for."""

    kind: StepKind
    due: date
    """The last day on which it is in time."""
    state: State
    starts: date | None = None
    """From when it can be done, where that is fixed."""
    target: date | None = None
    """A day we advise because the last day is risky."""
    done_on: date | None = None

    @property
    def duty(self) -> Duty:
        """What is fixed about this step: names, doer, rule, source."""
        return DUTIES[self.kind]

    @property
    def label(self) -> str:
        """The name for professionals."""
        return self.duty.label

    @property
    def plain(self) -> str:
        """The name for employee and employer."""
        return self.duty.plain

    @property
    def actor(self) -> Actor | None:
        """Who must act."""
        return self.duty.actor

    @property
    def hard(self) -> bool:
        """A duty with a fixed date ("moet"), not a norm ("liefst voor")."""
        return self.duty.hard

    @property
    def rule(self) -> str:
        """The rule in one or two sentences."""
        return self.duty.rule

    @property
    def source(self) -> str:
        """Where the rule stands."""
        return self.duty.source

    @property
    def is_open(self) -> bool:
        """Whether somebody can still be asked to do it in time."""
        return self.state in (State.COMING, State.NOW)


class _Term(NamedTuple):
    """A step before it is held against a day."""

    kind: StepKind
    due: date
    starts: date | None = None
    target: date | None = None
    done_on: date | None = None


def phase_on(absence: Absence, day: date) -> Phase:
    """The phase of the two years on a day."""
    return phase_of_week(week_of(absence, day))


def steps(
    absence: Absence,
    today: date,
    visits: Sequence[Visit] = (),
    done: Mapping[StepKind, date] = _NOTHING,
    *,
    recordable: frozenset[StepKind] = frozenset(),
) -> tuple[Step, ...]:
    """All steps in the order of their dates, as they stand today.

    `done` holds the last recorded date of a kind; `recordable` the kinds that people can record, the
    only ones that can be late. Recoveries, visits and records after today are not looked at.
    """
    absence = known_on(absence, today)
    past_visits = tuple(visit for visit in sorted(visits) if visit.day <= today)
    recorded = {kind: day for kind, day in done.items() if day <= today}
    terms = sorted(_terms(absence, today, past_visits, recorded), key=lambda term: (term.due, _ORDER[term.kind]))
    return tuple(_as_step(term, absence, today, recordable) for term in terms)


def nearest_step(
    absence: Absence,
    visit_day: date,
    visits: Sequence[Visit] = (),
    done: Mapping[StepKind, date] = _NOTHING,
    *,
    action_texts: Iterable[str] = (),
) -> Step | None:
    """The step a letter about this visit names: the nearest one of either reader, due on or after the visit.

    None when there is none, when the employee is recovered, or when an action names the same document
    already. `visits` holds this visit too.
    """
    open_steps = (step for step in steps(absence, visit_day, visits, done) if step.kind in LETTER_KINDS and step.is_open)
    nearest = next(open_steps, None)
    if nearest is None or _is_named(nearest.duty, action_texts):
        return None
    return nearest


def _is_named(duty: Duty, action_texts: Iterable[str]) -> bool:
    texts = [text.casefold() for text in action_texts]
    return any(document in text for document in duty.documents for text in texts)


def _terms(absence: Absence, today: date, visits: Sequence[Visit], recorded: Mapping[StepKind, date]) -> Iterator[_Term]:
    yield from _fixed_terms(absence, recorded)
    if visits and not visits[-1].has_capacity:
        return
    plan_due = _plan_due(absence, visits, recorded)
    yield _Term(StepKind.ACTION_PLAN, plan_due, done_on=recorded.get(StepKind.ACTION_PLAN))
    yield from _plan_change(visits, plan_due, recorded)
    yield from _next_evaluation(absence, today, plan_due, recorded)


def _fixed_terms(absence: Absence, recorded: Mapping[StepKind, date]) -> Iterator[_Term]:
    def start(week: int) -> date:
        return date_of_week_start(absence, week)

    def end(week: int) -> date:
        return date_of_week_end(absence, week)

    fixed = (
        _Term(StepKind.PROBLEM_ANALYSIS, end(PROBLEM_ANALYSIS_WEEK)),
        _Term(
            StepKind.NOTICE_WEEK_42,
            next_working_day(date_after_week(absence, NOTICE_WEEK)),
            target=start(NOTICE_TARGET_WEEK),
        ),
        _Term(
            StepKind.FIRST_YEAR_EVALUATION,
            end(FIRST_YEAR_WEEKS[1]),
            starts=start(FIRST_YEAR_WEEKS[0]),
        ),
        _Term(
            StepKind.CURRENT_JUDGEMENT,
            end(CURRENT_JUDGEMENT_WEEKS[1]),
            starts=start(CURRENT_JUDGEMENT_WEEKS[0]),
        ),
        _Term(
            StepKind.FINAL_EVALUATION,
            end(FINAL_EVALUATION_WEEK),
            starts=start(FINAL_EVALUATION_WEEK),
        ),
        # Never moved to a later working day: Algemene termijnenwet does not move terms over 12 weeks.
        _Term(
            StepKind.WIA_APPLICATION,
            end(WIA_WEEKS[1]),
            starts=start(WIA_WEEKS[0]),
            target=previous_working_day(end(WIA_WEEKS[1])),
        ),
        _Term(StepKind.END_OF_WAITING, end(WAITING_WEEKS)),
    )
    for term in fixed:
        yield term._replace(done_on=recorded.get(term.kind))


def _plan_due(absence: Absence, visits: Sequence[Visit], recorded: Mapping[StepKind, date]) -> date:
    """Two weeks after the recorded analysis, else week 8; later when capacity only came later."""
    analysis = recorded.get(StepKind.PROBLEM_ANALYSIS)
    due = analysis + PLAN_TERM if analysis else date_of_week_end(absence, ACTION_PLAN_WEEK)
    regained = [after.day for before, after in pairwise(visits) if after.has_capacity and not before.has_capacity]
    return max([due, *(day + PLAN_TERM for day in regained[:1])])


def _plan_change(visits: Sequence[Visit], plan_due: date, recorded: Mapping[StepKind, date]) -> Iterator[_Term]:
    """After new advice, once there must be a plan to change."""
    if not visits or not visits[-1].changes_plan:
        return
    advised = visits[-1].day
    if advised <= recorded.get(StepKind.ACTION_PLAN, plan_due):
        return
    changed = recorded.get(StepKind.PLAN_CHANGE)
    yield _Term(
        StepKind.PLAN_CHANGE,
        advised + PLAN_TERM,
        starts=advised,
        done_on=changed if changed and changed >= advised else None,
    )


def _next_evaluation(absence: Absence, today: date, plan_due: date, recorded: Mapping[StepKind, date]) -> Iterator[_Term]:
    """Six sick weeks after the last recorded evaluation; without a record, the next of the row."""
    last = recorded.get(StepKind.EVALUATION)
    base = last or recorded.get(StepKind.ACTION_PLAN, plan_due)
    first_number = sick_days_before(absence, base) + 1 + EVALUATION_SICK_DAYS
    row = (date_of_sick_day(absence, n) for n in count(first_number, EVALUATION_SICK_DAYS))
    due = next(row) if last else next(day for day in row if day >= today)
    if due <= date_of_week_end(absence, WAITING_WEEKS):
        yield _Term(StepKind.EVALUATION, due)


def _as_step(term: _Term, absence: Absence, today: date, recordable: frozenset[StepKind]) -> Step:
    state = _state(term, absence, today, recordable)
    return Step(term.kind, term.due, state, term.starts, term.target, term.done_on)


def _state(term: _Term, absence: Absence, today: date, recordable: frozenset[StepKind]) -> State:
    if term.done_on:
        return State.DONE if term.done_on <= term.due else State.DONE_LATE
    if is_recovered(absence, today) and term.due >= absence.recoveries[-1].start:
        return State.PAUSED
    if today > term.due:
        return State.LATE if term.kind in recordable else State.PASSED
    if today >= (term.starts or term.due - SOON):
        return State.NOW
    return State.COMING
