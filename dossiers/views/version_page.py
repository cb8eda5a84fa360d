"""What the page of one version holds, as values: head, glance, changes, sections, and the employee's corrections.

Everything is built from extracts of this reader: a comparison never sees more than the page. Doors are in `versions.py` and `release.py`.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from dossiers import queries
from dossiers.check import preview_core
from dossiers.door import Opened
from dossiers.extract import VersionExtract, VersionHead, version_extract
from dossiers.forms.versions import CorrectionForm
from dossiers.models import Assessment, Correction, CorrectionState, DocumentKind, Status
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.reading import ReadSection, main_message, read_sections, section_title, writer_of_view
from dossiers.rules.calendar import phase_on
from dossiers.rules.compare import Arrow, Change, Line, capacity_glance, compare
from dossiers.rules.dutch import long_date, number
from dossiers.rules.letter.document import LetterDocument, Reader
from dossiers.rules.letter_text import compose
from dossiers.rules.sick_weeks import week_of
from dossiers.sections import with_sections
from dossiers.statements import statements_on
from dossiers.views.version_links import with_links
from instrument import library
from instrument.schema import Instrument
from instrument.schema import Status as InstrumentStatus

BAR_PARTS = frozenset(
    {
        Part.PROCESS,
        Part.WORK_FACTORS,
        Part.CAPACITY,
        Part.EXPLANATION,
        Part.CONTEXT,
        Part.EMPLOYEE_VIEW,
        Part.ADVICE,
        Part.CONSULTATION,
    }
)
PAGE_PARTS = BAR_PARTS | {Part.LETTERS, Part.REQUESTS}
LETTER_SECTIONS = frozenset({"visit", "work_factors", "areas", "employee_view", "possibilities", "prognosis", "advice"})
STATE_KINDS = {Status.DRAFT: "busy", Status.OFFERED: "attention", Status.FINAL: "done"}
_SIGNS = {Arrow.BETTER: "up", Arrow.WORSE: "down", Arrow.SAME: "same", Arrow.NEW: "new", Arrow.CHANGED: "pencil", Arrow.GONE: "done"}

_SHORT = {"usable": "Kan werken", "own_work": "Eigen werk", "course": "Hoe het gaat"}


@dataclass(frozen=True, slots=True)
class GlanceLine:
    """A line of capacity at a glance, as its component draws it."""

    label: str
    can: str
    needed: str
    change: str
    change_text: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference with the previous version; `sign` is an icon that stands beside the words."""

    label: str
    sentence: str
    sign: str


@dataclass(frozen=True, slots=True)
class AskedCorrection:
    """A correction with its answer, as both sides read it."""

    id: str
    section: str
    section_title: str
    text: str
    asked_at: Any
    in_letter: bool
    is_open: bool
    state_text: str
    state_kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section on the page with who reads it, the corrections on it, and the form to ask one."""

    read: ReadSection
    readers: str
    why: str
    corrections: list[AskedCorrection] = field(default_factory=list)
    form: CorrectionForm | None = None
    is_asking: bool = False


def fetch(opened: Opened, number: int) -> Assessment:
    """One version that this reader may know of, with all its rows; 404 otherwise."""
    version: Assessment = queries.version(opened, number)
    return with_sections(queries.versions(opened)).select_related("author", "repairs", "finalised_by").get(pk=version.pk)


def state_text(status: Status, *, plain: bool) -> str:
    """The state of a version in a word."""
    words = {
        Status.DRAFT: "concept",
        Status.OFFERED: "u kunt dit nu lezen" if plain else "aangeboden aan de werknemer",
        Status.FINAL: "definitief",
    }
    return words[status]


def phase_words(opened: Opened, version: Assessment) -> tuple[str, int]:
    """The phase in the reader's words, and the sick week of the visit."""
    absence = opened.dossier.absence
    phase = phase_on(absence, version.date)
    return (phase.plain if opened.role is Role.EMPLOYEE else phase.label), week_of(absence, version.date)


def page_values(opened: Opened, version: Assessment, *, asking: CorrectionForm | None = None) -> dict[str, Any]:
    """Everything the page of a version shows to this reader."""
    plain = opened.role is Role.EMPLOYEE
    extract = version_extract(opened, version, only=BAR_PARTS)
    before = _before(opened, version)
    head = extract.head
    phase, week = phase_words(opened, version)
    sections = _sections(opened, extract, version, asking, plain=plain)
    return {
        "head": head,
        "plain": plain,
        "state_kind": STATE_KINDS[head.status],
        "state_text": state_text(head.status, plain=plain),
        "phase": phase,
        "week": week,
        "contact": head.instrument.label("contact", head.contact) if head.contact else "",
        "is_provisional": head.instrument.status is InstrumentStatus.PROVISIONAL and not plain,
        "message": main_message(extract),
        "glance": _glance(extract, before),
        "possible": _possible(extract),
        "before": before.head if before else None,
        "changes": _changes(before, extract) if before else None,
        "sections": [view for view in sections if view.read.is_filled],
        "unfilled": [view.read.title for view in sections if not view.read.is_filled],
        "writer_of_view": writer_of_view(extract),
        "repaired_by": list(queries.versions(opened).filter(repairs=version).values_list("number", flat=True)),
        "finalised_by": version.finalised_by.name if version.finalised_by else "",
        "mark": version.hash[:12],
        "around": _around(opened, version),
        "too_late": _too_late(asking) if head.status is not Status.OFFERED else None,
        "letter_url": _letter_url(opened, version),
        "beside": statements_on(opened, DocumentKind.VERSION, version.pk, is_final=head.status is Status.FINAL),
        **_of_authors(opened, head),
        **(_of_offer(opened, version, asking) if plain and head.status is Status.OFFERED else {}),
    }


def _before(opened: Opened, version: Assessment) -> VersionExtract | None:
    """The previous final version as far as this reader sees it."""
    found = queries.versions(opened).filter(number__lt=version.number, status=Status.FINAL).order_by("-number")
    row = with_sections(found).first()
    return version_extract(opened, row, only=BAR_PARTS) if row else None


def _glance(extract: VersionExtract, before: VersionExtract | None) -> list[GlanceLine]:
    areas = extract.sections.get("areas")
    if areas is None:
        return []
    previous = before.sections.get("areas") if before else None
    return [_glance_line(line) for line in capacity_glance(areas, previous, extract.head.instrument)]


def _glance_line(line: Line) -> GlanceLine:
    return GlanceLine(line.label, line.can, line.needed, _SIGNS[line.change] if line.change else "", line.change_text)


def _possible(extract: VersionExtract) -> list[tuple[str, str]]:
    """The answers that come first: work, own work, hours, course, and when all of the own work is expected again."""
    facts = {**(extract.sections.get("possibilities") or {}), **(extract.sections.get("prognosis") or {})}
    label = extract.head.instrument.label
    found = [(words, label(name, facts[name])) for name, words in _SHORT.items() if facts.get(name)]
    if facts.get("usable") == "yes":
        found.append(("Uren nu", f"{number(facts['hours_now'])} uur per week"))
    if facts.get("expected_return"):
        certainty = f", {label('certainty', facts['certainty'])}" if facts.get("certainty") else ""
        found.append(("Weer al het eigen werk", f"{long_date(datetime.date.fromisoformat(facts['expected_return']))}{certainty}"))
    return found


def _changes(before: VersionExtract, extract: VersionExtract) -> list[ChangeLine]:
    found = compare(before.sections, extract.sections, extract.head.instrument)
    return [_change_line(change) for change in found if change.arrow is not Arrow.SAME]


def _change_line(change: Change) -> ChangeLine:
    return ChangeLine(change.label, change.sentence, _SIGNS[change.arrow])


def _sections(opened: Opened, extract: VersionExtract, version: Assessment, asking: CorrectionForm | None, *, plain: bool) -> list[SectionView]:
    asked = corrections(opened, version) if opened.may(Part.REQUESTS) else []
    may_ask = plain and extract.head.status is Status.OFFERED and opened.may(Part.REQUESTS, Act.WRITE)
    readers = readers_of(opened, extract.head)
    return [
        SectionView(
            read=section,
            readers=readers,
            why=_why(opened, extract.head, section.key),
            corrections=[row for row in asked if row.section == section.key],
            form=_correction_form(section.key, asking) if may_ask else None,
            is_asking=asking is not None and asking.prefix == section.key,
        )
        for section in with_links(opened, version, extract, read_sections(extract, plain=plain))
    ]


def _correction_form(section: str, asking: CorrectionForm | None) -> CorrectionForm:
    if asking is not None and asking.prefix == section:
        return asking
    return CorrectionForm(section=section, may_reach_letter=section in LETTER_SECTIONS)


def corrections(opened: Opened, version: Assessment) -> list[AskedCorrection]:
    """What the employee asked about this version, oldest first."""
    instrument = version_instrument(version)
    plain = opened.role is Role.EMPLOYEE
    kinds = {CorrectionState.OPEN: "busy", CorrectionState.ADAPTED: "done", CorrectionState.DECLINED: "plain"}
    return [
        AskedCorrection(
            id=str(row.pk),
            section=row.section,
            section_title=section_title(instrument, row.section, plain=plain),
            text=row.text,
            asked_at=row.asked_at,
            in_letter=row.in_letter,
            is_open=row.state == CorrectionState.OPEN,
            state_text=CorrectionState(row.state).label,
            state_kind=kinds[CorrectionState(row.state)],
            reason=row.reason,
        )
        for row in Correction.objects.filter(dossier=opened.dossier, assessment=version)
    ]


def version_instrument(version: Assessment) -> Instrument:
    """The definition a version was filled in with."""
    return library.get(*version.instrument)


def readers_of(opened: Opened, head: VersionHead) -> str:
    """Who reads a section, in words. A delegate is named only when there is one."""
    delegate = opened.dossier.seats.filter(role=Role.DELEGATE, ended_at__isnull=True).exists() if opened.role in AUTHORS | {Role.EMPLOYEE} else False
    names = ["bedrijfsarts", *(["taakgedelegeerde"] if delegate else [])]
    if opened.role is Role.EMPLOYEE:
        return _listed(["u", *names])
    if head.status is not Status.DRAFT:
        names = ["werknemer", *names]
    return _listed(names if opened.role in AUTHORS else [*names, "u"])


def _listed(names: list[str]) -> str:
    return " en ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _why(opened: Opened, head: VersionHead, section: str) -> str:
    if head.status is Status.DRAFT:
        return "Dit is een concept. De werknemer leest het pas als u het aanbiedt. De werkgever leest alleen de brief."
    whose = "u" if opened.role is Role.EMPLOYEE else "de werknemer"
    expert = f"Een andere deskundige leest dit alleen als {whose} ja zegt."
    if section == "context_factors":
        expert = f"Alleen een verzekeringsarts kan dit ook lezen, en alleen als {whose} ja zegt."
    employer = "De werkgever leest dit niet." if section not in LETTER_SECTIONS else "De werkgever leest alleen wat in de brief staat."
    return f"{employer} {expert}"


def _around(opened: Opened, version: Assessment) -> list[tuple[str, str]]:
    """The versions beside this one, as links."""
    found = queries.versions(opened)
    rows = (found.filter(number__lt=version.number).order_by("-number").first(), found.filter(number__gt=version.number).order_by("number").first())
    words = ("Vorige versie", "Volgende versie")
    return [
        (f"{word}: versie {row.number}", reverse("version", args=[opened.dossier.number, row.number]))
        for word, row in zip(words, rows, strict=True)
        if row
    ]


def _letter_url(opened: Opened, version: Assessment) -> str:
    """Where the letter of this version stands, when this reader may know of it."""
    has_letter = queries.released_letters(opened).filter(assessment=version).exists()
    return reverse("letter", args=[opened.dossier.number, version.number]) if has_letter else ""


def _too_late(asking: CorrectionForm | None) -> tuple[str, str] | None:
    """What was typed after the version closed, with the sentence that refuses it: the text is shown again, so that it is not lost."""
    if asking is None:
        return None
    return " ".join(str(error) for error in asking.non_field_errors()), str(asking["text"].value() or "")


def _of_authors(opened: Opened, head: VersionHead) -> dict[str, Any]:
    """What physician and delegate can do from here."""
    if opened.role not in AUTHORS:
        return {"is_author": False}
    may_write = opened.may(Part.CAPACITY, Act.WRITE)
    none_open = not queries.versions(opened).exclude(status=Status.FINAL).exists()
    return {
        "is_author": True,
        "may_write": may_write,
        "may_repair": may_write and head.status is Status.FINAL and none_open,
        "is_draft": head.status is Status.DRAFT,
        "is_offered": head.status is Status.OFFERED,
    }


def _of_offer(opened: Opened, version: Assessment, asking: CorrectionForm | None) -> dict[str, Any]:
    """What the employee reads and can do while a version is offered: the letter, and asking about anything else."""
    asked = corrections(opened, version)
    return {
        "offer_until": version.term_until,
        "letter": letter_document(opened, version, Reader.EMPLOYEE),
        "other_form": _correction_form("visit", asking) if opened.may(Part.REQUESTS, Act.WRITE) else None,
        "is_asking_other": asking is not None and asking.prefix == "visit",
        "other_corrections": [row for row in asked if row.section == "visit"],
    }


def letter_document(opened: Opened, version: Assessment, reader: Reader) -> LetterDocument | None:
    """The letter exactly as it would be today, or None while something for it is missing."""
    core = preview_core(opened, version)
    return compose(core, reader) if core else None
