"""One dossier in the list of one person, as a value: for `worklist.py` and `shared_list.py`. Nothing is fetched or decided here."""

import datetime
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dossiers.next_step import NextStep, Unsent
from dossiers.parts import Role
from dossiers.rules.sick_weeks import WAITING_WEEKS


class Sort(StrEnum):
    """The orders of the list; the first one is used when nothing is chosen."""

    FIRST = "eerst"
    NAME = "naam"
    EMPLOYER = "werkgever"
    WEEK = "week"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _SORT_LABELS[self]


_SORT_LABELS: Mapping[Sort, str] = {
    Sort.FIRST: "Wat het eerst moet",
    Sort.NAME: "Naam",
    Sort.EMPLOYER: "Werkgever",
    Sort.WEEK: "Langst ziek",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """Why an expert was let in: what is asked, and through which day."""

    purpose: str
    until: datetime.date
    moment: str = ""  # for which moment UWV reads along, in words


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for this expert."""

    number: int
    reply_by: datetime.date
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One dossier in the list of one person."""

    number: str
    url: str
    role: Role
    name: str
    employer: str
    week: int
    week_text: str
    phase: str
    step: NextStep | None
    waits: bool
    bar_kind: str
    bar_text: str
    bar_date: datetime.date | None = None
    shared: tuple[Shared, ...] = ()
    questions: tuple[Question, ...] = ()
    to_give: tuple[Unsent, ...] = ()  # letters on paper that this reader can print and send

    @property
    def by(self) -> str:
        """When the next step must be done, as one phrase with its owner."""
        return ", ".join(filter(None, (self.step.who, self.step.by))) if self.step else ""


def week_words(week: int, *, recovered: bool) -> str:
    """Where somebody is in the two years."""
    if recovered:
        return "hersteld"
    return f"week {week} van {WAITING_WEEKS}" if week <= WAITING_WEEKS else f"week {week}"


def plain_text(text: str) -> str:
    """For comparing: without case and accents."""
    apart = unicodedata.normalize("NFKD", text[:400].casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
