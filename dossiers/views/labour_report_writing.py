"""Writing a labour report: kept while typing, functions added and taken away, and the last look before the employee reads it.

Doors only. What may be kept and offered is decided by `actions/labour_report.py`; each needs the writing key of this part.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dossiers import queries
from dossiers.actions import labour_report as actions
from dossiers.door import DossierRequest, Opened, door, write
from dossiers.errors import Refused, Stale
from dossiers.forms.labour_report import ADAPT, RemarkAnswerForm, ReportForm
from dossiers.labour_source import Source, core_of, source_of
from dossiers.models import LabourReport, Status
from dossiers.pages import dossier_page
from dossiers.parts import Part, Role
from dossiers.rules.dutch import long_date
from dossiers.rules.labour_report import MOST_FUNCTIONS, ReportValue, gaps, problems
from dossiers.rules.labour_report_text import compose
from dossiers.views.autosave import SignInAgain, is_by_script, kept_answer, refused_answer, stale_answer, version_seen
from dossiers.views.labour_report import CURRENT, RECENT, remark_boxes, report_page

SHOWN = frozenset({Part.CAPACITY, Part.LETTERS})
ELSEWHERE = "U heeft dit rapport ook in een ander venster veranderd."
TOO_LONG = 413


@door(needs=write(Part.LABOUR_REPORT))
@require_POST
def start_labour_report(request: DossierRequest, number: str) -> HttpResponse:
    """A new report."""
    row = actions.start_report(request.opened)
    return redirect("write_labour_report", number, row.number)


@door(needs=write(Part.LABOUR_REPORT), may_show=SHOWN, folded=True)
@require_http_methods(["GET", "HEAD", "POST"])
def write_labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """The form. A script saves while typing and gets JSON; without one the page comes back, and nothing typed is lost."""
    opened = request.opened
    found = _own(opened, report)
    if request.method != "POST":
        return _form_page(request, found, _form(opened, found)) if found.status == Status.DRAFT else redirect("labour_report", number, report)
    form = _form(opened, found, request.POST.dict())
    by_script = is_by_script(request)
    try:
        row = actions.save_report(opened, report=found, typed=form.typed, seen=_seen(request, found))
        block = _shape(opened, row, request.POST.get("do", ""))
    except Stale as stale:
        return stale_answer(stale, f"{ELSEWHERE} Kies welke tekst moet blijven.") if by_script else _both_texts(request, found, stale)
    except Refused as refusal:
        if by_script:
            return refused_answer(refusal, _longest(form) if refusal.status == TOO_LONG else None)
        return _form_page(request, found, form, sentence=refusal.sentence, status=refusal.status)
    if by_script:
        assert row.saved_at is not None
        hits = {name: [asdict(hit) for hit in found] for name, found in form.hits().items()}
        return kept_answer(form, version=row.saves, at=row.saved_at, status=200 if form.is_valid() else 422, hits=hits)
    if block is None and not form.is_valid():
        return _form_page(request, row, _form(opened, row), show_errors=True, status=422)
    messages.success(request, "Opgeslagen.")
    if block is None:
        return redirect("offer_labour_report", number, report)
    return redirect(f"{reverse('write_labour_report', args=[number, report])}#{block or 'functies'}")


def _shape(opened: Opened, row: LabourReport, wanted: str) -> str | None:
    """Add or take away a function when a button asked for that; gives where the page goes on ("": at all functions), None without a button."""
    if wanted == "add":
        return actions.add_function(opened, report=row)
    if wanted.startswith("remove-") and wanted.removeprefix("remove-").isdecimal():
        actions.remove_function(opened, report=row, number=int(wanted.removeprefix("remove-")[:4]))
        return ""
    return None


@door(needs=write(Part.LABOUR_REPORT))
@require_http_methods(["GET", "HEAD", "POST"])
def discard_labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """Ask once more, then throw the draft away."""
    found = _own(request.opened, report)
    sentence = ""
    if request.method == "POST":
        try:
            actions.discard_report(request.opened, report=found)
        except Refused as refusal:
            sentence = refusal.sentence
        else:
            messages.success(request, "Het concept is weggegooid.")
            return redirect("labour_reports", number)
    back = reverse("labour_report", args=[number, report])
    values = {"number": report, "sentence": sentence, "here": reverse("discard_labour_report", args=[number, report]), "back": back}
    return dossier_page(request, "labour_report/discard.html", values, current=CURRENT, status=422 if sentence else 200)


@door(needs=write(Part.LABOUR_REPORT), may_show=SHOWN, fresh=RECENT)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_labour_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """What is still missing, the report as everybody will read it, and the button that lets the employee read it first."""
    opened = request.opened
    found = _own(opened, report)
    if found.status != Status.DRAFT:
        return redirect("labour_report", number, report)
    form = _form(opened, found)
    sentence, status = "", 200
    if request.method == "POST":
        try:
            actions.offer_report(opened, report=found, value=_valid(form), seen=_number(request.POST.get("seen", "")))
        except Refused as refusal:
            if refusal.status == 403:
                raise
            sentence, status = refusal.sentence, refusal.status
        else:
            messages.success(request, "De werknemer kan het rapport nu lezen.")
            return redirect("labour_report", number, report)
    return dossier_page(request, "labour_report/offer.html", _offer_values(opened, found, form, sentence), current=CURRENT, status=status)


def _valid(form: ReportForm) -> ReportValue:
    if not form.is_valid():
        raise Refused("Er klopt nog iets niet in het rapport. Kijk bij de vakken met een melding.")
    return form.value()


def _offer_values(opened: Opened, found: LabourReport, form: ReportForm, sentence: str) -> dict[str, Any]:
    source = source_of(opened)
    write_url = reverse("write_labour_report", args=[opened.dossier.number, found.number])
    missing = [("In het rapport staat nog iets dat niet klopt.", write_url)] if not form.is_valid() else []
    document = None
    if form.is_valid():
        value = form.value()
        missing += [(gap.sentence, f"{write_url}#id_{gap.field}") for gap in gaps(value)]
        if source is not None and not missing and not problems(value, source.named):
            document = compose(core_of(opened, found, value, source))
    return {
        "found": found,
        "sentence": sentence,
        "missing": missing,
        "no_letter": actions.NO_LETTER if source is None else "",
        "report": document,
        "marked": [(form.fields[name].label, hits) for name, hits in form.hits().items()],
        "write_url": write_url,
        "letter_day": long_date(source.capacity.letter_day) if source else "",
    }


@door(needs=write(Part.LABOUR_REPORT), may_show=SHOWN)
@require_POST
def answer_labour_remark(request: DossierRequest, number: str, report: int, remark: uuid.UUID) -> HttpResponse:
    """The expert adapts the report, or says why not."""
    opened = request.opened
    found = _own(opened, report)
    row = queries.labour_remark(opened, report, remark)
    form = RemarkAnswerForm(request.POST, prefix=str(remark))
    if not form.is_valid():
        return _with_answer(request, found, (str(remark), form), status=422)
    adapts = form.cleaned_data["reply"] == ADAPT
    try:
        actions.answer_remark(opened, remark=row, adapt=adapts, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _with_answer(request, found, (str(remark), form), sentence=refusal.sentence, status=refusal.status)
    if adapts:
        messages.success(request, "Pas het rapport nu aan. Laat de werknemer het daarna opnieuw lezen.")
        return redirect("write_labour_report", number, report)
    messages.success(request, "Uw antwoord is bewaard. De werknemer kan het lezen.")
    return redirect("labour_report", number, report)


def _with_answer(
    request: DossierRequest, found: LabourReport, answering: tuple[str, RemarkAnswerForm], *, sentence: str = "", status: int
) -> HttpResponse:
    if found.status == Status.DRAFT:
        return _form_page(request, found, _form(request.opened, found), answering=answering, sentence=sentence, status=status)
    return report_page(request, found, answering=answering, sentence=sentence, status=status)


def _own(opened: Opened, number: int) -> LabourReport:
    """The expert's own report, or 404: of somebody else's nothing can be written."""
    found = queries.labour_report(opened, number)
    if opened.role is not Role.LABOUR_EXPERT or found.author_id != opened.person.pk:
        raise Http404
    return found


def _form(opened: Opened, found: LabourReport, posted: Mapping[str, str] | None = None) -> ReportForm:
    """The form with what came in, or with what stands in the draft; empty for a report nobody typed in."""
    source = source_of(opened)
    named = source.named if source else {}
    if posted is None and not found.typed:
        return ReportForm(initial={"seen": found.saves}, named=named, names=_names(opened))
    data = posted if posted is not None else {**found.typed, "seen": str(found.saves)}
    return ReportForm(data, named=named, names=_names(opened))


def _names(opened: Opened) -> tuple[str, ...]:
    """People and organisations: a name is not a warning."""
    dossier = opened.dossier
    return (dossier.employee_name, dossier.employer.name, dossier.arbodienst.name, opened.person.name)


def _seen(request: DossierRequest, found: LabourReport) -> int:
    return version_seen(request, _number(request.POST.get("seen", "")), version=found.saves, writer=found.author_id, opened=request.opened)


def _number(typed: str) -> int:
    """The save that was on screen; -1 never was, so it is stale."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _longest(form: ReportForm) -> str | None:
    return max(form.typed, key=lambda name: len(form.typed[name]), default=None)


def _both_texts(request: DossierRequest, found: LabourReport, stale: Stale) -> HttpResponse:
    """Without a script: what was typed in the boxes, the other text below, and the next save counts."""
    opened = request.opened
    mine = request.POST.dict()
    form = _form(opened, found, {**mine, "seen": str(stale.version)})
    theirs = _form(opened, found, {**stale.theirs, "seen": str(stale.version)})
    different = [
        (theirs.fields[name].label, text) for name, text in theirs.typed.items() if text.split() != str(mine.get(name, "")).split() and text.strip()
    ]
    sentence = f"{ELSEWHERE} Uw tekst van nu staat in de vakken. De andere tekst staat eronder."
    return _form_page(request, found, form, sentence=sentence, theirs=different, status=409)


def _form_page(
    request: DossierRequest,
    found: LabourReport,
    form: ReportForm,
    *,
    sentence: str = "",
    theirs: list[tuple[Any, str]] | None = None,
    answering: tuple[str, RemarkAnswerForm] | None = None,
    show_errors: bool = False,
    status: int = 200,
) -> HttpResponse:
    opened = request.opened
    source: Source | None = source_of(opened)
    number = opened.dossier.number
    values = {
        "found": found,
        "form": form,
        "first": form.first(),
        "functions": list(form.functions()),
        "last": form.last(),
        "may_add": len(form.blocks) < MOST_FUNCTIONS,
        "asked": _asked(opened),
        "capacity": source.capacity if source else None,
        "letter_day": long_date(source.capacity.letter_day) if source else "",
        "sentence": sentence,
        "theirs": theirs,
        "show_errors": show_errors,
        "remarks": remark_boxes(opened, found, answering),
        "saved_at": timezone.localtime(found.saved_at) if found.saved_at else None,
        "here": reverse("write_labour_report", args=[number, found.number]),
        "next_url": reverse("offer_labour_report", args=[number, found.number]),
        "discard_url": reverse("discard_labour_report", args=[number, found.number]),
        "again": SignInAgain(),
    }
    return dossier_page(request, "labour_report/write.html", values, current=CURRENT, status=status)


def _asked(opened: Opened) -> list[tuple[str, str]]:
    """What the physician asks, in the words the employee read too, and through which day; of the shares that are open now."""
    return [(f"Gevraagd, tot en met {long_date(row.last_day)}", row.purpose) for row in queries.open_shares(opened)]
