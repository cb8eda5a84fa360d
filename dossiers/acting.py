"""On whose behalf this process speaks to the database: a person, the worker, the clock, a command, or nobody.

The database reads it in its row-level policies (bar/wall): a coarse second wall behind the gate, which stays the only place that decides.
Nothing here asks who may do what; values only, no database.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Process(StrEnum):
    """Whoever is not a person."""

    WORKER = "worker"  # keeps promises: letters, mail
    CLOCK = "clock"  # reminds, sweeps, tidies
    COMMAND = "command"  # somebody at the command line of the server


class Beyond(StrEnum):
    """Why an act of a person must look past the dossiers of that person. Each is one named place; the reasons stand in
    docs/decisions/second-wall.md."""

    NEW_DOSSIER = "a dossier is made before its seats"
    STRANGER = "the visit of a stranger is noted with the dossier that was tried"
    ELSEWHERE = "whether an account has places elsewhere, before its address, work or access changes; answered with yes or no"
    REPLACEMENT = "an administrator lets somebody stop, whose work goes to a successor"
    FROM_ELSEWHERE = "a physician of another arbodienst is asked to take over, and answers, without a seat"
    LONG_LIST = "the ids of one page out of very many own dossiers are chosen; what the page shows of them is fetched by the person"
    INVITATION = "whoever has a link of an invitation is not signed in, or is somebody else"


@dataclass(frozen=True, slots=True)
class Acting:
    """One identity; neither of the two is nobody."""

    person: uuid.UUID | None = None
    process: Process | None = None


NOBODY = Acting()
WORKER, CLOCK, COMMAND = (Acting(process=process) for process in Process)
_otherwise = NOBODY
_now: ContextVar[Acting | None] = ContextVar("acting", default=None)


def acting() -> Acting:
    """On whose behalf this thread works now."""
    return _now.get() or _otherwise


def this_process_is(who: Acting) -> None:
    """What this whole process is when no block says otherwise: commands, and tests. Servers and workers never call it, so they are nobody."""
    global _otherwise  # noqa: PLW0603 -- one fact about the process
    _otherwise = who


@contextmanager
def acting_as(who: Acting) -> Iterator[None]:
    """Within this block; after it, as before."""
    token = _now.set(who)
    try:
        yield
    finally:
        _now.reset(token)


@contextmanager
def beyond(reason: Beyond) -> Iterator[None]:
    """Within this short block past the dossiers of the person, for a reason that has a name."""
    assert reason in Beyond
    with acting_as(COMMAND):
        yield
