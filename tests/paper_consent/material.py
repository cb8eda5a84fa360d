"""An employee without an account, with one question that waits, and the form as it came back on paper."""

import datetime as dt
import re
from typing import Any

from django.test import Client
from django.utils import timezone

from bar.accounts.models import User
from consent.actions.answers import key_of
from consent.models import PaperAnswer, Share
from dossiers.parts import Role
from tests.answers.material import asked_world, typed, url
from tests.world import World

TODAY = timezone.localdate


def on_paper(role: Role = Role.LABOUR_EXPERT) -> tuple[World, Share]:
    """The same question as on screen, to an employee who cannot sign in."""
    world, share = asked_world(role)
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=None)
    world.dossier.refresh_from_db()
    return world, Share.objects.get(pk=share.pk)


def signed(
    client: Client, share: Share, said: str = "yes", *, signed_on: dt.date | None = None, posted_on: dt.date | None = None, **parts: str
) -> Any:
    """Write down what came back on paper."""
    key = re.search(r'name="key" value="([0-9a-f]+)"', client.get(url(share, "paper_answer")).content.decode())
    days = {"signed_on": (signed_on or TODAY()).isoformat(), "posted_on": (posted_on or TODAY()).isoformat()}
    return client.post(url(share, "paper_answer"), {**typed(share, key[1] if key else key_of(share), said, **parts), **days})


def confirm(client: Client, share: Share, *, seen: str = "on") -> Any:
    """Confirm the newest yes on paper."""
    paper = PaperAnswer.objects.filter(share=share).latest("recorded_at")
    return client.post(url(share, "confirm_paper_answer"), {"paper": str(paper.pk), "seen": seen})


def by_phone(client: Client, share: Share, *parts: str, channel: str = "phone") -> Any:
    """A no by phone (or on paper)."""
    return client.post(url(share, "record_no"), {"channel": channel, "parts": parts or ("all",)})
