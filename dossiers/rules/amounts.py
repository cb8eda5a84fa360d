"""Amounts in Dutch text ("een half uur", "10kg", "twee keer"), so that a letter never says one twice.

Only recognises amounts; it never changes a text. What an amount means for somebody does not belong here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from typing import Final

from dossiers.rules.dutch import Number, number_word, quantity


class Dimension(StrEnum):
    """What is measured, with the unit that amounts are compared in."""

    TIME = "minutes"
    MASS = "grams"
    LENGTH = "centimeters"
    TIMES = "times"
    PERCENT = "percent"


class LimitUnit(StrEnum):
    """Units a limit can have (`instrument.md`)."""

    MINUTES = "minutes"
    HOURS = "hours"
    KG = "kg"
    TIMES = "times"
    METERS = "meters"
    PERCENT = "percent"


class LimitPer(StrEnum):
    """Periods a limit can have (`instrument.md`)."""

    AT_ONCE = "at_once"
    PER_HOUR = "per_hour"
    PER_DAY = "per_day"
    PER_WEEK = "per_week"


@dataclass(frozen=True, slots=True)
class Amount:
    """A size in the unit of its dimension: an hour is 60 of TIME."""

    size: Fraction
    dimension: Dimension


_UNITS: Final[dict[str, tuple[Dimension, int]]] = {
    spelling: (dimension, factor)
    for spellings, dimension, factor in (
        ("uur uren uurtje uurtjes u", Dimension.TIME, 60),
        ("minuut minuten minuutje minuutjes min", Dimension.TIME, 1),
        ("kwartier kwartieren kwartiertje", Dimension.TIME, 15),
        ("kilo kilo's kilo’s kilogram kilogrammen kg", Dimension.MASS, 1000),
        ("gram gr g", Dimension.MASS, 1),
        ("pond", Dimension.MASS, 500),
        ("kilometer kilometers km", Dimension.LENGTH, 100_000),
        ("meter meters mtr m", Dimension.LENGTH, 100),
        ("centimeter centimeters cm", Dimension.LENGTH, 1),
        ("keer keren maal malen x ×", Dimension.TIMES, 1),
        ("procent pct %", Dimension.PERCENT, 1),
    )
    for spelling in spellings.split()
}
_LIMIT_UNITS: Final[dict[LimitUnit, tuple[Dimension, int]]] = {
    LimitUnit.MINUTES: (Dimension.TIME, 1),
    LimitUnit.HOURS: (Dimension.TIME, 60),
    LimitUnit.KG: (Dimension.MASS, 1000),
    LimitUnit.TIMES: (Dimension.TIMES, 1),
    LimitUnit.METERS: (Dimension.LENGTH, 100),
    LimitUnit.PERCENT: (Dimension.PERCENT, 1),
}
_NOUNS: Final[dict[LimitUnit, tuple[str, str]]] = {
    LimitUnit.MINUTES: ("minuut", "minuten"),
    LimitUnit.HOURS: ("uur", "uur"),
    LimitUnit.KG: ("kilo", "kilo"),
    LimitUnit.TIMES: ("keer", "keer"),
    LimitUnit.METERS: ("meter", "meter"),
    LimitUnit.PERCENT: ("procent", "procent"),
}
_PERIODS: Final[dict[LimitPer, str]] = {
    LimitPer.AT_ONCE: "achter elkaar",
    LimitPer.PER_HOUR: "per uur",
    LimitPer.PER_DAY: "per dag",
    LimitPer.PER_WEEK: "per week",
}
_SHARES: Final[dict[LimitPer, str]] = {  # "50 procent per dag" says nothing; "van de dag" does
    LimitPer.AT_ONCE: "per keer",
    LimitPer.PER_HOUR: "van elk uur",
    LimitPer.PER_DAY: "van de dag",
    LimitPer.PER_WEEK: "van de week",
}


def limit_amount(value: Number, unit: LimitUnit) -> Amount:
    """A limit as an amount that can be compared with what a text says."""
    dimension, factor = _LIMIT_UNITS[unit]
    return Amount(Fraction(Decimal(str(value))) * factor, dimension)


def limit_words(value: Number, unit: LimitUnit, per: LimitPer) -> str:
    """A limit in words, without the lead: "10 keer per uur", "5 kilo per keer"."""
    return f"{quantity(value, *_NOUNS[unit])} {_period(unit, per)}"


def amounts(text: str) -> frozenset[Amount]:
    """Every amount a text holds, in digits or words and in any spelling of its unit."""
    tokens = list(chain.from_iterable(map(_parted, _TOKEN.findall(text.lower()))))
    found: set[Amount] = set()
    for place, token in enumerate(tokens):
        if token in _UNITS:
            dimension, factor = _UNITS[token]
            found.update(Amount(size * factor, dimension) for size in _sizes_before(tokens, place))
    return frozenset(found)


def holds(text: str, amount: Amount) -> bool:
    """Whether a text already says this amount."""
    return amount in amounts(text)


def _period(unit: LimitUnit, per: LimitPer) -> str:
    if unit is LimitUnit.PERCENT:
        return _SHARES[per]
    if unit is LimitUnit.KG and per is LimitPer.AT_ONCE:
        return "per keer"
    return _PERIODS[per]


def _parted(token: str) -> tuple[str, ...]:
    """A number word and its unit written as one ("halfuur", "tienmaal") taken apart."""
    for unit in _GLUED_UNITS:
        if token.endswith(unit) and token.removesuffix(unit) in _WORDS:
            return (token.removesuffix(unit), unit)
    return (token,)


def _sizes_before(tokens: list[str], end: int) -> list[Fraction]:
    """The number that ends just before a unit, and the one before it in "5 tot 10 kilo"."""
    last = _number_before(tokens, end - 1 if tokens[end - 1] == "-" else end)  # "60-minuten"
    if last is None:
        return [Fraction(1)] if tokens[end].startswith("kwartier") else []
    size, start = last
    for joint in _JOINTS:
        begin = start - len(joint)
        if begin > 0 and tuple(tokens[begin:start]) == joint:
            earlier = _number_before(tokens, begin)
            return [size] if earlier is None else [size, earlier[0]]
    return [size]


def _number_before(tokens: list[str], end: int) -> tuple[Fraction, int] | None:
    """The longest number ending at `end`, with the place it starts; None without one."""
    for start in range(max(0, end - _LONGEST), end):
        size = _size(" ".join(tokens[start:end]))
        if size is not None:
            return size, start
    return None


def _size(text: str) -> Fraction | None:
    if text in _WORDS:
        return _WORDS[text]
    if not _DIGITS.fullmatch(text):
        return None
    whole, mark = (text[:-1], text[-1]) if text[-1] in _VULGAR else (text, "")
    plain = _THOUSANDS.sub("", whole).replace(",", ".")
    return Fraction(plain or 0) + _VULGAR.get(mark, 0)


def _spelled() -> dict[str, Fraction]:
    """Every number that people write in words, with its value; accents on "één" included."""
    known = {number_word(value): Fraction(value) for value in range(1, 2000)}
    known |= {f"{number_word(value)}eneenhalf": value + Fraction(1, 2) for value in range(2, 25)}
    known |= {f"{number_word(value)}enhalf": value + Fraction(1, 2) for value in range(2, 25)}
    known |= {f"{number_word(value)}ënhalf": value + Fraction(1, 2) for value in (2, 3)}
    known |= {f"{number_word(value)} en een half{ending}": value + Fraction(1, 2) for value in range(1, 25) for ending in ("", "e")}
    known |= {"anderhalf": Fraction(3, 2), "anderhalve": Fraction(3, 2)}
    known |= {article + half: Fraction(1, 2) for article in ("een ", "") for half in ("half", "halve")}
    known |= {"één": Fraction(1), "eén": Fraction(1), "éen": Fraction(1), "één half": Fraction(1, 2)}
    known |= {"kwart": Fraction(1, 4), "een kwart": Fraction(1, 4), "driekwart": Fraction(3, 4), "drie kwart": Fraction(3, 4)}
    return known


_VULGAR: Final = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
_WORDS: Final = _spelled()
_LONGEST: Final = max(len(words.split()) for words in _WORDS)
_GLUED_UNITS: Final = ("uur", "maal", "minuten")
_JOINTS: Final = (("tot", "en", "met"), ("t", "/", "m"), ("tot",), ("of",), ("à",), ("a",), ("en",), ("-",), ("–",))
# Nobody lifts 10^300 kilo: a longer row of digits is not an amount, and costs no time.
_DIGITS: Final = re.compile(r"(?:\d{1,3}(?:\.\d{3}){1,3}(?:,\d{1,6})?|\d{1,9}(?:[.,]\d{1,6})?[½¼¾]?|[½¼¾])")
_THOUSANDS: Final = re.compile(r"\.(?=\d{3}(?:\D|$))")
_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*[½¼¾]?|[½¼¾]|[^\W\d_]+(?:['’]s)?|[^\w\s]")
