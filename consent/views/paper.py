"""Consent on paper: the form to print, writing down what came back, the letter that confirms it, and another person's yes to it.

For physician and delegate. Who may confirm and from when it counts is decided in `actions/paper.py`; employees answer on their own page.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.actions import paper as actions
from consent.actions.answers import key_of, newest_answers, share_of
from consent.forms.paper import ConfirmForm, NoForm, SignedForm
from consent.models import AnswerState, Channel, Share
from consent.question_page import about, asked_questions, channel_words
from consent.wording import BY_VERSION, CURRENT, in_order, questions_for
from dossiers.actions.paper import address_of
from dossiers.door import DossierRequest, Opened, door
from dossiers.errors import Refused
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part
from dossiers.rules.cover import Cover, cover_of
from dossiers.rules.dutch import long_date
from dossiers.rules.letter.facts import Letterhead

RECORD = actions.RECORD


@door(needs=RECORD, may_show={Part.PROCESS})
@require_http_methods(["GET", "HEAD", "POST"])
def paper_answer(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """Where it stands, the form to print, and what came back on it."""
    opened, row = request.opened, share_of(request.opened, share)
    if request.method != "POST":
        return _page(request, row)
    form = _signed_form(row, request.POST)
    if not form.is_valid():
        return _page(request, row, signed=form, status=422)
    values = form.cleaned_data
    try:
        actions.record_form(opened, share=row, choices=form.choices, signed_on=values["signed_on"], posted_on=values["posted_on"], seen=values["key"])
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, row, signed=form, status=refusal.status)
    waits = actions.waiting_of(opened, row) is not None
    messages.success(request, "Het ja op papier wacht nu op een ander. Print de brief aan de werknemer." if waits else "Vastgelegd. Dit telt meteen.")
    return HttpResponseRedirect(reverse("paper_answer", args=[number, share]))


@door(needs=RECORD, may_show={Part.PROCESS})
@require_POST
def record_no(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """A no or a withdrawal by phone or on paper: it counts at once."""
    row = share_of(request.opened, share)
    form = NoForm(request.POST, parts=newest_answers(row), wording=CURRENT)
    if not form.is_valid():
        return _page(request, row, no=form, status=422)
    actions.record_no(request.opened, share=row, parts=form.chosen, channel=Channel(form.cleaned_data["channel"]))
    messages.success(request, "Vastgelegd. Dit telt meteen.")
    return HttpResponseRedirect(reverse("paper_answer", args=[number, share]))


@door(needs=RECORD, may_show={Part.PROCESS})
@require_POST
def confirm_paper_answer(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """The second person's yes: from which day it counts is told."""
    row = share_of(request.opened, share)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, row, confirm=form, status=422)
    try:
        first = actions.confirm_paper(request.opened, share=row, paper=form.cleaned_data["paper"])
    except Refused as refusal:
        return _page(request, row, problem=refusal.sentence, status=refusal.status)
    messages.success(request, f"Bevestigd. Het ja telt vanaf {long_date(first)}.")
    return HttpResponseRedirect(reverse("paper_answer", args=[number, share]))


@door(needs=RECORD)
@require_POST
def cancel_paper_answer(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """Take away what was written down by mistake."""
    row = share_of(request.opened, share)
    try:
        paper = uuid.UUID(request.POST.get("paper", ""))
    except ValueError as wrong:
        raise Refused(actions.GONE, status=409) from wrong
    actions.cancel_paper(request.opened, share=row, paper=paper)
    messages.success(request, "Weggehaald. De vraag staat weer open.")
    return HttpResponseRedirect(reverse("paper_answer", args=[number, share]))


# --- the page --------------------------------------------------------------------------------------------


def _signed_form(row: Share, data: Any = None) -> SignedForm:
    return SignedForm(data, questions=questions_for(newest_answers(row)), wording=CURRENT, name=row.name, key=key_of(row))


def _page(
    request: DossierRequest,
    row: Share,
    *,
    signed: SignedForm | None = None,
    no: NoForm | None = None,
    confirm: ConfirmForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    opened = request.opened
    address = [opened.dossier.number, row.pk]
    waits = _waiting(opened, row, confirm)
    running = row.stopped_at is None and opened.today <= row.last_day
    may_record = running and not row.dossier.employee.can_sign_in and waits is None
    newest = newest_answers(row)
    form = signed or (_signed_form(row) if may_record else None)
    values = {
        "about": about(row, CURRENT),
        "employee": opened.dossier.employee_name,
        "problem": problem,
        "has_account": row.dossier.employee.can_sign_in,
        "running": running,
        "answers": _answers(row),
        "waiting": waits,
        "form": form,
        "questions": asked_questions(row, form.questions, CURRENT, form=form) if form else [],
        "no_form": (no or NoForm(parts=newest, wording=CURRENT)) if running else None,
        "form_url": reverse("paper_form", args=address),
        "no_url": reverse("record_no", args=address),
    }
    return dossier_page(request, "consent/paper.html", values, current="shares", status=status)


def _answers(row: Share) -> list[tuple[str, str]]:
    """What counts now, per part, marked with how it came in."""
    words = {AnswerState.GIVEN: "ja", AnswerState.REFUSED: "nee", AnswerState.WITHDRAWN: "ingetrokken"}
    found = []
    answers = newest_answers(row)
    for part in in_order(answers):
        newest = answers[part]
        if newest is not None and newest.state in words:
            how = channel_words(newest)
            void = newest.state == AnswerState.GIVEN and newest.channel == Channel.PAPER and row.dossier.employee.can_sign_in
            late = f", telt vanaf {long_date(newest.counts_from)}" if newest.state == AnswerState.GIVEN and not void else ""
            ended = "; telt niet meer: de werknemer heeft nu een account en wordt opnieuw gevraagd" if void else ""
            said = f"{words[AnswerState(newest.state)]}, {long_date(newest.day)}{late}"
            found.append((CURRENT.parts[part], f"{said} ({how}){ended}" if how else said))
    return found


def _waiting(opened: Opened, row: Share, form: ConfirmForm | None) -> dict[str, Any] | None:
    """The yes that waits: what it says, and what this reader can do with it."""
    waits = actions.waiting_of(opened, row)
    if waits is None:
        return None
    address = [opened.dossier.number, row.pk]
    is_own = waits.recorded_by_id == opened.person.pk
    others = [person.name for person in actions.confirmers_of(opened, but=waits.recorded_by)]
    return {
        "rows": [
            ("Ja op", "\n".join(BY_VERSION[waits.wording].parts[part] for part in in_order(map(Part, waits.parts)))),
            ("Handtekening", long_date(waits.signed_on)),
            ("Brief op de post", long_date(waits.posted_on)),
            ("Opgeschreven door", f"{waits.recorded_by.name} op {long_date(timezone.localdate(waits.recorded_at))}"),
            ("Telt op zijn vroegst vanaf", long_date(actions.counts_from(waits.posted_on, row, opened.today))),
        ],
        "paper": waits.pk,
        "is_own": is_own,
        "others": others,
        "form": None if is_own else form or ConfirmForm(initial={"paper": waits.pk}),
        "confirm_url": reverse("confirm_paper_answer", args=address),
        "cancel_url": reverse("cancel_paper_answer", args=address),
        "letter_url": reverse("paper_letter", args=address),
        "appoint_url": reverse("appoint_delegate", args=[opened.dossier.number]) if opened.may(Part.PROCESS, Act.APPOINT) else "",
        "has_account": row.dossier.employee.can_sign_in,
    }


# --- to print ----------------------------------------------------------------------------------------------


@door(needs=RECORD, may_show={Part.PROCESS})
@require_safe
def paper_form(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """The three questions on paper, with room to sign."""
    opened, row = request.opened, share_of(request.opened, share)
    if row.dossier.employee.can_sign_in:
        raise Refused(actions.HAS_ACCOUNT, status=409)
    words = CURRENT
    questions = questions_for(newest_answers(row))
    lines = [words.free, words.process.format(name=row.name), words.stop_on_paper, words.when_on_paper]
    values = {
        "cover": _cover(opened),
        "about": about(row, words),
        "intro": words.intro.format(name=row.name),
        "lines": lines,
        "questions": asked_questions(row, questions, words),
        "wording": words.version,
        "paper_url": reverse("paper_answer", args=[number, share]),
    }
    return dossier_page(request, "consent/paper_form.html", values, current="shares")


@door(needs=RECORD, may_show={Part.PROCESS})
@require_safe
def paper_letter(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """The letter that tells the employee what was written down, from the yes that waits."""
    opened, row = request.opened, share_of(request.opened, share)
    waits = actions.waiting_of(opened, row)
    if waits is None:
        raise Http404
    words = BY_VERSION[waits.wording]
    values = {
        "cover": _cover(opened),
        "about": about(row, words),
        "signed": long_date(waits.signed_on),
        "posted": long_date(waits.posted_on),
        "first": long_date(actions.counts_from(waits.posted_on, row, waits.posted_on)),
        "last": long_date(row.last_day),
        "parts": [words.parts[part] for part in in_order(map(Part, waits.parts))],
        "writes": [words.parts[Part(one.part)] for one in row.parts.all() if one.write and one.part in waits.parts],
        "stop": words.stop_on_paper,
        "paper_url": reverse("paper_answer", args=[number, share]),
    }
    return dossier_page(request, "consent/paper_letter.html", values, current="shares")


def _cover(opened: Opened) -> Cover:
    """From whom, where it goes, and how to reach us: as on every letter on paper."""
    house = opened.dossier.arbodienst
    lines = tuple(line for line in house.address.splitlines() if line.strip())
    head = Letterhead(name=house.name, address_lines=lines, phone=house.phone, email=house.email)
    return cover_of(head, name=opened.dossier.employee_name, address=address_of(opened), today=opened.today)
