"""Where letters on paper go, and the employee's request for another contact at the employer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.base import DossierRow, by_part, together
from dossiers.models.dossier import Dossier
from dossiers.sealed import SealedText


class PostalAddress(DossierRow):
    """The employee's address for letters on paper. Of `process`, but only the cover page shows it."""

    PARTS = by_part(process="id dossier address changed_at changed_by")

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="postal_address")
    address = SealedText()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class ContactRequestState(models.TextChoices):
    """Where a request for another contact stands."""

    OPEN = "open", "wacht op antwoord"
    DONE = "done", "er is een andere contactpersoon"
    DECLINED = "declined", "niet veranderd"


class ContactRequest(DossierRow):
    """The employee asks for another contact person at the employer, with a reason for the physician only."""

    PARTS = by_part(process="id dossier", requests="person text asked_at asked_by state reason answered_at answered_by")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")  # the contact it is about
    text = SealedText()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ContactRequestState.choices, default=ContactRequestState.OPEN)
    reason = SealedText()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(condition=together("answered_at", "answered_by"), name="contact_request_answered_by_someone"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(answered_at__isnull=False), name="contact_request_answered_or_open"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(state="open"), name="one_open_contact_request"),
        ]
