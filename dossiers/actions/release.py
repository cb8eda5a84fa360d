"""From draft to final: offering, taking back, corrections, finalising.

Draft → offered → final (`rules/transitions.py`). Finalising freezes the version and the core of its letter in one transaction;
the worker does the rest.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from dossiers import outbox
from dossiers.actions.versions import locked
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.letter import core_of, goes_on_paper
from dossiers.models import Assessment, Correction, CorrectionState, Letter, LetterCopy, Reader, SectionDraft, Status
from dossiers.notices import Reason, tell_seated
from dossiers.parts import Act, Part, Role
from dossiers.rules.letter_core import LetterCore, LetterIncompleteError
from dossiers.rules.transitions import may_follow
from dossiers.rules.working_days import add_working_days
from dossiers.sealed import keyed_hash
from dossiers.sections import newest_view, read_all, running_view, write_view
from dossiers.trail import Event, action
from dossiers.visits import plan_hash
from instrument import library
from instrument.forms import FILLED_SECTIONS, Missing, missing

CHANGED = "Er is iets veranderd sinds u deze pagina opende. Kijk de versie nog een keer na."


@dataclass(frozen=True, slots=True)
class Readiness:
    """What still stands between a draft and offering it: things to fill in, and sections nobody looked at yet."""

    missing: tuple[Missing, ...]
    carried: tuple[str, ...]
    open_corrections: int

    @property
    def is_complete(self) -> bool:
        return not (self.missing or self.carried)


def readiness(version: Assessment) -> Readiness:
    """The check before offering. Reads only; what it finds links to the field."""
    instrument = library.get(*version.instrument)
    titles = {key: instrument.section(key).title for key in FILLED_SECTIONS}
    drafts = {row.section: row for row in SectionDraft.objects.filter(assessment=version)}
    found = [
        Missing(section, "", f"In ‘{titles[section]}’ staat nog iets dat niet klopt.")
        for section in FILLED_SECTIONS
        if section in drafts and not drafts[section].valid
    ]
    found += missing(instrument, read_all(version))
    carried = tuple(section for section in FILLED_SECTIONS if section in drafts and drafts[section].carried)
    return Readiness(tuple(found), carried, version.corrections.filter(state=CorrectionState.OPEN).count())


@action(Part.LETTERS, Act.OFFER)
def offer(opened: Opened, *, version: Assessment, seen: str | None = None) -> Assessment:
    """Let the employee read the version and the exact letter, for a term of working days. `seen`: as for `finalise`."""
    version = locked(version.pk)
    _must_follow(version, Status.OFFERED)
    _must_be_ready(version)
    _must_be_answered(version)
    _must_be_as_seen(version, letter_of(opened, version), seen)
    _offer(opened, version)
    version.save()
    tell_seated(opened.dossier, [Role.EMPLOYEE], Reason.OFFERED, now=opened.now, object_id=version.pk)
    opened.trail.note(Event.OFFER, Part.LETTERS, object_type="version", object_id=version.pk)
    return version


@action(Part.LETTERS, Act.OFFER)
def take_back(opened: Opened, *, version: Assessment) -> Assessment:
    """Back to draft, to adapt what the employee asked about. The corrections stay."""
    version = locked(version.pk)
    _must_follow(version, Status.DRAFT)
    version.status, version.offered_at, version.term_until = Status.DRAFT, None, None
    version.save()
    opened.trail.note(Event.RETURN_TO_DRAFT, Part.LETTERS, object_type="version", object_id=version.pk)
    return version


@action(Part.REQUESTS, Act.WRITE)
def ask_correction(opened: Opened, *, version: Assessment, section: str, text: str, in_letter: bool) -> Correction:
    """The employee asks to correct something in an offered version. `in_letter`: the writer has read that the employer may read it."""
    version = locked(version.pk)
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer kan om een correctie vragen.", status=403)
    if version.status != Status.OFFERED:
        raise Refused("Deze versie is niet meer open voor een correctie. Bel de bedrijfsarts als er iets niet klopt.")
    if section not in FILLED_SECTIONS or not text:
        raise Refused("Schrijf op wat er niet klopt.")
    row = Correction(
        dossier=opened.dossier, assessment=version, section=section, text=text, in_letter=in_letter, asked_at=opened.now, asked_by=opened.person
    )
    row.save(force_insert=True)
    tell_seated(opened.dossier, [Role.PHYSICIAN], Reason.CORRECTION_ASKED, now=opened.now, object_id=row.pk)
    opened.trail.note(Event.ASK_CORRECTION, Part.REQUESTS, object_type="correction", object_id=row.pk)
    return row


@action(Part.REQUESTS, Act.WRITE)
def answer_correction(opened: Opened, *, correction: Correction, adapted: bool, reason: str = "") -> Correction:
    """The physician says what became of it: adapted, or declined with a reason; then the employee's words go with the letter."""
    version = locked(correction.assessment_id)
    row = Correction.objects.select_for_update().get(pk=correction.pk)
    if opened.role is not Role.PHYSICIAN:
        raise Refused("Alleen de bedrijfsarts geeft antwoord op een correctie.", status=403)
    if row.state != CorrectionState.OPEN:
        raise Refused("Op deze vraag is al antwoord gegeven.")
    if adapted and version.status != Status.DRAFT:
        raise Refused("Neem de versie eerst terug en pas hem aan. Geef daarna antwoord.")
    if not adapted and not reason:
        raise Refused("Schrijf op waarom u dit niet aanpast. De werknemer leest uw uitleg.")
    row.state = CorrectionState.ADAPTED if adapted else CorrectionState.DECLINED
    row.reason, row.answered_at, row.answered_by = reason, opened.now, opened.person
    row.save()
    tell_seated(opened.dossier, [Role.EMPLOYEE], Reason.CORRECTION_ANSWERED, now=opened.now, object_id=row.pk)
    opened.trail.note(Event.ANSWER_CORRECTION, Part.REQUESTS, object_type="correction", object_id=row.pk)
    return row


@action(Part.LETTERS, Act.FINALISE)
def finalise(
    opened: Opened, *, version: Assessment, medical_check: bool, discussed_on: datetime.date | None = None, seen: str | None = None
) -> Letter:
    """Make the version final and freeze its letter. Before the end of the term only when it was talked through with the employee.

    `seen`: the mark of what was on screen (`mark_of`); what was checked is what is frozen. None only for who has no page: an import.
    """
    version = locked(version.pk)
    _must_follow(version, Status.FINAL)
    _must_be_ready(version)
    _must_be_discussed(opened, version, discussed_on)
    if not medical_check:
        raise Refused("Kijk eerst of er geen medische gegevens in de brief staan. Zet daarna het vinkje.")
    _must_be_answered(version)
    core = letter_of(opened, version)
    if core is None:
        raise Refused("Er ontbreekt nog iets voor de brief. Kijk bij de controle wat er nog moet.")
    _must_be_as_seen(version, core, seen)
    opened.trail.note(Event.MEDICAL_CHECK, Part.LETTERS, object_type="version", object_id=version.pk)
    if version.status == Status.DRAFT:  # offering and finalising in one act: both states stand in the trail
        _offer(opened, version)
        opened.trail.note(Event.OFFER, Part.LETTERS, object_type="version", object_id=version.pk)
    version.author = opened.person
    version.discussed_on = discussed_on
    _copy_view(opened, version)
    SectionDraft.objects.filter(assessment=version).delete()
    letter = _freeze_letter(opened, version, core.to_json())
    _make_final(opened, version)
    for copy in letter.copies.all():
        outbox.put("letter_copy", copy.pk, now=opened.now)
    opened.trail.note(Event.FINALISE, Part.LETTERS, object_type="version", object_id=version.pk)
    return letter


def _must_follow(version: Assessment, then: Status) -> None:
    if not may_follow(version.status, then):
        raise Refused("Dit kan nu niet: de versie is intussen veranderd. Laad de pagina opnieuw.", status=409)


def _must_be_ready(version: Assessment) -> None:
    found = readiness(version)
    if found.missing:
        raise Refused(f"Nog niet alles is ingevuld. {found.missing[0].sentence}")
    if found.carried:
        raise Refused("Een deel is overgenomen van de vorige keer en nog niet bekeken. Bekijk het, of kies ‘Alles zoals vorige keer’.")


def _must_be_answered(version: Assessment) -> None:
    if version.corrections.filter(state=CorrectionState.OPEN).exists():
        raise Refused("De werknemer heeft om een correctie gevraagd. Geef eerst antwoord.")


def _must_be_discussed(opened: Opened, version: Assessment, discussed_on: datetime.date | None) -> None:
    if discussed_on is not None:
        if discussed_on > opened.today or discussed_on < version.date:
            raise Refused("De dag van het gesprek ligt tussen het bezoek en vandaag. Vul die dag in.")
        return
    if version.status != Status.OFFERED or version.term_until is None or opened.today <= version.term_until:
        raise Refused("De werknemer heeft nog tijd om te lezen. Is het besproken? Zet dan het vinkje met de datum.")


def _offer(opened: Opened, version: Assessment) -> None:
    version.status, version.offered_at = Status.OFFERED, opened.now
    version.term_until = add_working_days(opened.today, settings.OFFER_TERM_WORKING_DAYS)
    _copy_view(opened, version)


def _copy_view(opened: Opened, version: Assessment) -> None:
    if newest_view(opened.dossier, since=opened.sees_from) is None:
        return
    value = running_view(opened.dossier, since=opened.sees_from)
    write_view(
        version,
        can_do=value["can_do"],
        needs=value["needs"],
        on_advice=value["on_advice"],
        written_by=value["written_by"],
        shared=value["share_with_employer"],
    )


def letter_of(opened: Opened, version: Assessment) -> LetterCore | None:
    """The core of the letter as it would be today, or None while something for it is missing."""
    try:
        return core_of(opened, version)
    except LetterIncompleteError:
        return None


def mark_of(version: Assessment, core: LetterCore | None) -> str:
    """The version and its letter as somebody looks at them now, as one short mark for the forms of the check: every section by its counter,
    and all of the letter, also what the employee, the employer or the calendar put in it."""
    drafts = dict(SectionDraft.objects.filter(assessment=version).values_list("section", "version"))
    return keyed_hash({"version": str(version.pk), "drafts": drafts, "letter": core.to_json() if core else None})


def _must_be_as_seen(version: Assessment, core: LetterCore | None, seen: str | None) -> None:
    if seen is not None and seen != mark_of(version, core):
        raise Refused(CHANGED, status=409)


def _freeze_letter(opened: Opened, version: Assessment, core: dict[str, Any]) -> Letter:
    letter = Letter(
        dossier=opened.dossier,
        assessment=version,
        core=core,
        core_hash=keyed_hash(core),
        day=opened.today,
        on_paper=goes_on_paper(opened.dossier),
        made_at=opened.now,
    )
    letter.save(force_insert=True)
    for reader in Reader:
        LetterCopy.objects.create(dossier=opened.dossier, letter=letter, reader=reader)
    return letter


def _make_final(opened: Opened, version: Assessment) -> None:
    previous = Assessment.objects.filter(dossier=opened.dossier, status=Status.FINAL, number__lt=version.number).order_by("-number").first()
    version.status = Status.FINAL
    version.finalised_at, version.finalised_by, version.medical_check_by = opened.now, opened.person, opened.person
    version.previous_hash = previous.hash if previous else ""
    version.hash = version_hash(version)
    version.plan_hash = plan_hash(version.dossier_id, read_all(Assessment.objects.get(pk=version.pk)))
    version.save()


def version_hash(version: Assessment) -> str:
    """HMAC over everything a final version says, linked to the one before."""
    return keyed_hash(
        {
            "dossier": str(version.dossier_id),
            "number": version.number,
            "instrument": [version.instrument_key, version.instrument_version, version.instrument_hash],
            "repairs": str(version.repairs_id) if version.repairs_id else None,
            "repair_reason": version.repair_reason,
            "sections": read_all(Assessment.objects.get(pk=version.pk)),
            "previous": version.previous_hash,
        }
    )
