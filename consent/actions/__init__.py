"""What people do with keys and seats, by subject. Names that were here before stay importable from here."""

from consent.actions.answers import WORDING, answer, withdraw
from consent.actions.seats import seat_person
from consent.actions.shares import SharePlan, ShareProblem, a_year_after, share, share_problems, stop

__all__ = ["WORDING", "SharePlan", "ShareProblem", "a_year_after", "answer", "seat_person", "share", "share_problems", "stop", "withdraw"]
