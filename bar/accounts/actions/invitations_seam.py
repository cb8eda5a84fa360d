"""Until invitations are there: the row only."""

import datetime
import uuid

from django.utils import timezone

from bar.accounts.models import Invitation, InvitationState, User

LASTS = datetime.timedelta(days=7)


def invite(person: User, *, email: str, by: User | None, dossier: uuid.UUID | None) -> None:
    """A row."""
    now = timezone.now()
    Invitation.objects.filter(person=person, state__in=["waiting", "sent", "bounced"]).update(state=InvitationState.WITHDRAWN)
    Invitation.objects.create(person=person, email=email, made_at=now, made_by=by, expires_at=now + LASTS)
