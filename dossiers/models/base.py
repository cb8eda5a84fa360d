"""What all models of a dossier share: a key made in Python, the dossier they belong to, and the Part of each field."""

import uuid
from typing import ClassVar

from django.db import models

from dossiers.parts import Part


def by_part(**fields: str) -> dict[str, Part]:
    """`by_part(capacity="status limit_value", explanation="explanation")` → the Part of each field."""
    return {name: Part(part) for part, names in fields.items() for name in names.split()}


class DossierRow(models.Model):
    """A row that belongs to one dossier. `PARTS` names the Part of every own field; `id` and `dossier` are process."""

    PARTS: ClassVar[dict[str, Part]]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class AssessmentRow(DossierRow):
    """A row of one version of the BAR. Once the version is final a trigger refuses every change (migration `final_is_final`)."""

    assessment = models.ForeignKey("dossiers.Assessment", on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


def filled(*names: str) -> models.Q:
    """All of these columns hold something."""
    condition = models.Q()
    for name in names:
        condition &= models.Q(**{f"{name}__isnull": False})
    return condition


def empty(*names: str) -> models.Q:
    """All of these columns are empty."""
    condition = models.Q()
    for name in names:
        condition &= models.Q(**{f"{name}__isnull": True})
    return condition


def together(*names: str) -> models.Q:
    """These columns are filled in together or not at all."""
    return filled(*names) | empty(*names)
