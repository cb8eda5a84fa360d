"""Letters on screen: the list, one letter to read, its PDF, trying again, withdrawing, noting that it went on paper.

A letter is shown from its frozen core and nothing else. What a reader may know of is decided in `queries.py`.
"""

import logging

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import queries
from dossiers.actions import letters as actions
from dossiers.actions.paper import Way, note_on_paper
from dossiers.broken import note_broken
from dossiers.door import DossierRequest, Opened, Touch, door, read, write
from dossiers.errors import Refused
from dossiers.forms.letters import PaperForm, WithdrawForm
from dossiers.letter import frozen_core
from dossiers.letter_cards import Stage, card_of, stage_of, withdrawn_text
from dossiers.models import CopyState, DocumentKind, Letter
from dossiers.models.letter import Reader
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.rules.letter.document import Reader as LetterReader
from dossiers.rules.letter_text import compose, file_name
from dossiers.sealed import SealBroken
from dossiers.statements import statements_on
from dossiers.stored_pdf import read_pdf
from dossiers.views.paper import paper_box

MOST_POLLS = 15  # then the page stops asking and leaves a link: every look is a line in the trail
log = logging.getLogger(__name__)


@door(needs=read(Part.LETTERS))
@require_safe
def letters(request: DossierRequest, number: str) -> HttpResponse:
    """All letters this reader may know of, the newest first."""
    opened = request.opened
    cards = [card_of(opened, letter) for letter in queries.released_letters(opened)]
    asked = _small_number(request.GET.get("keer", ""))
    is_busy = any(card.state_text == "wordt gemaakt" for card in cards)
    return dossier_page(
        request,
        "letters_pages/list.html",
        {
            "title": "Mijn brieven" if opened.role is Role.EMPLOYEE else "Brieven",
            "intro": _INTRO[opened.role in AUTHORS],
            "empty_text": _EMPTY.get(opened.role, _EMPTY_ELSE),
            "cards": cards,
            "list_url": reverse("letters", args=[number]),
            "poll_url": f"{reverse('letters', args=[number])}?keer={asked + 1}" if is_busy and asked < MOST_POLLS else "",
            "is_busy": is_busy,
        },
        current="letters",
    )


_INTRO = {
    True: "Werknemer en werkgever krijgen dezelfde brief, op hetzelfde moment. Alleen de laatste bladzijde is voor ieder anders.",
    False: "De brief gaat over het werk. Er staan geen medische gegevens in.",
}
_EMPTY = {
    Role.EMPLOYEE: "De bedrijfsarts schrijft een brief na een gesprek met u. U leest de brief hier zodra hij klaar is.",
    Role.EMPLOYER: "De bedrijfsarts schrijft een brief na een gesprek met uw werknemer. U leest de brief hier, op hetzelfde moment als uw werknemer.",
}
_EMPTY_ELSE = "Een brief ontstaat als de bedrijfsarts een versie van de BAR vaststelt."


@door(needs=read(Part.LETTERS))
@require_safe
def letter(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """One letter to read on screen, with the last page of its reader. Of a withdrawn letter a reader sees only why."""
    opened = request.opened
    found = queries.letter(opened, version)
    if found.withdrawn_at is not None and opened.role not in AUTHORS:
        return _withdrawn(request, found, status=200)
    return _letter_page(request, found)


def _letter_page(request: DossierRequest, found: Letter, *, paper: PaperForm | None = None, status: int = 200) -> HttpResponse:
    opened = request.opened
    number, version = opened.dossier.number, found.assessment.number
    readers = queries.copies_open_to(opened.role)
    reader = Reader(request.GET["voor"]) if request.GET.get("voor") in readers else readers[0]
    stage = stage_of(found, opened.today)
    is_author = opened.role in AUTHORS
    has_pdf = found.withdrawn_at is None and found.copies.filter(reader=reader, state=CopyState.READY).exists()
    return dossier_page(
        request,
        "letters_pages/letter.html",
        {
            "letter": compose(frozen_core(found), LetterReader(reader)),
            "card": card_of(opened, found),
            "back": [("Mijn brieven" if opened.role is Role.EMPLOYEE else "Brieven", reverse("letters", args=[number]))],
            "readers": _reader_links(found, readers, reader, number) if len(readers) > 1 else [],
            "pdf_url": reverse("letter_pdf", args=[number, version, reader.value]) if has_pdf else "",
            "is_author": is_author,
            "seen_by": _seen_by(found, stage) if is_author else "",
            "withdrawn_text": withdrawn_text(found),
            "withdraw_url": _withdraw_url(opened, found),
            "paper": paper_box(opened, found, form=paper),
            "beside": statements_on(opened, DocumentKind.LETTER, found.pk, is_final=found.released_at is not None),
        },
        current="letters",
        status=status,
    )


def _reader_links(found: Letter, readers: tuple[Reader, ...], shown: Reader, number: str) -> list[tuple[str, str, bool]]:
    url = reverse("letter", args=[number, found.assessment.number])
    return [(f"Voor de {reader.label}", f"{url}?voor={reader.value}", reader is shown) for reader in readers]


def _seen_by(found: Letter, stage: Stage) -> str:
    if stage is Stage.READABLE:
        return "werknemer op papier, werkgever, u" if found.on_paper else "werknemer, werkgever, u"
    return "alleen bedrijfsarts en taakgedelegeerde"


def _withdraw_url(opened: Opened, found: Letter) -> str:
    may = opened.may(Part.LETTERS, Act.WITHDRAW_LETTER) and found.withdrawn_at is None
    return reverse("withdraw_letter", args=[opened.dossier.number, found.assessment.number]) if may else ""


@door(needs=read(Part.LETTERS))
@require_safe
def letter_pdf(request: DossierRequest, number: str, version: int, reader: str) -> HttpResponse:
    """The PDF of one's own copy. The download is a line of its own, written before the first byte leaves."""
    opened = request.opened
    found = queries.letter(opened, version)
    copy = queries.copy_for(opened, found, queries.reader(reader))
    if found.withdrawn_at is not None:
        return _withdrawn(request, found, status=410)
    try:
        pdf = read_pdf(copy)
    except (OSError, SealBroken, ValueError) as problem:
        log.error("a stored letter could not be opened: %s", type(problem).__name__)
        if isinstance(problem, SealBroken):
            note_broken(problem, opened.trail.template)
        return _unreadable(request, found)
    actions.note_download(opened, letter=found, reader=Reader(copy.reader))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name(frozen_core(found))) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _withdrawn(request: DossierRequest, found: Letter, *, status: int) -> HttpResponse:
    values = {
        "heading": "Deze brief is ingetrokken",
        "sentence": withdrawn_text(found),
        "what_now": "Gebruik de brief niet meer, ook niet op papier.",
    }
    return _instead(request, values, status)


def _unreadable(request: DossierRequest, found: Letter) -> HttpResponse:
    sentence = "De PDF van deze brief kan nu niet worden geopend."
    values = {"heading": "De PDF gaat niet open", "sentence": sentence, "what_now": "Lees de brief op het scherm, of bel de bedrijfsarts."}
    return _instead(request, values, 503)


def _instead(request: DossierRequest, values: dict[str, str], status: int) -> HttpResponse:
    values["list_url"] = reverse("letters", args=[request.opened.dossier.number])
    return dossier_page(request, "letters_pages/instead.html", values, current="letters", status=status)


@door(needs=Touch(Part.LETTERS, Act.FINALISE))
@require_POST
def retry_letter(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Make the copies that failed once more."""
    actions.try_again(request.opened, letter=queries.letter(request.opened, version))
    messages.success(request, "De brief wordt opnieuw gemaakt.")
    return HttpResponseRedirect(reverse("letters", args=[number]))


@door(needs=Touch(Part.LETTERS, Act.WITHDRAW_LETTER))
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_letter(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Ask why, then withdraw."""
    opened = request.opened
    found = queries.letter(opened, version)
    if found.withdrawn_at is not None:
        return _withdrawn(request, found, status=200 if request.method != "POST" else 409)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.withdraw_letter(opened, letter=found, reason=form.cleaned_data["reason"])
        messages.success(request, "De brief is ingetrokken. Werknemer en werkgever zien dat, met uw reden.")
        return HttpResponseRedirect(reverse("letters", args=[number]))
    values = {"form": form, "card": card_of(opened, found), "letter_url": reverse("letter", args=[number, version])}
    return dossier_page(request, "letters_pages/withdraw.html", values, current="letters", status=422 if form.is_bound else 200)


@door(needs=write(Part.PROCESS), may_show={Part.LETTERS})
@require_POST
def letter_on_paper(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """The letter was handed over or posted."""
    opened = request.opened
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde legt dit vast.", status=403)
    found = queries.letter(opened, version)
    form = PaperForm(request.POST)
    if form.is_valid():
        try:
            note_on_paper(opened, letter=found, way=Way(form.cleaned_data["way"]), day=form.cleaned_data["day"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return _letter_page(request, found, paper=form, status=refusal.status)
        messages.success(request, "Vastgelegd.")
        return HttpResponseRedirect(reverse("letter", args=[number, version]))
    return _letter_page(request, found, paper=form, status=422)


def _small_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
