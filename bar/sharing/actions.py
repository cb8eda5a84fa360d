"""Letting in whoever got a seat by a share: a notice for who has an account, else an invitation. Nobody is told before the employee's yes."""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bar.accounts.actions.invitations import invite_seated
from bar.accounts.models import User
from consent.models import Seat


def let_in(seat_id: uuid.UUID, /, *, now: datetime.datetime) -> None:
    """Tell an expert of a seat whose first day has come, or invite who has no account yet. Called by the promise, without a person."""
    with transaction.atomic():
        seat = Seat.objects.select_related("dossier", "person", "appointed_by").get(pk=seat_id)
        if seat.ended_at is not None or seat.start > timezone.localdate(now) or (seat.dossier.training and not settings.DEMO):
            return
        assert isinstance(seat.appointed_by, User)
        assert isinstance(seat.person, User)
        invite_seated(seat.appointed_by, [seat.person], dossier=seat.dossier, now=now)


def failed(seat_id: uuid.UUID, given_up: bool, /) -> bool:
    """Nothing to note: the invitation has its own states, and the promise is tried again."""
    return True
