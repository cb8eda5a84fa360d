"""The sheet in front of a letter on paper, as a value: where it goes and how to reach us.

It lies open in a house where others live, so nothing about health may be on it, and no name of an arbodienst in the window.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dossiers.rules.dutch import long_date
from dossiers.rules.letter.facts import Letterhead

MOST_LINES: Final = 4
"""Lines of an address below the name that fit the window of an envelope."""
MOST_ON_A_LINE: Final = 40
"""Characters on one line of it."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on the sheet. Without `address_lines` it is handed over, not posted."""

    name: str
    address_lines: tuple[str, ...]
    return_line: str
    house: str
    house_lines: tuple[str, ...]
    reach: str
    day_words: str


def cover_of(house: Letterhead, *, name: str, address: str, today: dt.date) -> Cover:
    """The sheet for this employee. In the window stands a return address without a name: the name would say what is inside."""
    return Cover(
        name=name,
        address_lines=address_lines(address),
        return_line=f"Retour: {', '.join(house.address_lines)}" if house.address_lines else "",
        house=house.name,
        house_lines=tuple(filter(None, (*house.address_lines, house.phone, house.email))),
        reach=_reach(house),
        day_words=long_date(today),
    )


def address_lines(typed: str) -> tuple[str, ...]:
    """An address as typed, without empty lines and idle spaces."""
    return tuple(line for line in (" ".join(line.split()) for line in typed.splitlines()) if line)


def address_problem(lines: Iterable[str]) -> str:
    """Why an address does not fit the window of an envelope, as a sentence that says what to do; empty when it fits."""
    found = list(lines)
    if len(found) > MOST_LINES:
        return f"Dit adres heeft te veel regels. Gebruik er hooguit {MOST_LINES}, zonder de naam."
    if any(len(line) > MOST_ON_A_LINE for line in found):
        return f"Een regel is te lang voor de envelop. Maak elke regel korter dan {MOST_ON_A_LINE + 1} tekens."
    return ""


def _reach(house: Letterhead) -> str:
    ways = [f"Bel ons: {house.phone}."] if house.phone else []
    ways += [f"Of mail ons: {house.email}."] if house.email else []
    return " ".join(ways) if ways else "Bel of schrijf ons."
