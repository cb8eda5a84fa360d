"""The labour expert's report: begun, written, offered to the employee, put right, final.

Every act of the expert needs write(labour_report), so a key that is turned back stops it at once. Making the PDF and releasing it:
`labour_release.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings
from django.db.models import Max

from dossiers import outbox
from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused, Stale
from dossiers.labour_source import Source, core_of, frozen_report, source_of
from dossiers.models import LabourReport, RemarkState, ReportDemand, ReportFunction, ReportRemark, Status
from dossiers.notices import Reason, tell, tell_seated
from dossiers.parts import Act, Part, Role
from dossiers.rules.labour_report import MOST_FUNCTIONS, ReportValue, gaps, problems
from dossiers.rules.working_days import add_working_days
from dossiers.sealed import keyed_hash
from dossiers.trail import Event, action

KIND = "labour_report"  # of the promise that makes its PDF
LARGEST = 200_000  # characters in one report as typed
_BLOCK = re.compile(r"f(\d{1,3})-", re.ASCII)

NO_LETTER = (
    "U kunt het rapport nog niet aanbieden. Daarvoor moet u een brief van de bedrijfsarts kunnen lezen: "
    "uw rapport gebruikt de woorden van die brief. Vraag het aan de bedrijfsarts."
)
NEW_LETTER = (
    "De brief van de bedrijfsarts is intussen veranderd. Neem het rapport terug, kijk of het nog klopt en laat de werknemer het opnieuw lezen."
)


@action(Part.LABOUR_REPORT, Act.WRITE)
def start_report(opened: Opened) -> LabourReport:
    """A new report, empty. One at a time for each writer."""
    _expert_only(opened)
    take_turns(opened.dossier.pk)  # one number at a time
    mine = LabourReport.objects.filter(dossier=opened.dossier, author=opened.person).exclude(status=Status.FINAL)
    if mine.exists():
        raise Refused("U bent al met een rapport bezig. Maak dat eerst af.", status=409)
    newest = LabourReport.objects.filter(dossier=opened.dossier).aggregate(newest=Max("number"))["newest"] or 0
    seat = opened.dossier.seats.get(pk=opened.seat_id)
    house = opened.person.organisation
    row = LabourReport(
        dossier=opened.dossier,
        number=newest + 1,
        author=opened.person,
        author_name=seat.name,
        author_organisation=house.name if house else "",
        started_at=opened.now,
    )
    row.save(force_insert=True)
    opened.trail.note(Event.START_REPORT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)
    return row


@action(Part.LABOUR_REPORT, Act.WRITE)
def save_report(opened: Opened, *, report: LabourReport, typed: Mapping[str, str], seen: int) -> LabourReport:
    """Keep a draft as typed, valid or not. `seen`: the save that was on screen; a stale one is refused with the other text.

    A function that was added in another window, and so is not in what came in, stays.
    """
    row = _own(opened, report)
    _must_be_draft(row)
    if row.saves != seen:
        raise Stale(theirs=dict(row.typed or {}), version=row.saves, by=row.author_name)
    blocks = {block_of(name) for name in typed}
    elsewhere = {name: text for name, text in (row.typed or {}).items() if block_of(name) is not None and block_of(name) not in blocks}
    _keep(opened, row, {**typed, **elsewhere})
    return row


@action(Part.LABOUR_REPORT, Act.WRITE)
def add_function(opened: Opened, *, report: LabourReport) -> str:
    """Room for one more function; gives the name of its block."""
    row = _own(opened, report)
    _must_be_draft(row)
    numbers = blocks_of(row.typed or {})
    if len(numbers) >= MOST_FUNCTIONS:
        raise Refused(f"U kunt hooguit {MOST_FUNCTIONS} functies vergelijken. Haal eerst een functie weg.")
    block = f"f{max(numbers, default=0) + 1}"
    _keep(opened, row, {**(row.typed or {}), f"{block}-title": ""})
    return block


@action(Part.LABOUR_REPORT, Act.WRITE)
def remove_function(opened: Opened, *, report: LabourReport, number: int) -> None:
    """Take a function out of the draft, with everything typed in it."""
    row = _own(opened, report)
    _must_be_draft(row)
    _keep(opened, row, {name: text for name, text in (row.typed or {}).items() if block_of(name) != number})


@action(Part.LABOUR_REPORT, Act.WRITE)
def discard_report(opened: Opened, *, report: LabourReport) -> None:
    """Throw a draft away; not one the employee said something about."""
    row = _own(opened, report)
    _must_be_draft(row)
    if row.remarks.exists():
        raise Refused("De werknemer heeft iets gezegd over dit rapport. U kunt het niet weggooien. Pas het aan en laat het opnieuw lezen.")
    opened.trail.note(Event.DISCARD_REPORT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)
    row.delete()


@action(Part.LABOUR_REPORT, Act.WRITE)
def offer_report(opened: Opened, *, report: LabourReport, value: ReportValue, seen: int) -> LabourReport:
    """Let the employee read it for a term of working days. `value`: what the save `seen` holds. The core is frozen here: what the employee
    reads is what becomes final."""
    row = _own(opened, report)
    _must_be_draft(row)
    if row.saves != seen:
        raise Refused("Het rapport is intussen veranderd. Lees het nog een keer en bied het dan aan.", status=409)
    source = _source_or_refuse(opened)
    missing, broken = gaps(value), problems(value, source.named)
    if missing or broken:
        raise Refused(f"Het rapport is nog niet klaar. {missing[0].sentence if missing else broken[0]}")
    if row.remarks.filter(state=RemarkState.OPEN).exists():
        raise Refused("De werknemer zei dat iets niet klopt. Geef daar eerst antwoord op.")
    _write_rows(row, value)
    row.letter = source.letter
    row.core = core_of(opened, row, value, source).to_json()
    row.status, row.offered_at = Status.OFFERED, opened.now
    row.term_until = add_working_days(opened.today, settings.OFFER_TERM_WORKING_DAYS)
    row.save()
    tell_seated(opened.dossier, [Role.EMPLOYEE], Reason.REPORT_OFFERED, now=opened.now, object_id=row.pk)
    opened.trail.note(Event.OFFER_REPORT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)
    return row


@action(Part.LABOUR_REPORT, Act.WRITE)
def take_back_report(opened: Opened, *, report: LabourReport) -> None:
    """Back to draft, to adapt something. The employee does not see it until it is offered again."""
    row = _own(opened, report)
    _must_be_offered(row)
    _to_draft(opened, row)


@action(Part.REQUESTS, Act.WRITE)
def ask_remark(opened: Opened, *, report: LabourReport, text: str) -> ReportRemark:
    """The employee says what is not right in an offered report. No veto, also not when the expert may no longer look."""
    opened.require_read(Part.LABOUR_REPORT)
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer zegt hier wat niet klopt.", status=403)
    row = _locked(report)
    if row.status != Status.OFFERED:
        raise Refused("Dit rapport is niet meer open voor een correctie. Klopt er iets niet? Vraag het aan de arbeidsdeskundige.", status=409)
    if not text:
        raise Refused("Schrijf op wat er niet klopt.")
    remark = ReportRemark(dossier=opened.dossier, report=row, text=text, asked_at=opened.now, asked_by=opened.person)
    remark.save(force_insert=True)
    if row.author.has_perm("dossiers.write_labour_report", opened.dossier):  # who may no longer look is told nothing
        tell(row.author, Reason.REPORT_REMARK, now=opened.now, dossier=opened.dossier, object_id=remark.pk)
    opened.trail.note(Event.ASK_REPORT_CORRECTION, Part.REQUESTS, object_type="report_remark", object_id=remark.pk, parts=(Part.LABOUR_REPORT,))
    return remark


@action(Part.LABOUR_REPORT, Act.WRITE)
def answer_remark(opened: Opened, *, remark: ReportRemark, adapt: bool, reason: str = "") -> ReportRemark:
    """The expert adapts it, and then the report is a draft again; or declines with a reason that the employee reads."""
    row = _own(opened, remark.report)
    found = ReportRemark.objects.select_for_update().get(pk=remark.pk)
    if found.state != RemarkState.OPEN:
        raise Refused("Hierop is al antwoord gegeven.", status=409)
    if row.status == Status.FINAL:
        raise Refused("Het rapport is vastgesteld en verandert niet meer.", status=409)
    if not adapt and not reason:
        raise Refused("Schrijf op waarom u dit niet aanpast. De werknemer leest uw uitleg.")
    found.state = RemarkState.ADAPTED if adapt else RemarkState.DECLINED
    found.reason, found.answered_at, found.answered_by = reason, opened.now, opened.person
    found.save()
    opened.trail.note(Event.ANSWER_REPORT_CORRECTION, Part.LABOUR_REPORT, object_type="report_remark", object_id=found.pk)
    if adapt and row.status == Status.OFFERED:
        _to_draft(opened, row)
    if not adapt:
        tell_seated(opened.dossier, [Role.EMPLOYEE], Reason.REPORT_REMARK, now=opened.now, object_id=found.pk)
    return found


@action(Part.LABOUR_REPORT, Act.WRITE)
def finalise_report(opened: Opened, *, report: LabourReport, medical_check: bool) -> LabourReport:
    """Final, once the employee has had the time to read it; the worker makes the PDF and releases it to everybody in one moment."""
    row = _own(opened, report)
    _must_be_offered(row)
    assert row.term_until is not None
    if opened.today <= row.term_until:
        raise Refused("De werknemer heeft nog tijd om te lezen. Stel het rapport daarna vast.")
    if row.remarks.filter(state=RemarkState.OPEN).exists():
        raise Refused("De werknemer zei dat iets niet klopt. Geef daar eerst antwoord op.")
    if not medical_check:
        raise Refused("Kijk eerst of er geen medische gegevens in het rapport staan. Zet daarna het vinkje.")
    if _source_or_refuse(opened).letter.pk != row.letter_id:
        raise Refused(NEW_LETTER, status=409)
    core = replace(frozen_report(row), finalised_on=opened.today).to_json()
    row.core, row.core_hash = core, keyed_hash(core)
    row.status = Status.FINAL
    row.finalised_at, row.finalised_by, row.medical_check_by = opened.now, opened.person, opened.person
    row.save()
    outbox.put(KIND, row.pk, now=opened.now)
    opened.trail.note(Event.MEDICAL_CHECK, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)
    opened.trail.note(Event.FINALISE_REPORT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)
    return row


def _source_or_refuse(opened: Opened) -> Source:
    """The letter the report speaks from. One refusal, whether there is none or it may not be read."""
    source = source_of(opened)
    if source is None:
        raise Refused(NO_LETTER)
    return source


def block_of(name: str) -> int | None:
    """The number of the function a field belongs to."""
    found = _BLOCK.match(name)
    return int(found[1]) if found else None


def blocks_of(typed: Mapping[str, str]) -> list[int]:
    """The functions in a draft, in the order they were added."""
    return sorted({number for name in typed if (number := block_of(name)) is not None})


def _expert_only(opened: Opened) -> None:
    if opened.role is not Role.LABOUR_EXPERT:
        raise Refused("Alleen de arbeidsdeskundige schrijft dit rapport.", status=403)


def _own(opened: Opened, report: LabourReport) -> LabourReport:
    row = _locked(report)
    if row.author_id != opened.person.pk or row.dossier_id != opened.dossier.pk:
        raise Refused("Dit rapport is van een andere arbeidsdeskundige. U kunt het niet veranderen.", status=403)
    return row


def _locked(report: LabourReport) -> LabourReport:
    rows = LabourReport.objects.select_for_update(of=("self",), no_key=True).select_related("author__organisation", "dossier")
    found = rows.filter(pk=report.pk).first()
    if found is None:
        raise Refused("Dit rapport is er niet meer. Ga terug naar de lijst.", status=409)
    return found


def _must_be_draft(row: LabourReport) -> None:
    if row.status == Status.OFFERED:
        raise Refused("De werknemer leest dit rapport nu. Neem het eerst terug om iets te veranderen.", status=409)
    if row.status == Status.FINAL:
        raise Refused("Dit rapport is vastgesteld en verandert niet meer. Maak een nieuw rapport.", status=409)


def _must_be_offered(row: LabourReport) -> None:
    if row.status != Status.OFFERED:
        raise Refused("Dit kan nu niet: het rapport is intussen veranderd. Laad de pagina opnieuw.", status=409)


def _to_draft(opened: Opened, row: LabourReport) -> None:
    row.status, row.offered_at, row.term_until, row.letter, row.core = Status.DRAFT, None, None, None, None
    row.save()
    opened.trail.note(Event.REPORT_TO_DRAFT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)


def _keep(opened: Opened, row: LabourReport, typed: Mapping[str, str]) -> None:
    if sum(len(text) for text in typed.values()) > LARGEST:
        raise Refused("Deze tekst is te lang om te bewaren. Maak de tekst korter.", status=413)
    row.typed = dict(typed)
    row.saves += 1
    row.saved_at = opened.now
    row.save(update_fields=["typed", "saves", "saved_at"])
    opened.trail.note(Event.SAVE_REPORT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)


def _write_rows(row: LabourReport, value: ReportValue) -> None:
    """The draft as rows: what is offered, and later final."""
    row.own_work, row.own_work_note = value.own_work or "", value.own_work_note
    row.answers, row.factors, row.advice = value.answers, value.factors, value.advice
    row.second_track, row.second_track_reason = value.second_track or "", value.second_track_reason
    row.functions.all().delete()
    for place, function in enumerate(value.functions):
        made = ReportFunction(dossier=row.dossier, report=row, place=place, title=function.title, hours=function.hours, note=function.note)
        made.save(force_insert=True)
        for demand in function.demands:
            ReportDemand(dossier=row.dossier, function=made, item=demand.item, demand=demand.demand, fit=demand.fit.value, reason=demand.reason).save(
                force_insert=True
            )
