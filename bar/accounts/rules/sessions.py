"""How long a sign-in lasts. The numbers and the verdict; who somebody is and where a moment is kept is for the doors.

Source of the numbers: security.md §3.11 (idle 15 minutes for medical, 30 for employer; absolute 8 hours; warn 2 minutes before) and issue 3.
Pure: a moment in, a verdict out.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

IDLE_MEDICAL = datetime.timedelta(minutes=15)
IDLE_OTHERS = datetime.timedelta(minutes=30)
ABSOLUTE_PROFESSIONAL = datetime.timedelta(hours=8)
ABSOLUTE_OTHERS = datetime.timedelta(hours=12)
WARN_BEFORE = datetime.timedelta(minutes=2)
NOTE_EVERY = datetime.timedelta(seconds=30)  # how often the newest moment is written down


class End(StrEnum):
    """Why a session is over."""

    IDLE = "idle"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long somebody may be away, and how long a sign-in lasts at most."""

    idle: datetime.timedelta
    absolute: datetime.timedelta


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How far a session is. `ended` is None while it lasts."""

    idle_left: datetime.timedelta
    absolute_left: datetime.timedelta
    ended: End | None

    @property
    def idle_seconds(self) -> int:
        """Whole seconds until somebody who does nothing is signed out."""
        return max(0, int(self.idle_left.total_seconds()))

    @property
    def absolute_seconds(self) -> int:
        """Whole seconds until everybody must sign in again."""
        return max(0, int(self.absolute_left.total_seconds()))


def limits_of(*, professional: bool, administrator: bool) -> Limits:
    """The limits of a person: stricter for who works with health data of others, or manages people."""
    if professional or administrator:
        return Limits(IDLE_MEDICAL, ABSOLUTE_PROFESSIONAL)
    return Limits(IDLE_OTHERS, ABSOLUTE_OTHERS)


def time_left(limits: Limits, *, signed_in_at: datetime.datetime, last_seen: datetime.datetime, now: datetime.datetime) -> TimeLeft:
    """How far a session is at this moment. A moment in the future (a clock that was set back) counts as now."""
    idle_left = limits.idle - (now - min(last_seen, now))
    absolute_left = limits.absolute - (now - min(signed_in_at, now))
    ended = End.ABSOLUTE if absolute_left <= datetime.timedelta(0) else End.IDLE if idle_left <= datetime.timedelta(0) else None
    return TimeLeft(idle_left, absolute_left, ended)


def must_note(last_seen: datetime.datetime, now: datetime.datetime) -> bool:
    """Whether the newest moment is old enough to write it down again."""
    return now - last_seen >= NOTE_EVERY or last_seen > now
