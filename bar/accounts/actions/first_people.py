"""The first people of an organisation, by command: an administrator, a physician. After that an administrator does it on screen.

Run again, it changes nothing that is already so. It never moves somebody from one organisation to another.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction

from bar.accounts.actions import invitations
from bar.accounts.actions.organisations import note
from bar.accounts.actions.people import NewPerson, make_person
from bar.accounts.models import Invitation, Organisation, OrganisationKind, User
from bar.accounts.rules.work import PHYSICIAN, big_problem
from bar.accounts.staff import OPEN_STATES
from bar.openings import organisation
from dossiers.errors import Refused
from dossiers.parts import Role
from dossiers.trail import Origin


@dataclass(frozen=True, slots=True)
class Added:
    """What became of it: the person, what was done, and the invitation that is open."""

    person: User
    is_new: bool
    changed: bool
    invitation: Invitation | None


def add_first_person(name: str, kind: OrganisationKind, *, new: NewPerson, now: datetime.datetime) -> Added:
    """Make organisation and person where they are new, and invite; give a known colleague what is asked. Refused for anybody else's people."""
    with transaction.atomic():
        own = Organisation.objects.select_for_update().get(pk=organisation(name, kind).pk)
        person = User.objects.select_for_update(of=("self",)).filter(email__iexact=new.email).first()
        is_new = person is None
        if person is None:
            person = make_person(own, new=new, by=None, now=now, origin=Origin())
            changed = True
        else:
            _must_fit(person, own, new)
            changed = _give(person, new)
        if not person.can_sign_in and _open_invitation(person, now) is None:
            invitations.invite(person, new.email, None, None, now=now)
        if changed:
            note(None, person, Origin())
        return Added(person, is_new, changed, _open_invitation(person, now))


def _must_fit(person: User, own: Organisation, new: NewPerson) -> None:
    if person.organisation_id != own.pk:
        raise Refused(f"{new.email} hoort al bij iemand anders, die niet bij {own.name} werkt. Kies een ander adres.")
    if person.ended_at is not None:
        raise Refused(f"{new.email} hoort bij iemand die hier is gestopt. Een beheerder kan die persoon weer toelaten.")
    if not person.is_active:
        raise Refused(f"Het account van {new.email} is gesloten.")


def _give(person: User, new: NewPerson) -> bool:
    """What is asked, to a known colleague. A physician is made of nobody who is something else already."""
    if new.is_administrator and not person.is_administrator:
        person.is_administrator = True
        person.save(update_fields=["is_administrator"])
        return True
    if new.work is PHYSICIAN and person.profession != Role.PHYSICIAN:
        if person.profession:
            raise Refused(f"{new.email} doet al ander werk bij deze organisatie. Een beheerder kan dat veranderen.")
        problem = big_problem(new.work, new.big_number)
        if problem:
            raise Refused(problem)
        person.profession, person.big_number = new.work.profession, new.big_number
        person.save(update_fields=["profession", "big_number"])
        return True
    return False


def _open_invitation(person: User, now: datetime.datetime) -> Invitation | None:
    return Invitation.objects.filter(person=person, state__in=OPEN_STATES, expires_at__gt=now).first()
