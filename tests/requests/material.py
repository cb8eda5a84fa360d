"""Small words for tests about requests: a page, a post, and a final document of every kind."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from dossiers.models import DocumentRequest, InsuranceReport, LabourReport, Letter, Status
from dossiers.models.requests import DocumentKind
from tests.world import World


def page(world: World, who: str, where: str) -> str:
    """A page of the dossier that this person can open, as text."""
    answer = world.client(who).get(f"/dossier/{world.number}/{where}")
    assert answer.status_code == 200, (who, where, answer.status_code)
    return " ".join(answer.content.decode().split())


def post(world: World, who: str, where: str, **values: Any) -> HttpResponse:
    """What this person sends to a page of the dossier."""
    return world.client(who).post(where if where.startswith("/") else f"/dossier/{world.number}/{where}", values)  # type: ignore[return-value]


def ask(world: World, text: str, statement: str = "") -> DocumentRequest:
    """The employee says that something is not right in the first version."""
    where = f"dit-klopt-niet/version/{world.dossier.assessments.get(number=1).pk}/"
    assert post(world, "employee", where, text=text, **({"statement": statement} if statement else {})).status_code == 302
    return DocumentRequest.objects.get()


def reports(world: World) -> dict[DocumentKind, tuple[str, uuid.UUID]]:
    """A final document of every kind: where it is read, and its row. The two reports stand there as their actions would leave them."""
    version, letter = world.dossier.assessments.get(number=1), Letter.objects.get(dossier=world.dossier)
    if letter.released_at is None:
        Letter.objects.filter(pk=letter.pk).update(released_at=timezone.now())
    labour, insurance = _labour_report(world), _insurance_report(world)
    return {
        DocumentKind.VERSION: ("bar/1/", version.pk),
        DocumentKind.LETTER: ("brieven/1/", letter.pk),
        DocumentKind.LABOUR_REPORT: (f"arbeidsdeskundige/{labour.number}/", labour.pk),
        DocumentKind.INSURANCE_REPORT: (f"verzekeringsarts/{insurance.number}/", insurance.pk),
    }


def _labour_report(world: World) -> LabourReport:
    return LabourReport.objects.create(
        dossier=world.dossier,
        number=1,
        status=Status.FINAL,
        author=world.people["labour_expert"],
        author_name="Els Expert",
        started_at=timezone.now(),
        own_work="suitable",
        offered_at=timezone.now(),
        term_until=timezone.localdate(),
        finalised_at=timezone.now(),
        finalised_by=world.people["labour_expert"],
        medical_check_by=world.people["labour_expert"],
        core={"kind": "test"},
        core_hash="0" * 64,
        released_at=timezone.now(),
    )


def _insurance_report(world: World) -> InsuranceReport:
    return InsuranceReport.objects.create(
        dossier=world.dossier,
        number=1,
        status=Status.FINAL,
        author=world.people["insurance_physician"],
        author_name="Vera Verzekeringsarts",
        version=world.dossier.assessments.get(number=1),
        started_at=timezone.now(),
        finalised_at=timezone.now(),
        finalised_by=world.people["insurance_physician"],
        hash="0" * 64,
    )
