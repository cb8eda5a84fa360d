"""Filling in a version: start, save a section, take over, throw away.

Offering, corrections and finalising are in `release.py`. What a section may hold is decided by its form (`instrument.forms`).
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection

from dossiers.actions.turns import take_turns
from dossiers.actions.words import note_view
from dossiers.door import Opened
from dossiers.errors import Refused, Stale
from dossiers.models import Assessment, SectionDraft, Status
from dossiers.parts import Act, Part
from dossiers.sections import read_all, read_section, running_view, write_section
from dossiers.taken_over import carry as carry_references
from dossiers.taken_over import forget_removed
from dossiers.trail import Event, action
from instrument import library
from instrument.forms import FILLED_SECTIONS, FormContext, SectionForm, data_of, section_form
from instrument.schema import Instrument

LARGEST_SECTION = 500_000  # characters in one section; a paste beyond this is refused before it is stored
GONE = "Deze versie is weggegooid. Ga terug naar de lijst van versies."
ITEM_SECTIONS = frozenset({"work_factors", "areas", "context_factors"})
SECTION_PART: dict[str, Part] = {
    "visit": Part.CAPACITY,
    "work_factors": Part.WORK_FACTORS,
    "areas": Part.CAPACITY,
    "context_factors": Part.CONTEXT,
    "employee_view": Part.EMPLOYEE_VIEW,
    "possibilities": Part.CAPACITY,
    "prognosis": Part.CAPACITY,
    "advice": Part.ADVICE,
    "consultation": Part.CONSULTATION,
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a section led to: its new version, the checked form, and when."""

    draft: SectionDraft
    form: SectionForm


@action(Part.CAPACITY, Act.WRITE)
def start_version(
    opened: Opened, *, date: datetime.date, contact: str = "", carry: bool = True, repairs: Assessment | None = None, reason: str = ""
) -> Assessment:
    """Begin a new version, starting from the previous one. A repair says which version it corrects, and why."""
    dossier = opened.dossier
    if dossier.closed_on is not None:
        raise Refused("Dit dossier is gesloten. U kunt geen nieuwe versie maken.")
    take_turns(dossier.pk)  # two who begin at once: the second finds the first
    if Assessment.objects.filter(dossier=dossier).exclude(status=Status.FINAL).exists():
        raise Refused("Er is al een versie in bewerking. Maak die eerst af, of gooi het concept weg.")
    previous = Assessment.objects.filter(dossier=dossier).order_by("-number").first()
    _check_date(opened, date, previous)
    if repairs is not None and not reason:
        raise Refused("Schrijf op wat er in die versie niet klopt.")
    # Of another arbodienst, and the employee has not said yes: nothing of it comes along.
    hidden = previous is not None and opened.sees_from is not None and previous.started_at < opened.sees_from
    before = None if hidden else previous
    instrument = library.current()
    version = Assessment(
        dossier=dossier,
        number=previous.number + 1 if previous else 1,
        date=date,
        contact=contact,
        author=opened.person if opened.may(Part.LETTERS, Act.FINALISE) else opened.dossier.physician,
        started_by=opened.person,
        started_at=opened.now,
        instrument_key=instrument.key,
        instrument_version=instrument.version,
        instrument_hash=instrument.sha256,
        started_from=before,
        repairs=repairs,
        repair_reason=reason,
    )
    version.save(force_insert=True)
    carried = _carried(before, date, repairing=repairs is not None) if before and carry else {}
    for section in FILLED_SECTIONS:
        _first_draft(opened, version, section, carried.get(section))
    if repairs is not None and before is not None and carry:
        carry_references(opened, before, version)
    opened.trail.note(Event.START_VERSION, Part.CAPACITY, object_type="version", object_id=version.pk)
    return version


def _check_date(opened: Opened, date: datetime.date, previous: Assessment | None) -> None:
    if date > opened.today:
        raise Refused("Deze datum ligt in de toekomst. Vul de dag van het bezoek in.")
    if date < opened.dossier.first_sick_day:
        raise Refused("Deze datum ligt voor de eerste ziektedag. Vul een latere dag in.")
    if previous is not None and date < previous.date:
        raise Refused("Deze datum ligt voor het vorige bezoek. Vul een latere dag in.")


def _carried(previous: Assessment, date: datetime.date, *, repairing: bool) -> dict[str, Any]:
    """The previous answers, without dates that have passed and without what was said in that talk only."""
    values: dict[str, Any] = read_all(previous)
    del values["visit"], values["employee_view"]
    if repairing:
        return values
    for section, key in (("possibilities", "review_on"), ("prognosis", "next_contact"), ("prognosis", "expected_return")):
        if values[section][key] and values[section][key] <= date.isoformat():
            values[section][key] = None
    values["advice"]["actions"] = [row for row in values["advice"]["actions"] if row["by"] > date.isoformat()]
    values["consultation"] = []
    return values


def _first_draft(opened: Opened, version: Assessment, section: str, carried: Any) -> None:
    instrument = library.get(*version.instrument)
    if section == "visit":
        content: dict[str, str] = {"date": version.date.isoformat(), "contact": version.contact}
    elif section == "employee_view":
        content = data_of(instrument, section, running_view(opened.dossier, since=opened.sees_from))
    else:
        content = data_of(instrument, section, carried) if carried is not None else {}
    form = section_form(instrument, section, content or None, context=context_of(opened, version))
    draft = SectionDraft(
        dossier=opened.dossier,
        assessment=version,
        section=section,
        content=dict(content) or None,
        valid=form.is_valid(),
        carried=bool(carried),
        saved_by=opened.person,
        saved_at=opened.now,
    )
    draft.save(force_insert=True)
    if carried is not None and form.is_valid():
        write_section(version, section, form.value, previous=carried)


def context_of(opened: Opened, version: Assessment) -> FormContext:
    """What the rules of a form need to know of this dossier."""
    return FormContext(
        contract_hours=float(opened.dossier.hours_per_week), first_sick_day=opened.dossier.first_sick_day, visit_date=version.date, today=opened.today
    )


def form_of(opened: Opened, version: Assessment, draft: SectionDraft) -> SectionForm:
    """The form of a section as it was typed, valid or not."""
    return section_form(instrument_of(version), draft.section, draft.content or None, context=context_of(opened, version))


def instrument_of(version: Assessment) -> Instrument:
    """The definition a version was filled in with."""
    return library.get(*version.instrument)


@action(Part.CAPACITY, Act.WRITE)
def save_section(opened: Opened, *, version: Assessment, section: str, data: Mapping[str, str], seen: int) -> Saved:
    """Keep a section as typed, valid or not, and write its models whenever it is valid.

    `seen` is the draft's version the writer had on screen: if somebody saved since, `Stale` carries the other text and nothing is stored.
    """
    _must_stay_draft(version)
    draft = SectionDraft.objects.select_for_update().filter(assessment=version, section=section).first()
    if draft is None:
        raise Refused("Dit onderdeel bestaat niet.")
    if draft.version != seen:
        raise Stale(theirs=dict(draft.content or {}), version=draft.version, by=draft.saved_by.name)
    opened.require(SECTION_PART[section], Act.WRITE)
    form = section_form(instrument_of(version), section, data, context=context_of(opened, version))
    typed = {name: data[name] for name in form.fields if name in data}
    if sum(len(text) for text in typed.values()) > LARGEST_SECTION:
        raise Refused("Deze tekst is te lang om te bewaren. Maak de tekst korter.", status=413)
    draft.content, draft.valid, draft.carried = typed, form.is_valid(), False
    draft.version += 1
    draft.saved_by, draft.saved_at = opened.person, opened.now
    if draft.valid:
        if section == "employee_view":
            note_view(opened, value=cast("dict[str, Any]", form.value))
        else:
            _check_visit(opened, version, section, form)
            write_section(version, section, form.value, previous=_previous_value(version, section))
            if section == "consultation":
                forget_removed(version, cast("list[dict[str, Any]]", form.value))
    draft.save()
    opened.trail.note(Event.SAVE_SECTION, SECTION_PART[section], object_type="section", object_id=f"{version.number}:{section}")
    return Saved(draft, form)


def _check_visit(opened: Opened, version: Assessment, section: str, form: SectionForm) -> None:
    if section != "visit" or version.started_from is None:
        return
    if cast("dict[str, Any]", form.value)["date"] < version.started_from.date.isoformat():
        raise Refused("Deze datum ligt voor het vorige bezoek. Vul een latere dag in.")


def _previous_value(version: Assessment, section: str) -> Any:
    """What the previous version said, for items: those that say the same keep the date of their last change."""
    return read_section(version.started_from, section) if section in ITEM_SECTIONS and version.started_from is not None else None


@action(Part.CAPACITY, Act.WRITE)
def all_as_before(opened: Opened, *, version: Assessment) -> None:
    """ "Alles zoals vorige keer": everything that was carried over counts as looked at, in one act."""
    version = locked(version.pk)
    _must_be_draft(version.status)
    if version.started_from_id is None:
        raise Refused("Er is geen vorige versie om over te nemen.")
    SectionDraft.objects.filter(assessment=version, carried=True).update(carried=False, saved_by=opened.person, saved_at=opened.now)
    opened.trail.note(Event.COPY_PREVIOUS, Part.CAPACITY, object_type="version", object_id=version.pk)


@action(Part.CAPACITY, Act.WRITE)
def discard_version(opened: Opened, *, version: Assessment) -> None:
    """Throw a draft away. A version that the employee has read is taken back first, and then too."""
    version = locked(version.pk)
    _must_be_draft(version.status)
    if version.corrections.exists():
        raise Refused("De werknemer heeft iets gevraagd over deze versie. Geef eerst antwoord.")
    opened.trail.note(Event.DISCARD_VERSION, Part.CAPACITY, object_type="version", object_id=version.pk)
    version.delete()


def locked(version_id: uuid.UUID) -> Assessment:
    """The version as it stands, after every save under way in it; whoever writes in it waits (FOR UPDATE against FOR KEY SHARE).
    For every act on the version as a whole."""
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("author")
    version = rows.filter(pk=version_id).first()
    if version is None:
        raise Refused(GONE, status=409)
    return version


def _must_stay_draft(version: Assessment) -> None:
    """A draft, and until the end of this transaction nobody offers it, makes it final or throws it away. The row on screen was read without
    a lock, so its own status counts for nothing. Two who save different sections do not wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM dossiers_assessment WHERE id = %s FOR KEY SHARE", [version.pk])
        found = cursor.fetchone()
    if found is None:
        raise Refused(GONE, status=409)
    _must_be_draft(found[0])


def _must_be_draft(status: str) -> None:
    if status == Status.OFFERED:
        raise Refused("De werknemer leest deze versie nu. Neem de versie eerst terug om iets te veranderen.")
    if status == Status.FINAL:
        raise Refused("Deze versie is vastgesteld en verandert niet meer. Maak een nieuwe versie.")
