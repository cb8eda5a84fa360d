"""Invitations as the people of a dossier may know of them: who was asked, and what became of it. Reads only."""

import datetime
import uuid
from dataclasses import dataclass

from django.utils import timezone

from bar.accounts.actions.invitations import NOT_AGAIN_WITHIN, has_seat_elsewhere
from bar.accounts.models import Invitation, InvitationState
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.parts import AUTHORS, Role
from dossiers.rules.dutch import long_date


@dataclass(frozen=True, slots=True)
class Invited:
    """One person of a dossier with the newest invitation, in words. `kind`: of components/state.html."""

    pk: uuid.UUID
    name: str
    role: str
    email: str
    kind: str
    state: str
    warning: str
    may_send: bool
    may_change_address: bool


def invitations_in(opened: Opened) -> list[Invited]:
    """Everybody with a seat who was ever invited, by name."""
    _authors_only(opened)
    newest = _newest(opened)
    seats = opened.dossier.seats.filter(ended_at__isnull=True, person__in=list(newest)).select_related("person").order_by("name")
    return [_invited(newest[seat.person_id], seat, opened) for seat in seats]


def invitation_in(opened: Opened, pk: uuid.UUID) -> Invitation:
    """One invitation of somebody with a seat in this dossier, or a refusal that is the same for any other."""
    _authors_only(opened)
    found = next((row for row in _newest(opened).values() if row.pk == pk), None)
    if found is None:
        raise Refused("Deze uitnodiging is er niet meer. Ga terug naar de lijst.", status=404)
    return found


def _authors_only(opened: Opened) -> None:
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde ziet de uitnodigingen.", status=403)


def _newest(opened: Opened) -> dict[uuid.UUID, Invitation]:
    people = opened.dossier.seats.filter(ended_at__isnull=True).values("person")
    return {row.person_id: row for row in Invitation.objects.filter(person__in=people).select_related("person").order_by("made_at")}


def _invited(row: Invitation, seat: object, opened: Opened) -> Invited:
    name, role = seat.name, Role(seat.role)  # type: ignore[attr-defined]
    kind, words = _state(row, opened.now)
    waits = row.is_open and not row.person.can_sign_in
    fresh = row.state == InvitationState.SENT and row.sent_at is not None and opened.now - row.sent_at < NOT_AGAIN_WITHIN
    elsewhere = has_seat_elsewhere(row.person, opened.dossier) if waits else True
    return Invited(
        pk=row.pk,
        name=name,
        role=role.label,
        email=row.email,
        kind=kind,
        state=words,
        warning="Iemand anders heeft de link geopend. Kijk of het adres klopt." if row.misused_at and waits else "",
        may_send=waits and not fresh and row.state != InvitationState.WAITING,
        may_change_address=waits and role in (Role.EMPLOYEE, Role.EMPLOYER) and not elsewhere,
    )


def _state(row: Invitation, now: datetime.datetime) -> tuple[str, str]:
    """The kind of sign and the words."""
    if row.state == InvitationState.ACCEPTED and row.accepted_at is not None:
        return "done", f"aangenomen op {_day(row.accepted_at)}"
    if row.state == InvitationState.WITHDRAWN or row.person.can_sign_in:
        return "plain", "niet meer nodig"
    if row.state == InvitationState.BOUNCED:
        return "attention", "niet aangekomen"
    if row.state == InvitationState.WAITING or row.sent_at is None:
        return "busy", "wordt verstuurd"
    if row.expires_at <= now:
        return "attention", f"verlopen op {_day(row.expires_at)}"
    return "busy", f"uitgenodigd op {_day(row.sent_at)}"


def _day(moment: datetime.datetime) -> str:
    return long_date(timezone.localdate(moment))
