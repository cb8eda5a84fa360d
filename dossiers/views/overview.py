"""The first page of a dossier: where things stand, in the words and with the parts of who looks.

Four pages with one address: for the physician's side, the employee ("Waar sta ik?"), the employer, and experts. Each is a value built here
from what is open; nothing is decided in a template.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers import queries
from dossiers.door import DossierRequest, Opened, door, read
from dossiers.extract import VersionExtract, version_extract
from dossiers.letter_cards import LetterCard, card_of
from dossiers.models import Assessment, Status
from dossiers.next_step import asks_of, phrase_of, standings
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.people import delegate_sentence, people_of
from dossiers.reading import main_message
from dossiers.rules.calendar import Phase, State, Step, phase_on, steps
from dossiers.rules.compare import Arrow, Change, Line, capacity_glance, compare
from dossiers.rules.dutch import long_date
from dossiers.rules.sick_weeks import is_recovered, week_of
from dossiers.sections import with_sections

BAR = frozenset({Part.PROCESS, Part.WORK_FACTORS, Part.CAPACITY, Part.ADVICE})
MOST_CHANGES = 6
NEARBY_STEPS = 3
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SIGNS = {Arrow.BETTER: "up", Arrow.WORSE: "down", Arrow.SAME: "same", Arrow.NEW: "new", Arrow.CHANGED: "pencil", Arrow.GONE: "done"}


@dataclass(frozen=True, slots=True)
class GlanceLine:
    """A line of capacity at a glance, as `components/capacity_line.html` draws it."""

    label: str
    can: str
    needed: str
    change: str
    change_text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A page of this dossier to go to, with what is there."""

    title: str
    text: str
    url: str


@door(needs=read(Part.PROCESS), may_show=BAR | {Part.LETTERS})
@require_safe
def overview(request: DossierRequest, number: str) -> HttpResponse:
    """Where this dossier stands, for who looks."""
    opened = request.opened
    name, values = _page_of(opened)
    return dossier_page(request, f"dossier/overview_{name}.html", values, current="overview")


def _page_of(opened: Opened) -> tuple[str, dict[str, Any]]:
    match opened.role:
        case Role.EMPLOYEE:
            return "employee", _for_employee(opened)
        case Role.EMPLOYER:
            return "employer", _for_employer(opened)
        case Role.PHYSICIAN | Role.DELEGATE:
            return "author", _for_author(opened)
        case _:
            return "expert", _for_expert(opened)


# --- the physician's side ------------------------------------------------------------------------


def _for_author(opened: Opened) -> dict[str, Any]:
    newest, before = _newest_two(opened)
    current = version_extract(opened, newest, only=BAR) if newest else None
    previous = version_extract(opened, before, only=BAR) if before else None
    changes = _changes(previous, current) if current and previous else []
    open_version = queries.open_version(opened)
    return {
        "facts": _facts(opened),
        "current": current.head if current else None,
        "current_url": _version_url(opened, current),
        "previous": previous.head if previous else None,
        "message": main_message(current) if current else "",
        "glance": _glance(current, previous),
        "changes": changes[:MOST_CHANGES],
        "more_changes": max(len(changes) - MOST_CHANGES, 0),
        "open_version": open_version,
        "open_state": ("busy", "concept") if open_version and open_version.status == Status.DRAFT else ("attention", "aangeboden"),
        "letter": _newest_letter(opened),
        "letters_url": reverse("letters", args=[opened.dossier.number]),
        "people": people_of(opened),
        "may_start": opened.may(Part.CAPACITY, Act.WRITE) and open_version is None,
        "versions_url": reverse("versions", args=[opened.dossier.number]),
    }


def _newest_two(opened: Opened) -> tuple[Assessment | None, Assessment | None]:
    """The version in force and the one before it."""
    rows = list(with_sections(queries.versions(opened).filter(status=Status.FINAL).order_by("-number"))[:2])
    return (rows[0] if rows else None), (rows[1] if len(rows) > 1 else None)


def _version_url(opened: Opened, extract: VersionExtract | None) -> str:
    return reverse("version", args=[opened.dossier.number, extract.head.number]) if extract else ""


def _glance(current: VersionExtract | None, previous: VersionExtract | None) -> list[GlanceLine]:
    areas = current.sections.get("areas") if current else None
    if current is None or areas is None:
        return []
    before = previous.sections.get("areas") if previous else None
    return [_glance_line(line) for line in capacity_glance(areas, before, current.head.instrument)]


def _glance_line(line: Line) -> GlanceLine:
    return GlanceLine(line.label, line.can, line.needed, _SIGNS[line.change] if line.change else "", line.change_text)


def _changes(previous: VersionExtract, current: VersionExtract) -> list[Change]:
    found = compare(previous.sections, current.sections, current.head.instrument)
    return [change for change in found if change.arrow is not Arrow.SAME]


def _newest_letter(opened: Opened) -> LetterCard | None:
    letter = queries.released_letters(opened).first()
    return card_of(opened, letter) if letter else None


def _facts(opened: Opened) -> list[tuple[str, str]]:
    """Who and what, in five lines."""
    dossier = opened.dossier
    rows = [
        ("Werkgever", dossier.employer.name),
        ("Functie", dossier.job_title),
        ("Eerste ziektedag", long_date(dossier.first_sick_day)),
        ("Bedrijfsarts", dossier.physician.name),
    ]
    return rows if dossier.closed_on is None else [*rows, ("Gesloten op", long_date(dossier.closed_on))]


# --- the employee: "Waar sta ik?" ----------------------------------------------------------------


def _for_employee(opened: Opened) -> dict[str, Any]:
    letter = _newest_letter(opened)
    return {
        "letter": letter,
        "sentences": _first_sentences(letter.sentence) if letter else "",
        "week_text": _week_words(opened),
        "phase_lines": _phase_lines(opened),
        "places": list(_places(opened, _EMPLOYEE_PLACES)),
        "physician": opened.dossier.physician.name,
        "delegates": [(delegate_sentence(person.name), person.role) for person in people_of(opened) if person.is_delegate],
        "arbodienst": opened.dossier.arbodienst,
    }


def _first_sentences(message: str) -> str:
    """The first two sentences of the physician's own words, as they stand."""
    return " ".join(_SENTENCE_END.split(" ".join(message.split()))[:2])


# Part that must be open, URL name, title, what is there.
_EMPLOYEE_PLACES = (
    (Part.LETTERS, "letters", "Mijn brieven", "Wat de bedrijfsarts over uw werk schrijft."),
    (Part.EMPLOYEE_VIEW, "own_view", "Mijn visie", "Wat u zelf kunt, nodig heeft en vindt. U kiest of uw werkgever dit leest."),
    (Part.CAPACITY, "versions", "Mijn dossier", "Alles wat de bedrijfsarts na elk gesprek opschreef."),
    (Part.SHARING, "explain", "Wie kan wat zien", "Wie er nu in uw dossier kan kijken, en waarom."),
    (Part.TRAIL, "trail", "Wie heeft gekeken", "Elke keer dat iemand uw dossier opende."),
    (Part.REQUESTS, "requests", "Uw verzoeken", "Klopt er iets niet? Hier staat wat u vroeg, en wanneer u antwoord krijgt."),
    (Part.IDENTITY, "download_dossier", "Mijn dossier downloaden", "Een kopie van alles wat u kunt lezen."),
    (Part.PROCESS, "process", "Wat en wanneer", "De stappen van de twee jaar. Hier meldt u ook dat u beter bent."),
)


def _places(opened: Opened, places: Iterable[tuple[Part, str, str, str]]) -> Iterable[Place]:
    for part, name, title, text in places:
        if opened.may(part):
            yield Place(title, text, reverse(name, args=[opened.dossier.number]))


def _week_words(opened: Opened) -> str:
    """Where in the two years, as a sentence to the employee."""
    absence, today = opened.dossier.absence, opened.today
    week = week_of(absence, today)
    if opened.dossier.closed_on is not None:
        return f"Dit dossier is gesloten op {long_date(opened.dossier.closed_on)}."
    if is_recovered(absence, today):
        return f"U bent weer beter gemeld. Daarvoor was u {week} {'week' if week == 1 else 'weken'} ziek."
    return f"U bent in week {week} van de 104 weken."


def _phase_lines(opened: Opened) -> tuple[str, ...]:
    if opened.dossier.closed_on is not None or is_recovered(opened.dossier.absence, opened.today):
        return ()
    return _PHASE_WORDS[phase_on(opened.dossier.absence, opened.today)]


# What a phase is for, said to the employee. The lines of a letter (rules/phases.py) speak about the employee, not to.
_PHASE_WORDS: Mapping[Phase, tuple[str, ...]] = {
    Phase.ANALYSIS: ("Dit zijn de eerste 6 weken.", "In deze tijd kijkt de bedrijfsarts wat u kunt."),
    Phase.PLAN: ("U en uw werkgever maken nu samen een plan van aanpak.", "Daarin staat hoe u weer aan het werk gaat."),
    Phase.WORKING: ("U en uw werkgever werken nu met het plan van aanpak.", "U kijkt minstens elke 6 weken samen hoe het gaat."),
    Phase.FIRST_YEAR: ("Het eerste jaar is bijna voorbij.", "U en uw werkgever kijken samen terug en kiezen hoe u verdergaat."),
    Phase.SECOND_YEAR: ("Dit is het tweede jaar.", "U en uw werkgever kijken minstens elke 6 weken samen hoe het gaat."),
    Phase.BENEFIT: ("Dit zijn de laatste maanden van de 2 jaar.", "Bent u dan nog ziek? Dan kunt u bij UWV een uitkering aanvragen."),
    Phase.AFTER: ("De 2 jaar zijn voorbij.",),
}


# --- the employer --------------------------------------------------------------------------------


def _for_employer(opened: Opened) -> dict[str, Any]:
    return {
        "facts": _facts(opened),
        "letter": _newest_letter(opened),
        "dates": _dates(opened),
        "places": list(_places(opened, _EMPLOYER_PLACES)),
        "people": people_of(opened),
    }


_EMPLOYER_PLACES = (
    (Part.LETTERS, "letters", "Alle brieven", "De adviezen van de bedrijfsarts, in gewone taal."),
    (Part.JOB, "job", "Het werk", "Beschrijf het werk en wat het vraagt. Dan past het advies beter."),
    (Part.PROCESS, "process", "Proces", "Alle stappen met hun regel. Hier meldt u ook herstel."),
)


def _dates(opened: Opened) -> list[tuple[str, str, bool]]:
    """The steps of the employer that come first: what, by when, and whether it is now."""
    if opened.dossier.closed_on is not None:
        return []
    standing = standings([opened.dossier.pk], role=opened.role)[opened.dossier.pk]
    coming = (step for step in steps(opened.dossier.absence, opened.today, standing.visits) if step.is_open and asks_of(opened.role, step))
    return [_date(step) for _, step in zip(range(NEARBY_STEPS), coming, strict=False)]


def _date(step: Step) -> tuple[str, str, bool]:
    return step.plain, phrase_of(step), step.state is State.NOW


# --- experts -------------------------------------------------------------------------------------


def _asked(opened: Opened) -> list[tuple[str, str]]:
    """What the physician asks of this expert, and through which day the share that says so is open."""
    return [(f"Tot en met {long_date(row.last_day)}", _purpose(row.purpose, row.get_moment_display())) for row in queries.open_shares(opened)]


def _purpose(purpose: str, moment: str) -> str:
    return f"{purpose} (voor {moment})" if moment else purpose


def _for_expert(opened: Opened) -> dict[str, Any]:
    newest, before = _newest_two(opened)
    current = version_extract(opened, newest, only=BAR) if newest else None
    previous = version_extract(opened, before, only=BAR) if before else None
    return {
        "facts": _facts(opened),
        "asked": _asked(opened),
        "places": list(_places(opened, _EXPERT_PLACES)),
        "parts": _open_parts(opened),
        "current": current.head if current else None,
        "current_url": _version_url(opened, current) if opened.may(Part.CAPACITY) else "",
        "message": main_message(current) if current else "",
        "glance": _glance(current, previous),
        "conditions": _conditions(current),
        "letter": _newest_letter(opened),
        "people": people_of(opened),
    }


_EXPERT_PLACES = (
    (Part.LABOUR_REPORT, "labour_reports", "Rapport van de arbeidsdeskundige", "Het arbeidsdeskundig deel."),
    (Part.INSURANCE_REPORT, "insurance_reports", "Uw reactie", "Wat u als verzekeringsarts vindt, als overleg tussen artsen."),
    (Part.CONSULTATION, "threads", "Overleg", "Vragen aan u, en vragen die u stelt."),
    (Part.CAPACITY, "course", "Verloop", "De belastbaarheid bij alle bezoeken naast elkaar."),
)


def _open_parts(opened: Opened) -> list[tuple[str, str]]:
    """The parts that are open to read, by the day through which they are."""
    ends = {touch.part: ground.until for touch, ground in opened.open.items() if touch.act is Act.READ}
    found: dict[str, list[str]] = {}
    for part in Part:
        if part in ends:
            until = ends[part]
            found.setdefault(f"tot en met {long_date(until)}" if until else "zonder einddatum", []).append(part.label)
    return [(until, ", ".join(labels)) for until, labels in found.items()]


def _conditions(extract: VersionExtract | None) -> list[tuple[str, str]]:
    """Conditions per work factor, when that part is open."""
    rows = extract.sections.get("work_factors") if extract else None
    if extract is None or not rows:
        return []
    return [(extract.head.instrument.item("work_factors", row["item"]).label, row["condition"]) for row in rows if row.get("condition")]
