"""The JSON Schema of the case file, made from the questionnaire and the words of access, so that it cannot say anything else.

It tells shapes and words; rules between fields are in `docs/case-rules.md`. After a change:
`python manage.py export_case --schema > docs/case-format.schema.json`.
"""

import json
from collections.abc import Iterable
from typing import Any

from bar.cases.case import FORMAT, LEFT_OUT, PARTIAL
from bar.cases.reader import DELEGATES, EXPERT_ROLES, LONGEST_EMAIL
from bar.cases.shares import LONGEST_PURPOSE
from bar.cases.tables import LINE, MOST_ROWS
from consent.models import AnswerState
from dossiers.forms.process import MOST_HOURS
from dossiers.models import Contract, Status
from dossiers.parts import Part
from instrument import library
from instrument.forms import FILLED_SECTIONS, MAX_ROWS, MAX_TEXT
from instrument.schema import Field, FieldKind, Instrument, Section, SectionKind

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DAY: Json = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
MAY_BE_LEFT_OUT = frozenset({"in_letter", "hours_per_day", "about", "limit", "review_on", "expected_return", "next_contact"})
MAY_BE_NULL = frozenset({"hours_per_day", "about", "review_on", "expected_return", "next_contact"})
NEVER_EMPTY = frozenset({"what"})


def text() -> str:
    """The schema as it stands in docs/."""
    return json.dumps(schema(library.current()), indent=2, ensure_ascii=False) + "\n"


def schema(instrument: Instrument) -> Json:
    """The schema of a whole case file for this questionnaire."""
    fields = {
        "format": {"const": FORMAT},
        "key": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"},
        "instrument": {"const": instrument.name},
        "people": _people(),
        "employment": _table(
            {
                "job_title": _line(),
                "hours_per_week": {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_HOURS, "multipleOf": 0.01},
                "contract": _one_of(Contract),
                "contract_end": _nullable(DAY),
            },
            optional={"contract_end"},
        ),
        "absence": _table(
            {"first_sick_day": DAY, "recoveries": _list(_table({"from": DAY, "until": _nullable(DAY)}, optional={"until"}))},
            optional={"recoveries"},
        ),
        "assessments": _list(_assessment(instrument)),
        "shares": _list(_share()),
        PARTIAL: {"const": False, "description": "A part of a dossier says true here, and is refused."},
        LEFT_OUT: {"type": "array", "items": {"type": "string"}, "description": "What an export could not tell. Ignored on import."},
    }
    title = {"$schema": DIALECT, "title": f"Case file {FORMAT}", "description": "One whole dossier. Rules between fields: docs/case-rules.md."}
    return {**title, **_table(fields, optional={"shares", PARTIAL, LEFT_OUT})}


# --- people and shares ----------------------------------------------------------------------------


def _people() -> Json:
    email: Json = {"type": "string", "format": "email", "maxLength": LONGEST_EMAIL}
    who = {"name": _line(), "email": email}
    with_organisation = {**who, "organisation": _line()}
    employer = _table({**with_organisation, "function": _line(optional=True)}, optional={"function"})
    experts = {role.value: _nullable(_table(with_organisation)) for role in EXPERT_ROLES}
    return _table(
        {
            "employee": _table({"name": _line(), "email": _nullable(email), "birth_date": DAY}, optional={"email"}),
            "employers": {**_list(employer), "minItems": 1},
            "physician": _table({**with_organisation, "big_number": {"type": "string", "pattern": "^[0-9]{11}$"}}),
            "delegate": _nullable(_table({**who, "kind": _one_of(DELEGATES)})),
            **experts,
        },
        optional={"delegate", *experts},
    )


def _share() -> Json:
    answer = _one_of(AnswerState)
    parts = {**_list(_one_of(Part)), "uniqueItems": True}
    return _table(
        {
            "with": _one_of(EXPERT_ROLES),
            "read": {**parts, "contains": {"const": Part.PROCESS.value}},
            "write": parts,
            "purpose": {"type": "string", "minLength": 1, "maxLength": LONGEST_PURPOSE},
            "shared_on": DAY,
            "until": DAY,
            "consent": {"anyOf": [answer, {"type": "object", "propertyNames": _one_of(Part), "additionalProperties": answer}]},
            "answered_on": _nullable(DAY),
            "withdrawn_on": _nullable(DAY),
        },
        optional={"answered_on", "withdrawn_on"},
    )


# --- visits ---------------------------------------------------------------------------------------


def _assessment(instrument: Instrument) -> Json:
    sections = {key: _section(instrument, instrument.section(key)) for key in FILLED_SECTIONS if key != "visit"}
    visit = _fields(instrument, instrument.section("visit").fields)["properties"]
    lists = {key for key in sections if instrument.section(key).kind in {SectionKind.ITEMS, SectionKind.ROWS}}
    return _table({**visit, "status": _one_of(Status), **sections}, optional=lists)


def _section(instrument: Instrument, section: Section) -> Json:
    table = _fields(instrument, section.fields)
    if section.kind is SectionKind.ROWS:
        return {**_list(table), "maxItems": MAX_ROWS}
    if section.kind is SectionKind.ITEMS:
        item = {"item": {"enum": [item.key for item in section.items]}}
        table = {**table, "properties": {**item, **table["properties"]}, "required": ["item", *table["required"]]}
        return {**_list(table), "maxItems": len(section.items)}
    for rows in section.rows:
        table["properties"][rows.key] = {**_list(_fields(instrument, rows.fields)), "maxItems": MAX_ROWS}
        table["required"].append(rows.key)
    return table


def _fields(instrument: Instrument, fields: Iterable[Field]) -> Json:
    """The fields of a section or a row; a key with a point stands in a table of its own."""
    properties: dict[str, Json] = {}
    groups: dict[str, dict[str, Json]] = {}
    for field in fields:
        group, _, key = field.key.rpartition(".")
        place = groups.setdefault(group, {}) if group else properties
        place[key] = _field(instrument, field)
        if group:
            properties[group] = {}
    for group, inner in groups.items():
        table = _table(inner, optional={key for key, told in inner.items() if _is_text(told)})
        properties[group] = _nullable(table) if group in MAY_BE_LEFT_OUT else table
    optional = {key for key, told in properties.items() if key in MAY_BE_LEFT_OUT or (_is_text(told) and key not in NEVER_EMPTY)}
    return _table(properties, optional=optional)


def _field(instrument: Instrument, field: Field) -> Json:
    told = _kind(instrument, field)
    return _nullable(told) if field.key in MAY_BE_NULL else told


def _kind(instrument: Instrument, field: Field) -> Json:
    match field.kind:
        case FieldKind.TEXT:
            return {"type": "string", "maxLength": MAX_TEXT}
        case FieldKind.NUMBER:
            return {"type": "number", "minimum": 0}
        case FieldKind.DATE:
            return DAY
        case FieldKind.TICK:
            return {"type": "boolean"}
        case FieldKind.ITEM:
            return {"enum": ["", *(item.key for section in field.items_from for item in instrument.items(section))]}
        case FieldKind.CHOICE | FieldKind.SELECT:
            return {"enum": ["", *(choice.value for choice in instrument.choices[field.choices])]}


def _is_text(told: Json) -> bool:
    return told.get("type") == "string" and "pattern" not in told


# --- pieces ---------------------------------------------------------------------------------------


def _table(properties: dict[str, Json], *, optional: Iterable[str] = ()) -> Json:
    left = set(optional)
    return {"type": "object", "properties": properties, "required": [key for key in properties if key not in left], "additionalProperties": False}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items, "maxItems": MOST_ROWS}


def _line(*, optional: bool = False) -> Json:
    return {"type": "string", "minLength": 0 if optional else 1, "maxLength": LINE}


def _one_of(words: Iterable[Any]) -> Json:
    return {"enum": [word.value for word in words]}


def _nullable(told: Json) -> Json:
    return {"anyOf": [told, {"type": "null"}]}
