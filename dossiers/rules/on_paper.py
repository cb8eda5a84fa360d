"""When a letter that goes on paper may be read by others: at handing over, or two working days after posting.

Computed by date, so that nothing has to be switched on by a clock. Who reads is decided elsewhere.
"""

import datetime as dt
from typing import Final

from dossiers.rules.working_days import add_working_days

POST_TAKES: Final = 2
"""Working days after posting; then the employee can have read the letter first (docs of design, "Finalise and release")."""


def reached_on(*, handed_over_on: dt.date | None, posted_on: dt.date | None, account_since: dt.date | None = None) -> dt.date | None:
    """The day from which the letter counts as with the employee; None while it is still with the physician.

    `account_since`: an account that was taken into use later; from then on the employee reads every letter there.
    """
    days = [day for day in (handed_over_on, account_since) if day is not None]
    if posted_on is not None:
        days.append(add_working_days(posted_on, POST_TAKES))
    return min(days, default=None)


def posted_in_time(today: dt.date) -> dt.date:
    """The last day of posting whose letters have arrived by today."""
    day = today
    while add_working_days(day, POST_TAKES) > today:
        day -= dt.timedelta(days=1)
    return day
