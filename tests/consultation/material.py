"""Small words for tests about questions between professionals: ask, answer, turn a key, read a page."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from consent.access import opening
from consent.actions import answer, withdraw
from consent.models import AnswerState
from dossiers.door import Touch
from dossiers.models import Notice, Thread
from dossiers.parts import Act, Part, Role
from dossiers.topics import every_topic
from tests.world import World

QUESTION = "KANARIE consultation kan hij dozen tillen?"
ANSWER = "KANARIE consultation ja, tot tien kilo"


def client(world: World, who: str) -> Client:
    """The browser of this member of the cast: signed in once per world."""
    known: dict[str, Client] = world.__dict__.setdefault("browsers", {})
    if who not in known:
        known[who] = world.client(who)
    return known[who]


def get(world: World, who: str, where: str) -> HttpResponse:
    """What this person gets at an address of the dossier."""
    return client(world, who).get(f"/dossier/{world.number}/{where}")  # type: ignore[return-value]


def page(world: World, who: str, where: str) -> str:
    """The same as text, when it is open."""
    found = get(world, who, where)
    assert found.status_code == 200, (where, found.status_code)
    return found.content.decode()


def post(world: World, who: str, where: str, **values: Any) -> HttpResponse:
    """What this person sends to an address of the dossier."""
    return client(world, who).post(f"/dossier/{world.number}/{where}", {name: str(value) for name, value in values.items()})  # type: ignore[return-value]


def topic(item: str = "d430", part: Part | None = None) -> int:
    """The number of a topic in an address."""
    return next(one.number for one in every_topic() if (one.part is part and not one.item if part else one.item == item))


def question(world: World, to: str = "labour_expert", *, item: str = "d430", part: Part | None = None, **other: Any) -> dict[str, Any]:
    """What is sent to ask something."""
    reply_by = timezone.localdate() + dt.timedelta(days=14)
    values = {"onderwerp": topic(item, part), "addressee": world.people[to].pk, "reason": "doubt", "text": QUESTION, "reply_by": reply_by}
    return {**values, **other}


def asked(world: World, to: str = "labour_expert", *, by: str = "physician", **other: Any) -> Thread:
    """A question, asked through the front door."""
    response = post(world, by, "overleg/nieuw/", **question(world, to, **other))
    assert response.status_code == 302, response.content.decode()[-3000:]
    return Thread.objects.get(dossier=world.dossier, number=response["Location"].rstrip("/").rpartition("/")[2])


def answered(world: World, thread: Thread, who: str = "labour_expert", text: str = ANSWER) -> None:
    """An answer, given through the front door."""
    assert post(world, who, f"overleg/{thread.number}/schrijven/", text=text).status_code == 302


def turn(world: World, role: Role, *parts: Part, to: AnswerState = AnswerState.WITHDRAWN) -> None:
    """The employee turns the key of these parts (all of them when none is named)."""
    act = Act.WITHDRAW if to is AnswerState.WITHDRAWN else Act.ANSWER
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, act), writing=True) as opened:
        if to is AnswerState.WITHDRAWN:
            withdraw(opened, share=world.shares[role], parts=parts)
        else:
            answer(opened, share=world.shares[role], answers=dict.fromkeys(parts, to))


def told(world: World, who: str) -> list[str]:
    """The reasons of the notices to somebody about questions."""
    rows = Notice.objects.filter(person=world.people[who], reason__startswith="question")
    return list(rows.order_by("made_at", "pk").values_list("reason", flat=True))


def hidden(text: str, words: Iterable[str]) -> None:
    """None of these words stand in a text."""
    for word in words:
        assert word not in text, word
