"""What people do with keys and seats, by subject. Names that were here before stay importable from here."""

from consent.actions.keys import WORDING, SharePlan, ShareProblem, a_year_after, answer, share, share_problems, stop, withdraw
from consent.actions.seats import seat_person

__all__ = ["WORDING", "SharePlan", "ShareProblem", "a_year_after", "answer", "seat_person", "share", "share_problems", "stop", "withdraw"]
