""" "Dit klopt niet": asking about a final document, the list of what was asked with its term, the answer, and the own statement."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import queries
from dossiers.actions import requests as actions
from dossiers.door import DossierRequest, Opened, door, read, write
from dossiers.errors import Refused
from dossiers.forms.requests import REPLY_ADAPTED, AnswerRequestForm, AskForm, StatementForm
from dossiers.models import CorrectionState, DocumentRequest
from dossiers.models.requests import DocumentKind
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date
from dossiers.rules.requests import days_left_words, due_on
from dossiers.statements import READERS, FinalDocument, final_document
from dossiers.views.versions import only_mistakes

BOTH = ["GET", "HEAD", "POST"]
DOCUMENT_PARTS = frozenset(queries.PART_OF.values())
_KINDS = {CorrectionState.ADAPTED: "done", CorrectionState.DECLINED: "plain"}


@dataclass(frozen=True, slots=True)
class RequestCard:
    """One request as its reader sees it."""

    title: str
    document_url: str
    text: str
    asked_on: str
    is_open: bool
    due_text: str
    is_late: bool
    state_kind: str
    state_text: str
    reason: str
    answered_on: str
    statement: str
    statement_on: str
    statement_readers: str
    answer_url: str
    statement_url: str
    statement_url_text: str


@door(needs=read(Part.REQUESTS), may_show=DOCUMENT_PARTS)
@require_safe
def requests(request: DossierRequest, number: str) -> HttpResponse:
    """Everything that was asked, with its state and how many days are left."""
    opened = request.opened
    is_employee = opened.role is Role.EMPLOYEE
    values = {
        "title": "Uw verzoeken" if is_employee else "Verzoeken",
        "is_employee": is_employee,
        "cards": [_card(opened, row) for row in queries.requests(opened)],
        "versions_url": reverse("versions", args=[number]) if opened.may(Part.CAPACITY) else "",
    }
    return dossier_page(request, "requests/list.html", values, current="requests")


@door(needs=write(Part.REQUESTS), may_show=DOCUMENT_PARTS)
@require_http_methods(BOTH)
def ask_request(request: DossierRequest, number: str, document: str, object: uuid.UUID) -> HttpResponse:  # noqa: A002 -- the word in the address
    """The employee says what is not right in one final document."""
    opened = request.opened
    _employee_only(opened, "Alleen de werknemer kan zeggen dat iets niet klopt.")
    found = _document(opened, document, object)
    form = AskForm(request.POST if request.method == "POST" else None, kind=found.kind)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(opened, document=found, **form.cleaned_data)
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"Uw verzoek is verstuurd. U krijgt antwoord voor of op {long_date(due_on(opened.today))}.")
            return HttpResponseRedirect(reverse("requests", args=[number]))
    values = {"form": form, "document": found, "due": due_on(opened.today), "physician": opened.dossier.physician.name}
    return dossier_page(request, "requests/ask.html", values, current="requests", status=422 if form.errors else 200)


@door(needs=write(Part.REQUESTS), may_show=DOCUMENT_PARTS)
@require_http_methods(BOTH)
def answer_request(request: DossierRequest, number: str, asked: uuid.UUID) -> HttpResponse:
    """The physician answers one request."""
    opened = request.opened
    if opened.role is not Role.PHYSICIAN:
        raise Refused("Alleen de bedrijfsarts geeft hier antwoord op.", status=403)
    row = _request(opened, asked)
    form = AnswerRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_request(opened, asked=row, adapted=form.cleaned_data["reply"] == REPLY_ADAPTED, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Uw antwoord is opgeslagen. De werknemer krijgt bericht.")
            return HttpResponseRedirect(reverse("requests", args=[number]))
    return _about(request, "requests/answer.html", row, form)


@door(needs=write(Part.REQUESTS), may_show=DOCUMENT_PARTS)
@require_http_methods(BOTH)
def attach_statement(request: DossierRequest, number: str, asked: uuid.UUID) -> HttpResponse:
    """The employee adds, or changes, an own statement."""
    opened = request.opened
    _employee_only(opened, "Alleen de werknemer schrijft een eigen verklaring.")
    row = _request(opened, asked)
    kind = DocumentKind(row.document)
    initial = {"statement": row.statement or "", "shown": row.statement_shown}
    form = StatementForm(request.POST if request.method == "POST" else None, kind=kind, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.attach_statement(opened, asked=row, **form.cleaned_data)
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Uw verklaring is bewaard.")
            return HttpResponseRedirect(reverse("requests", args=[number]))
    return _about(request, "requests/statement.html", row, form)


def _about(request: DossierRequest, template: str, row: DocumentRequest, form: AnswerRequestForm | StatementForm) -> HttpResponse:
    values = {"form": form, "card": _card(request.opened, row), "requests_url": reverse("requests", args=[request.opened.dossier.number])}
    return dossier_page(request, template, values, current="requests", status=422 if form.errors else 200)


def _employee_only(opened: Opened, sentence: str) -> None:
    if opened.role is not Role.EMPLOYEE:
        raise Refused(sentence, status=403)


def _document(opened: Opened, kind: str, pk: uuid.UUID) -> FinalDocument:
    found = final_document(opened, DocumentKind(kind), pk) if kind in DocumentKind.values else None
    if found is None:
        raise Http404
    return found


def _request(opened: Opened, pk: uuid.UUID) -> DocumentRequest:
    row = queries.requests(opened).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _card(opened: Opened, row: DocumentRequest) -> RequestCard:
    kind, state = DocumentKind(row.document), CorrectionState(row.state)
    found = final_document(opened, kind, row.document_id)
    is_open, is_late = state is CorrectionState.OPEN, state is CorrectionState.OPEN and row.due_on < opened.today
    number = opened.dossier.number
    may_write = opened.may(Part.REQUESTS, Act.WRITE)
    return RequestCard(
        title=found.title if found else kind.label,
        document_url=found.url if found else "",
        text=row.text,
        asked_on=long_date(timezone.localdate(row.asked_at)),
        is_open=is_open,
        due_text=f"Antwoord uiterlijk op {long_date(row.due_on)}: {days_left_words(row.due_on, opened.today)}." if is_open else "",
        is_late=is_late,
        state_kind="late" if is_late else _KINDS.get(state, "attention"),
        state_text=state.label,
        reason=row.reason or "",
        answered_on=long_date(timezone.localdate(row.answered_at)) if row.answered_at else "",
        statement=row.statement or "",
        statement_on=long_date(timezone.localdate(row.statement_at)) if row.statement_at else "",
        statement_readers=_statement_readers(opened, row, kind),
        answer_url=reverse("answer_request", args=[number, row.pk]) if is_open and may_write and opened.role is Role.PHYSICIAN else "",
        statement_url=reverse("attach_statement", args=[number, row.pk]) if may_write and opened.role is Role.EMPLOYEE else "",
        statement_url_text="Verklaring veranderen" if row.statement else "Eigen verklaring toevoegen",
    )


def _statement_readers(opened: Opened, row: DocumentRequest, kind: DocumentKind) -> str:
    """Who reads the statement of this request."""
    if not row.statement:
        return ""
    if row.statement_shown:
        readers = READERS[kind] if opened.role is Role.EMPLOYEE else ""
        return f"Iedereen die dit document leest, kan dit lezen. {readers}".strip()
    return "Dit staat niet bij het document. Alleen wie de verzoeken leest, ziet het."
