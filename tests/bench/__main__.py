"""`make bench`: how long the lists of "Mijn dossiers" take over very many dossiers, beside the same list without the access filter.

One JSON line per figure: size, medians in seconds, ratio (goal: at most 1.5). Not a test: no time is asserted. It works in a database of its
own, a copy of the migrated template, which is dropped at the end. BENCH_SIZE, BENCH_ROUNDS and BENCH_ONLY change how much.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import django

SIZE = int(os.environ.get("BENCH_SIZE", "50000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
ONLY = os.environ.get("BENCH_ONLY", "")  # a word in the name of a figure
GOAL = 1.5


def main() -> int:
    """Build, measure, tell."""
    os.environ.setdefault("BAR_TEST_SESSION", str(os.getpid()))
    django.setup()
    from django.test.utils import setup_test_environment

    from tests import databases

    setup_test_environment()
    with databases.copy_of_template("bench"):
        from tests.bench.rows import many_dossiers

        began = time.monotonic()
        world = many_dossiers(SIZE)
        print(f"{SIZE} dossiers made in {time.monotonic() - began:.0f} s", file=sys.stderr)
        for line in _figures(world):
            print(json.dumps(line), flush=True)
    return 0


def _figures(world: Any) -> Iterator[dict[str, Any]]:
    from django.utils import timezone

    from bar.shared_list import shared_entries
    from bar.worklist import own_entries

    today = timezone.localdate()
    physician, expert = world.people["physician"], world.people["uwv_labour_expert"]
    clients = {who: world.client(who) for who in ("physician", "uwv_labour_expert")}

    def page(who: str, query: str) -> Callable[[], int]:
        def ask() -> int:
            answer = clients[who].get(f"/{query}")
            assert answer.status_code == 200
            assert f"van {SIZE}" in answer.content.decode()
            return SIZE

        return ask

    figures: dict[str, Callable[[], int]] = {
        "UWV expert: the page, by name": page("uwv_labour_expert", "?sorteer=naam"),
        "UWV expert: the page, what ends first": page("uwv_labour_expert", ""),
        "UWV expert: every entry of the list": lambda: len(shared_entries(expert, today=today)),
        "physician: the page": page("physician", ""),
        "physician: every entry of the list": lambda: len(own_entries(physician, today=today)),
    }
    yield from (_figure(name, job) for name, job in figures.items() if ONLY in name)


def _figure(name: str, job: Callable[[], int]) -> dict[str, Any]:
    """The medians of both, taken in turns so that a busy moment is shared."""
    times: dict[str, list[float]] = {"filtered": [], "unfiltered": []}
    sizes = set()
    for place in range(ROUNDS + 1):
        for kind, rounds in times.items():
            with ExitStack() as stack:
                if kind == "unfiltered":
                    stack.enter_context(_without_filter())
                began = time.perf_counter()
                sizes.add(job())
                if place:  # the first time of each warms up
                    rounds.append(time.perf_counter() - began)
    assert len(sizes) == 1, f"lists of different length: {sizes}"
    filtered, unfiltered = (statistics.median(times[kind]) for kind in ("filtered", "unfiltered"))
    ratio = filtered / unfiltered
    return {
        "figure": name,
        "dossiers": SIZE,
        "entries": sizes.pop(),
        "rounds": ROUNDS,
        "filtered_s": round(filtered, 3),
        "unfiltered_s": round(unfiltered, 3),
        "ratio": round(ratio, 2),
        "goal": GOAL,
        "within_goal": ratio <= GOAL,
    }


@contextmanager
def _without_filter() -> Iterator[None]:
    """The same rows, fetched, ordered and rendered by the same code, with nobody asking whose they are or whether a key is turned."""
    from django.db.models import BooleanField, OuterRef, Value

    from consent.models import Answer, Seat
    from dossiers.parts import AUTHORS, EXPERTS, Part, Role

    def all_seats(person: Any, today: Any) -> Any:
        role = person.profession
        seats = Seat.objects.filter(role=role).annotate(covered=Value(False, BooleanField())).select_related("dossier")
        assert Role(role) in AUTHORS | EXPERTS
        return seats

    def all_shares(today: Any) -> Any:
        shares = {"share_part__share__dossier": OuterRef("dossier"), "share_part__share__person": OuterRef("person")}
        return Answer.objects.filter(share_part__part=Part.PROCESS, **shares)

    with (
        patch("bar.worklist.open_seats_by_duty", lambda person, today: all_seats(person, today).exclude(role__in=EXPERTS)),
        patch("bar.shared_list.open_seats_of_expert", all_seats),
        patch("bar.shared_list.process_open", all_shares),
    ):
        yield


if __name__ == "__main__":
    sys.exit(main())
