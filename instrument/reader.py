"""Reads a definition file strictly into the values of `schema`. Unknown or missing keys, wrong types and
doubles are errors that name their place. Nothing is guessed and nothing has a silent default.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar, cast

from instrument import text
from instrument.errors import DefinitionError
from instrument.schema import (
    Choice,
    Continuation,
    EmployerReads,
    Field,
    FieldKind,
    Instrument,
    Item,
    Letter,
    Relation,
    Rows,
    Section,
    SectionKind,
    Status,
)

_Member = TypeVar("_Member", bound=StrEnum)

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_FML_SECTIONS = range(1, 7)
"""The six rubrieken of UWV's functionele mogelijkhedenlijst."""


def read_instrument(raw: bytes, sha256: str, name: str) -> Instrument:
    """Return the instrument a file holds. `name` is what errors call the file. Raises DefinitionError."""
    try:
        table = _Table(tomllib.loads(raw.decode("utf-8")), name)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(name, f"is not TOML: {error}") from error
    choices = _read_choices(table.table("choices"))
    sections = tuple(_read_section(section, choices) for section in table.tables("sections"))
    _refuse_doubles((section.key for section in sections), f"{name}.sections")
    _refuse_doubles((item.key for section in sections for item in section.items), f"{name}.sections.items")
    _check_item_sources(sections, name)
    instrument = Instrument(
        key=table.text("key"),
        version=table.text("version"),
        title=table.text("title"),
        status=table.member("status", Status),
        is_offered=table.flag("offered"),
        notice=table.text("notice"),
        letter_footer=table.text("letter_footer"),
        fml_note=table.text("fml_note"),
        sections=sections,
        choices=choices,
        maps_from=_read_maps(table.table("maps_from", optional=True), sections),
        sha256=sha256,
    )
    table.end()
    return instrument


def _read_choices(table: "_Table") -> Mapping[str, tuple[Choice, ...]]:
    found = {name: tuple(map(_read_choice, table.tables(name))) for name in table.names()}
    for name, choices in found.items():
        _refuse_doubles((choice.value for choice in choices), f"{table.path}.{name}")
    return MappingProxyType(found)


def _read_choice(table: "_Table") -> Choice:
    choice = Choice(value=table.key("value"), label=table.text("label"))
    table.end()
    return choice


def _read_section(table: "_Table", choices: Mapping[str, object]) -> Section:
    section = Section(
        key=table.key("key"),
        title=table.text("title"),
        kind=table.member("kind", SectionKind),
        help=table.text("help"),
        fields=_read_fields(table, choices),
        items=tuple(map(_read_item, table.tables("items", optional=True))),
        rows=tuple(_read_rows(rows, choices) for rows in table.tables("rows", optional=True)),
    )
    table.end()
    if bool(section.items) != (section.kind is SectionKind.ITEMS):
        raise DefinitionError(table.path, "has items exactly when its kind is items")
    if bool(section.fields) == (section.kind is SectionKind.COMPUTED):
        raise DefinitionError(table.path, "has fields unless its kind is computed")
    if section.rows and section.kind is not SectionKind.FIELDS:
        raise DefinitionError(table.path, "only a section of kind fields can hold rows")
    names = (*(field.name for field in section.fields), *(rows.key for rows in section.rows))
    _refuse_doubles(names, f"{table.path}.fields")
    return section


def _read_rows(table: "_Table", choices: Mapping[str, object]) -> Rows:
    rows = Rows(
        key=table.key("key"),
        label=table.text("label"),
        help=table.text("help", optional=True),
        fields=_read_fields(table, choices),
    )
    table.end()
    _refuse_doubles((field.name for field in rows.fields), f"{table.path}.fields")
    return rows


def _read_fields(table: "_Table", choices: Mapping[str, object]) -> tuple[Field, ...]:
    return tuple(_read_field(field, choices) for field in table.tables("fields", optional=True))


def _read_field(table: "_Table", choices: Mapping[str, object]) -> Field:
    field = Field(
        key=table.key("key"),
        label=table.text("label"),
        kind=table.member("kind", FieldKind),
        employer_reads=table.member("employer_reads", EmployerReads),
        choices=table.text("choices", optional=True),
        items_from=table.texts("items_from"),
        lead=table.text("lead", optional=True),
        help=table.text("help", optional=True),
        ask_label=table.text("ask_label", optional=True),
    )
    table.end()
    chooses = field.kind in {FieldKind.CHOICE, FieldKind.SELECT}
    if chooses != bool(field.choices) or (chooses and field.choices not in choices):
        raise DefinitionError(table.path, "names a list of choices exactly when its kind is choice or select")
    if (field.kind is FieldKind.ITEM) != bool(field.items_from):
        raise DefinitionError(table.path, "names items_from exactly when its kind is item")
    return field


def _read_item(table: "_Table") -> Item:
    item = Item(
        key=table.key("key"),
        label=table.text("label"),
        letter=table.member("letter", Letter),
        help=table.text("help"),
        heading=table.text("heading", optional=True),
        icf=table.text("icf", optional=True),
        fml_section=table.number("fml_section", _FML_SECTIONS),
    )
    table.end()
    return item


def _check_item_sources(sections: tuple[Section, ...], name: str) -> None:
    with_items = {section.key for section in sections if section.items}
    fields = [field for s in sections for field in (*s.fields, *(field for rows in s.rows for field in rows.fields))]
    for field in fields:
        if unknown := set(field.items_from) - with_items:
            raise DefinitionError(f"{name}.{field.key}", f"takes items from unknown sections {sorted(unknown)}")


def _read_maps(table: "_Table", sections: tuple[Section, ...]) -> Mapping[str, Mapping[str, Continuation]]:
    items = [item.key for section in sections for item in section.items]
    return MappingProxyType({version: _read_map(table.table(version), items) for version in table.names()})


def _read_map(table: "_Table", items: list[str]) -> Mapping[str, Continuation]:
    if different := set(table.names()) ^ set(items):
        raise DefinitionError(table.path, f"must name every item of this version once: {sorted(different)}")
    return MappingProxyType({item: _read_continuation(table.table(item)) for item in items})


def _read_continuation(table: "_Table") -> Continuation:
    found = Continuation(table.member("relation", Relation), table.text("item", optional=True))
    table.end()
    if (found.relation is Relation.NEW) == bool(found.item):
        raise DefinitionError(table.path, "names an older item, unless the relation is new")
    return found


def _refuse_doubles(keys: Iterable[str], path: str) -> None:
    for key, times in Counter(keys).items():
        if times > 1:
            raise DefinitionError(path, f"has {key!r} more than once")


class _Table:
    """A TOML table that is read key by key; `end` refuses what was not read."""

    def __init__(self, values: object, path: str) -> None:
        if not isinstance(values, dict):
            raise DefinitionError(path, "must be a table")
        self._left = dict(cast("dict[str, object]", values))
        self.path = path

    def names(self) -> list[str]:
        return list(self._left)

    def end(self) -> None:
        if self._left:
            raise DefinitionError(self.path, f"has unknown keys {sorted(self._left)}")

    def text(self, key: str, *, optional: bool = False) -> str:
        if optional and key not in self._left:
            return ""
        value = self._take(key)
        if not isinstance(value, str) or not value or not _is_clean(value):
            raise DefinitionError(f"{self.path}.{key}", "must be text, trimmed and not empty")
        return value

    def key(self, key: str) -> str:
        value = self.text(key)
        if not _KEY.fullmatch(value):
            raise DefinitionError(f"{self.path}.{key}", f"{value!r} is no key")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._left.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise DefinitionError(f"{self.path}.{key}", "must be a list of texts")
        return tuple(values)

    def flag(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise DefinitionError(f"{self.path}.{key}", "must be true or false")
        return value

    def number(self, key: str, allowed: range) -> int | None:
        value = self._left.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
            raise DefinitionError(f"{self.path}.{key}", f"must be a number from {allowed[0]} to {allowed[-1]}")
        return value

    def member(self, key: str, kind: type[_Member]) -> _Member:
        value = self.text(key)
        try:
            return kind(value)
        except ValueError as error:
            raise DefinitionError(f"{self.path}.{key}", f"{value!r} is not one of {list(kind)}") from error

    def table(self, key: str, *, optional: bool = False) -> "_Table":
        return _Table(self._left.pop(key, {}) if optional else self._take(key), f"{self.path}.{key}")

    def tables(self, key: str, *, optional: bool = False) -> list["_Table"]:
        values = self._left.pop(key, []) if optional else self._take(key)
        if not isinstance(values, list):
            raise DefinitionError(f"{self.path}.{key}", "must be a list of tables")
        return [_Table(value, f"{self.path}.{key}[{index}]") for index, value in enumerate(values)]

    def _take(self, key: str) -> object:
        if key not in self._left:
            raise DefinitionError(f"{self.path}.{key}", "is missing")
        return self._left.pop(key)


def _is_clean(value: str) -> bool:
    try:
        return text.clean_text(value) == value
    except text.BadText:
        return False
