""" "Mijn dossiers" over very many dossiers: beside the same list without the access filter, and beside the same list in a small database.

Half of it is about a person with every dossier, which nobody has: it shows what the filter costs. The other half is about a physician with 300.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests import databases
from tests.bench.measuring import Side, compared

SIZE = int(os.environ.get("BENCH_SIZE", "10000"))
SMALL, LARGE, MINE = 1_000, int(os.environ.get("BENCH_LARGE", "100000")), 300
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
WARM = 3  # until every statement is prepared
FILTER_GOAL, GROWTH_GOAL = 1.5, 1.2


def filter_figures() -> Iterator[dict[str, Any]]:
    """What the access filter costs when one person has every dossier."""
    from django.utils import timezone

    from bar.shared_list import shared_entries
    from bar.worklist import own_entries
    from tests.bench.rows import many_dossiers

    with databases.copy_of_template("bench"):
        world = many_dossiers(SIZE)
        today = timezone.localdate()
        physician, expert = world.people["physician"], world.people["uwv_labour_expert"]
        clients = {who: world.client(who) for who in ("physician", "uwv_labour_expert")}

        def page(who: str, query: str) -> Callable[[], object]:
            def ask() -> None:
                answer = clients[who].get(f"/{query}")
                assert answer.status_code == 200
                assert f"van {SIZE}" in answer.content.decode()

            return ask

        def whole(entries: Callable[[], list[Any]]) -> Callable[[], object]:
            def ask() -> None:
                assert len(entries()) == SIZE

            return ask

        jobs: dict[str, Callable[[], object]] = {
            "UWV expert: the page, by name": page("uwv_labour_expert", "?sorteer=naam"),
            "UWV expert: the page, what ends first": page("uwv_labour_expert", ""),
            "UWV expert: every entry of the list": whole(lambda: shared_entries(expert, today=today)),
            "physician: the page": page("physician", ""),
            "physician: every entry of the list": whole(lambda: own_entries(physician, today=today)),
        }
        for name, job in jobs.items():
            both = Side("filtered", job), Side("unfiltered", job, around=_without_filter)
            yield compared(name, *both, rounds=ROUNDS, goal=FILTER_GOAL, dossiers=SIZE)


def growth_figure() -> Iterator[dict[str, Any]]:
    """The work list of a physician with 300 dossiers, in a small and in a large database in turns: the rest of the world must not count."""
    with databases.copy_of_template("bench_small"):
        small = _list_of_300("small", SMALL)
        with databases.copy_of_template("bench_large"):
            large = _list_of_300("large", LARGE)
            name = "work list of a physician with 300 dossiers"
            yield compared(
                name, large, small, rounds=ROUNDS * 4, goal=GROWTH_GOAL, dossiers=[LARGE, SMALL], queries=[_queries(large), _queries(small)]
            )


def _list_of_300(name: str, size: int) -> Side:
    """The list in the database that is in use now, filled with so many dossiers."""
    from django.conf import settings

    from tests.bench.rows import many_dossiers

    client = many_dossiers(size, mine=MINE).client("physician")
    database = settings.DATABASES["default"]["NAME"]

    def page() -> None:
        answer = client.get("/")
        assert f"van {MINE}" in answer.content.decode()

    def there() -> None:
        databases._switch(database)
        for _ in range(WARM):
            page()

    return Side(name, page, before=there)


def _queries(side: Side) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    side.before()
    with CaptureQueriesContext(connection) as asked:
        side.job()
    return len(asked)


@contextmanager
def _without_filter() -> Iterator[None]:
    """The same rows, fetched, ordered and rendered by the same code, with nobody asking whose they are or whether a key is turned."""
    from django.db.models import BooleanField, OuterRef, Value

    from bar.accounts.models import User
    from consent.facts import with_crossing
    from consent.models import Answer, Seat
    from dossiers.parts import AUTHORS, EXPERTS, Part, Role

    professions = dict(User.objects.values_list("pk", "profession"))

    def all_seats(person: Any, today: Any) -> Any:
        role = person.profession
        seats = Seat.objects.filter(role=role).annotate(covered=Value(False, BooleanField())).select_related("dossier")
        assert Role(role) in AUTHORS | EXPERTS
        return seats

    def own_seats(person_id: Any, today: Any) -> Any:
        seats = Seat.objects.filter(role=professions[person_id]).exclude(role__in=EXPERTS).annotate(covered=Value(False, BooleanField()))
        return list(with_crossing(seats.select_related("dossier__employee", "dossier__employer")).prefetch_related("dossier__recoveries"))

    def all_shares(today: Any) -> Any:
        shares = {"share_part__share__dossier": OuterRef("dossier"), "share_part__share__person": OuterRef("person")}
        return Answer.objects.filter(share_part__part=Part.PROCESS, **shares)

    with (
        patch("bar.worklist._own_seats", own_seats),
        patch("bar.shared_list.open_seats_of_expert", all_seats),
        patch("bar.shared_list.process_open", all_shares),
    ):
        yield
