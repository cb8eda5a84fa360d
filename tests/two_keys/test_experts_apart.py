"""Experts do not learn of each other, of the same role neither: with whom a dossier is shared is between employee and physician."""

import datetime as dt

from django.utils import timezone

from bar.accounts.models import User
from dossiers.parts import Role
from tests.world import World, at, make_world, share_all


def second_labour_expert(world: World) -> User:
    """Somebody else with the same role and the same share."""
    first = world.people["labour_expert"]
    second = User.objects.create_user(
        "tweede@bureau.test",
        name="Tessa Tweede",
        organisation=first.organisation,
        profession=Role.LABOUR_EXPERT,
        activated_at=at(dt.date(2026, 1, 12)),
    )
    world.people["labour_expert"] = second
    share_all(world, Role.LABOUR_EXPERT, today=timezone.localdate())
    world.people |= {"labour_expert": first, "second": second}
    return second


def test_two_labour_experts_do_not_learn_of_each_other(db: None) -> None:
    world = make_world()
    second = second_labour_expert(world)
    names = {"labour_expert": world.people["labour_expert"].name, "second": second.name}
    for who, other in (("labour_expert", "second"), ("second", "labour_expert")):
        for where in ("", "mensen/"):
            page = world.client(who).get(f"/dossier/{world.number}/{where}").content.decode()
            assert names[who] in page, (who, where)
            assert names[other] not in page, (who, where)
    for who in ("physician", "employee"):
        page = world.client(who).get(f"/dossier/{world.number}/wie-doet-mee/").content.decode()
        assert all(name in page for name in names.values()), who
