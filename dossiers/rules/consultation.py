"""Questions between professionals as rules: why one asks, by when, where a question stands, and who may do what next.

Plain values in, plain values out. Whose consent is needed is decided in `consent`, never here.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dossiers.parts import Labelled
from dossiers.rules.working_days import add_working_days

PRESET_WORKING_DAYS: Final = 10
LONGEST_DAYS: Final = 60
LONGEST_POST: Final = 4_000
"""Characters in one post: a question that needs more is a report."""


STILL_THE_SAME: Final = 0.3
"""From this likeness on, a text that was taken over and then edited is still that text."""


class AskReason(Labelled):
    """Why the asker needs an answer. Elsewhere two thirds of such questions are called irrelevant, so it is picked before asking."""

    CANNOT_JUDGE = "cannot_judge", "Ik kan anders niet beoordelen of werk past"
    CHANGED = "changed", "De mogelijkheden zijn veranderd"
    DOUBT = "doubt", "Er is twijfel over passend werk"
    TOGETHER = "together", "Ik wil samen overleggen"
    OTHER = "other", "Anders"


class Side(StrEnum):
    """Where somebody stands in one question."""

    ASKER = "asker"
    ADDRESSEE = "addressee"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Moves:
    """What one side may do next with a question."""

    answer: bool = False
    add: bool = False
    close: bool = False
    withdraw: bool = False

    @property
    def writes(self) -> bool:
        """Whether there is a text to write."""
        return self.answer or self.add


def moves(state: str, side: Side) -> Moves:
    """The next moves: only the addressee answers, only the asker closes, and a question is withdrawn only while nobody answered."""
    match (state, side):
        case ("open", Side.ASKER):
            return Moves(add=True, withdraw=True)
        case ("open", Side.ADDRESSEE):
            return Moves(answer=True)
        case ("answered", Side.ASKER):
            return Moves(add=True, close=True)
        case ("answered", Side.ADDRESSEE):
            return Moves(add=True)
        case _:
            return Moves()


def likeness(one: str, other: str) -> float:
    """How much two texts are alike, from 0 to 1: the words they share of all words in them."""
    words, others = (set(text.casefold().split()) for text in (one, other))
    return len(words & others) / len(words | others) if words and others else 0.0


def preset_reply_by(today: datetime.date) -> datetime.date:
    """The day that stands ready in the form."""
    return add_working_days(today, PRESET_WORKING_DAYS)


def reply_problem(day: datetime.date, today: datetime.date) -> str:
    """What is wrong with a reply date, as a sentence; empty when it can be."""
    if day < today:
        return "Deze dag is al voorbij. Kies vandaag of een latere dag."
    if day > today + datetime.timedelta(days=LONGEST_DAYS):
        return f"Deze dag is te ver weg. Kies een dag binnen {LONGEST_DAYS} dagen."
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a question stands, as a page draws it."""

    kind: str
    text: str
    is_late: bool = False


def standing(state: str, reply_by: datetime.date, today: datetime.date, *, mine: bool) -> Standing:
    """The state in words. `mine`: the reader is the one who must answer."""
    match state:
        case "open" if today > reply_by:
            return Standing("late", "te laat: wacht op uw antwoord" if mine else "te laat: nog geen antwoord", is_late=True)
        case "open":
            return Standing("attention" if mine else "busy", "wacht op uw antwoord" if mine else "wacht op antwoord")
        case "answered":
            return Standing("done", "beantwoord")
        case "withdrawn":
            return Standing("plain", "ingetrokken")
        case _:
            return Standing("plain", "afgesloten")
