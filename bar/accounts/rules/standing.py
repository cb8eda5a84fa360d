"""Whether a sign-in is enough for a page: two steps where two are asked, and shown recently where that is asked.

Pure: what the page asks and what the session proved in, a verdict out. Where those come from is for the gate (`standing_gate.py`).
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

TWO_STEPS = 2  # the level (eIDAS: substantial) from which a sign-in counts as two steps


class Ask(StrEnum):
    """What somebody must do before the page opens. The value stands in the trail."""

    NOTHING = "nothing"
    SET_UP = "set_up_second_step"
    PASS = "pass_second_step"  # noqa: S105 -- a code, not a secret
    AGAIN = "prove_again"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page asks. `fresh`: minutes since it was last proved, 0 for any time. `required`: the installation asks two steps of everybody."""

    two_factors: bool
    fresh: int
    required: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a session has proved: its level (1 to 3), when last, and whether the person has a second step at all."""

    level: int
    proved_at: datetime.datetime | None
    has_second_step: bool


def asked(page: Page, proof: Proof, *, now: datetime.datetime) -> Ask:
    """What this page asks of this session.

    Who has a second step never changes or proves anything with a session that skipped it: a session from before it was set up is one.
    """
    passed = proof.level >= TWO_STEPS
    if not passed and page.two_factors and page.required:
        return Ask.PASS if proof.has_second_step else Ask.SET_UP
    if not passed and page.fresh and proof.has_second_step:
        return Ask.PASS
    if page.fresh and not _is_fresh(proof.proved_at, page.fresh, now):
        return Ask.AGAIN
    return Ask.NOTHING


def _is_fresh(proved_at: datetime.datetime | None, minutes: int, now: datetime.datetime) -> bool:
    return proved_at is not None and now - proved_at <= datetime.timedelta(minutes=minutes)
