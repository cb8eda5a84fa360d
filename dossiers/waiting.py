"""What waits between people in many dossiers: questions about consent, questions between professionals, reports to read, requests.

Plain values, fetched for a list and a page alike, in five queries however many dossiers there are. No sealed text is opened and no access is
decided here: who is told of what is in `next_step.py`.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dossiers.models import DocumentRequest, Dossier, LabourReport, Status, Thread
from dossiers.models.consultation import ThreadState
from dossiers.models.requests import CorrectionState
from dossiers.parts import Part, Role


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


def waiting_in(dossier_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Waiting]:
    """What waits, by dossier."""
    ids = list(dossier_ids)
    shares, questions, reports, paper, requests = _shares(ids), _questions(ids), _reports(ids), _paper(ids), _requests(ids)
    return {pk: Waiting(tuple(shares[pk]), tuple(questions[pk]), tuple(reports[pk]), tuple(paper[pk]), tuple(requests[pk])) for pk in ids}


def _shares(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[AskedShare]]:
    """A share is asked while `process`, which is part of every share, has no answer; a yes on paper is no answer of who signs in."""
    at = "shares__parts__answers__"
    columns = ("pk", "shares__pk", "shares__name", "shares__role", "shares__last_day", f"{at}state", f"{at}channel", "employee__activated_at")
    rows = Dossier.objects.filter(pk__in=ids, shares__stopped_at__isnull=True, shares__parts__part=Part.PROCESS, employee__is_active=True)
    newest: dict[uuid.UUID, tuple[Any, ...]] = {}
    for row in rows.order_by("shares__made_at", f"{at}at").values_list(*columns):
        newest[row[1]] = row  # of several answers the last one stays
    found: dict[uuid.UUID, list[AskedShare]] = defaultdict(list)
    for pk, share_id, name, role, last_day, state, channel, activated in newest.values():
        if state is None or (state == "given" and channel == "paper" and activated is not None):
            found[pk].append(AskedShare(share_id, name, Role(role), last_day))
    return found


def _questions(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[AskedQuestion]]:
    found: dict[uuid.UUID, list[AskedQuestion]] = defaultdict(list)
    rows = Thread.objects.filter(dossier_id__in=ids, state=ThreadState.OPEN, addressee_role=Role.PHYSICIAN).order_by("reply_by", "number")
    for pk, number, reply_by, opened_at in rows.values_list("dossier_id", "number", "reply_by", "opened_at"):
        found[pk].append(AskedQuestion(number, reply_by, opened_at))
    return found


def _reports(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[OfferedReport]]:
    found: dict[uuid.UUID, list[OfferedReport]] = defaultdict(list)
    rows = LabourReport.objects.filter(dossier_id__in=ids, status=Status.OFFERED).order_by("number")
    for pk, number, term_until in rows.values_list("dossier_id", "number", "term_until"):
        assert term_until is not None  # by constraint: offered with a term
        found[pk].append(OfferedReport(number, term_until))
    return found


def _paper(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[PaperYes]]:
    found: dict[uuid.UUID, list[PaperYes]] = defaultdict(list)
    at = "shares__paper_answers__"
    rows = Dossier.objects.filter(
        **{
            "pk__in": ids,
            "shares__paper_answers__isnull": False,
            f"{at}confirmed_at__isnull": True,
            f"{at}cancelled_at__isnull": True,
            "shares__stopped_at__isnull": True,
        }
    )
    for pk, *values in rows.order_by(f"{at}recorded_at").values_list("pk", "shares__pk", f"{at}recorded_by", f"{at}recorded_at"):
        found[pk].append(PaperYes(*values))
    return found


def _requests(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[OpenRequest]]:
    found: dict[uuid.UUID, list[OpenRequest]] = defaultdict(list)
    rows = DocumentRequest.objects.filter(dossier_id__in=ids, state=CorrectionState.OPEN).order_by("due_on")
    for pk, asked_at, due_on in rows.values_list("dossier_id", "asked_at", "due_on"):
        found[pk].append(OpenRequest(asked_at, due_on))
    return found
