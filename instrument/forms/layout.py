"""Where every field of a section stands: its flat name in a form and its path in a case file.

Only places belong here; what may be filled in is decided in `fields` and `rules`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from instrument.schema import Field, FieldKind, Item, Letter, Section, SectionKind

FILLED_SECTIONS = (
    "visit",
    "work_factors",
    "areas",
    "context_factors",
    "employee_view",
    "possibilities",
    "prognosis",
    "advice",
    "consultation",
)
MAX_ROWS = 40
VISIT = "visit"
NOT_ASSESSED = "not_assessed"
IN_LETTER = "in_letter"
DROPPED_WHEN_EMPTY = frozenset({"limit", "hours_per_day", "about"})
"""Keys that are left out of a value instead of written empty (`case-format.md`)."""

_ROW_NAME = re.compile(r"([a-z_]+)-(\d{1,4})-([a-z_]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slot:
    """Fields that are drawn together: one item, one row, or the section's own fields."""

    prefix: str
    fields: tuple[Field, ...]
    item: Item | None = None
    rows: str = ""

    def name(self, field: str) -> str:
        """The name in the form of the field with this flat name."""
        return f"{self.prefix}{field}"

    def is_filled(self, data: Mapping[str, str]) -> bool:
        """Whether anything was answered; a tick alone says nothing, and neither does "niet besproken"."""
        answers = (data.get(self.name(field.name), "") for field in self.fields if field.kind is not FieldKind.TICK)
        return any(answer.strip() not in {"", NOT_ASSESSED} for answer in answers)


def slots_of(section: Section, data: Mapping[str, str]) -> tuple[Slot, ...]:
    """The slots of a section for this data; each list of rows ends with one empty row to type in."""
    if section.kind is SectionKind.ITEMS:
        return tuple(Slot(f"{item.key}-", section.fields, item=item) for item in section.items)
    if section.kind is SectionKind.ROWS:
        return row_slots(section.key, section.fields, data)
    lists = (row_slots(rows.key, rows.fields, data) for rows in section.rows)
    return (Slot("", section.fields), *(slot for slots in lists for slot in slots))


def row_slots(key: str, fields: tuple[Field, ...], data: Mapping[str, str]) -> tuple[Slot, ...]:
    """One slot for each filled row in the data, in the order of their numbers, and an empty one."""
    seen = _row_numbers(key, {field.name for field in fields}, data)
    slots = [Slot(f"{key}-{number}-", fields, rows=key) for number in seen]
    filled = [slot for slot in slots if slot.is_filled(data)]
    next_number = max(seen, default=-1) + 1
    return (*filled, Slot(f"{key}-{next_number}-", fields, rows=key))


def reaches_letter_by_default(item: Item | None) -> bool:
    """An item that must be discussed first stays out of the letter until the physician ticks it."""
    return item is None or item.letter in {Letter.LABEL, Letter.TEXT_ONLY}


def section_path(section: str) -> str:
    """The path of a section in an assessment; date and contact stand in the assessment itself."""
    return "" if section == VISIT else section


def joined(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def _row_numbers(key: str, names: set[str], data: Iterable[str]) -> list[int]:
    matches = (_ROW_NAME.fullmatch(name) for name in data)
    numbers = {match[2] for match in matches if match and match[1] == key and match[3] in names}
    # "07" would be a second name for row 7; only the plain spelling counts.
    return sorted(int(number) for number in numbers if str(int(number)) == number)
