"""Hands for the tests of a version: its addresses, getting and posting, and sections with dates ahead of today."""

import datetime as dt
import re
from typing import Any

from django.test import Client
from django.utils import timezone

from consent.access import opening
from dossiers import queries
from dossiers.actions import release
from dossiers.door import read
from dossiers.parts import Part
from tests.world import SECTIONS, World


def url(world: World, rest: str = "") -> str:
    return f"/dossier/{world.number}/bar/{rest}"


def html(client: Client, where: str, status: int = 200) -> str:
    """The page as text, with the status that was expected."""
    answer = client.get(where)
    assert answer.status_code == status, (where, answer.status_code)
    return answer.content.decode()


def post(client: Client, where: str, status: int = 302, /, **data: str) -> str:
    """Post a form; the body of the answer, or where it leads."""
    answer = client.post(where, data)
    assert answer.status_code == status, (where, answer.status_code, answer.content.decode()[-3000:])
    return answer.headers["Location"] if status == 302 else answer.content.decode()


def looked(client: Client, world: World, number: int = 1) -> dict[str, str]:
    """What the forms of the check carry along: the mark of what is on screen now."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', html(client, url(world, f"{number}/controle/")))
    assert found, "nothing can be offered or made final here yet"
    return {"seen": found[1]}


def mark_now(world: World, number: int) -> dict[str, str]:
    """The same where the check has no form to take it from: a question of the employee still waits for an answer."""
    with opening(world.people["physician"], world.number, needs=read(Part.CAPACITY)) as opened:
        version = queries.version(opened, number)
        return {"seen": release.mark_of(version, release.letter_of(opened, version))}


def today() -> str:
    return timezone.localdate().isoformat()


def status_of(world: World, number: int) -> str:
    return world.version(number).status


def day_sections() -> dict[str, Any]:
    """The sections of the world with dates that lie ahead of today."""
    later = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    return {
        **SECTIONS,
        "possibilities": {**SECTIONS["possibilities"], "build_up": []},
        "prognosis": {**SECTIONS["prognosis"], "expected_return": later, "next_contact": later},
        "advice": {**SECTIONS["advice"], "actions": [{**SECTIONS["advice"]["actions"][0], "by": later}]},
    }
