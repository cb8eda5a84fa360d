"""A draft to fill in, and how a browser posts a section of it.

Built on the common world; no checks in here.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.urls import reverse

from consent.access import opening
from dossiers.actions import versions
from dossiers.door import write
from dossiers.models import Assessment, SectionDraft
from dossiers.parts import Part
from tests.world import VISIT, World, at

FETCH = {"X-Requested-With": "fetch"}


def start_draft(world: World, *, date: dt.date = VISIT, carry: bool = True) -> Assessment:
    """A new version, begun by the physician."""
    with opening(world.people["physician"], world.number, needs=write(Part.CAPACITY), writing=True, at=at(date)) as opened:
        return versions.start_version(opened, date=date, contact="consultation", carry=carry)


def url(world: World, name: str, version: int, *more: str) -> str:
    """The address of a page of filling in."""
    return reverse(name, args=[world.number, version, *more])


def draft_of(version: Assessment, section: str) -> SectionDraft:
    """The section as it was stored."""
    return SectionDraft.objects.get(assessment=version, section=section)


def post(client: Client, world: World, version: Assessment, section: str, data: Mapping[str, str], *, seen: int | str = 0, fetch: bool = True) -> Any:
    """Save a section as the script does, or as a plain form."""
    values = {**data, "seen": str(seen)}
    return client.post(url(world, "save_section", version.number, section), values, headers=FETCH if fetch else {})
