"""What the employee asks about a version: a correction per section, its answer, and the statement that goes along when it is declined."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.assessment import Assessment
from dossiers.models.base import DossierRow, by_part, together
from dossiers.sealed import SealedText


class CorrectionState(models.TextChoices):
    """Where a request for correction stands."""

    OPEN = "open", "wacht op antwoord"
    ADAPTED = "adapted", "aangepast"
    DECLINED = "declined", "niet aangepast"


class Correction(DossierRow):
    """A correction asked by the employee in an offered version. `in_letter`: it is about something that stands in the letter, and its
    writer has read "Dit leest ook de werkgever"; only then may it stand below the signature."""

    PARTS = by_part(process="id dossier assessment", requests="section text in_letter asked_at asked_by state reason answered_at answered_by")

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="corrections")
    section = models.CharField(max_length=20)
    text = SealedText()
    in_letter = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    reason = SealedText()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(condition=together("answered_at", "answered_by"), name="correction_answered_by_someone"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(answered_at__isnull=False), name="correction_answered_or_open"),
            models.CheckConstraint(condition=~Q(state="declined") | Q(reason__isnull=False), name="declined_with_reason"),
        ]
