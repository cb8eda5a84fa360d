"""A sign-in at an organisation that is under way: kept in the session of who began it, used once, for ten minutes.

What it is for, and for whom, stands here and never in an address. No token comes here.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from bar.accounts import oidc
from bar.accounts.actions.providers import client_of
from bar.accounts.models import IdentityProvider

KEY = "bar_oidc"
LASTS = 600  # seconds between leaving for the provider and coming back
MOST = 5  # ways that may be open at once: somebody with many windows


class Purpose(StrEnum):
    """Why somebody shows at an organisation who they are."""

    SIGN_IN = "sign_in"
    LINK = "link"  # somebody who is signed in adds this way of signing in
    INVITATION = "invitation"  # somebody accepts an invitation in this way
    PROVE = "prove"  # somebody who is signed in shows it once more


AGAIN = frozenset({Purpose.LINK, Purpose.INVITATION, Purpose.PROVE})  # the provider asks afresh, whatever session it still has


@dataclass(frozen=True, slots=True)
class Flow:
    """One way to a provider and back. `person_id`: who was signed in when it began, or ""; `object_id`: the invitation."""

    provider_id: uuid.UUID
    purpose: Purpose
    question: oidc.Question
    person_id: str = ""
    object_id: str = ""
    next: str = ""


def begin(
    request: HttpRequest,
    provider: IdentityProvider,
    purpose: Purpose,
    *,
    now: datetime.datetime,
    object_id: str = "",
    next: str = "",  # noqa: A002 -- as the address calls it
) -> str:
    """The address at the provider to send this browser to, by a link or a redirect after a link: our policy lets no form lead elsewhere.

    Raises `oidc.Fault` when the provider does not answer.
    """
    back = request.build_absolute_uri(reverse("back_from_organisation", args=[provider.slug]))
    question = oidc.new_question(back, now=now, max_age=0 if purpose in AGAIN else None)
    where = oidc.address_to_ask(client_of(provider), question)
    person_id = str(request.user.pk) if request.user.is_authenticated else ""
    kept = {
        "provider": str(provider.pk),
        "purpose": purpose.value,
        "person": person_id,
        "object": object_id,
        "next": next,
        "question": asdict(question),
    }
    open_ones = [row for row in _kept(request) if _lasts(row, now)][-(MOST - 1) :]
    request.session[KEY] = [*open_ones, kept]
    return where


def take(request: HttpRequest, provider: IdentityProvider, *, now: datetime.datetime) -> Flow:
    """The way that this answer ends, taken out of the session so that it cannot be used again. Raises `oidc.Fault`."""
    state = request.GET.get("state", "")
    rows = _kept(request)
    found = next((row for row in rows if row["question"]["state"] == state), None)
    if found is None:
        raise oidc.Fault(oidc.FaultCode.STATE)
    request.session[KEY] = [row for row in rows if row is not found]
    request.session.save()  # now, not with the answer: a second window may come with the same state
    if found["provider"] != str(provider.pk) or not _lasts(found, now):
        raise oidc.Fault(oidc.FaultCode.STATE)
    return Flow(
        provider_id=provider.pk,
        purpose=Purpose(found["purpose"]),
        question=oidc.Question(**found["question"]),
        person_id=found["person"],
        object_id=found["object"],
        next=found["next"],
    )


def _kept(request: HttpRequest) -> list[dict[str, Any]]:
    rows = request.session.get(KEY)
    return rows if isinstance(rows, list) else []


def _lasts(row: Mapping[str, Any], now: datetime.datetime) -> bool:
    return bool(0 <= now.timestamp() - row["question"]["asked_at"] <= LASTS)
