"""The people of one organisation, as its administrator sees them: who, what they do, how far their account is.

Values for pages, and the one way to find a person of the own organisation. No dossier, no number and no count of dossiers belongs here.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from bar.accounts.models import Invitation, InvitationState, Organisation, User
from bar.accounts.rules.work import work_of
from dossiers.errors import Refused
from dossiers.parts import Role

OPEN_STATES = (InvitationState.WAITING, InvitationState.SENT, InvitationState.BOUNCED)
NO_ADMINISTRATOR = "Deze pagina is voor de beheerder van uw organisatie. Vraag uw beheerder als u iets wilt veranderen."


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the organisation."""

    pk: uuid.UUID
    name: str
    email: str
    work: str
    is_administrator: bool
    state_kind: str
    state: str
    is_ended: bool
    is_in_use: bool

    @property
    def does(self) -> str:
        """What the person does here, in one phrase."""
        return f"{self.work}, beheerder" if self.is_administrator and not self.work.startswith("alleen") else self.work


def administered_by(person: Any) -> Organisation:
    """The organisation this person administers; a refusal for everybody else."""
    if not (isinstance(person, User) and person.is_active and person.is_administrator and person.organisation and person.ended_at is None):
        raise Refused(NO_ADMINISTRATOR, status=403)
    return person.organisation


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Everybody who works here or did, with the newest invitation beside them."""
    newest = Invitation.objects.filter(person=OuterRef("pk")).order_by("-made_at", "-pk")
    beside = {f"invitation_{name}": Subquery(newest.values(name)[:1]) for name in ("state", "email", "expires_at")}
    return User.objects.filter(organisation=organisation).annotate(**beside).order_by(F("ended_at").desc(nulls_first=True), "name", "pk")


def matching(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Who has these words in the name or the e-mail address."""
    for word in text.split()[:8]:
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(invitation_email__icontains=word))
    return people


def person_of(organisation: Organisation, pk: uuid.UUID) -> User:
    """One person of this organisation; 404 for anybody else's and for nobody."""
    found = people_of(organisation).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def member(person: User, organisation: Organisation, *, now: datetime.datetime) -> Member:
    """The value of one person from `people_of`."""
    kind, state = _state(person, now)
    return Member(
        pk=person.pk,
        name=person.name,
        email=address_of(person),
        work="" if person.ended_at else work_of(organisation.kind, person.profession, person.delegate_kind).words,
        is_administrator=person.is_administrator,
        state_kind=kind,
        state=state,
        is_ended=person.ended_at is not None,
        is_in_use=person.ended_at is None and person.can_sign_in,
    )


def address_of(person: Any) -> str:
    """Where somebody can be reached, as the administrator knows it: of an account, else as it was invited."""
    return person.email or getattr(person, "invitation_email", None) or ""


def _state(person: Any, now: datetime.datetime) -> tuple[str, str]:
    """How far an account is. Whether an address is known elsewhere never shows: such a person is 'uitgenodigd' like everybody."""
    if person.ended_at is not None:
        return "plain", "gestopt"
    if person.can_sign_in:
        return "done", "actief"
    if not person.is_active:
        return "plain", "geen toegang"
    if person.invitation_state not in OPEN_STATES:
        return "attention", "niet uitgenodigd"
    if person.invitation_state == InvitationState.BOUNCED:
        return "attention", "uitnodiging kwam niet aan"
    if person.invitation_expires_at <= now:
        return "attention", "uitnodiging verlopen"
    return "busy", "uitgenodigd"


def possible_successors(organisation: Organisation, person: User) -> QuerySet[User]:
    """Who can take over the work of somebody who stops: working here, and doing the same. A physician must have taken the account into use."""
    found = User.objects.filter(organisation=organisation, profession=person.profession, is_active=True, ended_at__isnull=True).exclude(pk=person.pk)
    return found.filter(activated_at__isnull=False) if person.profession == Role.PHYSICIAN else found
