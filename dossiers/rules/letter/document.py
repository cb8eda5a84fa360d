"""A letter as a value: sections of paragraphs and lists, made of runs of text.

The shape that HTML, PDF and tests share. No wording and no choice of what to print belongs here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias


class Reader(StrEnum):
    """Whose copy of the letter it is; only the last page differs."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one voice."""

    text: str
    own: bool = False
    """Words of the physician or the employee, printed verbatim but for the first letter."""
    name: bool = False
    """A name or job title: data, not our wording."""
    strong: bool = False


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `main` is the message that a reader should remember."""

    kind: ClassVar = "paragraph"
    runs: Runs
    main: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list, with more than one line when several things share a label."""

    runs: Runs
    sub: tuple[Runs, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    kind: ClassVar = "bullets"
    entries: tuple[Entry, ...]
    many: bool = False
    """Can be so many that a dense letter sets them in columns."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled item (an area, a work factor): its lines stay together on one page."""

    label: str
    lines: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Labelled items under one heading of the instrument; without a heading when there are few."""

    heading: str
    items: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """All labelled items of a section."""

    kind: ClassVar = "groups"
    groups: tuple[Group, ...]


Block: TypeAlias = Paragraph | Bullets | Groups


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    heading: Runs
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class HelpPage:
    """The last page: what this reader can do with the letter."""

    title: Runs
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class LetterDocument:
    """One reader's copy. Everything but `reader` and `help_page` is the same in both copies."""

    reader: Reader
    title: str
    organisation: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    reference: str
    day_iso: str
    day_words: str
    footer: str
    readers: Runs
    opening: Runs
    sections: tuple[Section, ...]
    signature: Runs
    remarks: Section | None
    help_page: HelpPage
    is_dense: bool
    """Many areas: set smaller spaces, so that the shared part still fits two pages."""
    has_columns: bool
    """Dense, and short enough to fit two pages when set in columns; balancing long columns takes too long."""


def all_sections(document: LetterDocument) -> tuple[Section, ...]:
    """Every section in reading order, the help page last."""
    remarks = (document.remarks,) if document.remarks else ()
    return (*document.sections, *remarks, *document.help_page.sections)


def lines(document: LetterDocument) -> Iterator[Runs]:
    """Every line of the letter in reading order, headings included."""
    yield (Run(document.title),)
    yield document.readers
    yield document.opening
    yield from _section_lines(document.sections)
    yield document.signature
    if document.remarks:
        yield from _section_lines((document.remarks,))
    yield document.help_page.title
    yield from _section_lines(document.help_page.sections)


def plain(runs: Runs) -> str:
    """Runs as text."""
    return "".join(run.text for run in runs)


def _section_lines(sections: Iterable[Section]) -> Iterator[Runs]:
    for section in sections:
        yield section.heading
        for block in section.blocks:
            yield from _block_lines(block)


def _block_lines(block: Block) -> Iterator[Runs]:
    match block:
        case Paragraph(runs=runs):
            yield runs
        case Bullets(entries=entries):
            for entry in entries:
                yield entry.runs
                yield from entry.sub
        case Groups(groups=groups):
            for group in groups:
                if group.heading:
                    yield (Run(group.heading),)
                for item in group.items:
                    yield (Run(item.label),)
                    yield from item.lines
