"""A notice: that something waits for somebody. Ids and codes only; the mail says nothing more than that."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.base import by_part
from dossiers.parts import Part


class NoticeState(models.TextChoices):
    """How far a notice is."""

    WAITING = "waiting", "wacht"
    SENT = "sent", "verstuurd"
    SKIPPED = "skipped", "niet verstuurd: de persoon wil geen mail, of kan niet inloggen"
    BOUNCED = "bounced", "niet aangekomen"
    FAILED = "failed", "niet verstuurd"


class Notice(models.Model):
    """One thing somebody is told of by mail. `dossier` is empty for what is about an account. `address` only when it is not the person's own
    address of today: the old one, after a change."""

    PARTS: ClassVar[dict[str, Part]] = by_part(process="id dossier person reason object_id address account made_at due_at sent_at state message_id")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    reason = models.CharField(max_length=30)  # a code for ourselves; it never stands in the mail
    object_id = models.CharField(max_length=64, blank=True, default="")
    address = models.EmailField(blank=True, default="")
    account = models.BooleanField(default=False)  # about the account itself: comes at once, whatever the person chose
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.WAITING)
    message_id = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_at_a_moment")]
        indexes = [models.Index(F("person"), F("due_at"), condition=Q(state="waiting"), name="notice_waiting")]
