"""From a section value to form data: checks the shape of the value and nothing of its meaning.

What is typed wrong inside the right shape is for the form to refuse, so that screen and import say the same.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from instrument.forms.layout import DROPPED_WHEN_EMPTY, IN_LETTER, MAX_ROWS, NOT_ASSESSED, joined, reaches_letter_by_default, section_path
from instrument.schema import Field, FieldKind, Instrument, Item, Section, SectionKind

SectionValue = dict[str, Any] | list[dict[str, Any]]
"""One section of a BAR in the shape of the case file."""

TICKED = "on"

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NULLABLE = frozenset({"hours_per_day", "about", "limit", "expected_return", "next_contact", "review_on", "date"})
_REQUIRED_TEXTS = frozenset({"what"})
_REQUIRED_DATES = frozenset({"date", "from", "by"})
_LARGEST = 10**12


class ValueShapeError(ValueError):
    """A value that is not in the shape of the case file; `path` says where, `message` is Dutch."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class SectionData(dict[str, str]):
    """Form data that remembers from which place of the value each field came."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: dict[str, str] = {}

    def put(self, name: str, text: str, path: str) -> None:
        self[name] = text
        self.paths[name] = path


def default_value(section: str) -> SectionValue:
    """The section as it is before anybody typed."""
    match section:
        case "visit":
            return {"date": None, "contact": ""}
        case "employee_view":
            return {"can_do": "", "needs": "", "on_advice": "", "written_by": "employee", "share_with_employer": False}
        case "possibilities":
            return {
                "usable": "",
                "own_work": "",
                "going_well": "",
                "hours_now": 0,
                "hours_ground": "",
                "work_related": "unknown",
                "working_relationship": {"state": "", "advice": ""},
                "review_on": None,
                "build_up": [],
            }
        case "prognosis":
            return {"course": "", "expected_return": None, "certainty": "", "next_contact": None, "note": ""}
        case "advice":
            return {"goal": "", "message": "", "needs_answer": "", "labour_expert_needed": False, "actions": []}
        case "work_factors" | "areas" | "context_factors" | "consultation":
            return []
        case _:
            raise KeyError(section)


def data_of(instrument: Instrument, section: str, value: object) -> SectionData:
    """Form data that gives this value back. Raises ValueShapeError with the path to what is wrong."""
    spec = instrument.section(section)
    data = SectionData()
    path = section_path(section)
    if spec.kind is SectionKind.ITEMS:
        _put_items(data, spec, _list(value, path), path)
    elif spec.kind is SectionKind.ROWS:
        _put_rows(data, spec.key, spec.fields, value, path)
    else:
        table = dict(_table(value, path))
        for rows in spec.rows:
            if rows.key not in table:
                raise ValueShapeError(joined(path, rows.key), "Dit veld ontbreekt.")
            _put_rows(data, rows.key, rows.fields, table.pop(rows.key), joined(path, rows.key))
        _put_fields(data, "", spec.fields, table, path)
    return data


def _put_items(data: SectionData, section: Section, values: Sequence[object], path: str) -> None:
    items = {item.key: item for item in section.items}
    left = dict(items)
    for index, value in enumerate(values):
        place = f"{path}[{index}]"
        table = dict(_table(value, place))
        key = _take_item(table, items, left, place)
        _put_fields(data, f"{key}-", section.fields, table, place, item=items[key])
    for item in left.values():
        _put_untouched(data, section, item)


def _take_item(table: dict[str, object], items: Mapping[str, Item], left: dict[str, Item], place: str) -> str:
    path = f"{place}.item"
    if "item" not in table:
        raise ValueShapeError(path, "Dit veld ontbreekt.")
    key = table.pop("item")
    if not isinstance(key, str) or key not in items:
        raise ValueShapeError(path, "Dit onderwerp staat niet in deze vragenlijst.")
    if left.pop(key, None) is None:
        raise ValueShapeError(path, "Dit onderwerp staat er twee keer. Laat het één keer staan.")
    return key


def _put_untouched(data: SectionData, section: Section, item: Item) -> None:
    for field in section.fields:
        name = f"{item.key}-{field.name}"
        if field.key == "status":
            data[name] = NOT_ASSESSED
        elif field.key == IN_LETTER and reaches_letter_by_default(item):
            data[name] = TICKED


def _put_rows(data: SectionData, key: str, fields: tuple[Field, ...], value: object, path: str) -> None:
    rows = _list(value, path)
    if len(rows) > MAX_ROWS:
        raise ValueShapeError(f"{path}[{MAX_ROWS}]", f"Er zijn te veel regels. Laat er hooguit {MAX_ROWS} staan.")
    for index, row in enumerate(rows):
        place = f"{path}[{index}]"
        _put_fields(data, f"{key}-{index}-", fields, dict(_table(row, place)), place)


def _put_fields(data: SectionData, prefix: str, fields: tuple[Field, ...], table: dict[str, object], path: str, *, item: Item | None = None) -> None:
    groups = {group: _take_group(table, group, path) for group in dict.fromkeys(_group(field) for field in fields) if group}
    for field in fields:
        group = _group(field)
        source = groups[group] if group else table
        place = joined(path, field.key)
        if source is None:
            continue
        text = _field_text(field, source, place, item)
        if field.kind is not FieldKind.TICK or text:
            data[f"{prefix}{field.name}"] = text
        data.paths[f"{prefix}{field.name}"] = place
    for group, source in groups.items():
        _refuse_unknown(source or {}, joined(path, group))
    _refuse_unknown(table, path)


def _group(field: Field) -> str:
    return field.key.partition(".")[0] if "." in field.key else ""


def _take_group(table: dict[str, object], group: str, path: str) -> dict[str, object] | None:
    value = table.pop(group, None)
    if value is None and group in DROPPED_WHEN_EMPTY:
        return None
    if value is None:
        raise ValueShapeError(joined(path, group), "Dit veld ontbreekt.")
    return dict(_table(value, joined(path, group)))


def _field_text(field: Field, source: dict[str, object], path: str, item: Item | None) -> str:
    key = field.key.rpartition(".")[2]
    if key not in source:
        if _is_required(field):
            raise ValueShapeError(path, "Dit veld ontbreekt.")
        return TICKED if key == IN_LETTER and reaches_letter_by_default(item) else ""
    value = source.pop(key)
    if value is None and field.key in _NULLABLE:
        return ""
    return _text_of(field.kind, value, path)


def _is_required(field: Field) -> bool:
    match field.kind:
        case FieldKind.TEXT:
            return field.key in _REQUIRED_TEXTS
        case FieldKind.DATE:
            return field.key in _REQUIRED_DATES
        case FieldKind.TICK:
            return field.key != IN_LETTER
        case _:
            return field.key not in DROPPED_WHEN_EMPTY


def _text_of(kind: FieldKind, value: object, path: str) -> str:
    match kind:
        case FieldKind.TICK:
            if not isinstance(value, bool):
                raise ValueShapeError(path, "Hier moet true of false staan.")
            return TICKED if value else ""
        case FieldKind.NUMBER:
            return _number_text(value, path)
        case FieldKind.DATE:
            if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
                raise ValueShapeError(path, "Hier moet een datum staan als jjjj-mm-dd, bijvoorbeeld 2026-02-16.")
            return value
        case _:
            if not isinstance(value, str):
                raise ValueShapeError(path, "Hier moet tekst staan.")
            return value


def _number_text(value: object, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueShapeError(path, "Hier moet een getal staan.")
    if not -_LARGEST <= value <= _LARGEST:  # also false for NaN
        raise ValueShapeError(path, "Dit getal is te groot.")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f").replace(".", ",")


def _list(value: object, path: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise ValueShapeError(path, "Hier moet een lijst staan.")
    return value


def _table(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ValueShapeError(path, "Hier moet een object met velden staan.")
    return cast("Mapping[str, object]", value)


def _refuse_unknown(table: Mapping[str, object], path: str) -> None:
    for key in table:
        raise ValueShapeError(joined(path, key), "Dit veld bestaat niet.")
