"""What second steps a person has: passkeys, an app with codes, codes on paper. Reading only; the verbs are in `actions/factors.py`."""

import datetime
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import Http404

REAL = (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP)  # codes on paper are a spare key, never the only one


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey in a list."""

    pk: int
    name: str
    added_at: datetime.datetime
    used_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything somebody can pass the second step with."""

    passkeys: tuple[Passkey, ...]
    app_since: datetime.datetime | None
    codes_left: int

    @property
    def has_app(self) -> bool:
        return self.app_since is not None

    @property
    def is_empty(self) -> bool:
        """No real second step."""
        return not self.passkeys and not self.has_app


def has_second_step(person: Any) -> bool:
    """Whether this person has a passkey or an app with codes."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=REAL).exists())


def factors_of(person: Any) -> Factors:
    """Everything this person has."""
    rows = list(Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "pk"))
    app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = tuple(Passkey(row.pk, row.data["name"], row.created_at, row.last_used_at) for row in rows if row.type == Authenticator.Type.WEBAUTHN)
    return Factors(passkeys, app.created_at if app else None, len(codes.wrap().get_unused_codes()) if codes else 0)


def passkey_of(person: Any, pk: int) -> Authenticator:
    """One of the own passkeys; somebody else's does not exist."""
    return _own(person, Authenticator.Type.WEBAUTHN, pk=pk)


def app_of(person: Any) -> Authenticator:
    """The own app with codes."""
    return _own(person, Authenticator.Type.TOTP)


def codes_to_keep(person: Any) -> list[str]:
    """The codes on paper, in two groups of four, as long as the person has not said that they are kept; after that nobody reads them again."""
    row = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None or row.data.get("kept_at"):
        return []
    return [f"{code[:4]} {code[4:]}" for code in row.wrap().get_unused_codes()]


def _own(person: Any, kind: str, **more: Any) -> Authenticator:
    row = Authenticator.objects.filter(user_id=person.pk, type=kind, **more).first()
    if row is None:
        raise Http404
    return row
