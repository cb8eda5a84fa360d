"""The course of capacity: every area that ever needed attention and the hours, over all versions a reader may see.

Pure: it sees the sections it is given, so a projected version stays projected. Wording is our own B1 wording of the instrument; the FML is
another vocabulary and never comes in. What a picture looks like is in `course_picture.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from instrument.schema import Instrument, Item, Relation

from dossiers.rules.compare import Arrow, Change, ChangeKind, capacity_glance, compare
from dossiers.rules.dutch import Number, hours, long_date

ENOUGH: Final = 2
"""From this number of versions on there is a course to show."""

_SOON: Final = ("possibilities", "prognosis")


class AreaState(StrEnum):
    """How an area stood at one visit. The values are those of the instrument."""

    ATTENTION = "attention"
    NO_ATTENTION = "no_attention"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One version as its reader may see it. `state` is a word when it is not final."""

    number: int
    day: date
    state: str
    sections: Mapping[str, Any]
    instrument: Instrument
    repairs: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One area at one visit; `change` compares with the last visit at which it was assessed."""

    state: AreaState
    state_text: str
    can: str = ""
    needed: str = ""
    explanation: str = ""
    change: Arrow | None = None
    sentence: str = ""

    @property
    def content(self) -> tuple[str, ...]:
        """What makes two cells say the same."""
        return (self.state, self.can, self.needed, self.explanation)


@dataclass(frozen=True, slots=True)
class Period:
    """Visits in a row at which an area stood the same."""

    first: Visit
    last: Visit
    visits: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area that needed attention at one visit or more: one cell for each visit."""

    key: str
    label: str
    heading: str
    cells: tuple[Cell, ...]
    periods: tuple[Period, ...]

    @property
    def known(self) -> Period:
        """The last visits at which it was talked about: an area that is a row needed attention once."""
        return next(period for period in reversed(self.periods) if period.cell.state is not AreaState.NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class HoursStep:
    """From this day on so many hours a week were, or will be, possible. `visit`: said at a visit; otherwise a step of the build-up."""

    day: date
    hours: Number
    version: int
    at_visit: bool
    kind: str = ""
    tasks: str = ""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """The answers of one visit that are not about one area, and what changed in them."""

    visit: Visit
    answers: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    explanations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The whole course. `contract_hours` is None where the reader may not know them."""

    visits: tuple[Visit, ...]
    rows: tuple[AreaRow, ...]
    hours: tuple[HoursStep, ...]
    lines: tuple[VisitLine, ...]
    contract_hours: Number | None
    summary: tuple[str, ...]


def course(visits: Sequence[Visit], *, contract_hours: Number | None) -> Course:
    """The course over these versions, in their order."""
    found = tuple(visits)
    rows, steps = _rows(found), _hours(found)
    return Course(found, rows, steps, _lines(found), contract_hours, _summary(found, rows, steps))


# --- areas ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of every instrument that occurs: the newest first, an older one for what the newest does not know."""

    instruments: tuple[Instrument, ...]

    def item(self, section: str, key: str) -> Item:
        return next(item for one in self.instruments for item in one.items(section) if item.key == key)

    def label(self, choices: str, value: str) -> str:
        return next(choice.label for one in self.instruments for choice in one.choices.get(choices, ()) if choice.value == value)


def _rows(visits: tuple[Visit, ...]) -> tuple[AreaRow, ...]:
    if not visits:
        return ()
    words = _words(visits)
    found = [_areas(visit, words.instruments[0]) for visit in visits]
    ever = {key for areas in found for key, row in areas.items() if row.get("status") == AreaState.ATTENTION}
    order = [item.key for one in words.instruments for item in one.items("areas")]
    return tuple(_row(key, visits, [areas.get(key) for areas in found], words) for key in dict.fromkeys(order) if key in ever)


def _words(visits: tuple[Visit, ...]) -> _Words:
    newest_first = sorted({visit.instrument.name: visit.instrument for visit in visits}.values(), key=_version_of, reverse=True)
    return _Words(tuple(newest_first))


def _version_of(instrument: Instrument) -> tuple[int, ...]:
    return tuple(int(part) for part in instrument.version.split("."))


def _areas(visit: Visit, newest: Instrument) -> dict[str, Mapping[str, Any]]:
    """The areas of a visit by their key in the newest instrument, where that says it is the same one."""
    older = newest.maps_from.get(visit.instrument.version, {}) if visit.instrument.name != newest.name else {}
    same = {one.item: key for key, one in older.items() if one.relation is Relation.SAME}
    rows = visit.sections.get("areas") or ()
    return {key: {**row, "item": key} for row in rows for key in [same.get(row["item"], row["item"])]}


def _row(key: str, visits: tuple[Visit, ...], found: Sequence[Mapping[str, Any] | None], words: _Words) -> AreaRow:
    cells = []
    before: Mapping[str, Any] | None = None
    for place, row in enumerate(found):
        cells.append(_cell(key, before, row, words, is_first=place == 0))
        if row is not None and row.get("status") != AreaState.NOT_ASSESSED:
            before = row
    item = words.item("areas", key)
    return AreaRow(key, item.label, item.heading, tuple(cells), _periods(visits, cells))


def _cell(key: str, before: Mapping[str, Any] | None, row: Mapping[str, Any] | None, words: _Words, *, is_first: bool) -> Cell:
    state = AreaState(row.get("status") or AreaState.NOT_ASSESSED) if row is not None else AreaState.NOT_ASSESSED
    state_text = words.label("status", state)
    if row is None or state is AreaState.NOT_ASSESSED:
        return Cell(state, state_text)
    change = None if is_first else _change(key, before, row, words)
    arrow, sentence = (change.arrow, change.sentence) if change else (None, "")
    if state is AreaState.NO_ATTENTION:
        return Cell(state, state_text, explanation=str(row.get("explanation") or ""), change=arrow, sentence=sentence)
    line = capacity_glance([row], None, words)[0]
    return Cell(state, state_text, line.can, line.needed, str(row.get("explanation") or ""), arrow, sentence)


def _change(key: str, before: Mapping[str, Any] | None, row: Mapping[str, Any], words: _Words) -> Change | None:
    found = compare({"areas": [before] if before else []}, {"areas": [row]}, words)
    return next((change for change in found if change.item == key and change.kind is not ChangeKind.AREA_NOT_ASSESSED), None)


def _periods(visits: tuple[Visit, ...], cells: Sequence[Cell]) -> tuple[Period, ...]:
    found = []
    for _, group in groupby(zip(visits, cells, strict=True), key=lambda pair: pair[1].content):
        pairs = list(group)
        found.append(Period(pairs[0][0], pairs[-1][0], len(pairs), pairs[0][1]))
    return tuple(found)


# --- hours and answers ----------------------------------------------------------------------------


def _hours(visits: tuple[Visit, ...]) -> tuple[HoursStep, ...]:
    """What was possible from day to day: a visit says it anew; until the next visit the steps of its build-up hold."""
    known = sorted((visit for visit in visits if _possibilities(visit).get("usable")), key=lambda visit: (visit.day, visit.number))
    found: list[HoursStep] = []
    for place, visit in enumerate(known):
        following = known[place + 1].day if place + 1 < len(known) else None
        found += [step for step in _steps(visit) if following is None or step.day < following]
    return tuple(sorted(found, key=lambda step: (step.day, not step.at_visit)))


def _steps(visit: Visit) -> list[HoursStep]:
    value = _possibilities(visit)
    steps = [HoursStep(visit.day, value.get("hours_now") or 0, visit.number, at_visit=True)]
    for row in value.get("build_up") or ():
        day = date.fromisoformat(row["from"])
        if day >= visit.day:
            kind = visit.instrument.label("kind", row["kind"]) if row.get("kind") else ""
            steps.append(HoursStep(day, row["hours_per_week"], visit.number, False, kind, str(row.get("tasks") or "")))
    return steps


def _lines(visits: tuple[Visit, ...]) -> tuple[VisitLine, ...]:
    found = []
    before: Visit | None = None
    for visit in visits:
        found.append(VisitLine(visit, _answers(visit), _changes(before, visit), _explanations(visit)))
        before = visit
    return tuple(found)


def _answers(visit: Visit) -> tuple[tuple[str, str], ...]:
    value, outlook, label = _possibilities(visit), visit.sections.get("prognosis") or {}, visit.instrument.label
    found = [
        ("Kan werken", label("usable", value["usable"]) if value.get("usable") else ""),
        ("Eigen werk", label("own_work", value["own_work"]) if value.get("own_work") else ""),
        ("Uren nu", f"{hours(value.get('hours_now') or 0)} per week" if value.get("usable") else ""),
        ("Wat goed gaat", str(value.get("going_well") or "")),
        ("Verwachting", label("course", outlook["course"]) if outlook.get("course") else ""),
        ("Weer al het eigen werk", _return(outlook, visit.instrument)),
    ]
    return tuple((name, text) for name, text in found if text)


def _return(outlook: Mapping[str, Any], instrument: Instrument) -> str:
    if not outlook.get("expected_return"):
        return ""
    certainty = f", {instrument.label('certainty', outlook['certainty'])}" if outlook.get("certainty") else ""
    return f"{long_date(date.fromisoformat(outlook['expected_return']))}{certainty}"


def _changes(before: Visit | None, visit: Visit) -> tuple[Change, ...]:
    if before is None:
        return ()
    old, new = ({key: one.sections[key] for key in _SOON if key in one.sections} for one in (before, visit))
    return tuple(compare(old, new, visit.instrument))


def _explanations(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Only there when the sections hold it: it is another part."""
    ground = str(_possibilities(visit).get("hours_ground") or "")
    note = str((visit.sections.get("prognosis") or {}).get("note") or "")
    return tuple((name, text) for name, text in (("Waarom minder uren", ground), ("Uitleg bij de verwachting", note)) if text)


def _possibilities(visit: Visit) -> Mapping[str, Any]:
    found: Mapping[str, Any] = visit.sections.get("possibilities") or {}
    return found


# --- in a few sentences ---------------------------------------------------------------------------


def _summary(visits: tuple[Visit, ...], rows: tuple[AreaRow, ...], steps: tuple[HoursStep, ...]) -> tuple[str, ...]:
    """What the page says first, and what a picture says to who cannot see it."""
    if len(visits) < ENOUGH:
        return ()
    found = [f"{len(visits)} gesprekken, van {long_date(visits[0].day)} tot en met {long_date(visits[-1].day)}."]
    said = [step for step in steps if step.at_visit]
    if len(said) >= ENOUGH:
        found.append(f"Bij het eerste gesprek kon {hours(said[0].hours)} per week, bij het laatste {hours(said[-1].hours)}.")
    now = sum(row.cells[-1].state is AreaState.ATTENTION for row in rows)
    gone = sum(row.cells[-1].state is AreaState.NO_ATTENTION for row in rows)
    if rows:
        found.append(f"Bij het laatste gesprek: {_counted(now)}." + (f" {_gone(gone)}" if gone else ""))
    return tuple(found)


def _counted(count: int) -> str:
    return f"{count} aandachtspunt" if count == 1 else f"{count or 'geen'} aandachtspunten"


def _gone(count: int) -> str:
    return "1 eerder aandachtspunt is dat nu niet meer." if count == 1 else f"{count} eerdere aandachtspunten zijn dat nu niet meer."
