"""Where the mail about a reset leads: a page that confirms it, or one that only stops it. Signed, so that nobody makes one up.

Which of the two a link is, is signed with it; whether it still works is known by the row.
"""

import uuid
from enum import IntEnum

from django.conf import settings
from django.urls import reverse

from bar.accounts.links import LinkKind, read_token, token_of
from dossiers.models import Notice


class Purpose(IntEnum):
    """What a link may do. Whoever may confirm may also stop."""

    CONFIRM = 1
    CANCEL = 2

    def of(self, reset_pk: uuid.UUID) -> str:
        """What a notice keeps to know its link by."""
        return f"{self.value}:{reset_pk}"


def address_of(purpose: Purpose, reset_pk: uuid.UUID) -> str:
    """The whole address in a mail."""
    return f"{settings.BASE_URL}{reverse('reset_link', args=[token_of(LinkKind.RESET, reset_pk, purpose)])}"


def read(token: str) -> tuple[Purpose, uuid.UUID] | None:
    """What a link is for, or nothing for what was not signed here."""
    found = read_token(LinkKind.RESET, token)
    return (Purpose(found[1]), found[0]) if found is not None and found[1] in set(Purpose) else None


def address_in_mail(notice: Notice) -> str:
    """Where the mail of a notice about a reset leads."""
    purpose, _, reset_pk = notice.object_id.partition(":")
    return address_of(Purpose(int(purpose)), uuid.UUID(reset_pk))
