"""Dutch spelling of dates, numbers and names, as letters and pages print them.

Pure and without a clock. Whole sentences do not belong here: those are data in `letter/`.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

Number: TypeAlias = int | float | Decimal

MONTHS: Final = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_WEEKDAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_SEASONS: Final = ("winter", "lente", "zomer", "herfst")
_SMALL: Final = (
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
)
_TENS: Final = ("", "tien", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
# Words of a name that also start ordinary sentences: "De teamleider" is not "De Brug".
_PARTICLES: Final = frozenset(
    ("aan", "bij", "de", "den", "der", "des", "een", "en", "het", "in", "op", "te", "ten", "ter", "tot", "van", "von", "'t", "’t", "'s", "’s")
)


class FormOfAddress(StrEnum):
    """How a letter names the employee after the first sentence; a setting of the organisation."""

    FIRST_NAME = "first_name"
    DE_HEER = "de_heer"
    MEVROUW = "mevrouw"
    FULL_NAME = "full_name"
    """For who is addressed formally without a known title."""


def long_date(day: date) -> str:
    """A date with the month in words: "7 april 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def start_date(day: date) -> str:
    """A date that people plan by, with its weekday: "dinsdag 7 april 2026"."""
    return f"{_WEEKDAYS[day.weekday()]} {long_date(day)}"


def season(day: date) -> str:
    """The meteorological season: December to February is winter."""
    return _SEASONS[day.month % 12 // 3]


def number(value: Number) -> str:
    """A number with a decimal comma and no idle zeros: "7,5", "24"."""
    text = format(Decimal(str(value)).normalize(), "f")
    return text.replace(".", ",")


def quantity(value: Number, singular: str, plural: str) -> str:
    """A number with its noun: "1 dag", "4 dagen"."""
    return f"{number(value)} {singular if value == 1 else plural}"


def hours(value: Number) -> str:
    """Hours as a measure, which stays singular in Dutch: "1 uur", "24 uur"."""
    return f"{number(value)} uur"


def number_word(value: int) -> str:
    """A whole number from 0 to 1999 in words: "eenentwintig", "tweehonderdvijftig".

    Raises ValueError outside that range.
    """
    if not 0 <= value < 2000:
        raise ValueError(f"no word for {value}")
    if value < 20:
        return _SMALL[value]
    if value < 100:
        return _below_hundred(value)
    if value < 1000:
        return _with_rest(value, 100, "honderd")
    return _with_rest(value, 1000, "duizend")


def address_name(full_name: str, form: FormOfAddress) -> str:
    """The name inside a sentence: "Joost", "de heer Verkerk", "mevrouw Van Rooijen"."""
    given, _, surname = full_name.strip().partition(" ")
    if form is FormOfAddress.FIRST_NAME:
        return full_name if "." in given else given  # initials are no first name
    if form is FormOfAddress.FULL_NAME or not surname:
        return full_name
    title = "de heer" if form is FormOfAddress.DE_HEER else "mevrouw"
    return f"{title} {capitalised(surname)}"


def capitalised(text: str) -> str:
    """The text with a capital first, as at the start of a sentence."""
    return text[:1].upper() + text[1:]


def lowered(text: str, names: Iterable[str]) -> str:
    """A person's own text as it follows a lead such as "Dit kan:": only the first letter is lowered.

    It stays as it is when the first word is (part of) one of `names` or holds a second capital ("HR", "A4").
    """
    first = _first_word(text)
    if not first or any(character.isupper() or character.isdigit() for character in first[1:]):
        return text
    if first in _name_words(names):
        return text
    return text[:1].lower() + text[1:]


def closed(text: str) -> str:
    """What still has to follow a person's own text to end its sentence: a full stop or nothing."""
    return "" if text.rstrip("\"'”’»)").endswith((".", "!", "?", "…", ":")) else "."


def _below_hundred(value: int) -> str:
    tens, units = divmod(value, 10)
    if not units:
        return _TENS[tens]
    joint = "ën" if units in (2, 3) else "en"
    return f"{_SMALL[units]}{joint}{_TENS[tens]}"


def _with_rest(value: int, size: int, name: str) -> str:
    count, rest = divmod(value, size)
    head = name if count == 1 else number_word(count) + name
    return head + (number_word(rest) if rest else "")


def _first_word(text: str) -> str:
    words = text.split(maxsplit=1)
    return words[0].rstrip(".,:;!?") if words else ""


def _name_words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in name.split() if word[:1].isupper() and word.lower() not in _PARTICLES)
