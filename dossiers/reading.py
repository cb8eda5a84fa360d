"""A version as a page reads it: an extract turned into titles, facts and items, in the reader's words.

Only what stands in the extract can come out; nothing is fetched here and no access is decided. The employee's copy uses plain words
and no codes; the professionals' copy uses the wording of the instrument the version was filled in with.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dossiers.extract import VersionExtract
from dossiers.parts import Part, Role
from dossiers.rules.amounts import LimitPer, LimitUnit, limit_words
from dossiers.rules.dutch import capitalised, hours, long_date, number, start_date
from instrument.schema import Field, FieldKind, Instrument, Item

# What the employee reads instead of the title of a section or the label of a field.
PLAIN_TITLES: Mapping[str, str] = {
    "visit": "Het gesprek",
    "work_factors": Part.WORK_FACTORS.plain,
    "areas": Part.CAPACITY.plain,
    "context_factors": Part.CONTEXT.plain,
    "employee_view": Part.EMPLOYEE_VIEW.plain,
    "possibilities": "Werken en uren",
    "prognosis": "Wat de bedrijfsarts verwacht",
    "advice": Part.ADVICE.plain,
    "consultation": Part.CONSULTATION.plain,
}
PLAIN_LABELS: Mapping[str, str] = {
    "explanation": "Uitleg van de bedrijfsarts:",
    "note": "Uitleg van de bedrijfsarts",
    "usable": "Kunt u nu werken?",
    "own_work": "Kunt u uw eigen werk doen?",
    "hours_ground": "Waarom minder uren?",
    "work_related": "Hangt het samen met uw werk?",
    "working_relationship.state": "Hoe gaat het tussen u en uw werk?",
    "working_relationship.advice": "Advies daarover",
    "review_on": "Wanneer kijkt de bedrijfsarts opnieuw?",
    "expected_return": "Vanaf wanneer weer al uw eigen werk?",
    "needs_answer": "Antwoord op wat u nodig heeft",
}
_ITEM_TEXTS: Mapping[str, tuple[str, ...]] = {
    "work_factors": ("condition", "note"),
    "areas": ("still_possible", "condition", "limit", "explanation"),
    "context_factors": ("note",),
}


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item with its lines of (lead, text). `state` is its answer in words."""

    title: str
    code: str
    state: str
    lines: tuple[tuple[str, str], ...]
    key: str = ""  # of an item of the instrument; a step or a summary has none
    links: tuple[tuple[str, str], ...] = ()  # (words, address), put in by the page


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """Items under one heading; the heading may be empty."""

    heading: str
    items: tuple[ReadItem, ...]


@dataclass(frozen=True, slots=True)
class ReadSection:
    """One section to read. `quotes`: the facts are somebody's own words."""

    key: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    groups: tuple[ReadGroup, ...] = ()
    remarks: tuple[str, ...] = ()
    quotes: bool = False

    @property
    def is_filled(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.facts or self.groups or self.remarks)


def read_sections(extract: VersionExtract, *, plain: bool) -> list[ReadSection]:
    """Every open section in the order of the instrument. The visit is in the head of the page, the main message above it."""
    reader = _Reader(extract.head.instrument, plain)
    return [reader.section(key, value) for key, value in extract.sections.items() if key != "visit"]


def main_message(extract: VersionExtract) -> str:
    """The physician's message, when the advice is open."""
    return str((extract.sections.get("advice") or {}).get("message") or "")


def section_title(instrument: Instrument, key: str, *, plain: bool) -> str:
    """The title of a section in the reader's words."""
    return PLAIN_TITLES[key] if plain else instrument.section(key).title


@dataclass(frozen=True, slots=True)
class _Reader:
    """The words of one instrument for one kind of reader."""

    instrument: Instrument
    plain: bool

    def section(self, key: str, value: Any) -> ReadSection:
        title = section_title(self.instrument, key, plain=self.plain)
        match key:
            case "work_factors" | "areas" | "context_factors":
                return ReadSection(key, title, groups=self._items(key, value), remarks=self._calm_areas(value) if key == "areas" else ())
            case "employee_view":
                return ReadSection(key, title, facts=self._facts(key, value, leave_out=("written_by", "share_with_employer")), quotes=True)
            case "possibilities":
                leave_out = ("hours_now",) if value.get("usable") != "yes" else ()
                return ReadSection(key, title, self._facts(key, value, leave_out=leave_out), self._build_up(value.get("build_up") or ()))
            case "advice":
                return ReadSection(key, title, self._facts(key, value, leave_out=("message",)), self._actions(value.get("actions") or ()))
            case "consultation":
                return ReadSection(key, title, groups=self._consultation(value))
            case _:
                return ReadSection(key, title, self._facts(key, value))

    def _label(self, field: Field) -> str:
        return PLAIN_LABELS.get(field.key, field.label) if self.plain else field.label

    def _facts(self, section: str, value: Mapping[str, Any], *, leave_out: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        fields = [field for field in self.instrument.section(section).fields if field.key not in leave_out]
        return tuple((self._label(field), words) for field in fields if (words := self._words(field, _at(value, field.key))))

    def _words(self, field: Field, value: Any) -> str:
        """The value of a field in words; empty when there is nothing to say."""
        if value is None or value == "" or value is False:
            return ""
        match field.kind:
            case FieldKind.CHOICE | FieldKind.SELECT:
                return self.instrument.label(field.choices, value)
            case FieldKind.DATE:
                return long_date(datetime.date.fromisoformat(value))
            case FieldKind.NUMBER:
                return f"{number(value)} uur per week" if field.key == "hours_now" else number(value)
            case FieldKind.TICK:
                return "ja"
            case FieldKind.ITEM:
                return self._item(value).label
            case FieldKind.TEXT:
                return str(value)

    def _items(self, section: str, rows: list[Mapping[str, Any]]) -> tuple[ReadGroup, ...]:
        groups: dict[str, list[ReadItem]] = {}
        for row in rows:
            if section != "areas" or row["status"] == "attention":
                item = self.instrument.item(section, row["item"])
                groups.setdefault(item.heading, []).append(self._read_item(section, item, row))
        return tuple(ReadGroup(heading, tuple(items)) for heading, items in groups.items())

    def _read_item(self, section: str, item: Item, row: Mapping[str, Any]) -> ReadItem:
        influence = row.get("influence")
        state = self.instrument.label("influence", influence) if influence else ""
        lines = [(self._lead(section, name), _limit(row[name]) if name == "limit" else row[name]) for name in _ITEM_TEXTS[section] if row.get(name)]
        return ReadItem(item.label, "" if self.plain else item.icf, state, tuple(lines), item.key)

    def _lead(self, section: str, name: str) -> str:
        if name == "limit":
            return "Hooguit:"
        field = self.instrument.section(section).field(name)
        return field.lead or f"{self._label(field).rstrip(':')}:"

    def _calm_areas(self, rows: list[Mapping[str, Any]]) -> tuple[str, ...]:
        """Areas without attention, named in one sentence."""
        names = [self.instrument.item("areas", row["item"]).label.lower() for row in rows if row["status"] == "no_attention"]
        return (f"Geen aandachtspunt: {', '.join(names)}.",) if names else ()

    def _build_up(self, steps: list[Mapping[str, Any]] | tuple[()]) -> tuple[ReadGroup, ...]:
        items = tuple(self._step(step) for step in steps)
        return (ReadGroup("Opbouw van de uren", items),) if items else ()

    def _step(self, step: Mapping[str, Any]) -> ReadItem:
        start = start_date(datetime.date.fromisoformat(step["from"]))
        per_day = f", {hours(step['hours_per_day'])} per dag" if step.get("hours_per_day") is not None else ""
        lines = (("Het werk:", step["tasks"]),) if step.get("tasks") else ()
        return ReadItem(f"Vanaf {start}: {hours(step['hours_per_week'])} per week{per_day}", "", self.instrument.label("kind", step["kind"]), lines)

    def _actions(self, rows: list[Mapping[str, Any]] | tuple[()]) -> tuple[ReadGroup, ...]:
        items = []
        for row in rows:
            about = (("Gaat over:", self._item(row["about"]).label),) if row.get("about") else ()
            by = f"uiterlijk op {long_date(datetime.date.fromisoformat(row['by']))}"
            items.append(ReadItem(capitalised(self.instrument.label("who", row["who"])), "", by, (("", row["what"]), *about)))
        return (ReadGroup("Wie doet wat?", tuple(items)),) if items else ()

    def _consultation(self, rows: list[Mapping[str, Any]]) -> tuple[ReadGroup, ...]:
        items = []
        for row in rows:
            about = f" over ‘{self._item(row['item']).label}’" if row.get("item") else ""
            title = f"Met de {Role(row['with']).label}{about}"
            lines = [(f"{self._label(self.instrument.section('consultation').field(name))}:", row[name]) for name in ("question", "answer", "agreed")]
            items.append(ReadItem(title, "", "", tuple((lead, text) for lead, text in lines if text)))
        return (ReadGroup("", tuple(items)),) if items else ()

    def _item(self, key: str) -> Item:
        return self.instrument.item(self.instrument.section_of(key).key, key)


def writer_of_view(extract: VersionExtract) -> str:
    """Who put the employee's words down, in words; empty when the view is not open or empty."""
    value = extract.sections.get("employee_view") or {}
    spoken = any(value.get(name) for name in ("can_do", "needs", "on_advice"))
    return extract.head.instrument.label("written_by", value["written_by"]) if spoken else ""


def _limit(limit: Mapping[str, Any]) -> str:
    return limit_words(limit["value"], LimitUnit(limit["unit"]), LimitPer(limit["per"]))


def _at(value: Mapping[str, Any], key: str) -> Any:
    """The value of a field that may stand one level deeper: "working_relationship.state". None when it is not there."""
    found: Any = value
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
