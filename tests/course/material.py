"""Visits with something to see: limits that grow, areas that come and go, hours that are built up."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.world import SECTIONS, VISIT, World, fill_in, finalise

DAYS = 14


def add_visits(world: World, count: int, *, first: int = 0) -> World:
    """So many final versions, each two weeks after the one before."""
    for place in range(first, first + count):
        day = VISIT + dt.timedelta(days=DAYS * place)
        fill_in(world, day, sections_of(place))
        finalise(world, day)
    return world


def sections_of(place: int) -> Mapping[str, Any]:
    """What was said at a visit, by its place from 0."""
    day = VISIT + dt.timedelta(days=DAYS * place)
    following = (day + dt.timedelta(days=DAYS)).isoformat()
    later = (day + dt.timedelta(days=120)).isoformat()
    hours = 4 * (place // 2)
    return {
        **SECTIONS,
        "areas": areas_of(place),
        "possibilities": {
            **SECTIONS["possibilities"],
            "hours_now": hours,
            "build_up": [{"from": following, "hours_per_week": hours + 2, "hours_per_day": None, "kind": "practice", "tasks": "Inpakken"}]
            if place % 3 == 0
            else [],
        },
        "prognosis": {**SECTIONS["prognosis"], "expected_return": later, "next_contact": following},
        "advice": {**SECTIONS["advice"], "actions": []},
    }


def areas_of(place: int) -> list[dict[str, Any]]:
    """Five areas: one whose limit moves, one that stays, one that goes, one that comes, one that is not always talked about."""
    lifting = {**SECTIONS["areas"][0], "condition": "", "limit": {"value": [5, 5, 8, 8, 6, 10][place % 6], "unit": "kg", "per": "at_once"}}
    sitting = {
        "item": "d415",
        "status": "attention",
        "explanation": "",
        "still_possible": "Een half uur achter elkaar op een stoel.",
        "condition": "Zorg voor een stoel die u goed kunt instellen.",
    }
    bending = {"item": "d410", "status": "attention" if place < 3 else "no_attention", "explanation": "", "still_possible": "", "condition": ""}
    bending |= {"still_possible": "Af en toe iets van de grond pakken."} if place < 3 else {}
    rows = [{**SECTIONS["areas"][1]}, bending, sitting, lifting]
    if place >= 1:
        rows.append({"item": "d720", "status": "attention", "explanation": "", "still_possible": "Met één vaste collega.", "condition": ""})
    if place % 4 != 2:
        text = "Twee dingen na elkaar." if place < 6 else "Drie dingen na elkaar."
        rows.append({"item": "d220", "status": "attention", "explanation": "", "still_possible": text, "condition": ""})
    return rows
