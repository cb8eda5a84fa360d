""" "Dit klopt niet" about a final document: the employee asks and may add an own statement, the physician answers within the term.

The document itself never changes: what is adapted stands in the next version. Reminding is for the clock.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.models import CorrectionState, DocumentRequest
from dossiers.models.requests import DocumentKind
from dossiers.notices import Reason, tell_seated
from dossiers.parts import Act, Part, Role
from dossiers.queries import PART_OF
from dossiers.rules.requests import REMIND_DAYS, due_on
from dossiers.statements import FinalDocument
from dossiers.trail import Event, action, append, reminder


@action(Part.REQUESTS, Act.WRITE)
def ask(opened: Opened, *, document: FinalDocument, text: str, statement: str = "", shown: bool = False) -> DocumentRequest:
    """The employee says what is not right in a final document, and may add a statement at once."""
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer kan zeggen dat iets niet klopt.", status=403)
    if not text:
        raise Refused("Schrijf op wat er niet klopt.")
    row = DocumentRequest(
        dossier=opened.dossier,
        document=document.kind,
        document_id=document.pk,
        text=text,
        asked_at=opened.now,
        asked_by=opened.person,
        due_on=due_on(opened.today),
    )
    _put_statement(opened, row, statement, shown=shown)
    row.save(force_insert=True)
    tell_seated(opened.dossier, [Role.PHYSICIAN], Reason.REQUEST_MADE, now=opened.now, object_id=row.pk)
    _note(opened, Event.ASK_REQUEST, row)
    if statement:
        _note(opened, Event.ATTACH_STATEMENT, row)
    return row


@action(Part.REQUESTS, Act.WRITE)
def answer_request(opened: Opened, *, asked: DocumentRequest, adapted: bool, reason: str) -> DocumentRequest:
    """The physician says what becomes of it: adapted in the next version, or declined. With the reason either way."""
    if opened.role is not Role.PHYSICIAN:
        raise Refused("Alleen de bedrijfsarts geeft hier antwoord op.", status=403)
    row = DocumentRequest.objects.select_for_update().get(pk=asked.pk)
    if row.state != CorrectionState.OPEN:
        raise Refused("Op dit verzoek is al antwoord gegeven.")
    if not reason:
        raise Refused("Schrijf op wat u heeft gedaan, of waarom u het niet aanpast. De werknemer leest uw uitleg.")
    row.state = CorrectionState.ADAPTED if adapted else CorrectionState.DECLINED
    row.reason, row.answered_at, row.answered_by = reason, opened.now, opened.person
    row.save()
    tell_seated(opened.dossier, [Role.EMPLOYEE], Reason.REQUEST_ANSWERED, now=opened.now, object_id=row.pk)
    _note(opened, Event.ANSWER_REQUEST, row)
    return row


@action(Part.REQUESTS, Act.WRITE)
def attach_statement(opened: Opened, *, asked: DocumentRequest, statement: str, shown: bool) -> DocumentRequest:
    """The employee's own words beside the document, or other words, or other readers, than before."""
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer schrijft een eigen verklaring.", status=403)
    row = DocumentRequest.objects.select_for_update().get(pk=asked.pk)
    if not statement:
        raise Refused("Schrijf op wat u wilt verklaren.")
    _put_statement(opened, row, statement, shown=shown)
    row.save()
    _note(opened, Event.ATTACH_STATEMENT, row)
    return row


def _put_statement(opened: Opened, row: DocumentRequest, statement: str, *, shown: bool) -> None:
    if statement:
        row.statement, row.statement_shown = statement, shown
        row.statement_at, row.statement_by = opened.now, opened.person


def _note(opened: Opened, event: Event, row: DocumentRequest) -> None:
    opened.trail.note(event, Part.REQUESTS, object_type="request", object_id=row.pk, parts=[PART_OF[DocumentKind(row.document)]])


def remind_of_requests_by_clock(*, now: datetime.datetime) -> int:
    """Tell the physician, once, that the term of a request is nearly over; of how many requests somebody was told."""
    soon = timezone.localdate(now) + datetime.timedelta(days=REMIND_DAYS)
    waiting = DocumentRequest.objects.filter(state=CorrectionState.OPEN, due_on__lte=soon, dossier__closed_on__isnull=True)
    return sum(_remind(row, now=now) for row in waiting.select_related("dossier").order_by("due_on", "pk"))


def _remind(row: DocumentRequest, *, now: datetime.datetime) -> bool:
    with transaction.atomic():
        told = tell_seated(row.dossier, [Role.PHYSICIAN], Reason.REQUEST_DUE, now=now, object_id=row.pk, once=True)
        if told:
            append(reminder(row.dossier, Part.REQUESTS, object_type="request", object_id=row.pk))
    return bool(told)
