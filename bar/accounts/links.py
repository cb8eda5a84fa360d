"""Links that work once, sent by mail: signed over a row and its turn, so that nothing secret is stored and a newer link makes an older one worthless.

A signature is HMAC-SHA256 (256 bits) with a salt per kind, so a link of one kind is nothing in another. That a link is used, withdrawn or
too old is known by the row, never by the link.
"""

import uuid
from enum import StrEnum

from django.core.signing import BadSignature, Signer

LONGEST = 200  # characters; nothing of ours is longer


class LinkKind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 -- a code, not a secret
    ADDRESS = "address"
    RESET = "reset"


def token_of(kind: LinkKind, row_id: uuid.UUID, turn: int) -> str:
    """The part of the address that nobody can make up: letters, digits, dots, hyphens and underscores."""
    return _signer(kind).sign(f"{row_id.hex}.{turn}")


def read_token(kind: LinkKind, token: str) -> tuple[uuid.UUID, int] | None:
    """Which row and which turn, or None for anything that was not signed here for this."""
    if len(token) > LONGEST:
        return None
    try:
        row_id, turn = _signer(kind).unsign(token).split(".")
        return uuid.UUID(hex=row_id), int(turn)
    except (BadSignature, ValueError):
        return None


def _signer(kind: LinkKind) -> Signer:
    return Signer(salt=f"bar.accounts.links.{kind.value}", sep=".")
