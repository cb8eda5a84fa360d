"""How fast `verify_trail` is: a trail of a million lines as the product writes them, over many dossiers, with a checkpoint, and all of it checked.

Lines are hashed by the product's own definition and go in by COPY in the order of time, their chains mixed as people mix them.
"""

import datetime as dt
import os
import random
import statistics
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LINES = int(os.environ.get("BENCH_LINES", "1000000"))
ROUNDS = 3
SECONDS_PER_MILLION = 15.0
PER_DOSSIER = 100  # lines in the chain of one dossier
OUTSIDE = 0.3  # of all lines: signing in, lists of one's own
BEGAN = dt.datetime(2026, 1, 12, tzinfo=dt.UTC)


def figures() -> Iterator[dict[str, Any]]:
    """What `make bench` prints."""
    from tests import databases

    with databases.copy_of_template("bench"):
        yield measure(LINES)


def measure(lines: int = LINES) -> dict[str, Any]:
    """Fill a trail that is empty and check it; the median of some rounds, reading and hashing and comparing with the marks together."""
    from django.test import override_settings

    from dossiers.actions.checkpoints import note_checkpoint
    from dossiers.chains import verify
    from tests import databases

    chains = fill(lines)
    with databases.as_owner() as owner:
        owner.execute("VACUUM ANALYZE dossiers_trailline")  # what the database does by itself after a while
        size = sum(row[0] for row in owner.execute("SELECT pg_total_relation_size('dossiers_trailline')"))
    with TemporaryDirectory() as folder, override_settings(TRAIL_CHECKPOINTS=Path(folder) / "checkpoints"):
        note_checkpoint(by="clock")
        reports = [verify() for _ in range(ROUNDS)]
    assert all(report.lines == lines + 1 and report.marks == chains and not report.breaks for report in reports), reports[0]
    seconds = statistics.median(report.seconds for report in reports)
    goal = SECONDS_PER_MILLION * lines / 1_000_000
    return {
        "figure": "verify_trail",
        "lines": lines,
        "chains": chains,
        "bytes_per_line": round(size / lines),
        "checkpoints": reports[0].checkpoints,
        "rounds": ROUNDS,
        "seconds": round(seconds, 2),
        "lines_per_second": round(lines / seconds),
        "goal": f"<= {goal:g} s",
        "within_goal": seconds <= goal,
    }


def fill(lines: int) -> int:
    """So many lines; gives how many chains they are in."""
    from psycopg import sql

    from dossiers.models import TrailLine
    from tests import databases

    names = [column.attname for column in TrailLine._meta.concrete_fields]
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(TrailLine._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, names)))
    ends: dict[str, tuple[int, str]] = {}
    with databases.as_owner() as owner, owner.cursor() as cursor, cursor.copy(into) as copy:  # the rules of the second wall forbid COPY
        for values in _made(lines, ends):
            copy.write_row([values[name] for name in names])
    return len(ends)


def _made(lines: int, ends: dict[str, tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """Lines one after the other, each linked to the end of its chain."""
    from dossiers.rules.chains import GENESIS
    from dossiers.trail import GENERAL, hash_of

    chance = random.Random(lines)  # noqa: S311 -- the same trail in every run
    dossiers = [str(_id(chance)) for _ in range(max(1, round(lines * (1 - OUTSIDE) / PER_DOSSIER)))]
    people = [str(_id(chance)) for _ in range(200)]
    session = f"{chance.getrandbits(256):064x}"
    for number in range(lines):
        outside = chance.random() < OUTSIDE
        dossier = None if outside else chance.choice(dossiers)
        chain, person = dossier or str(GENERAL), chance.choice(people)
        seq, previous = ends.get(chain, (0, GENESIS))
        line: dict[str, Any] = {
            "id": str(_id(chance)),
            "chain": chain,
            "seq": seq + 1,
            "occurred_at": (BEGAN + dt.timedelta(seconds=number, microseconds=chance.randrange(1_000_000))).isoformat(timespec="microseconds"),
            "event_code": "list" if outside else "visit",
            "action": "R",
            "outcome": 1,
            "checks": "TTTF",
            "actor_id": person,
            "actor_role": "" if outside else "physician",
            "is_initiator": True,
            "responsible_id": person,
            "responsible_role": "" if outside else "physician",
            "access_point": "192.0.2.17",
            "object_type": "page" if outside else "dossier",
            "object_id": "home" if outside else "",
            "dossier_id": dossier,
            "subject_id": None if outside else person,
            "parts": [] if outside else ["capacity"],
            "policy_version": "access-1",
            "relation_id": None if outside else person,
            "consent_id": None,
            "sentence": "",
            "source_id": "bar-dossier",
            "request_id": str(_id(chance)),
            "session_hash": session,
            "schema_version": 1,
            "previous_hash": previous,
        }
        line["hash"] = hash_of(line)
        ends[chain] = (seq + 1, line["hash"])
        yield line


def _id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
