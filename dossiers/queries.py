"""Fetching what belongs to an opened dossier.

A view never fetches by bare id: every look-up here starts from `opened.dossier` and leaves out what this reader may not know exists.
"""

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from dossiers.door import Opened
from dossiers.models import Assessment, Correction, DocumentRequest, InsuranceReport, LabourReport, Letter, LetterCopy, ReportRemark, Status, Thread
from dossiers.models.letter import CopyState, Reader
from dossiers.models.requests import DocumentKind
from dossiers.paper import reached_employee_by
from dossiers.parts import AUTHORS, EXPERTS, Part, Role

Row = TypeVar("Row", bound=Model)


def versions(opened: Opened) -> QuerySet[Assessment]:
    """The versions this reader may know of: authors all, the employee from offering on, everyone else final ones only."""
    found = Assessment.objects.filter(dossier=opened.dossier).select_related("author")
    if opened.sees_from is not None:
        found = found.filter(started_at__gte=opened.sees_from)
    if opened.role in AUTHORS:
        return found
    if opened.role is Role.EMPLOYEE:
        return found.exclude(status=Status.DRAFT)
    return found.filter(status=Status.FINAL)


def version(opened: Opened, number: int) -> Assessment:
    """One version by its number, or 404."""
    return _one(versions(opened).filter(number=number))


def open_version(opened: Opened) -> Assessment | None:
    """The version being worked on, for whoever may know of it."""
    return versions(opened).exclude(status=Status.FINAL).first()


def newest_final(opened: Opened) -> Assessment | None:
    """The version in force."""
    return versions(opened).filter(status=Status.FINAL).order_by("-number").first()


def released_letters(opened: Opened) -> QuerySet[Letter]:
    """The letters this reader may know of, newest first. Authors also see those that are still being made."""
    found = (
        Letter.objects.filter(dossier=opened.dossier)
        .select_related("assessment", "dossier__employee")
        .prefetch_related("copies")
        .order_by("-assessment__number")
    )
    if not opened.may(Part.LETTERS):
        return found.none()
    if opened.role in AUTHORS:
        return found
    found = found.filter(released_at__isnull=False, released_at__lte=opened.now)
    return found if opened.role is Role.EMPLOYEE else found.filter(reached_employee_by(opened.today))


def letter(opened: Opened, number: int) -> Letter:
    """The letter of one version, or 404."""
    return _one(released_letters(opened).filter(assessment__number=number))


def copy_for(opened: Opened, found: Letter, reader: Reader) -> LetterCopy:
    """A ready copy that this reader may have: one's own, authors both, experts the employer's; 404 otherwise."""
    if reader not in copies_open_to(opened.role):
        raise Http404
    return _one(found.copies.filter(reader=reader, state=CopyState.READY))


def reader(name: str) -> Reader:
    """The reader an address names, or 404."""
    if name not in Reader.values:
        raise Http404
    return Reader(name)


def copies_open_to(role: Role) -> tuple[Reader, ...]:
    """Which copies a role reads. The core is the same in both; the help page is the reader's own."""
    match role:
        case Role.EMPLOYEE:
            return (Reader.EMPLOYEE,)
        case Role.PHYSICIAN | Role.DELEGATE:
            return (Reader.EMPLOYEE, Reader.EMPLOYER)
        case _:
            return (Reader.EMPLOYER,)


def threads(opened: Opened) -> QuerySet[Thread]:
    """The questions this reader may know of. An expert: those that name that expert, while the part they hang on is open too
    (docs/access.md, "Consultation")."""
    found = Thread.objects.filter(dossier=opened.dossier).select_related("version")
    if not opened.may(Part.CONSULTATION):
        return found.none()
    if opened.sees_from is not None:
        found = found.filter(opened_at__gte=opened.sees_from)
    if opened.role in EXPERTS:
        return found.filter(Q(asker=opened.person) | Q(addressee=opened.person), part__in=opened.readable)
    return found


def thread(opened: Opened, number: int) -> Thread:
    """One question by its number, or 404."""
    return _one(threads(opened).filter(number=number))


def labour_reports(opened: Opened) -> QuerySet[LabourReport]:
    """The labour reports this reader may know of: the writer the own ones, the employee from offering on, everyone else released ones only."""
    found = LabourReport.objects.filter(dossier=opened.dossier).select_related("author")
    if not opened.may(Part.LABOUR_REPORT):
        return found.none()
    if opened.sees_from is not None:
        found = found.filter(started_at__gte=opened.sees_from)
    released = Q(released_at__isnull=False, released_at__lte=opened.now)
    if opened.role is Role.LABOUR_EXPERT:
        return found.filter(released | Q(author=opened.person))
    if opened.role is Role.EMPLOYEE:
        return found.filter(released | Q(status=Status.OFFERED))
    return found.filter(released)


def labour_report(opened: Opened, number: int) -> LabourReport:
    """One labour report by its number, or 404."""
    return _one(labour_reports(opened).filter(number=number))


def released_labour_report(opened: Opened, number: int) -> LabourReport:
    """One labour report that has a PDF for its readers, or 404."""
    return _one(labour_reports(opened).filter(number=number, released_at__isnull=False, released_at__lte=opened.now))


def labour_remark(opened: Opened, number: int, remark_id: uuid.UUID) -> ReportRemark:
    """What the employee said about one labour report, or 404."""
    return _one(ReportRemark.objects.filter(report=labour_report(opened, number), pk=remark_id).select_related("report"))


def insurance_reports(opened: Opened) -> QuerySet[InsuranceReport]:
    """The reactions of insurance physicians this reader may know of: the writer the own ones, everyone else final ones only."""
    found = InsuranceReport.objects.filter(dossier=opened.dossier).select_related("author", "version")
    if not opened.may(Part.INSURANCE_REPORT):
        return found.none()
    if opened.sees_from is not None:
        found = found.filter(started_at__gte=opened.sees_from)
    final = Q(status=Status.FINAL)
    return found.filter(final | Q(author=opened.person)) if opened.role is Role.INSURANCE_PHYSICIAN else found.filter(final)


def insurance_report(opened: Opened, number: int) -> InsuranceReport:
    """One reaction by its number, or 404."""
    return _one(insurance_reports(opened).filter(number=number))


# A final document belongs to a part: who may not open that may not know that something was said about it.
PART_OF: Mapping[DocumentKind, Part] = {
    DocumentKind.VERSION: Part.CAPACITY,
    DocumentKind.LETTER: Part.LETTERS,
    DocumentKind.LABOUR_REPORT: Part.LABOUR_REPORT,
    DocumentKind.INSURANCE_REPORT: Part.INSURANCE_REPORT,
}


def requests(opened: Opened) -> QuerySet[DocumentRequest]:
    """What the employee said about final documents, newest first, for whoever may know of it."""
    found = DocumentRequest.objects.filter(dossier=opened.dossier).order_by("-asked_at", "-pk")
    if not opened.may(Part.REQUESTS):
        return found.none()
    found = found.filter(document__in=[kind for kind, part in PART_OF.items() if opened.may(part)])
    return found if opened.sees_from is None else found.filter(asked_at__gte=opened.sees_from)


def open_shares(opened: Opened) -> QuerySet[Any]:
    """The shares by which something is open to this expert now, the first one first."""
    return opened.dossier.shares.filter(pk__in=opened.share_ids, person=opened.person).order_by("first_day", "made_at")


def correction(opened: Opened, version_number: int, correction_id: uuid.UUID) -> Correction:
    """A correction asked in one version, or 404."""
    return _one(Correction.objects.filter(dossier=opened.dossier, assessment=version(opened, version_number), pk=correction_id))


def _one(found: QuerySet[Row]) -> Row:
    row = found.first()
    if row is None:
        raise Http404
    return row
