"""From draft to final on screen: the check, the preview of the letters, offering, corrections, finalising.

Each act is one POST with one action; what it refuses is shown again on the page it came from, with what was typed.
"""

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dossiers import queries
from dossiers.actions import release as actions
from dossiers.check import check_of
from dossiers.door import DossierRequest, Opened, Touch, door, read, write
from dossiers.errors import Refused
from dossiers.forms.versions import REPLY_ADAPTED, AnswerForm, CorrectionForm, FinaliseForm
from dossiers.models import Assessment, Status
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Act, Part
from dossiers.rules.letter.document import Reader
from dossiers.rules.working_days import add_working_days
from dossiers.views.version_page import LETTER_SECTIONS, PAGE_PARTS, STATE_KINDS, corrections, fetch, letter_document, state_text
from dossiers.views.versions import only_mistakes, reading_page
from instrument.forms import FILLED_SECTIONS

RECENT = 30  # minutes: who offers or finalises has shown not longer ago who they are; asked on the check already, before anything is typed


@door(needs=read(Part.CAPACITY), may_show=PAGE_PARTS, fresh=RECENT)
@require_safe
def check(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """What is still missing, what the employer will read, and the two ways on. For physician and delegate."""
    found = _for_authors(request.opened, version)
    if found.status == Status.FINAL:
        return redirect("version", number, version)
    return _check_page(request, found)


@door(needs=read(Part.LETTERS), may_show=PAGE_PARTS)
@require_safe
def preview_letter(request: DossierRequest, number: str, version: int, reader: str) -> HttpResponse:
    """The letter of a version that is not final yet, exactly as it would be today: one's own copy, for authors both."""
    opened = request.opened
    if reader not in queries.copies_open_to(opened.role):
        raise Http404
    found = fetch(opened, version)
    if found.status == Status.FINAL:
        return redirect("letters", number)
    is_author = opened.role in AUTHORS
    values = {
        "letter": letter_document(opened, found, Reader(reader)),
        "version": found,
        "reader": reader,
        "others": _copies(opened, found) if is_author else [],
        "back": reverse("check" if is_author else "version", args=[number, version]),
        "back_text": "Controle" if is_author else "Mijn dossier",
    }
    return dossier_page(request, "versions/preview.html", values, current="versions")


@door(needs=Touch(Part.LETTERS, Act.OFFER), may_show=PAGE_PARTS, fresh=RECENT)
@require_POST
def offer(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Let the employee read the version and the letter."""
    found = fetch(request.opened, version)
    try:
        actions.offer(request.opened, version=found, seen=request.POST.get("seen", ""))
    except Refused as refusal:
        only_mistakes(refusal)
        return _check_page(request, fetch(request.opened, version), refusal=refusal)
    messages.success(request, f"Versie {version} is aangeboden. De werknemer kan de versie en de brief nu lezen.")
    return redirect("check", number, version)


@door(needs=Touch(Part.LETTERS, Act.OFFER), may_show=PAGE_PARTS)
@require_POST
def take_back(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Back to draft, to adapt something."""
    found = fetch(request.opened, version)
    try:
        actions.take_back(request.opened, version=found)
    except Refused as refusal:
        only_mistakes(refusal)
        return _check_page(request, fetch(request.opened, version), refusal=refusal)
    messages.success(request, f"Versie {version} is weer een concept. De werknemer ziet de versie nu niet meer.")
    return redirect("check", number, version)


@door(needs=Touch(Part.LETTERS, Act.FINALISE), may_show=PAGE_PARTS, fresh=RECENT)
@require_POST
def finalise(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Make the version final; the worker makes the letters."""
    opened = request.opened
    found = fetch(opened, version)
    form = FinaliseForm(request.POST, today=opened.today, needs_talk=_needs_talk(opened, found))
    if not form.is_valid():
        return _check_page(request, found, form=form)
    try:
        ticks = form.cleaned_data
        actions.finalise(opened, version=found, medical_check=ticks["medical_check"], discussed_on=form.talked_on, seen=ticks["seen"])
    except Refused as refusal:
        only_mistakes(refusal)
        if refusal.status == HTTPStatus.CONFLICT:  # the page as it is now, to look at anew: no tick of before counts
            return _check_page(request, fetch(opened, version), refusal=refusal)
        form.add_error(None, refusal.sentence)
        return _check_page(request, fetch(opened, version), form=form, refusal=refusal)
    messages.success(request, f"Versie {version} is vastgesteld. De brieven worden gemaakt.")
    return redirect("letters", number)


@door(needs=write(Part.REQUESTS), may_show=PAGE_PARTS)
@require_POST
def ask_correction(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """The employee says what is wrong in one section of an offered version."""
    section = request.POST.get("section", "")
    if section not in FILLED_SECTIONS:
        raise Http404
    found = fetch(request.opened, version)
    form = CorrectionForm(request.POST, section=section, may_reach_letter=section in LETTER_SECTIONS)
    if form.is_valid():
        try:
            asked = form.cleaned_data
            actions.ask_correction(request.opened, version=found, section=section, text=asked["text"], in_letter=asked.get("in_letter", False))
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Uw vraag is bewaard. De bedrijfsarts leest uw vraag en geeft antwoord.")
            return redirect("version", number, version)
    return reading_page(request, found, status=422, asking=form)


@door(needs=write(Part.REQUESTS), may_show=PAGE_PARTS)
@require_POST
def answer_correction(request: DossierRequest, number: str, version: int, correction: uuid.UUID) -> HttpResponse:
    """The physician says what became of it."""
    opened = request.opened
    row = queries.correction(opened, version, correction)
    form = AnswerForm(request.POST, prefix=str(correction))
    if form.is_valid():
        try:
            reply = form.cleaned_data
            actions.answer_correction(opened, correction=row, adapted=reply["reply"] == REPLY_ADAPTED, reason=reply["reason"])
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Uw antwoord is bewaard. De werknemer kan het lezen.")
            return redirect("check", number, version)
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts geeft antwoord op een correctie.", status=403)
    return _check_page(request, fetch(opened, version), answer=(str(correction), form))


def _for_authors(opened: Opened, number: int) -> Assessment:
    if opened.role not in AUTHORS:
        raise Http404
    return fetch(opened, number)


def _needs_talk(opened: Opened, version: Assessment) -> bool:
    """Before the end of the term it must have been talked through."""
    return version.status != Status.OFFERED or version.term_until is None or opened.today <= version.term_until


def _check_page(
    request: DossierRequest,
    version: Assessment,
    *,
    form: FinaliseForm | None = None,
    answer: tuple[str, AnswerForm] | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    opened = request.opened
    found = check_of(opened, version)
    asked = corrections(opened, version)
    is_ready = found.readiness.is_complete and not found.readiness.open_corrections
    finalises, offers = opened.may(Part.LETTERS, Act.FINALISE), opened.may(Part.LETTERS, Act.OFFER)
    status = Status(version.status)
    values: dict[str, Any] = {
        "version": version,
        "number": opened.dossier.number,
        "check": found,
        "state_kind": STATE_KINDS[status],
        "state_text": state_text(status, plain=False),
        "is_draft": status is Status.DRAFT,
        "is_offered": status is Status.OFFERED,
        "may_write": opened.may(Part.CAPACITY, Act.WRITE) and status is Status.DRAFT,
        "copies": _copies(opened, version) if found.has_preview else [],
        "corrections": [(row, _answer_form(opened, row.id, answer) if row.is_open else None) for row in asked],
        "is_ready": is_ready,
        "is_complete": found.readiness.is_complete,
        "offers": offers,
        "finalises": finalises,
        "needs_talk": _needs_talk(opened, version),
        "form": form or FinaliseForm(today=opened.today, needs_talk=_needs_talk(opened, version), mark=found.mark),
        "term_until": add_working_days(opened.today, settings.OFFER_TERM_WORKING_DAYS),
        "sentence": refusal.sentence if refusal and form is None else "",
    }
    code = 200 if form is None and answer is None and refusal is None else (refusal.status if refusal else 422)
    return dossier_page(request, "versions/check.html", values, current="versions", status=code)


def _answer_form(opened: Opened, correction: str, answer: tuple[str, AnswerForm] | None) -> AnswerForm | None:
    """The form to answer with, for the physician; the one that was typed in, when it is this one."""
    if not opened.may(Part.REQUESTS, Act.WRITE):
        return None
    return answer[1] if answer and answer[0] == correction else AnswerForm(prefix=correction)


def _copies(opened: Opened, version: Assessment) -> list[tuple[str, str, str]]:
    """The previews this reader may open, as (reader, text, url)."""
    return [
        (copy.value, f"Brief voor de {copy.label}", reverse("preview_letter", args=[opened.dossier.number, version.number, copy.value]))
        for copy in queries.copies_open_to(opened.role)
    ]
