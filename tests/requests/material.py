"""Small words for tests about requests: a page, a post, and a final document of every kind."""

import uuid
from typing import Any

from django.http import HttpResponse

from dossiers.models import DocumentRequest, LabourReport, Letter
from dossiers.models.requests import DocumentKind
from tests.insurance_report.material import final
from tests.labour_report.material import released
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
    """A final document of every kind: where it is read, and its row."""
    version, letter = world.dossier.assessments.get(number=1), Letter.objects.get(dossier=world.dossier)
    released(world)
    labour, insurance = LabourReport.objects.get(dossier=world.dossier), final(world)
    return {
        DocumentKind.VERSION: ("bar/1/", version.pk),
        DocumentKind.LETTER: ("brieven/1/", letter.pk),
        DocumentKind.LABOUR_REPORT: (f"arbeidsdeskundige/{labour.number}/", labour.pk),
        DocumentKind.INSURANCE_REPORT: (f"verzekeringsarts/{insurance.number}/", insurance.pk),
    }
