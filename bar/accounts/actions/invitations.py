"""Inviting somebody to make an account: making the promise, sending the link, sending it again, and accepting it.

A link is signed over the row and its turn (`links.py`): whatever sends again makes older links worthless. Opening a link changes nothing;
only a button does. The address becomes the person's own when the invitation is accepted, so nobody learns here whether it is known.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from bar.accounts.links import LinkKind, read_token, token_of
from bar.accounts.models import Invitation, InvitationState, User
from consent.actions.paper import ask_again
from dossiers import outbox
from dossiers.acting import Beyond, beyond
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.mail import Bounced, message_id_of, send_mail
from dossiers.models import Dossier
from dossiers.notices import Reason, tell
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.trail import Event, Line, Origin, Outcome, action, append

PROMISE = "invitation"
SUBJECT = "Een uitnodiging voor u"
LASTS = datetime.timedelta(days=settings.INVITATION_DAYS)
NOT_AGAIN_WITHIN = datetime.timedelta(minutes=10)
OPEN = (InvitationState.WAITING, InvitationState.SENT, InvitationState.BOUNCED)
DEAD = "Deze link werkt niet meer. Vraag uw arbodienst om een nieuwe uitnodiging."


# --- inviting ----------------------------------------------------------------------------------


def invite_seated(by: User, people: Iterable[User], *, dossier: Dossier, now: datetime.datetime, origin: Origin | None = None) -> None:
    """Whoever got a seat is told: by a notice with an account in use, else by an invitation. Without an address there is nothing to send to."""
    for person in people:
        if person == by:
            continue
        if person.can_sign_in:
            tell(person, Reason.SEATED, now=now, dossier=dossier)
        elif person.email:
            invite(person, person.email, by, dossier, now=now, origin=origin)


def invite(
    person: User, email: str, by: User | None, dossier: Dossier | None, *, now: datetime.datetime | None = None, origin: Origin | None = None
) -> Invitation | None:
    """Ask this person to make an account, at this address; a known person gets a notice instead. An open invitation gets a new link.

    Called inside a transaction. An address other than the person's own is taken over when the invitation is accepted.
    """
    now = now or timezone.now()
    if person.can_sign_in:
        tell(person, Reason.SEATED, now=now, dossier=dossier)
        return None
    if not person.is_active:
        raise Refused("Deze persoon werkt hier niet meer en kan niet worden uitgenodigd.")
    if dossier is not None and email.lower() != (person.email or "").lower():
        _must_be_here_only(person, dossier)
    invitation = Invitation.objects.select_for_update().filter(person=person, state__in=OPEN).first()
    if invitation is None:
        invitation = Invitation(person=person, turn=0, dossier_id=dossier.pk if dossier else None)
    _promise(invitation, email, by, now=now)
    append(_line(Event.INVITE, invitation, by, dossier, origin))
    return invitation


def _must_be_here_only(person: User, dossier: Dossier) -> None:
    """Whoever sets the address of an account sets who comes in: so only where that account has nothing to open elsewhere."""
    if person.activated_at is not None or has_seat_elsewhere(person, dossier):
        raise Refused("Het adres van deze persoon kunt u hier niet veranderen. Vraag het de persoon zelf.", status=409)


@beyond(Beyond.ELSEWHERE)
def has_seat_elsewhere(person: User, dossier: Dossier) -> bool:
    """Whether this person has or had a seat in any other dossier. Which is told to nobody."""
    return person.seats.exclude(dossier=dossier).exists()


def _promise(invitation: Invitation, email: str, by: User | None, *, now: datetime.datetime) -> None:
    invitation.email, invitation.state, invitation.turn = email.lower(), InvitationState.WAITING, invitation.turn + 1
    invitation.made_at, invitation.made_by, invitation.expires_at = now, by, now + LASTS
    invitation.sent_at, invitation.message_id, invitation.misused_at = None, "", None
    invitation.save()
    outbox.put(PROMISE, invitation.pk, now=now, again=str(invitation.turn))


def _line(event: Event, invitation: Invitation, by: User | None, dossier: Dossier | None, origin: Origin | None = None) -> Line:
    return Line(
        event,
        actor_id=by.pk if by else None,
        actor_role=by.profession if by else "worker",
        object_type="invitation",
        object_id=str(invitation.pk),
        dossier_id=dossier.pk if dossier else None,
        subject_id=dossier.employee_id if dossier else invitation.person_id,
        parts=(Part.PROCESS.value,) if dossier else (),
        origin=origin or Origin(),
    )


@action(Part.PROCESS, Act.WRITE)
def resend(opened: Opened, *, invitation: Invitation) -> None:
    """The same invitation once more, with a new link."""
    row = _of_dossier(opened, invitation)
    _must_not_be_fresh(row, opened.now)
    _promise(row, row.email, opened.person, now=opened.now)
    opened.trail.note(Event.INVITE, Part.PROCESS, object_type="invitation", object_id=row.pk)


@action(Part.PROCESS, Act.WRITE)
def change_address(opened: Opened, *, invitation: Invitation, email: str) -> None:
    """The mail did not arrive: another address, for somebody who never accepted. The old link is worthless at once."""
    row = _of_dossier(opened, invitation)
    _must_be_here_only(row.person, opened.dossier)
    if not opened.dossier.seats.filter(person=row.person_id, ended_at__isnull=True, role__in=[Role.EMPLOYEE, Role.EMPLOYER]).exists():
        raise Refused("Het adres van deze persoon verandert de beheerder van de eigen organisatie.", status=403)
    person = User.objects.select_for_update(no_key=True).get(pk=row.person_id)
    if person.email is not None:  # the address that did not work is nobody's any more, also when the new one is somebody's
        person.email = None if _is_taken(email, person) else email.lower()
        person.save(update_fields=["email"])
    _promise(row, email, opened.person, now=opened.now)
    opened.trail.note(Event.INVITE, Part.PROCESS, object_type="invitation", object_id=row.pk)


def _of_dossier(opened: Opened, invitation: Invitation) -> Invitation:
    """The row, locked; only of somebody with a seat in this dossier."""
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde stuurt een uitnodiging opnieuw.", status=403)
    row = Invitation.objects.select_for_update(of=("self",)).select_related("person").get(pk=invitation.pk)
    if not opened.dossier.seats.filter(person=row.person_id, ended_at__isnull=True).exists():
        raise Refused("Deze persoon heeft geen plaats meer in dit dossier.", status=404)
    if row.state not in OPEN or row.person.can_sign_in:
        raise Refused("Deze uitnodiging is al aangenomen of ingetrokken. Laad de pagina opnieuw.", status=409)
    return row


def _must_not_be_fresh(row: Invitation, now: datetime.datetime) -> None:
    if row.state == InvitationState.WAITING:
        raise Refused("De uitnodiging wordt al verstuurd. Wacht even en laad de pagina opnieuw.", status=409)
    if row.state == InvitationState.SENT and row.sent_at is not None and now - row.sent_at < NOT_AGAIN_WITHIN:
        raise Refused("De uitnodiging is net verstuurd. Wacht tien minuten voordat u hem opnieuw stuurt.", status=409)


def _is_taken(email: str, person: User) -> bool:
    """Whether the address is of somebody else. Only told to whoever reads mail there."""
    return User.objects.filter(email__iexact=email).exclude(pk=person.pk).exists()


# --- the mail, by the worker -------------------------------------------------------------------


def send(invitation_id: uuid.UUID, *, now: datetime.datetime) -> None:
    """Send the newest link, once. The time it lasts begins now."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update(of=("self",)).select_related("person").get(pk=invitation_id)
        if row.state != InvitationState.WAITING or row.person.can_sign_in or not row.person.is_active:
            return
        row.expires_at = now + LASTS
        row.message_id = message_id_of(row.pk, row.turn)
        values = {"url": settings.BASE_URL + path_of(row), "last_day": timezone.localdate(row.expires_at)}
        try:
            send_mail("mail/invitation.txt", values, subject=SUBJECT, to=row.email, message_id=row.message_id)
        except Bounced:
            _bounced(row, now=now)
            return
        row.state, row.sent_at = InvitationState.SENT, now
        row.save(update_fields=["expires_at", "message_id", "state", "sent_at"])


def path_of(invitation: Invitation) -> str:
    """The address of the newest link, on this site."""
    return reverse("invitation", args=[token_of(LinkKind.INVITATION, invitation.pk, invitation.turn)])


def failed(invitation_id: uuid.UUID, given_up: bool, /) -> bool:
    """The mail could not be sent; after three days of trying it counts as one that did not arrive."""
    row = Invitation.objects.select_for_update().get(pk=invitation_id)
    if row.state != InvitationState.WAITING:
        return False
    if given_up:
        _bounced(row, now=timezone.now())
    return True


def bounced_by_clock(message_id: str, *, now: datetime.datetime) -> int:
    """A mail with this Message-ID came back; how many invitations that was."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().filter(message_id=message_id, state=InvitationState.SENT).first()
        if row is not None:
            _bounced(row, now=now)
    return 0 if row is None else 1


def _bounced(row: Invitation, *, now: datetime.datetime) -> None:
    """Whoever sent it is told, and can correct the address."""
    row.state = InvitationState.BOUNCED
    row.save(update_fields=["state", "message_id", "expires_at"])
    dossier = _dossier(row)
    if row.made_by is not None:
        tell(row.made_by, Reason.INVITATION_BOUNCED, now=now, dossier=dossier, object_id=row.pk)
    append(replace(_line(Event.BOUNCE, row, None, dossier), outcome=Outcome.ERROR))


def _dossier(row: Invitation) -> Dossier | None:
    return Dossier.objects.filter(pk=row.dossier_id).first() if row.dossier_id else None


# --- the link ----------------------------------------------------------------------------------


def opened_by(token: str, *, now: datetime.datetime) -> Invitation | None:
    """The invitation behind a link that works; nothing for any other link, whatever is the matter with it."""
    found = read_token(LinkKind.INVITATION, token)
    row = Invitation.objects.select_related("person").filter(pk=found[0], turn=found[1]).first() if found else None
    return row if row is not None and _works(row, now) else None


def _works(row: Invitation, now: datetime.datetime) -> bool:
    return row.is_open and row.expires_at > now and row.person.is_active and not row.person.can_sign_in


def address_is_taken(invitation: Invitation) -> bool:
    """Whether who reads mail at this address has an account already. For the page behind the link only."""
    return _is_taken(invitation.email, invitation.person)


@beyond(Beyond.INVITATION)
def accept(token: str, *, prove: Callable[[User], object], now: datetime.datetime, origin: Origin) -> User:
    """Take the account into use. `prove` sets how the person signs in from now on (a password, an organisation), in the same transaction.

    Signs nobody in: that is the sign-in page, with its second step.
    """
    with transaction.atomic():
        found = opened_by(token, now=now)
        if found is None:
            raise Refused(DEAD, status=410)
        person = User.objects.select_for_update(no_key=True).get(pk=found.person_id)
        row = Invitation.objects.select_for_update(of=("self",)).select_related("person").get(pk=found.pk)
        if row.turn != found.turn or not _works(row, now):
            raise Refused(DEAD, status=410)  # accepted in another window, or sent again, a moment ago
        if _is_taken(row.email, person):
            raise Refused("U heeft al een account met dit e-mailadres. Log daarmee in, en vertel het uw arbodienst.", status=409)
        person.email, person.activated_at = row.email, now
        person.save(update_fields=["email", "activated_at"])
        prove(person)
        row.state, row.accepted_at = InvitationState.ACCEPTED, now
        row.save(update_fields=["state", "accepted_at"])
        append(_line(Event.ACCEPT_INVITATION, row, person, _dossier(row), origin))
        ask_again(person, now=now, origin=origin)  # a yes on paper counts only without an account
    return person


def with_password(password: str) -> Callable[[User], object]:
    """To sign in with a password from now on."""

    def prove(person: User) -> None:
        person.set_password(password)
        person.save(update_fields=["password"])

    return prove


@beyond(Beyond.INVITATION)
def note_misuse(invitation: Invitation, by: User, *, now: datetime.datetime, origin: Origin) -> None:
    """Somebody else, signed in, opened this link: the inviter is told, once. The link still works for whom it is."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if row.misused_at is not None:
            return
        row.misused_at = now
        row.save(update_fields=["misused_at"])
        dossier = _dossier(row)
        if row.made_by is not None:
            tell(row.made_by, Reason.INVITATION_MISUSED, now=now, dossier=dossier, object_id=row.pk)
        append(replace(_line(Event.MISUSE_INVITATION, row, by, dossier, origin), outcome=Outcome.REFUSED))


@beyond(Beyond.INVITATION)
def renew(token: str, *, now: datetime.datetime, origin: Origin) -> None:
    """ "Stuur mij een nieuwe", behind a link whose time is over. Says nothing, and does nothing for any other link.

    Only the newest link of an open invitation counts, and a new one makes it an old one: a link asks for one mail at most, to its own mailbox.
    """
    found = read_token(LinkKind.INVITATION, token)
    if found is None:
        return
    with transaction.atomic():
        row = Invitation.objects.select_for_update(of=("self",)).select_related("person", "made_by").filter(pk=found[0], turn=found[1]).first()
        if row is None or not row.is_open or row.expires_at > now or row.person.can_sign_in or not row.person.is_active:
            return
        _promise(row, row.email, row.made_by, now=now)
        append(_line(Event.INVITE, row, None, _dossier(row), origin))
