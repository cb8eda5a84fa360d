"""The insurance physician's reaction: begun on the newest final version, written, thrown away or made final.

Every act needs write(insurance_report), so a key that is turned back stops it at once. Nothing of it reaches an employer: it has no PDF, and
only the physician and the employee are told.
"""

from collections.abc import Mapping

from django.db.models import Max

from dossiers import queries
from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused, Stale
from dossiers.insurance_topics import topics_of
from dossiers.models import InsuranceOpinion, InsuranceReport, Status
from dossiers.notices import Reason, tell_seated
from dossiers.parts import Act, Part, Role
from dossiers.rules.insurance_report import NOTICE, Reaction, gaps, item_of, names_of, reaction_of
from dossiers.sealed import keyed_hash
from dossiers.trail import Event, action
from instrument.text import BadText

LARGEST = 200_000  # characters in one reaction as typed
NOT_OPEN = "Niet alles waarop u reageert, staat nu voor u open. Uw tekst is niet opgeslagen. Vraag de bedrijfsarts of dit nog wordt gedeeld."
NOTHING_OPEN = "U kunt nu geen reactie schrijven: er staat niets voor u open om op te reageren. Vraag de bedrijfsarts om dit met u te delen."
FINAL = "Deze reactie is vastgesteld en verandert niet meer. Wilt u iets toevoegen? Begin dan een nieuwe reactie."


@action(Part.INSURANCE_REPORT, Act.WRITE)
def start_report(opened: Opened) -> InsuranceReport:
    """A new reaction, empty, on the newest final version. One at a time for each writer."""
    _writer_only(opened)
    take_turns(opened.dossier.pk)  # one number at a time
    every = InsuranceReport.objects.filter(dossier=opened.dossier)
    if every.filter(author=opened.person).exclude(status=Status.FINAL).exists():
        raise Refused("U bent al met een reactie bezig. Maak die eerst af, of gooi het concept weg.", status=409)
    version = queries.newest_final(opened)
    if version is None:
        raise Refused("Er is nog geen definitieve versie om op te reageren. Wacht op het eerste bezoek bij de bedrijfsarts.")
    if not topics_of(opened, version):
        raise Refused(NOTHING_OPEN)
    seat = opened.dossier.seats.get(pk=opened.seat_id)
    house = opened.person.organisation
    row = InsuranceReport(
        dossier=opened.dossier,
        number=(every.aggregate(newest=Max("number"))["newest"] or 0) + 1,
        author=opened.person,
        author_name=seat.name,
        author_organisation=house.name if house else "",
        version=version,
        started_at=opened.now,
    )
    row.save(force_insert=True)
    opened.trail.note(Event.START_REPORT, Part.INSURANCE_REPORT, object_type="insurance_report", object_id=row.pk)
    return row


@action(Part.INSURANCE_REPORT, Act.WRITE)
def save_report(opened: Opened, *, report: InsuranceReport, typed: Mapping[str, str], seen: int) -> InsuranceReport:
    """Keep a draft as typed, valid or not. `seen`: the save that was on screen; a stale one is refused with the other text.

    What is typed about an item that is not open is refused as a whole; what was typed about it before stays.
    """
    row = _own_draft(opened, report)
    open_items = {topic.key for topic in topics_of(opened, row.version)}
    if row.saves != seen:
        raise Stale(theirs=_about(row.typed or {}, open_items), version=row.saves, by=row.author_name)
    if _about_others(typed, open_items):
        raise Refused(NOT_OPEN, status=403)
    if sum(len(text) for text in typed.values()) > LARGEST:
        raise Refused("Deze tekst is te lang om te bewaren. Maak de tekst korter.", status=413)
    row.typed = {**_about_others(row.typed or {}, open_items), **_about(typed, open_items)}
    row.saves += 1
    row.saved_at = opened.now
    row.save(update_fields=["typed", "saves", "saved_at"])
    opened.trail.note(Event.SAVE_REPORT, Part.INSURANCE_REPORT, object_type="insurance_report", object_id=row.pk)
    return row


@action(Part.INSURANCE_REPORT, Act.WRITE)
def discard_report(opened: Opened, *, report: InsuranceReport) -> None:
    """Throw a draft away; nobody else ever saw it."""
    row = _own_draft(opened, report)
    opened.trail.note(Event.DISCARD_REPORT, Part.INSURANCE_REPORT, object_type="insurance_report", object_id=row.pk)
    row.delete()


@action(Part.INSURANCE_REPORT, Act.WRITE)
def finalise_report(opened: Opened, *, report: InsuranceReport, seen: int) -> InsuranceReport:
    """Make it final, as it was read: from now on physician and employee read it, and it never changes (trigger)."""
    row = _own_draft(opened, report)
    if row.saves != seen:
        raise Refused("Deze reactie is intussen veranderd. Lees haar nog een keer en stel haar dan vast.", status=409)
    reaction = final_reaction_of(opened, row)
    InsuranceOpinion.objects.filter(report=row).delete()
    for one in reaction.opinions:
        InsuranceOpinion(dossier=opened.dossier, report=row, item=one.item, agreement=one.agreement, why=one.why).save(force_insert=True)
    row.advice, row.typed = reaction.advice, None
    row.status, row.finalised_at, row.finalised_by = Status.FINAL, opened.now, opened.person
    row.hash = keyed_hash(content(row, reaction))
    row.save()
    opened.trail.note(Event.FINALISE_REPORT, Part.INSURANCE_REPORT, object_type="insurance_report", object_id=row.pk)
    tell_seated(opened.dossier, (Role.PHYSICIAN, Role.EMPLOYEE), Reason.REPORT_RELEASED, now=opened.now, object_id=row.pk)
    return row


def final_reaction_of(opened: Opened, report: InsuranceReport) -> Reaction:
    """The reaction as it would be final, or `Refused` with what is missing."""
    items = [topic.key for topic in topics_of(opened, report.version)]
    if not items:
        raise Refused(NOTHING_OPEN, status=403)
    typed = report.typed or {}
    if _about_others(typed, set(items)):
        raise Refused(NOT_OPEN, status=403)
    try:
        reaction = reaction_of(typed, items)
    except BadText as bad:
        raise Refused(bad.message) from bad
    missing = gaps(reaction)
    if missing:
        raise Refused(missing[0][1])
    return reaction


def content(report: InsuranceReport, reaction: Reaction) -> dict[str, object]:
    """What the hash of a final reaction stands for: plain JSON."""
    return {
        "dossier": report.dossier.number,
        "number": report.number,
        "version": {"number": report.version.number, "hash": report.version.hash},
        "author": report.author_name,
        "organisation": report.author_organisation,
        "notice": NOTICE,
        "opinions": [{"item": one.item, "agreement": one.agreement, "why": one.why} for one in reaction.opinions],
        "advice": reaction.advice,
        "finalised_at": report.finalised_at.isoformat() if report.finalised_at else None,
    }


def _about(typed: Mapping[str, str], items: set[str]) -> dict[str, str]:
    allowed = names_of(items)
    return {name: text for name, text in typed.items() if name in allowed}


def _about_others(typed: Mapping[str, str], items: set[str]) -> dict[str, str]:
    """What is about an item that is not open."""
    return {name: text for name, text in typed.items() if text and (item := item_of(name)) is not None and item not in items}


def _writer_only(opened: Opened) -> None:
    if opened.role is not Role.INSURANCE_PHYSICIAN:
        raise Refused("Alleen de verzekeringsarts schrijft hier.", status=403)


def _own_draft(opened: Opened, report: InsuranceReport) -> InsuranceReport:
    """The draft, locked; only who began it writes in it."""
    _writer_only(opened)
    rows = InsuranceReport.objects.select_for_update(of=("self",)).select_related("version", "version__author")
    row = rows.filter(pk=report.pk).first()
    if row is None:
        raise Refused("Deze reactie is weggegooid. Ga terug naar de lijst.", status=409)
    if row.author_id != opened.person.pk or row.dossier_id != opened.dossier.pk:
        raise Refused("Alleen wie deze reactie begon, schrijft erin.", status=403)
    if row.status == Status.FINAL:
        raise Refused(FINAL, status=409)
    return row
