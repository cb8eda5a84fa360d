"""Taking a JSON object apart, key by key, and remembering everything that is wrong with it.

Shapes only: text, dates, numbers, choices, lists. A value that was refused reads as None or empty, so that reading can go on and
every problem is found in one go.
"""

import datetime
import re
from collections.abc import Collection
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from bar.cases.messages import Message, Problem
from instrument.forms.fields import parse_date
from instrument.text import BadText, check_line, clean_text

Choice = TypeVar("Choice", bound=Enum)

LINE = 200  # characters of a name, a function, a job
MOST_ROWS = 200  # of people, recoveries, visits or shares
LARGEST = 10**6
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Table:
    """One JSON object. Every key is taken once; `close()` refuses what is left."""

    def __init__(self, value: object, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.is_table = isinstance(value, dict)
        self.left: dict[str, object] = dict(value) if isinstance(value, dict) else {}
        if not self.is_table:
            self.refuse("", Message.TABLE)

    def place(self, key: str) -> str:
        """The path of a key of this object."""
        return ".".join(part for part in (self.path, key) if part)

    def refuse(self, key: str, message: str) -> None:
        """Remember what is wrong with a key ("": with the object itself)."""
        self.problems.append(Problem(self.place(key), message))

    def was_refused(self, *keys: str) -> bool:
        """Whether something is wrong with one of these keys already."""
        places = {self.place(key) for key in keys}
        return any(problem.path in places for problem in self.problems)

    def has(self, key: str) -> bool:
        """Whether the key is there and is not null."""
        return self.left.get(key) is not None

    def take(self, key: str) -> object:
        """The value of a required key; None when it is missing, which is refused."""
        if key not in self.left:
            if self.is_table:
                self.refuse(key, Message.MISSING)
            return None
        value = self.left.pop(key)
        if value is None:
            self.refuse(key, Message.EMPTY)
        return value

    def close(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in self.left:
            self.refuse(key, Message.UNKNOWN)

    # --- values -------------------------------------------------------------------------------

    def line(self, key: str, *, optional: bool = False, most: int = LINE) -> str:
        """A text on one line; `optional`: may be empty or missing."""
        found = self.text(key, optional=optional, most=most)
        if "\n" in found or "\t" in found:
            self.refuse(key, Message.ONE_LINE)
        try:
            check_line(found)
        except BadText as error:
            self.refuse(key, error.message)
        return found

    def text(self, key: str, *, optional: bool = False, most: int) -> str:
        """A text, normalised."""
        if optional and key not in self.left:
            return ""
        value = self.take(key)
        if value is None:
            return ""
        try:
            found = clean_text(value)
        except BadText as error:
            self.refuse(key, error.message)
            return ""
        if len(found) > most:
            self.refuse(key, Message.TOO_LONG.format(most=most))
        if not found and not optional:
            self.refuse(key, Message.EMPTY)
        return found

    def date(self, key: str, *, optional: bool = False) -> datetime.date | None:
        """A day that exists; `optional`: may be null or missing."""
        if optional and not self.has(key):
            self.left.pop(key, None)
            return None
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
            self.refuse(key, Message.DATE_SHAPE)
            return None
        day = parse_date(value)
        if day is None:
            self.refuse(key, Message.DATE)
        return day

    def choice(self, key: str, choices: type[Choice], *, among: Collection[Choice] | None = None) -> Choice | None:
        """One of the words of an enum, or of some of them."""
        value = self.take(key)
        found = word(value, choices)
        if value is not None and (found is None or (among is not None and found not in among)):
            self.refuse(key, Message.CHOICE)
            return None
        return found

    def number(self, key: str) -> Decimal | None:
        """A number with at most two decimals."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST or round(value, 2) != value:
            self.refuse(key, Message.NUMBER)
            return None
        return Decimal(repr(value))

    def table(self, key: str) -> "Table":
        """An object under a required key."""
        if key not in self.left:
            self.take(key)
            nothing = Table({}, self.place(key), self.problems)
            nothing.is_table = False
            return nothing
        return Table(self.left.pop(key), self.place(key), self.problems)

    def rows(self, key: str, *, optional: bool = False) -> list[object]:
        """A list; `optional`: may be missing."""
        if optional and key not in self.left:
            return []
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(key, Message.LIST)
            return []
        if len(value) > MOST_ROWS:
            self.refuse(key, Message.TOO_MANY.format(most=MOST_ROWS))
            return []
        return value

    def tables(self, key: str, *, optional: bool = False) -> list["Table"]:
        """A list of objects."""
        return [Table(row, f"{self.place(key)}[{index}]", self.problems) for index, row in enumerate(self.rows(key, optional=optional))]


def word(value: object, choices: type[Choice]) -> Choice | None:
    """The member of an enum with this value, if there is one."""
    return next((member for member in choices if member.value == value), None) if isinstance(value, str) else None
