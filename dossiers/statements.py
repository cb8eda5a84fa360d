"""What stands beside a final document: the employee's own statements, and for the employee the way to say that something is not right.

A statement that its writer let be shown is read by everybody who reads the document; what was asked, and what was answered, stays in
`requests`. Who may read the document is decided before this is asked.
"""

import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from dossiers import queries
from dossiers.door import Opened
from dossiers.models import DocumentRequest, Status
from dossiers.models.requests import DocumentKind
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date

# Who reads the document itself, and so a statement that is shown beside it (docs/access.md, the rows of queries.PART_OF).
READERS: dict[DocumentKind, str] = {
    DocumentKind.VERSION: "Dit document lezen uw bedrijfsarts en een taakgedelegeerde, en een deskundige aan wie u ja zegt. "
    "Uw werkgever leest het niet.",
    DocumentKind.LETTER: "Dit leest ook de werkgever. Verder uw bedrijfsarts en een taakgedelegeerde, en een deskundige aan wie u ja zegt.",
    DocumentKind.LABOUR_REPORT: "Dit leest ook de werkgever. Verder uw bedrijfsarts en een taakgedelegeerde, de arbeidsdeskundige, en een andere "
    "deskundige aan wie u ja zegt.",
    DocumentKind.INSURANCE_REPORT: "Dit document lezen uw bedrijfsarts en de verzekeringsarts. Uw werkgever leest het niet.",
}

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class FinalDocument:
    """A document that does not change any more, as this reader knows it."""

    kind: DocumentKind
    pk: uuid.UUID
    title: str  # "de brief van 3 maart 2026"
    url: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What the employee wants everybody to read beside a document."""

    text: str
    who: str
    day: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What templates/requests/statements.html draws below a final document."""

    statements: list[Statement]
    ask_url: str  # for the employee; else empty
    requests_url: str  # to what was asked of this document, for who reads that; else empty


def statements_on(opened: Opened, kind: DocumentKind, object_id: uuid.UUID, *, is_final: bool = True) -> Beside:
    """What stands beside one document that this reader reads. Nothing while it is not final."""
    if not is_final:
        return Beside([], "", "")
    rows = list(DocumentRequest.objects.filter(dossier=opened.dossier, document=kind, document_id=object_id))
    number = opened.dossier.number
    may_ask = opened.role is Role.EMPLOYEE and opened.may(Part.REQUESTS, Act.WRITE)
    known = queries.requests(opened).filter(document=kind, document_id=object_id).exists()
    return Beside(
        statements=[_statement(row, opened) for row in rows if row.statement_shown],
        ask_url=reverse("ask_request", args=[number, kind.value, object_id]) if may_ask else "",
        requests_url=reverse("requests", args=[number]) if known else "",
    )


def _statement(row: DocumentRequest, opened: Opened) -> Statement:
    assert row.statement_at is not None
    return Statement(row.statement, opened.dossier.employee_name, long_date(timezone.localdate(row.statement_at)))


def final_document(opened: Opened, kind: DocumentKind, pk: uuid.UUID) -> FinalDocument | None:
    """One final document that this reader may know of."""
    number = opened.dossier.number
    match kind:
        case DocumentKind.VERSION:
            version = _one(queries.versions(opened).filter(status=Status.FINAL), pk)
            if version is not None:
                day = long_date(version.date)
                title = f"uw gesprek van {day}" if opened.role is Role.EMPLOYEE else f"versie {version.number} van {day}"
                return FinalDocument(kind, pk, title, reverse("version", args=[number, version.number]))
        case DocumentKind.LETTER:
            letter = _one(queries.released_letters(opened).filter(released_at__isnull=False), pk)
            if letter is not None and letter.released_at is not None:
                url = reverse("letter", args=[number, letter.assessment.number])
                return FinalDocument(kind, pk, f"de brief van {long_date(timezone.localdate(letter.released_at))}", url)
        case DocumentKind.LABOUR_REPORT:
            report = _one(queries.labour_reports(opened).filter(released_at__isnull=False), pk)
            if report is not None and report.released_at is not None:
                title = f"het rapport van de arbeidsdeskundige van {long_date(timezone.localdate(report.released_at))}"
                return FinalDocument(kind, pk, title, reverse("labour_report", args=[number, report.number]))
        case DocumentKind.INSURANCE_REPORT:
            reaction = _one(queries.insurance_reports(opened).filter(status=Status.FINAL), pk)
            if reaction is not None and reaction.finalised_at is not None:
                title = f"de reactie van de verzekeringsarts van {long_date(timezone.localdate(reaction.finalised_at))}"
                return FinalDocument(kind, pk, title, reverse("insurance_report", args=[number, reaction.number]))
    return None


def _one(found: "QuerySet[Row]", pk: uuid.UUID) -> Row | None:
    return found.filter(pk=pk).first()
