"""Telling outside the database how far the trail is, and looking whether it is still whole.

The file comes first and the trail's own line about it after: the trail never tells of a checkpoint that was not kept. Ids, numbers and hashes only.
"""

import datetime as dt
import logging
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import connection

from dossiers import acting, checkpoints
from dossiers.acting import acting_as
from dossiers.appended import held
from dossiers.chains import Report, verify
from dossiers.checkpoints import Head
from dossiers.models import TrailLine
from dossiers.trail import Event, Line, Outcome, write_now

CLOCK: Final = "clock"  # the actor role of what happens by the clock
SLACK: Final = dt.timedelta(minutes=15)  # a line has the time at which it was made, and is seen when its transaction ends
_TABLE: Final = TrailLine._meta.db_table
log = logging.getLogger(__name__)


class Looked(StrEnum):
    """How much of the trail a line about looking speaks of (its `object_id`)."""

    WHOLE = "whole"
    PART = "part"  # one chain, what is new, or another copy of the checkpoints
    ACCEPTED = "accepted"  # all of it; what was broken is known


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was kept: the lines that were added to the file, and of how many chains."""

    lines: tuple[str, ...]
    chains: int
    number: int


@acting_as(acting.CLOCK)
def note_checkpoint_by_clock() -> Checkpoint:
    """Keep where every chain ends that grew since the last time; say so on standard output, and who wrote very many lines."""
    made = note_checkpoint(by=CLOCK)
    if sys.__stdout__ is not None:  # the worker's own: it turns what is printed into lines of its log, and those are cut
        sys.__stdout__.write("".join(f"{line}\n" for line in made.lines))
        sys.__stdout__.flush()
    return made


def note_checkpoint(*, by: str, everything: bool = False) -> Checkpoint:
    """Keep where every chain ends that grew since the last time (or every chain), and leave a line about that in the trail."""
    path = settings.TRAIL_CHECKPOINTS
    with held(path):
        last = checkpoints.last_of(path)
        heads = _heads(since=last.at - SLACK if last.at and not everything else None)
        at = _now()  # after the heads: whatever is as of this moment or later holds these lines
        if last.at:
            _alarm(last.at)
        lines = checkpoints.add(heads, at=at, path=path)
        end = checkpoints.last_of(path)
        if lines:
            _note(Event.CHECKPOINT, by=by, object_id=end.signature)
    return Checkpoint(tuple(lines), len(heads), end.number)


def accept_breaks(report: Report, *, by: str) -> None:
    """Somebody looked into what is broken and goes on from here: these breaks are signed into the file, and every chain is marked as it is now."""
    path = settings.TRAIL_CHECKPOINTS
    with held(path):
        checkpoints.accept(report.breaks, at=_now(), path=path)
    _note(Event.VERIFY_TRAIL, by=by, object_id=Looked.ACCEPTED if report.is_whole else Looked.PART)
    note_checkpoint(by=by, everything=True)


@acting_as(acting.CLOCK)
def verify_trail_by_clock() -> Report:
    """Look whether the trail is whole; what is broken is told in the log, for whoever watches over the installation."""
    report = verify()
    note_verified(report, by=CLOCK)
    if report.breaks:
        log.error("the trail is broken: %d breaks. Run manage.py verify_trail, and read docs/operate.md", len(report.breaks))
    return report


def note_verified(report: Report, *, by: str) -> None:
    """Looking at the log is a line of the log, with how much was looked at: a chain that is whole says nothing of the others."""
    outcome = Outcome.ERROR if report.breaks else Outcome.SUCCESS
    _note(Event.VERIFY_TRAIL, by=by, outcome=outcome, object_id=Looked.WHOLE if report.is_whole else Looked.PART)


def _note(event: Event, *, by: str, outcome: int = Outcome.SUCCESS, object_id: str = "") -> None:
    kind = "checkpoint" if event is Event.CHECKPOINT else "trail"
    write_now(Line(event, outcome=outcome, actor_role=by, object_type=kind, object_id=object_id))


# --- where chains end ----------------------------------------------------------------------------

# From the end of the index from chain to chain: a step per chain, however long they are.
_EVERY_HEAD: Final = f"""
    WITH RECURSIVE head AS (
        (SELECT chain, seq, hash FROM {_TABLE} ORDER BY chain DESC, seq DESC LIMIT 1)
        UNION ALL
        SELECT next.* FROM head, LATERAL (
            SELECT chain, seq, hash FROM {_TABLE} AS t WHERE t.chain < head.chain ORDER BY t.chain DESC, t.seq DESC LIMIT 1
        ) AS next
    ) SELECT chain::text, seq, hash FROM head
"""  # noqa: S608 -- a name of ours
_GROWN: Final = f"SELECT DISTINCT ON (chain) chain::text, seq, hash FROM {_TABLE} WHERE occurred_at >= %s ORDER BY chain, seq DESC"  # noqa: S608


def _heads(*, since: dt.datetime | None) -> list[Head]:
    with connection.cursor() as cursor:
        cursor.execute(*((_GROWN, [since]) if since else (_EVERY_HEAD,)))
        return [Head(*row) for row in cursor.fetchall()]


def _now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, dt.datetime)
    return moment


def _alarm(since: dt.datetime) -> None:
    """Who wrote very many lines since the last checkpoint: perhaps to hide one among them. Every line was kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT actor_id::text, count(*) FROM {_TABLE} WHERE occurred_at >= %s GROUP BY actor_id HAVING count(*) > %s",  # noqa: S608
            [since, settings.TRAIL_ALARM_LINES],
        )
        for actor, count in cursor.fetchall():
            log.warning("very many lines in the trail: %d by %s since the last checkpoint", count, actor or "nobody who is signed in")
