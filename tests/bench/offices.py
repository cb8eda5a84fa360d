"""The offices of the load test: people of all roles with dossiers of their own, made by the product's own actions.

Every dossier has a final version with letters, shares that are answered with yes, and a visit that is being written.
"""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils import timezone

from bar.accounts.models import OrganisationKind, User
from bar.openings import Person, organisation
from dossiers.actions.promises import sweep_by_clock
from dossiers.parts import EXPERTS, Role
from tests.world import FIRST_DAY, SECTIONS, World, at, fill_in, finalise, make_dossier, say, share_all

PER_PHYSICIAN, PER_OTHER = 3, 8  # dossiers: of one physician, and of one delegate or expert
Office = tuple[User, list[dict[str, Any]]]


def make_offices(count: int) -> dict[str, list[Office]]:
    """Per role: who there is, each with the dossiers to work in."""
    today = timezone.localdate()
    found: dict[str, dict[User, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    staff: dict[tuple[str, int], User] = {}
    for number in range(count):
        people = _people(number, staff)
        world = World(make_dossier(people, employee=Person(f"Werknemer {number}", f"w{number}@bench.test")), people)
        people["employee"] = world.dossier.employee
        User.objects.filter(pk=people["employee"].pk).update(activated_at=at(FIRST_DAY))
        people["employee"].refresh_from_db()
        day = today - dt.timedelta(days=21)
        say(world, SECTIONS["employee_view"], day)
        fill_in(world, day)
        finalise(world, day)
        for role in sorted(EXPERTS):
            share_all(world, role, today=today)
        draft = fill_in(world, today - dt.timedelta(days=1))
        for role in Role:
            found[role.value][people[role.value]].append({"number": world.number, "draft": draft.number})
    while sweep_by_clock(now=timezone.now()):
        pass  # letters and mail of all of them
    return {role: list(rows.items()) for role, rows in found.items()}


def _people(number: int, staff: dict[tuple[str, int], User]) -> dict[str, User]:
    """The cast of one dossier: an employer of its own, professionals shared with others."""
    arbodienst, bureau, uwv = (
        organisation(name, kind)
        for name, kind in (("Arbodienst", OrganisationKind.ARBODIENST), ("Bureau", OrganisationKind.ADVICE), ("UWV", OrganisationKind.UWV))
    )
    houses = {
        "physician": arbodienst,
        "delegate": arbodienst,
        "labour_expert": bureau,
        "insurance_physician": uwv,
        "uwv_labour_expert": uwv,
    }
    people = {}
    for role, house in houses.items():
        key = role, number // (PER_PHYSICIAN if role == "physician" else PER_OTHER)
        if key not in staff:
            more = {"delegate_kind": "pob"} if role == "delegate" else {}
            name = f"{Role(role).label.capitalize()} {key[1]}"
            staff[key] = User.objects.create_user(
                f"{role}{key[1]}@bench.test", name=name, organisation=house, profession=Role(role), activated_at=at(FIRST_DAY), **more
            )
        people[role] = staff[key]
    firm = organisation(f"Werkgever {number}", OrganisationKind.EMPLOYER)
    people["employer"] = User.objects.create_user(f"b{number}@bench.test", name=f"Baas {number}", organisation=firm, activated_at=at(FIRST_DAY))
    return people
