"""In which state a share is, as one word for both sides. Pure: plain values and the day in, a word out.

It says nothing about what is open: that is decided by `access.decide`, from the same `SharedPart`s. A property test holds them together.
"""

import datetime
from collections.abc import Iterable
from enum import StrEnum

from consent.facts import SharedPart, Why
from consent.models import AnswerState
from dossiers.parts import Part


class ShareState(StrEnum):
    """How far a share is. `GIVEN` and `PARTLY` may still begin later (`is_coming`)."""

    ASKED = "asked"
    GIVEN = "given"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    ENDED = "ended"  # its last day is past
    CLOSED = "closed"  # the dossier was closed while it ran, or while it waited for an answer


YES = frozenset({ShareState.GIVEN, ShareState.PARTLY})
RUNNING = YES | {ShareState.ASKED}


def state_of(parts: Iterable[SharedPart], today: datetime.date, *, closed: bool = False) -> ShareState:
    """The state of one share on a day. What was ended by an act or a no stays so, whatever came later."""
    rows = list(parts)
    if any(row.stopped for row in rows):
        return ShareState.STOPPED
    state = _answered(rows)
    if state not in RUNNING:
        return state
    if closed:
        return ShareState.CLOSED
    return ShareState.ENDED if any(today > row.last_day for row in rows) else state


def _answered(rows: list[SharedPart]) -> ShareState:
    """What the employee said, process first: without it nothing of a share is open."""
    answers = [answer_of(row) for row in rows]
    process = next((answer_of(row) for row in rows if row.part is Part.PROCESS), AnswerState.ASKED)
    match process:
        case AnswerState.GIVEN:
            return ShareState.GIVEN if all(answer is AnswerState.GIVEN for answer in answers) else ShareState.PARTLY
        case AnswerState.REFUSED:
            return ShareState.REFUSED
        case AnswerState.WITHDRAWN:
            return ShareState.WITHDRAWN
        case AnswerState.ASKED:
            return ShareState.ASKED


def answer_of(row: SharedPart) -> AnswerState:
    """The answer that counts: a yes on paper no longer does once the employee has an account, and is asked again."""
    return AnswerState.ASKED if row.paper_void and row.answer is AnswerState.GIVEN else row.answer


def counts(parts: Iterable[SharedPart], today: datetime.date) -> bool:
    """Whether a share is open, will be, or waits for an answer."""
    return state_of(parts, today) in RUNNING


def opens(parts: Iterable[SharedPart], day: datetime.date) -> bool:
    """Whether a share lets its person in on a day."""
    return any(row.part is Part.PROCESS and row.key_state(day) is Why.OPEN for row in parts)


def since_of(parts: Iterable[SharedPart]) -> datetime.date | None:
    """From which day on a share with a yes is open: the later of both keys."""
    return next((row.since for row in parts if row.part is Part.PROCESS), None)
