"""What the employee asks about what was written: a correction in an offered version, and "dit klopt niet" about a final document (AVG art. 16)."""

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


class DocumentKind(models.TextChoices):
    """Which kind of final document a request is about."""

    VERSION = "version", "de BAR"
    LETTER = "letter", "de brief"
    LABOUR_REPORT = "labour_report", "het rapport van de arbeidsdeskundige"
    INSURANCE_REPORT = "insurance_report", "de reactie van de verzekeringsarts"


class DocumentRequest(DossierRow):
    """ "Dit klopt niet" about a final document, with its answer and the statement the employee attached (AVG art. 12 lid 3 and 16).

    `statement_shown`: its writer wants everybody who reads the document to read it too, and has read who that is.
    """

    PARTS = by_part(
        process="id dossier",
        requests="document document_id text asked_at asked_by due_on state reason answered_at answered_by statement statement_shown "
        "statement_at statement_by",
    )

    document = models.CharField(max_length=16, choices=DocumentKind.choices)
    document_id = models.UUIDField()
    text = SealedText()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    reason = SealedText()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    statement = SealedText()
    statement_shown = models.BooleanField(default=False)
    statement_at = models.DateTimeField(null=True, blank=True)
    statement_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(condition=together("answered_at", "answered_by"), name="request_answered_by_someone"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(answered_at__isnull=False), name="request_answered_or_open"),
            models.CheckConstraint(condition=Q(state="open") | Q(reason__isnull=False), name="request_answered_with_reason"),
            models.CheckConstraint(condition=together("statement", "statement_at", "statement_by"), name="statement_by_someone"),
            models.CheckConstraint(condition=Q(statement_shown=False) | Q(statement__isnull=False), name="shown_statement_is_there"),
        ]
