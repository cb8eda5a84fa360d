"""What tests of resets read from mail, and how they post."""

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from bar.accounts.models import Reset, User
from dossiers.models import TrailLine
from tests.organisations.material import page_of

PASSWORD = "een heel lang wachtwoord"


@dataclass(frozen=True)
class Mails:
    """The mails that left, by address."""

    sent: list[Any]

    def links(self, address: str) -> list[str]:
        """The paths in the mails to this address, in order."""
        texts = [mail.body for mail in self.sent if mail.to == [address]]
        return [found.group(1) for text in texts if (found := re.search(r"https?://[^/\s]+(/\S*)", text))]

    @property
    def addresses(self) -> list[str]:
        return [address for mail in self.sent for address in mail.to]


def ask(client: Client, person: User, kind: str = "factor", new_email: str = "") -> Any:
    """An administrator asks."""
    return client.post(page_of(person, "herstel/"), {"kind": kind, "new_email": new_email})


def decide(client: Client, row: Reset, what: str = "bevestigen", person: User | None = None) -> Any:
    return client.post(page_of(person or row.person, f"herstel/{row.pk}/{what}/"))


def follow(client: Client, link: str, what: str) -> Any:
    """Open the link of a mail and press a button."""
    return client.post(link, {"doe": what})


def newest() -> Reset:
    row = Reset.objects.order_by("-asked_at").first()
    assert row is not None
    return row


def events_about(person: User) -> list[str]:
    """The codes of the lines about this person's resets."""
    return list(TrailLine.objects.filter(object_type="reset", subject_id=person.pk).order_by("seq").values_list("event_code", flat=True))
