"""A list ends on the day the door shuts: what stands in "Mijn dossiers" is asked of the same days as the verdict."""

import datetime as dt

import pytest

from consent.access import open_seats, open_seats_of_expert
from consent.guard import dossiers_of
from dossiers.parts import EXPERTS, Role
from tests.world import World

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("role", sorted(EXPERTS))
def test_a_share_past_its_last_day_is_in_no_list(world: World, role: Role) -> None:
    person, share = world.people[role.value], world.shares[role]
    for day, is_there in ((share.first_day - DAY, False), (share.first_day, True), (share.last_day, True), (share.last_day + DAY, False)):
        assert open_seats(person, day).exists() is is_there, day
        assert open_seats_of_expert(person, day).exists() is is_there, day
        assert dossiers_of(person, today=day).exists() is is_there, day
