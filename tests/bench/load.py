"""Two hundred people of all roles for five minutes, with application, worker, database, broker and the people themselves on this machine.

Their dossiers are made by the product's own actions; what each of them does is in `people.py`, which locust runs in a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests import databases
from tests.bench.measuring import percentile, verdict

DOSSIERS = int(os.environ.get("BENCH_LOAD_DOSSIERS", "80"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "200"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "300"))
THINK = os.environ.get("BENCH_THINK", "5 20").split()  # seconds between two pages, on average; the goal is for the first, the others tell more
PORT = 8765
SHARES = {"employee": 0.40, "employer": 0.25, "physician": 0.15, "delegate": 0.05, "labour_expert": 0.06, "insurance_physician": 0.04}
P95_GOAL, ERROR_GOAL = 500.0, 0.0001  # milliseconds; of all requests


def figures() -> Iterator[dict[str, Any]]:
    """The p95 over all pages, and the share of errors."""
    from tests.bench.letters import letters_folder
    from tests.bench.product import web, workers

    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder, databases.copy_of_template("bench"), letters_folder() as kept:
        letters = {"LETTERS_DIR": kept}
        empty = _bytes_in_tables()
        Path(folder, "people.json").write_text(json.dumps(_people()), "utf-8")
        yield _sizes(empty, kept)
        with workers(letters), web(letters, port=PORT) as address:
            for think in THINK:
                yield _figure(think, _run(Path(folder), address, think))


def _bytes_in_tables() -> int:
    """All tables with their indexes but the trail, which grows with looking."""
    tables = "SELECT pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    with databases.as_owner() as owner:
        return sum(row[0] for row in owner.execute(f"{tables} AND relname <> 'dossiers_trailline'"))


def _sizes(empty: int, letters: str) -> dict[str, Any]:
    """What one dossier takes, after one final version with letters, shares that are answered and a second visit under way."""
    files = [one for one in Path(letters).rglob("*") if one.is_file()]
    return {
        "figure": "bytes of one dossier",
        "dossiers": DOSSIERS,
        "bytes_in_tables": round((_bytes_in_tables() - empty) / DOSSIERS),
        "letters": round(len(files) / DOSSIERS, 1),
        "bytes_per_letter": round(sum(one.stat().st_size for one in files) / max(len(files), 1)),
    }


def _run(folder: Path, address: str, think: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "BENCH_PEOPLE_FILE": str(folder / "people.json"), "BENCH_THINK": think}
    command = [sys.executable, "-m", "locust", "--headless", "--json", "--only-summary", "--host", address, "-f", "tests/bench/people.py"]
    times = ["--users", str(PEOPLE), "--spawn-rate", str(max(1, PEOPLE // 20)), "--run-time", f"{SECONDS}s", "--exit-code-on-error", "0"]
    done = subprocess.run([*command, *times], env=environment, check=True, capture_output=True, text=True)
    print(done.stderr[-2000:], file=sys.stderr)
    return list(json.loads(done.stdout))


def _figure(think: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    requests = sum(row["num_requests"] for row in rows)
    failures = sum(row["num_failures"] for row in rows)
    p95 = percentile(_times(rows), 95)
    slowest = sorted(rows, key=lambda row: -percentile(_times([row]), 95))[:5]
    return {
        "figure": "200 people of all roles: p95 in milliseconds",
        "people": PEOPLE,
        "seconds": SECONDS,
        "think_s": float(think),
        "dossiers": DOSSIERS,
        "requests": requests,
        "requests_per_second": round(requests / SECONDS, 1),
        "median_ms": percentile(_times(rows), 50),
        "p95_ms": p95,
        "p99_ms": percentile(_times(rows), 99),
        "slowest": {row["name"]: percentile(_times([row]), 95) for row in slowest},
        "errors": failures,
        "error_share": round(failures / max(requests, 1), 6),
        "error_goal": ERROR_GOAL,
        **verdict(p95 / P95_GOAL, 1.0),
        "within_goal": p95 <= P95_GOAL and failures <= ERROR_GOAL * requests,
    }


def _times(rows: list[dict[str, Any]]) -> list[float]:
    return [float(milliseconds) for row in rows for milliseconds, count in row["response_times"].items() for _ in range(count)]


# --- who they are ---------------------------------------------------------------------------------------


def _people() -> list[dict[str, Any]]:
    """Who takes part: a role, a session that is signed in, the dossiers they work in."""
    from tests.bench.offices import make_offices

    found = make_offices(DOSSIERS)
    people: list[dict[str, Any]] = []
    for role, numbers in _wanted().items():
        ready = found[role]
        people += [_person(role, *ready[place % len(ready)]) for place in range(numbers)]
    return people


def _wanted() -> Mapping[str, int]:
    counts = {role: round(PEOPLE * share) for role, share in SHARES.items()}
    return {**counts, "uwv_labour_expert": PEOPLE - sum(counts.values())}


def _person(role: str, person: Any, dossiers: list[dict[str, Any]]) -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    from tests.world import let_in

    client = Client()
    let_in(client, person)
    return {"role": role, "cookie": [settings.SESSION_COOKIE_NAME, client.session.session_key], "dossiers": dossiers}
