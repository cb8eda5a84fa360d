"""An invitation by e-mail to somebody without an account: a link that works once, for a while.

The link is not stored: it is signed over the row and its `turn`, so that sending again makes an older link worthless.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class InvitationState(models.TextChoices):
    """How far an invitation is. Whether its time is over is computed from `expires_at`."""

    WAITING = "waiting", "wordt verstuurd"
    SENT = "sent", "verstuurd"
    BOUNCED = "bounced", "niet aangekomen"
    ACCEPTED = "accepted", "aangenomen"
    WITHDRAWN = "withdrawn", "ingetrokken"


class Invitation(models.Model):
    """Asks one person to make an account. `dossier_id` is for the way back of the inviter; it never stands in the mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    dossier_id = models.UUIDField(null=True, blank=True)
    turn = models.PositiveSmallIntegerField(default=1)  # how often it was sent; only the newest link works
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.WAITING)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")  # empty: by command
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True, default="")  # a bounce names it
    accepted_at = models.DateTimeField(null=True, blank=True)
    misused_at = models.DateTimeField(null=True, blank=True)  # somebody else, signed in, opened the link

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state__in=["waiting", "sent", "bounced"]), name="one_open_invitation_per_person"),
            models.CheckConstraint(condition=~Q(state="accepted") | Q(accepted_at__isnull=False), name="accepted_at_a_moment"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted, as far as its state goes."""
        return self.state in {InvitationState.WAITING, InvitationState.SENT, InvitationState.BOUNCED}
