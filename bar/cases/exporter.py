"""A dossier out of the system as a case file: what one reader may read, cut by `dossiers.extract`, in the normal order of the format.

Made from an `Opened` and from nothing else. What the format has no key for is named in `left_out`, as far as this reader may know of it.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from bar.cases.case import FORMAT, LEFT_OUT, PARTIAL
from consent.models import Answer, AnswerState, Channel, PaperAnswer, Seat, SeatKind, Share, ShareNote
from dossiers import queries
from dossiers.door import Opened
from dossiers.extract import SECTION_PARTS, version_extract
from dossiers.models import AbsenceProposal, Assessment, Correction, JobDemand, JobDescription, Letter, SectionDraft, Status, TrailLine
from dossiers.models.contact import ContactRequest
from dossiers.parts import AUTHORS, EXPERTS, Act, Part, Role
from dossiers.sections import running_view
from dossiers.trail import Event
from instrument import library

NEEDED = frozenset({Part.PROCESS, Part.SHARING} | {part for fields in SECTION_PARTS.values() for part in fields.values()})
KNOWS_ADDRESSES = AUTHORS | {Role.EMPLOYEE}


def export_case(opened: Opened) -> dict[str, Any]:
    """The dossier as this reader may read it, as the value of a case file. Leaves its line in the trail of the opening."""
    opened.require_read(Part.PROCESS)
    opened.trail.note(Event.EXPORT, Part.PROCESS, parts=opened.readable & NEEDED)
    versions = list(queries.versions(opened).order_by("number"))
    told: dict[str, Any] = {"format": FORMAT, "key": opened.dossier.case_key or opened.dossier.number.lower()}
    if is_projection(opened):
        told[PARTIAL] = True
    told["instrument"] = library.current().name
    told["people"] = _people(opened)
    told["employment"] = _employment(opened)
    told["absence"] = _absence(opened)
    if opened.may(Part.CAPACITY):
        told["assessments"] = [_assessment(opened, version) for version in versions]
    if opened.may(Part.SHARING):
        told["shares"] = [_share(row) for row in _shares(opened)]
    if left_out := list(_left_out(opened, versions)):
        told[LEFT_OUT] = left_out
    return told


def is_projection(opened: Opened) -> bool:
    """Whether this reader may miss something. Told by role, not by what was found: else "whole" would tell that there is no draft."""
    return opened.role not in AUTHORS or opened.sees_from is not None or not opened.readable >= NEEDED


# --- people, employment, absence ------------------------------------------------------------------


def _people(opened: Opened) -> dict[str, Any]:
    seats = _seats(opened)
    found: dict[str, Any] = {}
    for seat in seats:
        role, person = Role(seat.role), seat.person
        row: dict[str, Any] = {"name": seat.name}
        if opened.role in KNOWS_ADDRESSES or person == opened.person:
            row["email"] = person.email
        match role:
            case Role.EMPLOYEE:
                found[role.value] = row | {"birth_date": opened.dossier.birth_date.isoformat()}
            case Role.EMPLOYER:
                found.setdefault("employers", []).append(row | {"organisation": opened.dossier.employer.name, "function": seat.function})
            case Role.PHYSICIAN:
                found[role.value] = row | {"organisation": _organisation(person), "big_number": person.big_number}
            case Role.DELEGATE:
                found[role.value] = row | {"kind": seat.kind}
            case _:
                found[role.value] = row | {"organisation": _organisation(person)}
    if opened.may(Part.SHARING):
        for share in _shares(opened):  # asked, and no seat before the first yes: as typed, so that nothing is told of an account
            found.setdefault(share.role, {"name": share.name, "email": share.person.email, "organisation": share.organisation_name})
    order = ("employee", "employers", "physician", "delegate", *(role.value for role in Role if role in EXPERTS))
    return {key: found[key] for key in order if key in found}


def _seats(opened: Opened) -> list[Seat]:
    """Who has a seat and may be known to this reader (docs/access.md, "The employer never reads the instrument"), in order of appointment."""
    rows = Seat.objects.filter(dossier=opened.dossier, ended_at__isnull=True).exclude(kind=SeatKind.COVER)
    rows = rows.select_related("person", "person__organisation").order_by("grants__pk")
    return [row for row in rows if Role(row.role) not in EXPERTS or opened.may(Part.SHARING) or row.person_id == opened.person.pk]


def _organisation(person: Any) -> str:
    return person.organisation.name if person.organisation else ""


def _employment(opened: Opened) -> dict[str, Any]:
    dossier = opened.dossier
    hours = dossier.hours_per_week
    return {
        "job_title": dossier.job_title,
        "hours_per_week": int(hours) if hours == int(hours) else float(hours),
        "contract": dossier.contract,
        "contract_end": _iso(dossier.contract_end),
    }


def _absence(opened: Opened) -> dict[str, Any]:
    absence = opened.dossier.absence
    return {
        "first_sick_day": absence.first_sick_day.isoformat(),
        "recoveries": [{"from": row.start.isoformat(), "until": _iso(row.until)} for row in absence.recoveries],
    }


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


# --- visits -----------------------------------------------------------------------------------------


def _assessment(opened: Opened, version: Assessment) -> dict[str, Any]:
    sections = dict(version_extract(opened, version).sections)
    if version.status == Status.DRAFT and opened.may(Part.EMPLOYEE_VIEW):
        sections["employee_view"] = running_view(opened.dossier, since=opened.sees_from)  # the words are copied into a version when it is offered
    visit = sections.pop("visit", {})
    return {**visit, "status": version.status, **sections}


# --- shares -----------------------------------------------------------------------------------------


def _shares(opened: Opened) -> list[Share]:
    """In the order in which they were made, which is the order of the file they came from; but those stopped before their first day, which
    never opened anything."""
    rows = Share.objects.filter(dossier=opened.dossier).select_related("person", "person__organisation").prefetch_related("parts__answers")
    lines = TrailLine.objects.filter(chain=opened.dossier.pk, event_code=Event.SHARE.value).values_list("object_id", "seq")
    made = dict(lines)
    return sorted((row for row in rows if _last_day(row) >= row.first_day), key=lambda row: made[str(row.pk)])


def _last_day(share: Share) -> datetime.date:
    """The last day on which it could open anything: of a stopped share the day it was stopped."""
    return share.last_day if share.stopped_at is None else min(share.last_day, timezone.localdate(share.stopped_at))


def _share(share: Share) -> dict[str, Any]:
    parts = sorted(share.parts.all(), key=lambda row: list(Part).index(Part(row.part)))
    answers = {row.part: list(row.answers.all()) for row in parts}
    states = {part: rows[-1].state if rows else AnswerState.ASKED.value for part, rows in answers.items()}
    words = set(states.values())
    told: dict[str, Any] = {
        "with": share.role,
        "read": [row.part for row in parts],
        "write": [row.part for row in parts if row.write],
        "purpose": share.purpose,
        "shared_on": share.first_day.isoformat(),
        "until": _last_day(share).isoformat(),
        "consent": words.pop() if len(words) == 1 else states,
        "answered_on": _iso(_latest(answer.day for rows in answers.values() for answer in _replies(rows))),
    }
    if withdrawn := _latest(rows[-1].day for rows in answers.values() if rows and rows[-1].state == AnswerState.WITHDRAWN):
        told["withdrawn_on"] = withdrawn.isoformat()
    return told


def _replies(rows: list[Answer]) -> list[Answer]:
    """The newest answer to the question, and before a withdrawal the yes that was taken back."""
    if not rows or rows[-1].state != AnswerState.WITHDRAWN:
        return rows[-1:]
    return rows[-2:-1] or rows[-1:]


def _latest(days: Iterator[datetime.date]) -> datetime.date | None:
    return max(days, default=None)


# --- what the format has no key for -----------------------------------------------------------------


def _left_out(opened: Opened, versions: list[Assessment]) -> Iterator[str]:
    dossier = opened.dossier
    drafts = [version for version in versions if version.status == Status.DRAFT]
    if opened.may(Part.PROCESS) and dossier.salutation:
        yield "salutation"
    if opened.may(Part.JOB) and (JobDescription.objects.filter(dossier=dossier).exists() or JobDemand.objects.filter(dossier=dossier).exists()):
        yield "job"
    if opened.role in AUTHORS and SectionDraft.objects.filter(assessment__in=drafts, valid=False).exists():
        yield "unfinished_sections"
    if opened.may(Part.CAPACITY) and any(version.repairs_id for version in versions):
        yield "repairs"
    if opened.may(Part.CAPACITY) and any(version.discussed_on != version.date for version in versions if version.status == Status.FINAL):
        yield "days_of_finalising"
    if opened.may(Part.REQUESTS) and Correction.objects.filter(dossier=dossier).exists():
        yield "corrections"
    if opened.may(Part.LETTERS) and Letter.objects.filter(assessment__in=versions, withdrawn_at__isnull=False).exists():
        yield "withdrawn_letters"
    if opened.may(Part.PROCESS, Act.WRITE) and AbsenceProposal.objects.filter(dossier=dossier).exists():
        yield "proposals"
    if opened.may(Part.SHARING):
        yield from _left_out_sharing(opened)
    yield from _left_out_pieces(opened)
    yield from _left_out_people(opened)


def _left_out_pieces(opened: Opened) -> Iterator[str]:
    """Questions, reports and requests, as far as this reader knows of any."""
    if queries.threads(opened).exists():
        yield "threads"
    if queries.labour_reports(opened).exists():
        yield "labour_reports"
    if queries.insurance_reports(opened).exists():
        yield "insurance_reports"
    if queries.requests(opened).exists():
        yield "requests"


def _left_out_sharing(opened: Opened) -> Iterator[str]:
    """What is more than the newest answer per part to one person of each role, on screen."""
    shares = Share.objects.filter(dossier=opened.dossier)
    if shares.filter(stopped_at__isnull=False).exists():
        yield "stopped_shares"
    if shares.filter(renews__isnull=False).exists():
        yield "renewed_shares"
    if shares.exclude(moment="").exists():
        yield "share_moments"
    if len(set(shares.values_list("role", "person_id"))) > len(set(shares.values_list("role", flat=True))):
        yield "more_experts"
    if any(_is_told_short(share) for share in _shares(opened)):
        yield "earlier_answers"
    by_others = Answer.objects.filter(dossier=opened.dossier).exclude(channel=Channel.SCREEN)
    if by_others.exists() or PaperAnswer.objects.filter(dossier=opened.dossier).exists():
        yield "paper_answers"
    if ShareNote.objects.filter(dossier=opened.dossier).exists():
        yield "share_notes"


def _left_out_people(opened: Opened) -> Iterator[str]:
    dossier = opened.dossier
    if opened.role in AUTHORS and Seat.objects.filter(dossier=dossier).exclude(ended_at__isnull=True, kind__in=_ORDINARY).exists():
        yield "ended_and_covering_seats"
    if opened.role in AUTHORS and Seat.objects.filter(dossier=dossier, role=Role.DELEGATE, ended_at__isnull=True).count() > 1:
        yield "more_delegates"
    if opened.may(Part.REQUESTS) and ContactRequest.objects.filter(dossier=dossier).exists():
        yield "contact_requests"


_ORDINARY = [kind for kind in SeatKind if kind is not SeatKind.COVER]


def _is_told_short(share: Share) -> bool:
    """Whether one word and one day per part do not say everything that was answered."""
    rows = [list(part.answers.all()) for part in share.parts.all()]
    days = {answer.day for answers in rows for answer in _replies(answers)}
    return len(days) > 1 or any(len(answers) > 1 + (answers[-1].state == AnswerState.WITHDRAWN) for answers in rows if answers)
