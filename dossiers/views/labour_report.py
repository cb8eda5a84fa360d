"""The labour expert's report on screen: the list, one report to read, what is not right in it, making it final, its PDF.

A report is shown from its frozen core and nothing else. What a reader may know of is decided in `queries.py`; writing: `labour_report_writing.py`.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from dossiers import queries
from dossiers.actions import labour_release as release
from dossiers.actions import labour_report as actions
from dossiers.broken import note_broken
from dossiers.door import DossierRequest, Opened, door, read, write
from dossiers.errors import Refused
from dossiers.forms.labour_report import FinaliseForm, RemarkAnswerForm, RemarkForm
from dossiers.labour_source import frozen_report, source_of
from dossiers.letter import goes_on_paper
from dossiers.models import CopyState, DocumentKind, LabourReport, RemarkState, ReportRemark, Status
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date
from dossiers.rules.labour_report_text import compose, file_name
from dossiers.sealed import SealBroken
from dossiers.statements import statements_on
from dossiers.stored_pdf import read_pdf

RECENT = 30  # minutes: who offers or finalises has shown not longer ago who they are
CURRENT = "labour_reports"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in the list."""

    title: str
    from_text: str
    date_text: str
    state_kind: str
    state_text: str
    url: str
    pdf_url: str


@dataclass(frozen=True, slots=True)
class RemarkBox:
    """What the employee said, what became of it, and the form to answer with."""

    id: str
    text: str
    asked_at: Any
    state_kind: str
    state_text: str
    reason: str
    form: RemarkAnswerForm | None
    url: str


@door(needs=read(Part.LABOUR_REPORT))
@require_safe
def labour_reports(request: DossierRequest, number: str) -> HttpResponse:
    """The reports this reader may know of, the newest first."""
    opened = request.opened
    found = list(queries.labour_reports(opened).order_by("-number"))
    writes = opened.role is Role.LABOUR_EXPERT and opened.may(Part.LABOUR_REPORT, Act.WRITE)
    is_busy = any(row.status != Status.FINAL and row.author_id == opened.person.pk for row in found)
    values = {
        "intro": _INTRO.get(opened.role, _INTRO_ELSE),
        "empty_text": _EMPTY.get(opened.role, _EMPTY_ELSE),
        "rows": [_row(opened, row) for row in found],
        "start_url": reverse("start_labour_report", args=[number]) if writes and not is_busy else "",
    }
    return dossier_page(request, "labour_report/list.html", values, current=CURRENT)


_INTRO = {
    Role.EMPLOYEE: "Een arbeidsdeskundige kijkt welk werk bij u past. U leest het rapport als eerste.",
    Role.LABOUR_EXPERT: "De werknemer leest uw rapport eerst. Daarna krijgen werknemer, werkgever en bedrijfsarts het op hetzelfde moment.",
}
_INTRO_ELSE = "Werknemer, werkgever en bedrijfsarts krijgen hetzelfde rapport, op hetzelfde moment."
_EMPTY = {
    Role.EMPLOYEE: "Er is nu geen rapport voor u. Komt er een? Dan leest u het hier, en kunt u zeggen wat niet klopt.",
    Role.LABOUR_EXPERT: "Begin een rapport als u genoeg weet over het werk.",
}
_EMPTY_ELSE = "Er is geen rapport om te lezen."


def _row(opened: Opened, row: LabourReport) -> ReportRow:
    number = opened.dossier.number
    kind, text = _state(opened, row)
    day = row.released_at or row.finalised_at or row.offered_at or row.started_at
    return ReportRow(
        title=f"Rapport {row.number}",
        from_text=f"{row.author_name}, {row.author_organisation}" if row.author_organisation else row.author_name,
        date_text=long_date(day.date()),
        state_kind=kind,
        state_text=text,
        url=reverse("labour_report", args=[number, row.number]),
        pdf_url=reverse("labour_report_pdf", args=[number, row.number]) if row.released_at else "",
    )


def _state(opened: Opened, row: LabourReport) -> tuple[str, str]:
    """How far a report is, in a word or two, for this reader."""
    if row.released_at is not None:
        return "done", "definitief"
    if row.status == Status.FINAL:
        return ("attention", "mislukt") if row.pdf_state == CopyState.FAILED else ("busy", "wordt gemaakt")
    if row.status == Status.OFFERED:
        return "attention", "u kunt dit nu lezen" if opened.role is Role.EMPLOYEE else "de werknemer leest"
    return "busy", "concept"


@door(needs=read(Part.LABOUR_REPORT))
@require_safe
def labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """One report. A draft opens where it is written."""
    found = queries.labour_report(request.opened, report)
    if found.status == Status.DRAFT:
        return redirect("write_labour_report", number, report)
    return report_page(request, found)


def report_page(
    request: DossierRequest,
    found: LabourReport,
    *,
    asking: RemarkForm | None = None,
    answering: tuple[str, RemarkAnswerForm] | None = None,
    form: FinaliseForm | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a report that was offered, with what this reader can do with it."""
    opened = request.opened
    number = opened.dossier.number
    is_own = found.author_id == opened.person.pk and opened.may(Part.LABOUR_REPORT, Act.WRITE)
    is_offered = found.status == Status.OFFERED
    may_ask = is_offered and opened.role is Role.EMPLOYEE and opened.may(Part.REQUESTS, Act.WRITE)
    remarks = remark_boxes(opened, found, answering) if is_own or opened.role is Role.EMPLOYEE else []
    kind, text = _state(opened, found)
    values: dict[str, Any] = {
        "report": compose(frozen_report(found)),
        "found": found,
        "title": f"Rapport {found.number}",
        "back": [("Rapport arbeidsdeskundige", reverse("labour_reports", args=[number]))],
        "state_kind": kind,
        "state_text": text,
        "sentence": sentence,
        "pdf_url": reverse("labour_report_pdf", args=[number, found.number]) if found.released_at else "",
        "reads_until": found.term_until if may_ask else None,
        "stopped": may_ask and not found.author.has_perm("dossiers.write_labour_report", opened.dossier),
        "ask": (asking or RemarkForm()) if may_ask else None,
        "remarks": remarks,
        "is_own": is_own,
        "own": _own_values(opened, found, form) if is_own else {},
        "beside": statements_on(opened, DocumentKind.LABOUR_REPORT, found.pk, is_final=found.released_at is not None),
    }
    return dossier_page(request, "labour_report/report.html", values, current=CURRENT, status=status)


def _own_values(opened: Opened, found: LabourReport, form: FinaliseForm | None) -> dict[str, Any]:
    """What the writer can do next."""
    is_offered = found.status == Status.OFFERED
    is_over = is_offered and found.term_until is not None and opened.today > found.term_until
    has_open = found.remarks.filter(state=RemarkState.OPEN).exists()
    source = source_of(opened) if is_offered else None
    return {
        "is_offered": is_offered,
        "on_paper": is_offered and goes_on_paper(opened.dossier),
        "term_until": found.term_until,
        "is_over": is_over,
        "has_open": has_open,
        "has_new_letter": is_offered and (source is None or source.letter.pk != found.letter_id),
        "form": (form or FinaliseForm()) if is_over and not has_open else None,
        "failed": found.pdf_state == CopyState.FAILED,
        "being_made": found.status == Status.FINAL and found.released_at is None and found.pdf_state != CopyState.FAILED,
    }


def remark_boxes(opened: Opened, found: LabourReport, answering: tuple[str, RemarkAnswerForm] | None = None) -> list[RemarkBox]:
    """What the employee said is not right; for the writer, while the report is not final, with a form to answer."""
    may_answer = found.author_id == opened.person.pk and found.status != Status.FINAL
    return [_remark_box(opened, row, answering, may_answer=may_answer) for row in found.remarks.order_by("asked_at")]


_REMARK_STATES = {
    RemarkState.OPEN: ("attention", "wacht op antwoord"),
    RemarkState.ADAPTED: ("done", "aangepast"),
    RemarkState.DECLINED: ("plain", "niet aangepast"),
}


def _remark_box(opened: Opened, row: ReportRemark, answering: tuple[str, RemarkAnswerForm] | None, *, may_answer: bool) -> RemarkBox:
    kind, text = _REMARK_STATES[RemarkState(row.state)]
    form = None
    if may_answer and row.state == RemarkState.OPEN:
        form = answering[1] if answering and answering[0] == str(row.pk) else RemarkAnswerForm(prefix=str(row.pk))
    url = reverse("answer_labour_remark", args=[opened.dossier.number, row.report.number, row.pk]) if form else ""
    return RemarkBox(str(row.pk), row.text, row.asked_at, kind, text, row.reason, form, url)


@door(needs=write(Part.REQUESTS), may_show={Part.LABOUR_REPORT})
@require_POST
def ask_labour_remark(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """The employee says what is not right in an offered report."""
    found = queries.labour_report(request.opened, report)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_remark(request.opened, report=found, text=form.cleaned_data["text"])
        except Refused as refusal:
            if refusal.status == 403:
                raise
            form.add_error(None, refusal.sentence)
            return report_page(request, found, asking=form, sentence=refusal.sentence, status=refusal.status)
        messages.success(request, "Wat u schreef is bewaard. De arbeidsdeskundige leest het en geeft antwoord.")
        return redirect("labour_report", number, report)
    return report_page(request, found, asking=form, status=422)


@door(needs=write(Part.LABOUR_REPORT))
@require_POST
def take_back_labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """Back to draft."""
    actions.take_back_report(request.opened, report=queries.labour_report(request.opened, report))
    messages.success(request, "Het rapport is weer een concept. De werknemer ziet het nu niet.")
    return redirect("write_labour_report", number, report)


@door(needs=write(Part.LABOUR_REPORT), fresh=RECENT)
@require_POST
def finalise_labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """Make it final; the worker makes the PDF and releases it."""
    found = queries.labour_report(request.opened, report)
    form = FinaliseForm(request.POST)
    if not form.is_valid():
        if found.status == Status.DRAFT:
            return redirect("write_labour_report", number, report)
        return report_page(request, found, form=form, status=422)
    try:
        actions.finalise_report(request.opened, report=found, medical_check=form.cleaned_data["medical_check"])
    except Refused as refusal:
        if refusal.status == 403 or found.status == Status.DRAFT:
            raise
        return report_page(request, found, form=form, sentence=refusal.sentence, status=refusal.status)
    messages.success(request, "Het rapport is vastgesteld. Werknemer, werkgever en bedrijfsarts krijgen het zodra de PDF klaar is.")
    return redirect("labour_report", number, report)


@door(needs=write(Part.LABOUR_REPORT))
@require_POST
def retry_labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """Make a report that failed once more."""
    release.try_again(request.opened, report=queries.labour_report(request.opened, report))
    messages.success(request, "Het rapport wordt opnieuw gemaakt.")
    return redirect("labour_report", number, report)


@door(needs=read(Part.LABOUR_REPORT))
@require_safe
def labour_report_pdf(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """The PDF, the same bytes for everybody who may read it. The download is a line of its own, written before the first byte leaves."""
    opened = request.opened
    found = queries.released_labour_report(opened, report)
    try:
        pdf = read_pdf(found)
    except (OSError, SealBroken, ValueError) as problem:
        log.error("a stored report could not be opened: %s", type(problem).__name__)
        if isinstance(problem, SealBroken):
            note_broken(problem, opened.trail.template)
        return report_page(request, found, sentence="De PDF gaat nu niet open. Lees het rapport op het scherm.", status=503)
    release.note_download(opened, report=found)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name(frozen_report(found))) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
