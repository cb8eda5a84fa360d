"""The released letter: a frozen core, a copy per reader, and the outbox that gets them made.

The core is the only thing a worker renders. A letter is never edited; it can be withdrawn with a reason.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.assessment import Assessment
from dossiers.models.base import DossierRow, by_part, together
from dossiers.models.dossier import Dossier
from dossiers.parts import Part
from dossiers.sealed import SealedJSON, SealedText


class Reader(models.TextChoices):
    """Who a copy is for."""

    EMPLOYEE = "employee", "werknemer"
    EMPLOYER = "employer", "werkgever"


class CopyState(models.TextChoices):
    """How far the PDF of a copy is."""

    WAITING = "waiting", "wordt gemaakt"
    READY = "ready", "klaar"
    FAILED = "failed", "mislukt"


class Letter(DossierRow):
    """The plain-language letter of one final version. Both copies carry `core_hash`; `released_at` is set when both are ready."""

    PARTS = by_part(
        process="id dossier", letters="assessment core core_hash day on_paper made_at released_at withdrawn_at withdrawn_by withdrawn_reason"
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="letters")
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="letter")
    core = SealedJSON()
    core_hash = models.CharField(max_length=64)
    day = models.DateField()
    on_paper = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = SealedText()

    class Meta:
        ordering = ["made_at"]
        constraints = [models.CheckConstraint(condition=together("withdrawn_at", "withdrawn_by", "withdrawn_reason"), name="withdrawn_with_reason")]


class LetterCopy(DossierRow):
    """One reader's PDF, sealed in private storage, with the SHA-256 of the PDF."""

    PARTS = by_part(process="id dossier", letters="letter reader state stored_as sha256 size rendered_at attempts posted_on handed_over_on")

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="copies")
    reader = models.CharField(max_length=8, choices=Reader.choices)
    state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.WAITING)
    stored_as = models.CharField(max_length=80, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    posted_on = models.DateField(null=True, blank=True)
    handed_over_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "reader"], name="one_copy_per_reader"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(stored_as="") & ~Q(sha256="") & Q(rendered_at__isnull=False)), name="ready_copy_is_stored"
            ),
        ]


class Outbox(models.Model):
    """Work to be done after a business transaction: ids only. The broker is a doorbell; this row is the promise."""

    PARTS: ClassVar[dict[str, Part]] = by_part(process="id kind object_id dedupe_key attempts next_at done_at gave_up_at made_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    dedupe_key = models.CharField(max_length=100, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(F("next_at"), condition=Q(done_at__isnull=True, gave_up_at__isnull=True), name="outbox_waiting")]
