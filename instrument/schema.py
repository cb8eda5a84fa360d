"""The shape of a definition file, as frozen values. Anything unexpected in the TOML is refused.

Only shape belongs here: no file access (library), no forms, no wording, and no decision about access.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NoReturn


class Status(StrEnum):
    PROVISIONAL = "provisional"
    OFFICIAL = "official"


class SectionKind(StrEnum):
    COMPUTED = "computed"
    FIELDS = "fields"
    ITEMS = "items"
    ROWS = "rows"


class FieldKind(StrEnum):
    CHOICE = "choice"
    SELECT = "select"
    ITEM = "item"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TICK = "tick"


class Letter(StrEnum):
    """How an item may reach a letter (`instrument.md`)."""

    LABEL = "label"
    TEXT_ONLY = "text_only"
    ASK = "ask"
    NEVER = "never"


class EmployerReads(StrEnum):
    """Whether a letter may use a field; `shared` means only while the employee's switch is on."""

    YES = "yes"
    NO = "no"
    SHARED = "shared"


class Relation(StrEnum):
    """How an item continues one of an older version."""

    SAME = "same"
    NARROWER = "narrower"
    BROADER = "broader"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field. The key is its place in the section value ("limit.value"); `name` is flat ("limit_value")."""

    key: str
    label: str
    kind: FieldKind
    employer_reads: EmployerReads
    choices: str = ""
    items_from: tuple[str, ...] = ()
    lead: str = ""
    help: str = ""
    ask_label: str = ""

    @property
    def name(self) -> str:
        return self.key.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    label: str
    letter: Letter
    help: str
    heading: str = ""
    icf: str = ""
    fml_section: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A list inside a section, such as the steps of a build-up."""

    key: str
    label: str
    help: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    kind: SectionKind
    help: str
    fields: tuple[Field, ...] = ()
    items: tuple[Item, ...] = ()
    rows: tuple[Rows, ...] = ()

    def field(self, name: str) -> Field:
        """The field with this flat name, also when it stands in a row. Raises KeyError."""
        every = (*self.fields, *(field for rows in self.rows for field in rows.fields))
        return next((field for field in every if field.name == name), None) or _missing(name)


@dataclass(frozen=True, slots=True)
class Continuation:
    relation: Relation
    item: str


@dataclass(frozen=True)
class Instrument:
    """One released questionnaire. `sha256` is the hash of the file it was read from."""

    key: str
    version: str
    title: str
    status: Status
    is_offered: bool
    notice: str
    letter_footer: str
    fml_note: str
    sections: tuple[Section, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    maps_from: Mapping[str, Mapping[str, Continuation]]
    sha256: str

    @property
    def name(self) -> str:
        """As case files and stored versions write it: "bar/2.0"."""
        return f"{self.key}/{self.version}"

    def section(self, key: str) -> Section:
        return next((section for section in self.sections if section.key == key), None) or _missing(key)

    def items(self, section: str) -> tuple[Item, ...]:
        return self.section(section).items

    def item(self, section: str, key: str) -> Item:
        return next((item for item in self.items(section) if item.key == key), None) or _missing(key)

    def section_of(self, item: str) -> Section:
        """The section in which an item stands; item keys are unique in an instrument."""
        return self._section_of[item]

    def label(self, choices: str, value: str) -> str:
        """The Dutch words of an answer: label("usable", "not_now"). Raises KeyError."""
        found = (choice.label for choice in self.choices[choices] if choice.value == value)
        return next(found, None) or _missing(value)

    @functools.cached_property
    def _section_of(self) -> Mapping[str, Section]:
        return MappingProxyType({item.key: section for section in self.sections for item in section.items})


def _missing(key: str) -> NoReturn:
    raise KeyError(key)
