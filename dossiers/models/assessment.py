"""One BAR: filled in at one visit, draft → offered → final.

A final version is never edited; a repair is a new version that says what it corrects.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.base import DossierRow, by_part, empty, filled, together
from dossiers.models.dossier import Dossier
from dossiers.sealed import SealedJSON, SealedText


class Status(models.TextChoices):
    """The life of a version. Only the steps of `rules/transitions.py` exist."""

    DRAFT = "draft", "concept"
    OFFERED = "offered", "aangeboden"
    FINAL = "final", "vastgesteld"


class Assessment(DossierRow):
    """A numbered version, with the instrument it was filled in with and, once final, an HMAC linked to the previous one."""

    PARTS = by_part(
        process="id dossier number date contact status author started_by started_at instrument_key instrument_version instrument_hash started_from "
        "offered_at term_until finalised_at finalised_by discussed_on repairs previous_hash hash plan_hash medical_check_by",
        explanation="repair_reason",
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveIntegerField()
    date = models.DateField()
    contact = models.CharField(max_length=16, blank=True, default="")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    instrument_key = models.CharField(max_length=20)
    instrument_version = models.CharField(max_length=20)
    instrument_hash = models.CharField(max_length=64)
    started_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    repairs = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="repaired_by")
    repair_reason = SealedText()
    offered_at = models.DateTimeField(null=True, blank=True)
    term_until = models.DateField(null=True, blank=True)
    discussed_on = models.DateField(null=True, blank=True)
    medical_check_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finalised_at = models.DateTimeField(null=True, blank=True)
    finalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")
    plan_hash = models.CharField(max_length=64, blank=True, default="")  # of what a plan van aanpak is made from: dossiers/visits.py

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["dossier"], condition=~Q(status="final"), name="one_open_version"),
            models.CheckConstraint(condition=together("offered_at", "term_until"), name="offered_with_term"),
            models.CheckConstraint(condition=together("finalised_at", "finalised_by", "medical_check_by"), name="finalised_by_someone"),
            models.CheckConstraint(
                condition=(Q(status="draft") & empty("finalised_at"))
                | (Q(status="offered") & filled("offered_at") & empty("finalised_at"))
                | (Q(status="final") & filled("offered_at", "finalised_at") & ~Q(hash="")),
                name="status_matches_dates",
            ),
            models.CheckConstraint(condition=together("repairs", "repair_reason"), name="repair_with_reason"),
        ]

    @property
    def instrument(self) -> tuple[str, str]:
        """Key and version of the definition this was filled in with."""
        return self.instrument_key, self.instrument_version


class SectionDraft(DossierRow):
    """A section as typed, valid or not; only physician and delegate see it. `version` counts saves: a stale write is refused."""

    PARTS = by_part(process="id dossier assessment section version valid carried saved_by saved_at", explanation="content")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=20)
    content = SealedJSON()
    version = models.PositiveIntegerField(default=0)
    valid = models.BooleanField(default=True)
    carried = models.BooleanField(default=False)  # taken from the previous version and not looked at yet
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "section"], name="one_draft_per_section")]
