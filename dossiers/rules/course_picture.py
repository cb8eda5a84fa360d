"""Where everything stands in the two pictures of the course: areas × visits, and hours possible over time.

Whole numbers for an SVG, each picture twice: wide, and small enough for a phone. It draws what `course.py` found; no markup, colour or
wording of an instrument must be put in here.
"""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dossiers.rules.compare import Arrow
from dossiers.rules.course import AreaRow, AreaState, Cell, Course, HoursStep, Visit
from dossiers.rules.dutch import Number, hours, long_date, number

_MONTHS: Final = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

WORDS: Final = {
    Arrow.BETTER: "kan meer",
    Arrow.WORSE: "kan minder",
    Arrow.SAME: "zelfde",
    Arrow.CHANGED: "veranderd",
    Arrow.NEW: "nieuw",
    Arrow.GONE: "niet meer",
}
"""The word under a sign; short, because many stand beside each other."""

LEGEND: Final = {
    "first": "aandachtspunt",
    "better": "kan meer",
    "worse": "kan minder",
    "changed": "veranderd",
    "same": "zelfde als de vorige keer",
    "new": "nieuw aandachtspunt",
    "gone": "geen aandachtspunt meer",
    "fine": "geen aandachtspunt",
    "none": "niet besproken",
}
"""What each sign means."""

HEAD: Final = 46


@dataclass(frozen=True, slots=True)
class _Shape:
    """The measures of one way to draw the areas."""

    per_band: int
    label_width: int
    label_characters: int
    column_width: int
    row_height: int
    label_above: bool


WIDE: Final = _Shape(per_band=12, label_width=252, label_characters=31, column_width=69, row_height=58, label_above=False)
TALL: Final = _Shape(per_band=4, label_width=0, label_characters=36, column_width=72, row_height=66, label_above=True)
WIDEST_COLUMN: Final = 150
LINE: Final = 18


@dataclass(frozen=True, slots=True)
class Column:
    """One visit: the middle of its column and the two lines above it."""

    x: int
    day: str
    version: str


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A sign and the word under it."""

    x: int
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """One area: the lines of its name, and its cells."""

    y: int
    text: tuple[tuple[int, str], ...]
    cells: tuple[PlacedCell, ...]
    rule_y: int


@dataclass(frozen=True, slots=True)
class Band:
    """As many visits as fit beside each other."""

    key: str
    title: str
    description: str
    width: int
    height: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def area_bands(course: Course, shape: _Shape = WIDE, *, key: str = "gebieden") -> tuple[Band, ...]:
    """The areas as pictures: every visit is one column in exactly one band."""
    found = []
    for start in range(0, len(course.visits), shape.per_band):
        visits = course.visits[start : start + shape.per_band]
        rows = [(row, row.cells[start : start + len(visits)]) for row in course.rows]
        found.append(_band(f"{key}-{start}", visits, rows, shape))
    return tuple(found) if course.rows else ()


def _band(key: str, visits: Sequence[Visit], rows: Sequence[tuple[AreaRow, Sequence[Cell]]], shape: _Shape) -> Band:
    size = shape.column_width if shape.label_above else min(WIDEST_COLUMN, shape.column_width * shape.per_band // len(visits))
    middles = [shape.label_width + size * place + size // 2 for place in range(len(visits))]
    lines, y = [], HEAD
    for row, cells in rows:
        line, y = _line(row, cells, middles, y, shape)
        lines.append(line)
    first, last = visits[0], visits[-1]
    span = f"versie {first.number}" if first is last else f"versie {first.number} tot en met {last.number}"
    return Band(
        key=key,
        title=f"Aandachtspunten per gesprek, {span}",
        description=" ".join(_sentence(row, cells, visits) for row, cells in rows),
        width=shape.label_width + size * (shape.per_band if shape.label_above else len(visits)),
        height=y,
        columns=tuple(Column(x, _short(visit.day), f"versie {visit.number}") for x, visit in zip(middles, visits, strict=True)),
        lines=tuple(lines),
    )


def _line(row: AreaRow, cells: Sequence[Cell], middles: Sequence[int], y: int, shape: _Shape) -> tuple[Line, int]:
    """A row of the picture, and where the next one starts."""
    names = textwrap.wrap(row.label, shape.label_characters) or [row.label]
    if shape.label_above:
        text = tuple((y + LINE * (place + 1) + 2, name) for place, name in enumerate(names))
        top = text[-1][0] + 6
    else:
        top = y
        start = y + shape.row_height // 2 + 5 - (len(names) - 1) * LINE // 2
        text = tuple((start + LINE * place, name) for place, name in enumerate(names))
    placed = tuple(PlacedCell(x, sign_of(cell), word_of(cell)) for x, cell in zip(middles, cells, strict=True))
    bottom = top + shape.row_height
    return Line(top + 20, text, placed, y), bottom


def sign_of(cell: Cell) -> str:
    """The name of the shape that is drawn: never only a colour."""
    if cell.state is AreaState.NOT_ASSESSED:
        return "none"
    if cell.state is AreaState.NO_ATTENTION:
        return "gone" if cell.change is Arrow.GONE else "fine"
    return cell.change.name.lower() if cell.change else "first"


def word_of(cell: Cell) -> str:
    """The word under the shape; empty where the shape alone says that there is nothing."""
    if cell.change is not None:
        return WORDS[cell.change]
    return "let op" if cell.state is AreaState.ATTENTION else ""


def legend(course: Course) -> tuple[tuple[str, str], ...]:
    """Every sign that occurs, with what it means."""
    drawn = {sign_of(cell) for row in course.rows for cell in row.cells}
    return tuple((sign, word) for sign, word in LEGEND.items() if sign in drawn)


def _sentence(row: AreaRow, cells: Sequence[Cell], visits: Sequence[Visit]) -> str:
    parts = [f"versie {visit.number} {cell.change.word if cell.change else cell.state_text}" for visit, cell in zip(visits, cells, strict=True)]
    return f"{row.label}: {', '.join(parts)}."


def _short(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


# --- hours ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """The measures of one plot of hours."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    gap: int
    """The least room between two texts on one line."""


WIDE_PLOT: Final = Frame(width=1080, height=270, left=56, right=40, top=34, bottom=36, gap=44)
TALL_PLOT: Final = Frame(width=320, height=240, left=40, right=24, top=30, bottom=34, gap=36)


@dataclass(frozen=True, slots=True)
class Node:
    """A day on which the hours were said anew, or a step of the build-up begins."""

    x: int
    y: int
    text: str
    """Empty where there is no room; the table has them all."""
    anchor: str
    at_visit: bool
    is_planned: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The step line of hours possible per week."""

    key: str
    title: str
    description: str
    frame: Frame
    floor: int
    past: str
    """The path up to today."""
    planned: str
    """The path after today, or empty."""
    nodes: tuple[Node, ...]
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    contract: Tick | None
    today: int | None
    """Where today is, when something is planned after it."""

    @property
    def has_steps(self) -> bool:
        """Whether a step of the build-up is drawn."""
        return any(not node.at_visit for node in self.nodes)


def hours_plot(course: Course, today: date, frame: Frame = WIDE_PLOT, *, key: str = "uren") -> Plot | None:
    """The hours as a step line; None when there is only one to draw."""
    steps = course.hours
    if len(steps) < 2:
        return None
    first, last = steps[0].day, max(today, steps[-1].day)
    highest = max(1.0, float(course.contract_hours or 0), *(float(step.hours) for step in steps))
    floor = frame.height - frame.bottom

    def x_of(day: date) -> int:
        room = frame.width - frame.left - frame.right
        return frame.left + round(room * (day - first).days / max(1, (last - first).days))

    def y_of(value: Number) -> int:
        return floor - round((floor - frame.top) * float(value) / highest)

    spots = [(x_of(step.day), y_of(step.hours), step) for step in steps]
    split = x_of(today)
    has_plan = steps[-1].day > today
    return Plot(
        key=key,
        title="Uren die mogelijk zijn per week",
        description=_hours_in_words(course),
        frame=frame,
        floor=floor,
        past=_path([(x, y) for x, y, step in spots if step.day <= today], split),
        planned=_planned(spots, today, split, x_of(last)) if has_plan else "",
        nodes=_nodes(spots, today, frame),
        days=_days(first, last, x_of, frame),
        levels=tuple(Tick(y_of(value), number(value)) for value in _levels(highest)),
        contract=Tick(y_of(course.contract_hours), f"contract: {hours(course.contract_hours)}") if course.contract_hours else None,
        today=split if has_plan and steps[0].day <= today else None,
    )


def _path(spots: Sequence[tuple[int, int]], until: int) -> str:
    if not spots:
        return ""
    parts = [f"M{spots[0][0]} {spots[0][1]}", *(f"H{x}V{y}" for x, y in spots[1:])]
    return "".join([*parts, f"H{max(until, spots[-1][0])}"])


def _planned(spots: Sequence[tuple[int, int, HoursStep]], today: date, split: int, until: int) -> str:
    """From today on, at the height of today."""
    before = [(x, y) for x, y, step in spots if step.day <= today]
    ahead = [(x, y) for x, y, step in spots if step.day > today]
    start = [(split, before[-1][1])] if before else []
    return _path([*start, *ahead], until)


def _nodes(spots: Sequence[tuple[int, int, HoursStep]], today: date, frame: Frame) -> tuple[Node, ...]:
    """Values where there is room, the last one first: that is what holds now."""
    found: list[Node] = []
    taken = frame.width + frame.gap
    for place, (x, y, step) in reversed(list(enumerate(spots))):
        has_room = taken - x >= frame.gap
        taken = x if has_room else taken
        # Where the line goes up, there is nothing at the left above a step; where it goes down, nothing at the right.
        anchor = "end" if place and spots[place - 1][1] >= y else "start"
        found.append(Node(x, y, number(step.hours) if has_room else "", anchor, step.at_visit, step.day > today))
    return tuple(reversed(found))


def _levels(highest: float) -> tuple[int, ...]:
    """Round heights with a line: at most five."""
    step = next((size for size in (2, 4, 5, 10, 20) if highest / size <= 4.5), 40)
    return tuple(range(0, int(highest) + 1, step))


def _days(first: date, last: date, x_of: Callable[[date], int], frame: Frame) -> tuple[Tick, ...]:
    """Months at a readable distance; a short stretch has its first and last day."""
    months = _month_starts(first, last)
    room = 64 if frame.width > TALL_PLOT.width else 52
    found: list[Tick] = []
    for day in months:
        if not found or x_of(day) - found[-1].at >= room:
            found.append(Tick(x_of(day), _MONTHS[day.month - 1] + (f" {day.year}" if day.month == 1 and frame is WIDE_PLOT else "")))
    return tuple(found) if len(found) > 1 else (Tick(x_of(first), _short(first)), Tick(x_of(last), _short(last)))


def _month_starts(first: date, last: date) -> list[date]:
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1) if first.day > 1 else first
    found = []
    while day <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def _hours_in_words(course: Course) -> str:
    parts = [f"{'Gesprek van' if step.at_visit else 'Vanaf'} {long_date(step.day)}: {hours(step.hours)}." for step in course.hours]
    contract = f" Volgens het contract: {hours(course.contract_hours)} per week." if course.contract_hours else ""
    return f"Per week. {' '.join(parts)}{contract}"
