"""What waits between people in many dossiers: questions about consent, questions between professionals, reports to read, requests.

Plain values, fetched for a list and a page alike, in five questions however many dossiers there are. No sealed text is opened and no access is
decided here: who is told of what is in `next_step.py`.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

from dossiers.compiled import IsOneOf, compiled
from dossiers.models import DocumentRequest, Dossier, LabourReport, Status, Thread
from dossiers.models.consultation import ThreadState
from dossiers.models.requests import CorrectionState
from dossiers.parts import Part, Role

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class AskedShare:
    """A share on which the employee's answer is missing, and through which day it would count."""

    share_id: uuid.UUID
    name: str
    role: Role
    last_day: datetime.date


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question to the physician that waits for an answer."""

    number: int
    reply_by: datetime.date
    opened_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class OfferedReport:
    """A labour report that the employee can read before it is final."""

    number: int
    term_until: datetime.date


@dataclass(frozen=True, slots=True)
class PaperYes:
    """A yes on paper that another than `recorded_by` must confirm."""

    share_id: uuid.UUID
    recorded_by: uuid.UUID
    recorded_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Something that the employee says is not right, and the last day for an answer."""

    asked_at: datetime.datetime
    due_on: datetime.date


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one dossier."""

    shares: tuple[AskedShare, ...] = ()
    questions: tuple[AskedQuestion, ...] = ()
    reports: tuple[OfferedReport, ...] = ()
    paper: tuple[PaperYes, ...] = ()
    requests: tuple[OpenRequest, ...] = ()  # the one due first comes first


NOTHING = Waiting()


def _by_dossier(kind: Callable[..., Found], rows: Iterable[tuple[Any, ...]]) -> dict[uuid.UUID, list[Found]]:
    found: dict[uuid.UUID, list[Found]] = defaultdict(list)
    for pk, *values in rows:
        found[pk].append(kind(*values))
    return found


def _unanswered(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """A share is asked while `process`, which is part of every share, has no answer; a yes on paper is no answer of who signs in."""
    newest = {row[1]: row for row in rows}  # of several answers the last one stays
    for pk, share_id, name, role, last_day, state, channel, activated in newest.values():
        if state is None or (state == "given" and channel == "paper" and activated is not None):
            yield pk, share_id, name, Role(role), last_day


@compiled
def _answers_to_process(ids: list[uuid.UUID]) -> QuerySet[Dossier, Any]:
    at = "shares__parts__answers__"
    columns = ("pk", "shares__pk", "shares__name", "shares__role", "shares__last_day", f"{at}state", f"{at}channel", "employee__activated_at")
    rows = Dossier.objects.filter(IsOneOf("pk", ids), shares__stopped_at__isnull=True, shares__parts__part=Part.PROCESS, employee__is_active=True)
    return rows.order_by("shares__made_at", f"{at}at").values_list(*columns)


@compiled
def _open_threads(ids: list[uuid.UUID]) -> QuerySet[Thread, Any]:
    rows = Thread.objects.filter(IsOneOf("dossier_id", ids), state=ThreadState.OPEN, addressee_role=Role.PHYSICIAN).order_by("reply_by", "number")
    return rows.values_list("dossier_id", "number", "reply_by", "opened_at")


@compiled
def _offered_reports(ids: list[uuid.UUID]) -> QuerySet[LabourReport, Any]:
    """By constraint: offered with a term."""
    rows = LabourReport.objects.filter(IsOneOf("dossier_id", ids), status=Status.OFFERED).order_by("number")
    return rows.values_list("dossier_id", "number", "term_until")


@compiled
def _paper_to_confirm(ids: list[uuid.UUID]) -> QuerySet[Dossier, Any]:
    at = "shares__paper_answers__"
    open_ones = {"shares__paper_answers__isnull": False, f"{at}confirmed_at__isnull": True, f"{at}cancelled_at__isnull": True}
    rows = Dossier.objects.filter(IsOneOf("pk", ids), shares__stopped_at__isnull=True, **open_ones)
    return rows.order_by(f"{at}recorded_at").values_list("pk", "shares__pk", f"{at}recorded_by", f"{at}recorded_at")


@compiled
def _open_requests(ids: list[uuid.UUID]) -> QuerySet[DocumentRequest, Any]:
    rows = DocumentRequest.objects.filter(IsOneOf("dossier_id", ids), state=CorrectionState.OPEN).order_by("due_on")
    return rows.values_list("dossier_id", "asked_at", "due_on")


ASKED = (_answers_to_process, _open_threads, _offered_reports, _paper_to_confirm, _open_requests)


def waiting_from(ids: Iterable[uuid.UUID], answers: Iterable[Iterable[tuple[Any, ...]]]) -> dict[uuid.UUID, Waiting]:
    """What waits, by dossier, from the answers to the questions `ASKED` about these dossiers."""
    to_process, *others = answers
    kinds = (AskedQuestion, OfferedReport, PaperYes, OpenRequest)
    found = [_by_dossier(AskedShare, _unanswered(to_process)), *(_by_dossier(kind, rows) for kind, rows in zip(kinds, others, strict=True))]
    return {pk: Waiting(*(tuple(rows[pk]) for rows in found)) for pk in ids}
