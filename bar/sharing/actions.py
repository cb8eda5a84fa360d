"""A share on screen, which spans accounts and consent; and letting in whoever got a seat by one: a notice for who has an account, else an
invitation. Nobody is told before the employee's yes, and nobody learns whether an address is known.
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from bar.accounts.actions.invitations import invite_seated
from bar.accounts.models import OrganisationKind, User
from bar.openings import Person, organisation, person
from bar.sharing.forms import AskedShare, Whom
from consent.access import open_seats
from consent.actions.shares import share
from consent.models import Seat, Share
from dossiers.door import Opened
from dossiers.notices import Reason, tell
from dossiers.parts import Role


def open_share(opened: Opened, *, asked: AskedShare) -> Share:
    """Ask the employee's consent for this person, known or new, in one transaction. Somebody new cannot sign in before an invitation."""
    with transaction.atomic():
        found = asked.whom.person or _made_once(partial(_person, asked.whom, asked.plan.role))
        return share(opened, plan=replace(asked.plan, person=found))


def _made_once(make: Callable[[], User]) -> User:
    """Somebody else may make the same person or organisation at this moment: then it is found the second time."""
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        return make()


def _person(whom: Whom, role: Role) -> User:
    """The person with this address, used as is, or a new one. What was typed serves this dossier only."""
    kind = OrganisationKind.ADVICE if role is Role.LABOUR_EXPERT else OrganisationKind.UWV
    return person(Person(whom.name, whom.email), organisation=organisation(whom.organisation, kind), profession=role)


def let_in(seat_id: uuid.UUID, /, *, now: datetime.datetime) -> None:
    """Tell an expert of a seat whose first day has come, or invite who has no account yet. Called by the promise, without a person."""
    with transaction.atomic():
        seat = Seat.objects.select_related("dossier", "person", "appointed_by").get(pk=seat_id)
        if seat.ended_at is not None or seat.start > timezone.localdate(now) or (seat.dossier.training and not settings.DEMO):
            return
        assert isinstance(seat.appointed_by, User)
        assert isinstance(seat.person, User)
        if seat.person.is_active and not open_seats(seat.person, timezone.localdate(now)).filter(pk=seat.pk).exists():
            return  # a key was turned back meanwhile: nobody is let in, and nobody is told
        if not seat.person.is_active:  # stopped working there: who asked hears that nobody was reached
            tell(seat.appointed_by, Reason.INVITATION_BOUNCED, now=now, dossier=seat.dossier, object_id=seat.pk)
            return
        invite_seated(seat.appointed_by, [seat.person], dossier=seat.dossier, now=now)


def failed(seat_id: uuid.UUID, given_up: bool, /) -> bool:
    """Nothing to note: the invitation has its own states, and the promise is tried again."""
    return True
