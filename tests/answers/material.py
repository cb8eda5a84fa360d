"""A world with one question that waits for the employee, and the form that answers it."""

import datetime as dt
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.access import consentable, decide, facts_today
from consent.facts import Why, seats
from consent.forms.answers import part_field, question_field
from consent.models import AnswerState, Share
from consent.wording import questions_for
from dossiers.door import Touch
from dossiers.parts import Act, Part, Role
from tests.world import World, make_world, share_all


def asked_world(role: Role = Role.LABOUR_EXPERT, *, days: int = 90) -> tuple[World, Share]:
    """A dossier with one final version, in which everything that can be is asked for one expert."""
    world = make_world(shares=False)
    return world, share_all(world, role, today=timezone.localdate(), state=AnswerState.ASKED, days=days)


def url(share: Share, name: str = "answer_share") -> str:
    return reverse(name, args=[share.dossier.number, share.pk])


def key_on(client: Client, share: Share) -> str:
    """The one-time key that stands in the form."""
    page = client.get(url(share)).content.decode()
    found = re.search(r'name="key" value="([0-9a-f]+)"', page)
    assert found, page[:500]
    return found[1]


def parts_of(share: Share) -> list[Part]:
    return [Part(row.part) for row in share.parts.all()]


def typed(share: Share, key: str, said: str = "yes", **parts: str) -> dict[str, Any]:
    """The form with the same word at every question, and some parts apart."""
    values = {question_field(question): said for question in questions_for(parts_of(share)) if said}
    return {"key": key, **values, **{part_field(Part(part)): word for part, word in parts.items()}}


def answer(client: Client, share: Share, said: str = "yes", **parts: str) -> HttpResponse:
    """Open the page, choose, send."""
    return client.post(url(share), typed(share, key_on(client, share), said, **parts))  # type: ignore[return-value]


def why(world: World, who: str, part: Part, act: Act = Act.READ, *, days: int = 0) -> Why | None:
    """What the gate says to an expert, today or later; None for a stranger."""
    today = timezone.localdate() + dt.timedelta(days=days)
    seat = seats(world.people[who], today).filter(dossier=world.dossier).first()
    if seat is None or today < seat.start:
        return None
    return decide(facts_today(seat), Touch(part, act), today=today).why


def every_part_of(role: Role) -> list[Part]:
    return [part for part in Part if consentable(role, part, Act.READ)]
