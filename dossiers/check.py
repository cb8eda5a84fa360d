"""The check before offering and finalising, as a value: what is missing, what nobody looked at, what the employer will read.

Warns and never refuses: refusing is what the actions in `actions/release.py` do. Needs the opening of an author.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from dossiers.actions.release import Readiness, letter_of, mark_of, readiness
from dossiers.door import Opened
from dossiers.models import Assessment
from dossiers.rules.letter_core import LetterCore
from dossiers.rules.letter_text import warnings
from dossiers.rules.wordlist import Hit, medical_hits
from dossiers.sections import read_all, running_view
from instrument import library
from instrument.schema import EmployerReads, Field, FieldKind, Instrument, Section, SectionKind


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `why` tells the author why it is marked, empty for the rest."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text that an employer can read with words to look at again, where it stands and why."""

    where: str
    url: str
    pieces: tuple[Piece, ...]
    whys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Everything the check shows; `missing` and `carried` as (text, url)."""

    readiness: Readiness
    missing: tuple[tuple[str, str], ...]
    carried: tuple[tuple[str, str], ...]
    marked: tuple[MarkedText, ...]
    warnings: tuple[str, ...]
    has_preview: bool
    mark: str  # of what is on screen: goes along with offering and finalising


def check_of(opened: Opened, version: Assessment) -> Check:
    """The check of a version as it stands now."""
    ready = readiness(version)
    instrument = library.get(*version.instrument)
    core = preview_core(opened, version, ready)
    return Check(
        readiness=ready,
        missing=tuple((found.sentence, _field_url(opened, version, found.section, found.field)) for found in ready.missing),
        carried=tuple((instrument.section(key).title, _field_url(opened, version, key, "")) for key in ready.carried),
        marked=tuple(_marked(opened, version, instrument)),
        warnings=tuple(warnings(core, opened.today)) if core else (),
        has_preview=core is not None,
        mark=mark_of(version, core),
    )


def preview_core(opened: Opened, version: Assessment, ready: Readiness | None = None) -> LetterCore | None:
    """The core of the letter as it would be today, or None while something for the letter is missing."""
    return None if (ready or readiness(version)).missing else letter_of(opened, version)


def _field_url(opened: Opened, version: Assessment, section: str, field: str) -> str:
    place = reverse("fill_in_section", args=[opened.dossier.number, version.number, section])
    return f"{place}#id_{field}" if field else place


def _marked(opened: Opened, version: Assessment, instrument: Instrument) -> Iterator[MarkedText]:
    names = _names(opened)
    view = running_view(opened.dossier, since=opened.sees_from)
    values = {**read_all(version), "employee_view": view}
    for text in employer_texts(instrument, values, is_view_shared=bool(view["share_with_employer"])):
        hits = medical_hits(text.text, names=names)
        if hits:
            url = _field_url(opened, version, text.section, text.field)
            yield MarkedText(text.where, url, tuple(pieces(text.text, hits)), tuple(dict.fromkeys(hit.why for hit in hits)))


def _names(opened: Opened) -> list[str]:
    """People and organisations of the dossier: mevrouw Hartman is not a heart."""
    dossier = opened.dossier
    return [*dossier.seats.values_list("name", flat=True), dossier.employer.name, dossier.arbodienst.name]


@dataclass(frozen=True, slots=True)
class EmployerText:
    """A text that can reach the employer: its section, form field and place in words."""

    section: str
    field: str
    where: str
    text: str


def employer_texts(instrument: Instrument, values: Mapping[str, Any], *, is_view_shared: bool) -> Iterator[EmployerText]:
    """Every text that can reach the employer in this letter, in the order of the instrument."""
    reads = {EmployerReads.YES} | ({EmployerReads.SHARED} if is_view_shared else set())
    for section in instrument.sections:
        if section.key in values:
            yield from (text for text in _texts(section, values[section.key], reads) if text.text)


def _texts(section: Section, value: Any, reads: set[EmployerReads]) -> Iterator[EmployerText]:
    fields = _readable(section.fields, reads)
    if section.kind is SectionKind.ITEMS:
        labels = {item.key: item.label for item in section.items}
        for row in value:
            for field in fields if row.get("in_letter") else ():
                yield EmployerText(section.key, f"{row['item']}-{field.name}", f"{labels[row['item']]}: {field.label}", row.get(field.key) or "")
    elif section.kind is SectionKind.FIELDS:
        for field in fields:
            yield EmployerText(section.key, field.name, f"{section.title}: {field.label}", str(_at(value, field.key) or ""))
        for rows in section.rows:
            for place, row in enumerate(value[rows.key]):
                for field in _readable(rows.fields, reads):
                    yield EmployerText(section.key, f"{rows.key}-{place}-{field.name}", f"{rows.label}: {field.label}", row.get(field.key) or "")


def _readable(fields: Sequence[Field], reads: set[EmployerReads]) -> list[Field]:
    return [field for field in fields if field.kind is FieldKind.TEXT and field.employer_reads in reads]


def _at(value: Any, key: str) -> Any:
    for name in key.split("."):
        value = value[name]
    return value


def pieces(text: str, hits: Sequence[Hit]) -> Iterator[Piece]:
    """A text cut at its hits."""
    reached = 0
    for hit in hits:
        if hit.start > reached:
            yield Piece(text[reached : hit.start])
        yield Piece(hit.word, hit.why)
        reached = hit.end
    if reached < len(text):
        yield Piece(text[reached:])
