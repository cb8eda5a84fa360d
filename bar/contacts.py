"""One more contact of the employer: finding or making the person, the seat, and being told of it, in one act.

Spans accounts and seats; whether it may be is decided by `consent.actions.contacts`. Whether an address is known is never told.
"""

from django.db import transaction

from bar.accounts.actions.invitations import invite_seated
from bar.openings import Person, person
from consent.actions.contacts import add_contact
from consent.models import Seat
from dossiers.door import Opened


def seat_contact(opened: Opened, typed: Person) -> Seat:
    """The person with this address, known or new, becomes a contact and is told, in one transaction."""
    with transaction.atomic():
        found = person(typed, organisation=opened.dossier.employer)
        seat = add_contact(opened, person=found, name=typed.name, function=typed.function)
        invite_seated(opened.person, [found], dossier=opened.dossier, now=opened.now, origin=opened.trail.template.origin)
    return seat
