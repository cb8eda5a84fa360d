"""Taking away a lost second factor, or changing the e-mail address for somebody: asked, confirmed by another, and only then after 24 hours."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value

from dossiers.models.base import together

WAIT = datetime.timedelta(hours=24)


class ResetKind(models.TextChoices):
    """What is reset."""

    FACTOR = "factor", "de tweede stap"
    ADDRESS = "address", "het e-mailadres"


class Reset(models.Model):
    """One reset. It counts from `counts_from`, a day after it was confirmed, unless somebody cancelled it before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="resets")
    kind = models.CharField(max_length=8, choices=ResetKind.choices)
    new_email = models.EmailField(blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    counts_from = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(done_at__isnull=True, cancelled_at__isnull=True), name="one_open_reset_of_a_kind"
            ),
            models.CheckConstraint(condition=together("confirmed_at", "confirmed_by", "counts_from"), name="reset_confirmed_by_someone"),
            models.CheckConstraint(condition=together("cancelled_at", "cancelled_by"), name="reset_cancelled_by_someone"),
            models.CheckConstraint(condition=~Q(kind="address") ^ ~Q(new_email=""), name="address_reset_has_an_address"),
            # The person confirms what an administrator asked, or a second administrator does; the person alone may ask and confirm by mail.
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")) | Q(asked_by=F("person")), name="reset_has_two_voices"
            ),
            models.CheckConstraint(condition=Q(done_at__isnull=True) | Q(done_at__gte=F("counts_from")), name="reset_waits_its_time"),
            models.CheckConstraint(condition=Q(done_at__isnull=True) | Q(counts_from__isnull=False), name="reset_done_was_confirmed"),
            models.CheckConstraint(
                condition=Q(counts_from__isnull=True) | Q(counts_from__gte=F("confirmed_at") + Value(WAIT)), name="reset_waits_a_day"
            ),
            models.CheckConstraint(condition=Q(done_at__isnull=True) | Q(cancelled_at__isnull=True), name="reset_done_or_cancelled"),
        ]
