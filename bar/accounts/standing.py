"""What a session has proved: how sure we are who this is, and when that was shown last.

Kept in the session, bound to the person, and only ever written by a sign-in that is complete or by proving again. Nothing here decides about
a page: that is `standing_gate.py`, with the rule in `rules/standing.py`.
"""

import datetime
from dataclasses import dataclass

from allauth.account.internal.flows.login import clear_authentication_records, perform_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bar.accounts.models import Assurance, User

KEY = "bar_standing"
REACHED = "bar_assurance"  # in the state of a sign-in that is under way: what it has proved so far


@dataclass(frozen=True, slots=True)
class Standing:
    """What one session has proved, and when last."""

    assurance: Assurance
    proved_at: datetime.datetime


def standing_of(request: HttpRequest) -> Standing | None:
    """What this session has proved about the person who is signed in; None when that is nothing."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("person") != str(request.user.pk):
        return None
    return Standing(Assurance(kept["assurance"]), datetime.datetime.fromisoformat(kept["proved_at"]))


def assurance_of(request: HttpRequest) -> Assurance:
    """How sure we are who this is; the lowest when the session does not say."""
    found = standing_of(request)
    return found.assurance if found else Assurance.LOW


def proved_at(request: HttpRequest) -> datetime.datetime | None:
    """When this person last showed who they are."""
    found = standing_of(request)
    return found.proved_at if found else None


def note_sign_in(request: HttpRequest, assurance: Assurance) -> None:
    """A sign-in is complete: from now on this session stands for that much. `request.user` must be signed in already."""
    request.session[KEY] = {"person": str(request.user.pk), "assurance": int(assurance), "proved_at": timezone.now().isoformat()}


def prove(request: HttpRequest, assurance: Assurance = Assurance.LOW) -> None:
    """The person showed it again. What was proved before stays proved; more than that only when `assurance` says so."""
    note_sign_in(request, max(assurance_of(request), assurance))


def complete_sign_in(request: HttpRequest, person: User, *, assurance: Assurance, next: str = "") -> HttpResponse:  # noqa: A002
    """Sign in somebody who has shown who they are elsewhere (an organisation): to the second step when that was one factor, else in.

    `next` must be a path of ours. Writes SIGN_IN itself, when everything is passed.
    """
    clear_authentication_records(request)
    login = Login(user=person, redirect_url=next or None, state={REACHED: int(assurance)})
    response: HttpResponse = perform_login(request, login)
    return response
