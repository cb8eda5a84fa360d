"""When a notice may leave: at once, at the end of the day, or never.

The mail says nothing but that something waits, so one mail is enough for everything that waits at that moment. Moments come in local time.
"""

import datetime as dt
from enum import StrEnum
from typing import Final

DIGEST_HOUR: Final = 17
QUIET: Final = dt.timedelta(minutes=10)
"""After a mail somebody gets no other one for so long: one act of a physician can give several reasons."""


class Choice(StrEnum):
    """How often somebody wants mail; the values of the account's choice."""

    SINGLE = "single"
    DAILY = "daily"
    NONE = "none"


def leaves_at(choice: Choice, *, made_at: dt.datetime, last_sent: dt.datetime | None) -> dt.datetime | None:
    """From when this notice may leave; None for never. `last_sent`: the newest such mail to the same person."""
    match choice:
        case Choice.NONE:
            return None
        case Choice.DAILY:
            return digest_after(made_at)
        case Choice.SINGLE:
            return made_at if last_sent is None else max(made_at, last_sent + QUIET)


def digest_after(moment: dt.datetime) -> dt.datetime:
    """The first five o'clock in the afternoon after this moment, by the clock on the wall."""
    digest = moment.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return digest if moment < digest else digest + dt.timedelta(days=1)
