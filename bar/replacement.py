"""Somebody stops at an organisation: account, seats and successor in one act. The door that spans accounts and seats.

The administrator opens no dossier and is told of none: not which, not whose, not how many. What happened stands in the trail of each.
"""

import datetime
import uuid

from django.db import transaction
from django.db.models import QuerySet

from bar.accounts.actions.organisations import locked_by, note
from bar.accounts.actions.people import end_account, keep_an_administrator
from bar.accounts.models import Organisation, User
from bar.accounts.staff import person_of, possible_successors
from consent import guard
from consent.actions.hand_over import hand_over_inside
from consent.actions.seats import end_seat, from_outside, lock_seat, replace_seat
from consent.models import Seat, SeatKind, Share
from dossiers.acting import Beyond, beyond
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.notices import Reason, tell
from dossiers.parts import EXPERTS, Role
from dossiers.trail import Event, Origin, append

NEEDS_SUCCESSOR = "Deze persoon heeft nog werk dat iemand moet overnemen. Kies wie dat doet."
CANNOT_TAKE_ALL = "Deze opvolger kan niet al het werk overnemen. Kies iemand anders, of vraag de arts om het werk eerst zelf over te dragen."
GONE = "Deze persoon werkt niet meer bij de organisatie."  # why a share stops; the physician reads it


@beyond(Beyond.REPLACEMENT)
def end_person(by: User, *, pk: uuid.UUID, successor_pk: uuid.UUID | None, now: datetime.datetime, origin: Origin) -> User:
    """Somebody works here no more: no session, no open link, no seat but the one in an own dossier; the successor gets what is left."""
    with transaction.atomic():
        organisation = locked_by(by)
        person = person_of(organisation, pk)
        seats = _seats_locked(person)
        person = User.objects.select_for_update().get(pk=pk)  # from here on nobody gives this person another seat
        if _seats(person).exclude(pk__in=[seat.pk for seat in seats]).exists():
            raise Refused("Deze persoon kreeg net nieuw werk. Probeer het opnieuw.", status=409)
        if person.ended_at is not None:
            raise Refused("Deze persoon was al gestopt.", status=409)
        if person.is_administrator:
            keep_an_administrator(organisation, person)
        successor = _successor(organisation, person, successor_pk)
        if successor is None and any(_needs_successor(seat) for seat in seats):
            raise Refused(NEEDS_SUCCESSOR)
        for seat in seats:
            _pass_on(seat, successor, by=by, now=now, origin=origin)
        end_account(person, by=by, organisation=organisation, now=now)
        note(by, person, origin)
    return person


def _seats_locked(person: User) -> list[Seat]:
    """The seats that go with the work here, after every write under way through them; dossier by dossier, always in the same order."""
    return [lock_seat(row) for row in _seats(person).order_by("dossier_id")]


def _seats(person: User) -> QuerySet[Seat]:
    return Seat.objects.filter(person=person, ended_at__isnull=True).exclude(role=Role.EMPLOYEE)


def _successor(organisation: Organisation, person: User, pk: uuid.UUID | None) -> User | None:
    if pk is None:
        return None
    found = possible_successors(organisation, person).filter(pk=pk).first()
    if found is None:
        raise Refused("Kies een opvolger uit de lijst.")
    return found


def _needs_successor(seat: Seat) -> bool:
    return seat.role == Role.EMPLOYER or (seat.role == Role.PHYSICIAN and seat.kind != SeatKind.COVER)


def _pass_on(seat: Seat, successor: User | None, *, by: User, now: datetime.datetime, origin: Origin) -> None:
    role = Role(seat.role)
    if role is Role.PHYSICIAN and seat.kind != SeatKind.COVER:
        assert successor is not None
        _hand_over(seat, successor, by=by, now=now, origin=origin)
    elif role in (Role.EMPLOYER, Role.DELEGATE) and successor is not None and not _has_place(seat, successor):
        new = replace_seat(seat, successor=successor, by=by, now=now, origin=origin)
        if role is Role.EMPLOYER:
            append(from_outside(seat.dossier, Event.CHANGE_CONTACT, new, by=by, origin=origin))
            tell(seat.dossier.physician, Reason.CONTACT_CHANGED, now=now, dossier=seat.dossier, object_id=new.pk)
    else:
        _end(seat, by=by, now=now, origin=origin)


def _has_place(seat: Seat, successor: User) -> bool:
    """Whether the successor is in this dossier already, perhaps as the employee; one person never has two seats."""
    return Seat.objects.filter(dossier=seat.dossier, person=successor, ended_at__isnull=True).exists()


def _hand_over(seat: Seat, successor: User, *, by: User, now: datetime.datetime, origin: Origin) -> None:
    """A dossier is never without its physician, so a successor who cannot have the seat stops everything. A cover's seat makes way."""
    other = Seat.objects.filter(dossier=seat.dossier, person=successor, ended_at__isnull=True).exclude(kind=SeatKind.COVER)
    if other.exists() or seat.dossier.arbodienst_id != successor.organisation_id:
        raise Refused(CANNOT_TAKE_ALL)
    hand_over_inside(seat.dossier, successor=successor, by=by, now=now, origin=origin)


def _end(seat: Seat, *, by: User, now: datetime.datetime, origin: Origin) -> None:
    """The seat stops without a successor. The physician is told, so that somebody else can be asked; of a contact the employee too."""
    dossier = seat.dossier
    if Role(seat.role) in EXPERTS:
        _stop_shares(seat, by=by, now=now, origin=origin)
    end_seat(seat, by=by, now=now, origin=origin)
    tell(dossier.physician, Reason.CONTACT_CHANGED, now=now, dossier=dossier, object_id=f"end:{seat.pk}")
    if seat.role != Role.PHYSICIAN:
        tell(dossier.employee, Reason.CONTACT_CHANGED, now=now, dossier=dossier, object_id=f"end:{seat.pk}")


def _stop_shares(seat: Seat, *, by: User, now: datetime.datetime, origin: Origin) -> None:
    """A share is to one named person: it does not wait for somebody who may come back, and a successor starts without."""
    for share in Share.objects.select_for_update().filter(dossier=seat.dossier, person_id=seat.person_id, stopped_at__isnull=True):
        share.stopped_at, share.stopped_by, share.stop_reason = now, by, GONE
        share.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
        note_closing(Closing.SHARE, share.pk, by=by)
        for row in share.parts.all():
            guard.revoke(share_part=row)
        append(from_outside(seat.dossier, Event.STOP, seat, by=by, origin=origin))
