"""What is different between two versions of a BAR, in plain sentences for the professionals.

Compares answers and numbers, never what a text means: "better" and "worse" are said only when a number or a
state says so. It sees the sections it is given and skips the rest, so a projected version stays projected;
explanations, notes and private factors are not looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol, Self, TypeAlias

from dossiers.rules.amounts import LimitPer, LimitUnit, holds, limit_amount, limit_words
from dossiers.rules.calendar import Visit
from dossiers.rules.dutch import hours, long_date

Value: TypeAlias = Mapping[str, Any]
"""A row or section as `case-format.md` writes it."""

_CAPACITY_TEXTS: Final = ("still_possible", "condition")


class Wording(Protocol):
    """What is asked of an instrument: the words of its items and answers."""

    def item(self, section: str, key: str) -> Any:
        """The item, with its `label`."""

    def label(self, choices: str, value: str) -> str:
        """The words of an answer."""


class Arrow(StrEnum):
    """The direction of a change, with its word."""

    word: str

    def __new__(cls, value: str, word: str) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.word = value, word
        return member

    BETTER = "up", "kan meer"
    WORSE = "down", "kan minder"
    SAME = "same", "zelfde als vorige keer"
    CHANGED = "changed", "veranderd"
    NEW = "new", "nieuw"
    GONE = "gone", "geen aandachtspunt meer"


class ChangeKind(StrEnum):
    """What changed between two versions."""

    USABLE = "usable"
    OWN_WORK = "own_work"
    HOURS = "hours"
    BUILD_UP = "build_up"
    AREA_NEW = "area_new"
    AREA_GONE = "area_gone"
    AREA_NOT_ASSESSED = "area_not_assessed"
    AREA_LIMIT = "area_limit"
    AREA_CHANGED = "area_changed"
    AREA_SAME = "area_same"
    FACTOR_NEW = "factor_new"
    FACTOR_GONE = "factor_gone"
    FACTOR_CHANGED = "factor_changed"
    COURSE = "course"
    RETURN = "return"
    GOAL = "goal"


_CHOICES: Final[Mapping[str, tuple[ChangeKind, str]]] = {
    "usable": (ChangeKind.USABLE, "Kan werken"),
    "own_work": (ChangeKind.OWN_WORK, "Eigen werk"),
    "course": (ChangeKind.COURSE, "Verloop"),
    "goal": (ChangeKind.GOAL, "Doel"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, or an area that stayed as it was."""

    kind: ChangeKind
    label: str
    sentence: str
    item: str = ""
    arrow: Arrow = Arrow.CHANGED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "capacity at a glance", as `components/capacity_line.html` draws it."""

    item: str
    label: str
    can: str
    needed: str
    change: Arrow | None
    """None at a first visit."""

    @property
    def change_text(self) -> str:
        """The word of the arrow."""
        return self.change.word if self.change else ""


def compare(previous: Value, current: Value, wording: Wording) -> list[Change]:
    """The differences in the order of the instrument; both values hold sections by their key."""
    return [
        *_possibilities(_section(previous, "possibilities"), _section(current, "possibilities"), wording),
        *_areas(previous, current, wording),
        *_factors(previous, current, wording),
        *_prognosis(_section(previous, "prognosis"), _section(current, "prognosis"), wording),
        *_choice("goal", _section(previous, "advice"), _section(current, "advice"), wording),
    ]


def capacity_glance(areas: Sequence[Value], previous: Sequence[Value] | None, wording: Wording) -> list[Line]:
    """The areas that need attention, then those that no longer do; `previous` is None at a first visit."""
    before = _by_item(previous or ())
    lines = [_line(row, _arrow(before.get(row["item"]), row) if previous is not None else None, wording) for row in areas if _needs(row)]
    gone = [row for row in areas if row.get("status") == "no_attention" and _needs(before.get(row["item"]))]
    return lines + [Line(row["item"], wording.item("areas", row["item"]).label, "", "", Arrow.GONE) for row in gone]


def plan_visits(versions: Sequence[Value]) -> tuple[Visit, ...]:
    """What the calendar must know of each final version, in date order; a version holds `date` and its sections."""
    found = []
    before: Value | None = None
    for version in sorted(versions, key=lambda version: str(version["date"])):
        has_capacity = _section(version, "possibilities").get("usable") != "no"
        changes = before is None or plan_content(before) != plan_content(version)
        found.append(Visit(_day(version["date"]), changes, has_capacity))
        before = version
    return tuple(found)


def plan_content(version: Value) -> tuple[object, ...]:
    """What a plan van aanpak is made from: hours, tasks, conditions and goal. Plain JSON-like values, so that it can be hashed."""
    possibilities = _section(version, "possibilities")
    areas = {row["item"]: _capacity(row) for row in version.get("areas") or () if _needs(row)}
    factors = {row["item"]: row["condition"] for row in version.get("work_factors") or () if row.get("condition")}
    return (
        [possibilities.get(key) for key in ("usable", "own_work", "hours_now")],
        [dict(step) for step in possibilities.get("build_up") or ()],
        areas,
        factors,
        _section(version, "advice").get("goal"),
    )


def _possibilities(before: Value, after: Value, wording: Wording) -> Iterator[Change]:
    yield from _choice("usable", before, after, wording)
    yield from _choice("own_work", before, after, wording)
    yield from _hours(ChangeKind.HOURS, "Uren nu", "Werkt nu", before.get("hours_now"), after.get("hours_now"))
    if "build_up" in before and "build_up" in after:
        yield from _build_up(before["build_up"], after["build_up"])


def _build_up(before: Sequence[Value], after: Sequence[Value]) -> Iterator[Change]:
    old_top, new_top = (steps[-1]["hours_per_week"] if steps else None for steps in (before, after))
    moved = list(_hours(ChangeKind.BUILD_UP, "Opbouw", "De opbouw gaat tot", old_top, new_top))
    if moved:
        yield from moved
    elif list(before) != list(after):
        yield Change(ChangeKind.BUILD_UP, "Opbouw", "De stappen van de opbouw zijn veranderd.")


def _hours(kind: ChangeKind, label: str, lead: str, before: float | None, after: float | None) -> Iterator[Change]:
    if before is None or after is None or before == after:
        return
    arrow = Arrow.BETTER if after > before else Arrow.WORSE
    yield Change(kind, label, f"{lead} {hours(after)} per week. Dat was {hours(before)}.", arrow=arrow)


def _areas(previous: Value, current: Value, wording: Wording) -> Iterator[Change]:
    if "areas" not in previous or "areas" not in current:
        return
    before, after = _by_item(previous["areas"]), _by_item(current["areas"])
    for key in _ordered(after, before):
        change = _area(before.get(key), after.get(key), wording.item("areas", key).label, key)
        if change:
            yield change


def _area(before: Value | None, after: Value | None, label: str, key: str) -> Change | None:
    if not _needs(before):
        return Change(ChangeKind.AREA_NEW, label, "Nieuw aandachtspunt.", key, Arrow.NEW) if _needs(after) else None
    if after is None or after.get("status") == "not_assessed":
        return Change(ChangeKind.AREA_NOT_ASSESSED, label, "Deze keer niet besproken. Vorige keer een aandachtspunt.", key)
    if not _needs(after):
        return Change(ChangeKind.AREA_GONE, label, "Geen aandachtspunt meer.", key, Arrow.GONE)
    arrow = _arrow(before, after)
    if before is not None and before.get("limit") != after.get("limit"):
        return Change(ChangeKind.AREA_LIMIT, label, _limit_sentence(before.get("limit"), after.get("limit")), key, arrow)
    if arrow is Arrow.SAME:
        return Change(ChangeKind.AREA_SAME, label, "Nog steeds een aandachtspunt, niets veranderd.", key, arrow)
    return Change(ChangeKind.AREA_CHANGED, label, "Nog steeds een aandachtspunt, de tekst is veranderd.", key, arrow)


def _limit_sentence(before: Value | None, after: Value | None) -> str:
    if after is None:
        return f"De grens is weg. Die was hooguit {_limit_words(before)}." if before else ""
    then = f"Dat was {_limit_words(before)}." if before else "Eerst stond er geen grens."
    return f"Hooguit {_limit_words(after)}. {then}"


def _factors(previous: Value, current: Value, wording: Wording) -> Iterator[Change]:
    """Conditions at work only: influence and notes are for another reader."""
    if "work_factors" not in previous or "work_factors" not in current:
        return
    before, after = _by_item(previous["work_factors"]), _by_item(current["work_factors"])
    for key in _ordered(after, before):
        old, new = (str(rows.get(key, {}).get("condition") or "") for rows in (before, after))
        if old == new:
            continue
        label = wording.item("work_factors", key).label
        if not old:
            yield Change(ChangeKind.FACTOR_NEW, label, f"Nieuwe voorwaarde: {new}", key, Arrow.NEW)
        elif not new:
            yield Change(ChangeKind.FACTOR_GONE, label, f"Deze voorwaarde staat er niet meer: {old}", key)
        else:
            yield Change(ChangeKind.FACTOR_CHANGED, label, f"De voorwaarde is nu: {new}", key)


def _prognosis(before: Value, after: Value, wording: Wording) -> Iterator[Change]:
    yield from _choice("course", before, after, wording)
    if "expected_return" not in before or "expected_return" not in after:
        return
    old, new = (_day(value["expected_return"]) if value["expected_return"] else None for value in (before, after))
    if old == new:
        return
    if new is None:
        sentence = f"De verwachte datum is weg. Die was {long_date(old)}." if old else ""
    elif old is None:
        sentence = f"Nu verwacht op {long_date(new)}. Eerst was er geen datum."
    else:
        sentence = f"Verwacht op {long_date(new)}, {'later' if new > old else 'eerder'} dan {long_date(old)}."
    yield Change(ChangeKind.RETURN, "Verwachte terugkeer", sentence)


def _choice(field: str, before: Value, after: Value, wording: Wording) -> Iterator[Change]:
    old, new = before.get(field), after.get(field)
    if old and new and old != new:
        kind, label = _CHOICES[field]
        yield Change(kind, label, f"Nu: {wording.label(field, new)}. Vorige keer: {wording.label(field, old)}.")


def _line(row: Value, change: Arrow | None, wording: Wording) -> Line:
    can, needed = (str(row.get(field) or "") for field in _CAPACITY_TEXTS)
    limit = row.get("limit")
    if limit and not any(holds(text, limit_amount(limit["value"], LimitUnit(limit["unit"]))) for text in (can, needed)):
        needed = " ".join(filter(None, (needed, f"Hooguit {_limit_words(limit)}.")))
    return Line(row["item"], wording.item("areas", row["item"]).label, can, needed, change)


def _arrow(before: Value | None, after: Value) -> Arrow:
    """The direction for an area that needs attention now; only a limit that can be compared has one."""
    if before is None or not _needs(before):
        return Arrow.NEW
    if _capacity(before) == _capacity(after):
        return Arrow.SAME
    old, new = before.get("limit"), after.get("limit")
    if not old or not new or old["per"] != new["per"]:
        return Arrow.CHANGED
    old_amount, new_amount = (limit_amount(limit["value"], LimitUnit(limit["unit"])) for limit in (old, new))
    if old_amount.dimension is not new_amount.dimension or old_amount.size == new_amount.size:
        return Arrow.CHANGED
    return Arrow.BETTER if new_amount.size > old_amount.size else Arrow.WORSE


def _capacity(row: Value) -> tuple[object, ...]:
    limit = row.get("limit")
    return (*(str(row.get(field) or "") for field in _CAPACITY_TEXTS), dict(limit) if limit else None)


def _limit_words(limit: Value | None) -> str:
    return limit_words(limit["value"], LimitUnit(limit["unit"]), LimitPer(limit["per"])) if limit else ""


def _needs(row: Value | None) -> bool:
    return row is not None and row.get("status") == "attention"


def _by_item(rows: Sequence[Value]) -> dict[str, Value]:
    return {row["item"]: row for row in rows}


def _ordered(after: Mapping[str, Value], before: Mapping[str, Value]) -> list[str]:
    return list(dict.fromkeys([*after, *before]))


def _section(version: Value, key: str) -> Value:
    found: Value = version.get(key) or {}
    return found


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
