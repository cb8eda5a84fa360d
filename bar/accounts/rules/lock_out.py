"""How fast somebody may guess: a bucket of tries that fills up again by itself.

A bucket holds a few tries; each try takes one, each right password puts it back, and one comes back every so many minutes. So in any hour at
most `size + 60 / minutes` tries count, and nobody waits longer than one refill. Refused tries take nothing: knocking makes no wait longer.
Pure: a moment in, a value out.
"""

import datetime
import unicodedata
from dataclasses import dataclass

HOUR = datetime.timedelta(hours=1)
LONGEST_WAIT = datetime.timedelta(minutes=15)  # issue 3: a victim is never locked out for longer
MOST_TRIES_AN_HOUR = 10  # security.md §5 G3


@dataclass(frozen=True, slots=True)
class Bucket:
    """`size` tries, and one more every `refill`."""

    size: int
    refill: datetime.timedelta

    @property
    def most_an_hour(self) -> int:
        """The most tries that can count in any hour, however they are timed."""
        return self.size + HOUR // self.refill


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a try counts. `full_at` is what to keep of the bucket; `wait` how long until the next try, zero when this one counts."""

    allowed: bool
    full_at: datetime.datetime
    wait: datetime.timedelta


# All browsers that are not known to an account share one bucket, whatever address or browser they say they have: 6 + 4 in an hour.
ACCOUNT = Bucket(6, LONGEST_WAIT)
# A browser that signed in to this account before has its own, so that nobody else can empty it (OWASP, device cookies).
DEVICE = Bucket(6, LONGEST_WAIT)
# One address that tries many accounts: an office may mistype thirty times, then one a minute (ASVS 6.3.1).
ADDRESS = Bucket(30, datetime.timedelta(minutes=1))
# Mails to make a new password, for one account: a newest link is never older than a quarter of an hour.
MAIL = Bucket(3, LONGEST_WAIT)
# Pages that anybody may send in, from one address.
FORM = Bucket(30, datetime.timedelta(minutes=1))
# Pages that are not there, for one person: a wrong link now and then is no guess; after twenty it is (security.md §5 A6).
GUESSES = Bucket(20, datetime.timedelta(minutes=3))
# How often somebody is told of one person: once an hour.
ALARM = Bucket(1, HOUR)


def take(bucket: Bucket, full_at: datetime.datetime | None, now: datetime.datetime) -> Answer:
    """Take one try. `full_at`: what was kept of this bucket, None when nothing was."""
    start = min(max(full_at or now, now), now + bucket.size * bucket.refill)  # a clock that was set back makes no wait longer
    after = start + bucket.refill
    too_early = after - bucket.size * bucket.refill
    if too_early > now:
        return Answer(False, start, too_early - now)
    return Answer(True, after, datetime.timedelta(0))


def give_back(bucket: Bucket, full_at: datetime.datetime) -> datetime.datetime:
    """The try was right: it takes nothing."""
    return full_at - bucket.refill


def one_spelling(address: str) -> str:
    """An address as it is counted: every spelling that finds the same account is the same one (the library compares by NFKC and case folding)."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def in_words(wait: datetime.timedelta) -> str:
    """How long to wait, in Dutch, rounded up to whole minutes."""
    minutes = max(1, -(-wait // datetime.timedelta(minutes=1)))
    return "1 minuut" if minutes == 1 else f"{minutes} minuten"
