"""What the second wall (bar/wall) costs: the same pages and lists with the rules on and off, in turns, over the same rows.

`BAR_TEST_SERVICES=1 python -m bar.local python -m tests.bench.wall` prints one JSON line per figure. Not a test: no time is asserted.
BENCH_SIZE, BENCH_ROUNDS and BENCH_ONLY change how much. The rules are switched off by the owner, in a database of its own that is dropped at the end.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

SIZE = int(os.environ.get("BENCH_SIZE", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
ONLY = os.environ.get("BENCH_ONLY", "")  # a word in the name of a figure
GOAL = 1.2


def main() -> int:
    """Build, measure, tell."""
    os.environ.setdefault("BAR_TEST_SESSION", str(os.getpid()))
    django.setup()
    from django.test.utils import setup_test_environment

    from dossiers.acting import COMMAND, this_process_is
    from tests import databases

    setup_test_environment()
    this_process_is(COMMAND)
    with databases.copy_of_template("bench"):
        from tests.bench.rows import many_dossiers

        began = time.monotonic()
        world = many_dossiers(SIZE)
        print(f"{SIZE} dossiers made in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        for name, job in _jobs(world).items():
            if ONLY in name:
                print(json.dumps(_figure(name, job)), flush=True)
    return 0


def _jobs(world: Any) -> dict[str, Callable[[], Any]]:
    clients = {who: world.client(who) for who in ("physician", "uwv_labour_expert", "employee", "employer")}

    def page(who: str, path: str) -> Callable[[], Any]:
        def ask() -> None:
            assert clients[who].get(path).status_code == 200

        return ask

    here = f"/dossier/{world.number}/"
    return {
        f"list of a physician with {SIZE} dossiers": page("physician", "/"),
        f"list of a UWV expert with {SIZE} dossiers": page("uwv_labour_expert", "/"),
        "list of an employer": page("employer", "/"),
        f"overview, physician with {SIZE} dossiers": page("physician", here),
        f"overview, UWV expert with {SIZE} dossiers": page("uwv_labour_expert", here),
        "overview, employee with one dossier": page("employee", here),
        "trail, employee with one dossier": page("employee", f"{here}wie-heeft-gekeken/"),
    }


def _figure(name: str, job: Callable[[], Any]) -> dict[str, Any]:
    """The medians of both, taken in turns so that a busy moment is shared."""
    times: dict[str, list[float]] = {"with": [], "without": []}
    for place in range(ROUNDS + 1):
        for kind, rounds in times.items():
            _switch("ENABLE" if kind == "with" else "DISABLE")
            job()  # plans, caches
            for _again in range(3):
                began = time.perf_counter()
                job()
                if place:
                    rounds.append(time.perf_counter() - began)
    _switch("ENABLE")
    behind, plain = (statistics.median(times[kind]) for kind in ("with", "without"))
    ratio = behind / plain
    return {
        "figure": name,
        "dossiers": SIZE,
        "rounds": ROUNDS * 3,
        "with_wall_s": round(behind, 4),
        "without_s": round(plain, 4),
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "within_goal": ratio <= GOAL,
    }


def _switch(word: str) -> None:
    from bar.wall.policies import walled
    from tests import databases

    with databases.as_owner() as owner:
        for model, _column in walled():
            owner.execute(f"ALTER TABLE {model._meta.db_table} {word} ROW LEVEL SECURITY")


if __name__ == "__main__":
    sys.exit(main())
