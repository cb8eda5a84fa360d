"""Adding people to the own organisation, inviting them again, changing what they do, letting somebody in again.

An address that is known elsewhere changes nothing there, and nobody can tell: the person is added without it and invited like everybody, and
the page behind the link, in that mailbox, says what to do.
Who stops is in `bar/replacement.py`, because that touches seats.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from bar.accounts.actions import invitations
from bar.accounts.actions.organisations import locked_by, note
from bar.accounts.actions.sessions import end_every_session
from bar.accounts.models import Identity, Invitation, InvitationState, Organisation, Reset, User
from bar.accounts.rules.work import NOTHING, PHYSICIAN, Work, big_problem
from bar.accounts.staff import OPEN_STATES, address_of, person_of
from consent.models import Seat, SeatKind
from dossiers.acting import Beyond, beyond
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.parts import Role
from dossiers.trail import Origin

LAST_ADMINISTRATOR = "Dit is de laatste beheerder. Maak eerst iemand anders beheerder. Wacht tot die persoon heeft ingelogd."


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody as an administrator typed it."""

    name: str
    email: str
    work: Work
    is_administrator: bool = False
    big_number: str = ""


def add_person(by: User, *, new: NewPerson, now: datetime.datetime, origin: Origin) -> None:
    """Add somebody to the own organisation and invite them. Says nothing about whether the address is known elsewhere."""
    with transaction.atomic():
        organisation = locked_by(by)
        note(by, make_person(organisation, new=new, by=by, now=now, origin=origin), origin)


def make_person(organisation: Organisation, *, new: NewPerson, by: User | None, now: datetime.datetime, origin: Origin) -> User:
    """The new person with an invitation. Called inside an act that leaves the trail, with the organisation locked."""
    _check_work(organisation, new.work, new.is_administrator, new.big_number)
    known = User.objects.filter(organisation=organisation).filter(_has_address(new.email)).first()
    if known is not None:
        raise Refused(
            "Deze persoon werkte hier eerder. Zoek de naam in de lijst en laat deze persoon weer toe."
            if known.ended_at
            else "Iemand met dit e-mailadres staat al in de lijst."
        )
    person = User.objects.create_user(
        None if is_taken(new.email) else new.email,
        name=new.name,
        organisation=organisation,
        profession=new.work.profession,
        delegate_kind=new.work.delegate_kind,
        big_number=new.big_number if new.work is PHYSICIAN else "",
        is_administrator=new.is_administrator,
        id=uuid.uuid4(),
    )
    invitations.invite(person, new.email, by, None, now=now, origin=origin)
    return person


def _has_address(email: str) -> Q:
    return Q(email__iexact=email) | Q(invitations__email__iexact=email, invitations__state__in=OPEN_STATES)


def is_taken(email: str, *, but: User | None = None) -> bool:
    """Whether somebody has this address already. Never tell anybody."""
    found = User.objects.filter(email__iexact=email)
    return found.exclude(pk=but.pk).exists() if but else found.exists()


def withdraw_invitations(person: User) -> None:
    """No open link of this person works any more."""
    rows = Invitation.objects.filter(person=person, state__in=OPEN_STATES)
    for pk in rows.values_list("pk", flat=True):
        note_closing(Closing.INVITATION, pk)
    rows.update(state=InvitationState.WITHDRAWN)


def invite_again(by: User, *, pk: uuid.UUID, email: str, now: datetime.datetime, origin: Origin) -> None:
    """A new link to somebody who has no account yet, perhaps at another address because the mail did not arrive; an older link stops working."""
    with transaction.atomic():
        organisation = locked_by(by)
        person = _locked(organisation, pk)
        if person.activated_at is not None or person.ended_at is not None or not person.is_active:
            raise Refused("Deze persoon kan niet opnieuw worden uitgenodigd. Kijk op de pagina van deze persoon wat wel kan.")
        if User.objects.filter(organisation=organisation).filter(_has_address(email)).exclude(pk=pk).exists():
            raise Refused("Iemand met dit e-mailadres staat al in de lijst.")
        if email == address_of(person_of(organisation, pk)):
            _must_not_be_fresh(person, now)
        elif _has_seat(person):
            # Whoever sets the address of an account sets who comes in; an administrator comes into no dossier.
            raise Refused("Dit e-mailadres kunt u niet meer veranderen. Laat deze persoon stoppen, en voeg de persoon toe met het goede adres.")
        elif person.email is not None:  # the address that did not work is nobody's any more, also when the new one is somebody's
            person.email = None if is_taken(email, but=person) else email
            person.save(update_fields=["email"])
        invitations.invite(person, email, by, None, now=now, origin=origin)


@beyond(Beyond.ELSEWHERE)
def _has_seat(person: User) -> bool:
    return Seat.objects.filter(person=person, ended_at__isnull=True).exists()


def _must_not_be_fresh(person: User, now: datetime.datetime) -> None:
    """Nobody's mailbox is filled by pressing a button."""
    if Invitation.objects.filter(person=person, state__in=OPEN_STATES, made_at__gt=now - invitations.NOT_AGAIN_WITHIN).exists():
        raise Refused("De uitnodiging is net verstuurd. Wacht tien minuten voordat u hem opnieuw stuurt.", status=409)


def change_work(by: User, *, pk: uuid.UUID, work: Work, is_administrator: bool, big_number: str, origin: Origin) -> User:
    """What somebody does, and whether they administer. Seats that exist stay as they are."""
    with transaction.atomic():
        organisation = locked_by(by)
        person = _locked(organisation, pk)
        if person.ended_at is not None:
            raise Refused("Deze persoon werkt hier niet meer. Laat deze persoon eerst weer toe.")
        _check_work(organisation, work, is_administrator, big_number)
        if person.is_administrator and not is_administrator:
            keep_an_administrator(organisation, person)
        if person.profession == Role.PHYSICIAN and work is not PHYSICIAN and is_responsible(person):
            raise Refused("Deze persoon is nog verantwoordelijk als bedrijfsarts. Laat eerst een collega het werk overnemen.")
        _set_work(person, work, is_administrator, big_number)
        note(by, person, origin)
    return person


def let_in_again(by: User, *, pk: uuid.UUID, work: Work, is_administrator: bool, big_number: str, now: datetime.datetime, origin: Origin) -> User:
    """Somebody who stopped works here again, without the seats of before."""
    with transaction.atomic():
        organisation = locked_by(by)
        person = _locked(organisation, pk)
        if person.ended_at is None:
            raise Refused("Deze persoon werkt hier al.")
        _check_work(organisation, work, is_administrator, big_number)
        person.ended_at, person.ended_by, person.is_active = None, None, True
        person.save(update_fields=["ended_at", "ended_by", "is_active"])
        _set_work(person, work, is_administrator, big_number)
        address = _last_address(person)
        if person.activated_at is None and address:
            invitations.invite(person, address, by, None, now=now, origin=origin)
        note(by, person, origin)
    return person


def _last_address(person: User) -> str:
    newest = Invitation.objects.filter(person=person).order_by("-made_at").first()
    return person.email or (newest.email if newest else "")


def _locked(organisation: Organisation, pk: uuid.UUID) -> User:
    """One person of this organisation with the row locked; 404 for anybody else's."""
    person_of(organisation, pk)
    return User.objects.select_for_update().get(pk=pk)


def _check_work(organisation: Organisation, work: Work, is_administrator: bool, big_number: str) -> None:
    if work is NOTHING and not is_administrator:
        raise Refused("Kies wat deze persoon doet, of maak deze persoon beheerder.")
    problem = big_problem(work, big_number)
    if problem:
        raise Refused(problem)


def _set_work(person: User, work: Work, is_administrator: bool, big_number: str) -> None:
    person.profession, person.delegate_kind, person.is_administrator = work.profession, work.delegate_kind, is_administrator
    if work is PHYSICIAN:
        person.big_number = big_number
    person.save(update_fields=["profession", "delegate_kind", "is_administrator", "big_number"])


def keep_an_administrator(organisation: Organisation, person: User) -> None:
    """Refuse when nobody else who can sign in administers this organisation. The organisation is locked."""
    others = User.objects.filter(organisation=organisation, is_administrator=True, is_active=True, activated_at__isnull=False, ended_at__isnull=True)
    if not others.exclude(pk=person.pk).exists():
        raise Refused(LAST_ADMINISTRATOR)


@beyond(Beyond.ELSEWHERE)
def is_responsible(person: User) -> bool:
    """Whether somebody is the responsible physician of a dossier. Which, and how many, is told to nobody."""
    return Seat.objects.filter(person=person, role=Role.PHYSICIAN, ended_at__isnull=True).exclude(kind=SeatKind.COVER).exists()


def end_account(person: User, *, by: User, organisation: Organisation, now: datetime.datetime) -> None:
    """Everything of an account that stops with the work here. Whoever has an own dossier still signs in for that one."""
    with beyond(Beyond.ELSEWHERE):
        has_own_dossier = Seat.objects.filter(person=person, role=Role.EMPLOYEE, ended_at__isnull=True).exists()
    person.ended_at, person.ended_by, person.is_active = now, by, has_own_dossier
    person.profession, person.delegate_kind, person.is_administrator = "", "", False
    person.save(update_fields=["ended_at", "ended_by", "is_active", "profession", "delegate_kind", "is_administrator"])
    note_closing(Closing.PERSON, person.pk, by=by)
    withdraw_invitations(person)
    Identity.objects.filter(person=person, provider__organisation=organisation).delete()
    Reset.objects.filter(person=person, done_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=now, cancelled_by=by)
    end_every_session(person)
