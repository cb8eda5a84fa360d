"""Small words for tests about sharing: the form as a physician fills it in, a share that was asked on screen, the employee's yes."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bar.sharing.forms import read_name, write_name
from consent.access import opening
from consent.actions.answers import answer
from consent.models import AnswerState, Share
from dossiers.door import Touch
from dossiers.parts import Act, Part, Role
from tests.world import World

NEW = "delen/nieuw/"
KEY = "10000000-0000-4000-8000-000000000001"
ROLE_NAMES = {
    Role.LABOUR_EXPERT: "arbeidsdeskundige",
    Role.INSURANCE_PHYSICIAN: "verzekeringsarts",
    Role.UWV_LABOUR_EXPERT: "arbeidsdeskundige-uwv",
}


def form_of(
    role: Role = Role.LABOUR_EXPERT, *, read: tuple[Part, ...] = (Part.CAPACITY,), write: tuple[Part, ...] = (), step: str = "ask", **typed: Any
) -> dict[str, str]:
    """A form as it is sent: somebody new, half a year from today."""
    today = timezone.localdate()
    values = {
        "rol": ROLE_NAMES[role],
        "step": step,
        "key": KEY,
        "who": "new",
        "name": "Nico Nieuw",
        "email": "nico@bureau-nieuw.test",
        "purpose": "Meedenken over ander werk.",
        "first_day": today.isoformat(),
        "last_day": (today + dt.timedelta(days=180)).isoformat(),
        **({"organisation": "Bureau Nieuw"} if role is Role.LABOUR_EXPERT else {"moment": "consultation"}),
        **{read_name(part): "on" for part in read},
        **{write_name(part): "on" for part in write},
    }
    return values | {name: str(value) for name, value in typed.items()}


def send(world: World, values: dict[str, str], who: str = "physician", client: Client | None = None) -> HttpResponse:
    """Send the form."""
    return (client or world.client(who)).post(f"/dossier/{world.number}/{NEW}", values)  # type: ignore[return-value]


def asked(world: World, **values: Any) -> Share:
    """A share asked on screen."""
    before = set(Share.objects.values_list("pk", flat=True))
    response = send(world, form_of(**values))
    assert response.status_code == 302, response.content.decode()[:3000]
    return Share.objects.exclude(pk__in=before).get()


def say(world: World, share: Share, state: AnswerState = AnswerState.GIVEN, *parts: Part) -> None:
    """The employee answers, for these parts or for all."""
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.ANSWER), writing=True) as opened:
        answer(opened, share=share, answers=dict.fromkeys(parts or [Part(row.part) for row in share.parts.all()], state))


def page(world: World, who: str, where: str) -> str:
    """A page of the dossier that this person can open, as text."""
    response = world.client(who).get(f"/dossier/{world.number}/{where}")
    assert response.status_code == 200, (where, response.status_code)
    return response.content.decode()
