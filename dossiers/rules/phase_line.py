"""The two years as one line: what the picture of the phase shows, and where each mark stands on it.

A value with whole numbers for an SVG, lying (wide) and upright (on a phone), and the same content as a list.
It draws what the calendar computed; no duty, colour or markup must be put in here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from dossiers.rules.calendar import NOTICE_WEEK, Absence, Phase, State, Step, StepKind, Visit, phase_on, steps, week_of
from dossiers.rules.dutch import long_date
from dossiers.rules.phase_labels import Label, place_labels
from dossiers.rules.sick_weeks import WAITING_WEEKS, date_of_week_end, is_recovered, known_on

MILESTONES: Final = frozenset(StepKind) - {StepKind.EVALUATION, StepKind.PLAN_CHANGE}
"""Steps with one fixed place in the two years; the repeating ones would crowd the line."""

WIDE: Final = 1080
MARGIN: Final = 24
LANE: Final = 44
TRACK_GAP: Final = 26
"""From the track to the nearest line of text."""
SHORTEST_GAP: Final = 6
"""A recovery of one day must still be seen."""

TALL_WIDTH: Final = 288
TALL_X: Final = 14
TALL_TEXT_X: Final = 38
ROW: Final = 52

_NOTHING: Final[Mapping[StepKind, date]] = MappingProxyType({})


class MarkKind(StrEnum):
    """What a mark on the line stands for."""

    START = "start"
    MILESTONE = "milestone"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class Mark:
    """A named point in time: a milestone, today, or the first sick day."""

    kind: MarkKind
    day: date
    name: str
    detail: str
    state: State


@dataclass(frozen=True, slots=True)
class WideMark:
    """A mark on the lying line, with its label above or below."""

    mark: Mark
    x: int
    label: Label
    text_y: int
    detail_y: int
    leader_y1: int
    leader_y2: int


@dataclass(frozen=True, slots=True)
class TallMark:
    """A mark on the upright line, with its label beside it."""

    mark: Mark
    y: int
    text_y: int
    detail_y: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the track, from one place to another."""

    start: int
    size: int


@dataclass(frozen=True, slots=True)
class WideLine:
    """The line lying down; places run to the right."""

    width: int
    height: int
    track_x: int
    track_y: int
    track_size: int
    passed: int
    marks: tuple[WideMark, ...]
    visits: tuple[int, ...]
    gaps: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class TallLine:
    """The line upright; places run down. Rows are evenly spaced, so it is no scale."""

    width: int
    height: int
    track_x: int
    text_x: int
    track_y: int
    track_size: int
    passed: int
    marks: tuple[TallMark, ...]
    visits: tuple[int, ...]
    gaps: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list that says the same as the picture."""

    day: date
    name: str
    when: str
    state: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """Everything the component `phase_line.html` draws."""

    key: str
    """Makes the ids in the page unique."""
    title: str
    description: str
    week: int
    phase: Phase
    week_text: str
    phase_text: str
    wide: WideLine
    tall: TallLine
    entries: tuple[Entry, ...]
    states: tuple[State, ...]
    """States that occur on a milestone, for the legend."""
    has_visits: bool
    has_gaps: bool


def phase_line(
    absence: Absence,
    today: date,
    visits: Sequence[Visit] = (),
    done: Mapping[StepKind, date] = _NOTHING,
    *,
    recordable: frozenset[StepKind] = frozenset(),
    plain: bool = False,
    key: str = "fase",
) -> PhaseLine:
    """The picture of the two years as it stands today; `plain` uses the words for employee and employer."""
    absence = known_on(absence, today)
    milestones = [step for step in steps(absence, today, visits, done, recordable=recordable) if step.kind in MILESTONES]
    marks = _marks(absence, today, milestones, plain=plain)
    visit_days = tuple(sorted({visit.day for visit in visits if absence.first_sick_day <= visit.day <= today}))
    gaps = _gaps(absence, today)
    week, phase = week_of(absence, today), phase_on(absence, today)
    entries = _entries(marks, visit_days, gaps)
    return PhaseLine(
        key=key,
        title="De twee jaar in één lijn",
        description=_description(week, phase, milestones, plain=plain),
        week=week,
        phase=phase,
        week_text=_week_text(week),
        phase_text=phase.plain if plain else phase.label,
        wide=_wide(absence, today, marks, visit_days, gaps),
        tall=_tall(marks, visit_days, gaps),
        entries=entries,
        states=tuple(state for state in State if any(step.state is state for step in milestones)),
        has_visits=bool(visit_days),
        has_gaps=bool(gaps),
    )


def _week_text(week: int) -> str:
    if week == 0:
        return "Nog niet begonnen"
    return f"Week {week} van {WAITING_WEEKS}" if week <= WAITING_WEEKS else f"Week {week}"


def _description(week: int, phase: Phase, milestones: Sequence[Step], *, plain: bool) -> str:
    parts = [f"{_week_text(week)}.", f"Fase: {phase.plain if plain else phase.label}."]
    upcoming = next((step for step in milestones if step.is_open), None)
    if upcoming:
        parts.append(f"Hierna: {_name(upcoming, plain=plain)}, uiterlijk {long_date(upcoming.due)}.")
    return " ".join(parts)


def _name(step: Step, *, plain: bool) -> str:
    return step.plain if plain else step.label


def _marks(absence: Absence, today: date, milestones: Sequence[Step], *, plain: bool) -> tuple[Mark, ...]:
    first = absence.first_sick_day
    start = Mark(MarkKind.START, first, "Eerste ziektedag", long_date(first), State.PASSED)
    stones = [
        Mark(
            MarkKind.MILESTONE,
            step.due,
            _name(step, plain=plain),
            _detail(absence, step),
            step.state,
        )
        for step in milestones
    ]
    week = week_of(absence, today)
    status = "hersteld" if is_recovered(absence, today) else f"week {week}"
    now = Mark(MarkKind.TODAY, today, "Vandaag", f"{status} · {long_date(today)}", State.NOW)
    # Today goes before a milestone of the same day: that one still has to be met.
    return tuple(sorted([start, now, *stones], key=lambda mark: mark.day))


def _detail(absence: Absence, step: Step) -> str:
    if step.state is State.PAUSED:
        return "datum staat stil"
    # The notice is due on the first working day after its week: "week 43" would confuse.
    week = f"na week {NOTICE_WEEK}" if step.kind is StepKind.NOTICE_WEEK_42 else f"week {week_of(absence, step.due)}"
    return f"{week} · {long_date(step.due)}"


def _gaps(absence: Absence, today: date) -> tuple[tuple[date, date], ...]:
    """Recovered stretches as first day and day after the last; an open one runs to today."""
    return tuple((start, until or max(today, start + timedelta(days=1))) for start, until in absence.recoveries)


def _wide(
    absence: Absence,
    today: date,
    marks: Sequence[Mark],
    visits: Sequence[date],
    gaps: Sequence[tuple[date, date]],
) -> WideLine:
    size = WIDE - 2 * MARGIN
    first = absence.first_sick_day
    total = (date_of_week_end(absence, WAITING_WEEKS) - first).days

    def x_of(day: date) -> int:
        return MARGIN + round(size * min(max((day - first).days, 0), total) / total)

    placed = place_labels([(x_of(mark.day), mark.name, mark.detail) for mark in marks], WIDE)
    above = max((label.lane for label in placed if label.is_above), default=-1) + 1
    below = max((label.lane for label in placed if not label.is_above), default=-1) + 1
    track_y = above * LANE + TRACK_GAP
    return WideLine(
        width=WIDE,
        height=track_y + TRACK_GAP + below * LANE,
        track_x=MARGIN,
        track_y=track_y,
        track_size=size,
        passed=x_of(today) - MARGIN,
        marks=tuple(_wide_mark(mark, x_of(mark.day), label, track_y) for mark, label in zip(marks, placed, strict=True)),
        visits=tuple(x_of(day) for day in visits),
        gaps=tuple(Stretch(x_of(start), max(SHORTEST_GAP, x_of(until) - x_of(start))) for start, until in gaps),
    )


def _wide_mark(mark: Mark, x: int, label: Label, track_y: int) -> WideMark:
    """Two lines of text; the leader runs from the track to the line nearest to it."""
    if label.is_above:
        detail_y = track_y - TRACK_GAP - label.lane * LANE
        text_y = detail_y - 17
        leader = (track_y - 9, detail_y + 5)
    else:
        text_y = track_y + TRACK_GAP + 9 + label.lane * LANE
        detail_y = text_y + 17
        leader = (track_y + 9, text_y - 14)
    return WideMark(mark, x, label, text_y, detail_y, *leader)


def _tall(marks: Sequence[Mark], visits: Sequence[date], gaps: Sequence[tuple[date, date]]) -> TallLine:
    top = ROW // 2
    rows = [(mark.day, top + number * ROW) for number, mark in enumerate(marks)]

    def y_of(day: date) -> int:
        """Between two rows in proportion to the days; beyond the ends at the end."""
        if day <= rows[0][0]:
            return rows[0][1]
        for (before, y_before), (after, y_after) in pairwise(rows):
            if before <= day < after:
                return y_before + round((y_after - y_before) * (day - before).days / (after - before).days)
        return rows[-1][1]

    track_size = rows[-1][1] - top
    today_y = next(y for mark, (_, y) in zip(marks, rows, strict=True) if mark.kind is MarkKind.TODAY)
    return TallLine(
        width=TALL_WIDTH,
        height=len(marks) * ROW,
        track_x=TALL_X,
        text_x=TALL_TEXT_X,
        track_y=top,
        track_size=track_size,
        passed=today_y - top,
        marks=tuple(TallMark(mark, y, y - 3, y + 15) for mark, (_, y) in zip(marks, rows, strict=True)),
        visits=tuple(y_of(day) for day in visits),
        gaps=tuple(Stretch(y_of(start), max(SHORTEST_GAP, y_of(until) - y_of(start))) for start, until in gaps),
    )


def _entries(marks: Sequence[Mark], visits: Sequence[date], gaps: Sequence[tuple[date, date]]) -> tuple[Entry, ...]:
    return tuple(sorted(_all_entries(marks, visits, gaps), key=lambda entry: entry.day))


def _all_entries(marks: Sequence[Mark], visits: Sequence[date], gaps: Sequence[tuple[date, date]]) -> Iterator[Entry]:
    for mark in marks:
        state = mark.state.label if mark.kind is MarkKind.MILESTONE else ""
        yield Entry(mark.day, mark.name, mark.detail, state, mark.kind is MarkKind.TODAY)
    for day in visits:
        yield Entry(day, "Bezoek aan de bedrijfsarts", long_date(day), "", False)
    for start, until in gaps:
        last = until - timedelta(days=1)
        yield Entry(start, "Hersteld", f"{long_date(start)} tot en met {long_date(last)}", "", False)
