"""An employee without an account in use, with a letter that lies ready."""

import datetime as dt

from bar.openings import Person
from dossiers.actions.promises import sweep_by_clock
from tests.world import VISIT, World, at, fill_in, finalise, make_dossier, make_people

NAME = "Piet Papier"
ADDRESS = "KANARIEstraat 12\n1234 AB Havendam"


def on_paper(email: str | None = None, day: dt.date = VISIT) -> World:
    """A dossier of an employee without an account in use, with a letter of that day."""
    people = make_people()
    world = World(make_dossier(people, employee=Person(NAME, email)), people)
    people["employee"] = world.dossier.employee
    fill_in(world, day)
    finalise(world, day)
    sweep_by_clock(now=at(day, 13))
    return world


def url(world: World, rest: str = "") -> str:
    """An address below the letters of this dossier."""
    return f"/dossier/{world.number}/brieven/{rest}"
