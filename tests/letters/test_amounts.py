"""Amounts in text: the same amount is known in any spelling, and nothing else is taken for one (rule 4 of the letter)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.rules.amounts import Amount, Dimension, LimitPer, LimitUnit, amounts, holds, limit_amount, limit_words
from dossiers.rules.dutch import number_word


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Een uur achter elkaar staan.", 60, LimitUnit.MINUTES),
        ("Zestig minuten staan kan.", 1, LimitUnit.HOURS),
        ("Wissel elk half uur af.", 30, LimitUnit.MINUTES),
        ("een halfuur", 30, LimitUnit.MINUTES),
        ("½ uur", 30, LimitUnit.MINUTES),
        ("anderhalf uur", 90, LimitUnit.MINUTES),
        ("een en een half uur", 1.5, LimitUnit.HOURS),
        ("tweeënhalf uur", 2.5, LimitUnit.HOURS),
        ("2,5u per dag", 150, LimitUnit.MINUTES),
        ("een kwartier", 15, LimitUnit.MINUTES),
        ("drie kwartier", 45, LimitUnit.MINUTES),
        ("10kg", 10, LimitUnit.KG),
        ("TIEN KILO", 10, LimitUnit.KG),
        ("10 kilogram", 10, LimitUnit.KG),
        ("500 gram", 0.5, LimitUnit.KG),
        ("5 tot 10 kilo", 5, LimitUnit.KG),
        ("5 tot en met 10 kilo", 5, LimitUnit.KG),
        ("5-10 kilo", 10, LimitUnit.KG),
        ("10x per uur", 10, LimitUnit.TIMES),
        ("tienmaal", 10, LimitUnit.TIMES),
        ("één keer", 1, LimitUnit.TIMES),
        ("1.500 meter", 1500, LimitUnit.METERS),
        ("1,5 km", 1500, LimitUnit.METERS),
        ("50%", 50, LimitUnit.PERCENT),
    ],
)
def test_an_amount_is_known_in_any_spelling(text: str, value: float, unit: LimitUnit) -> None:
    assert holds(text, limit_amount(value, unit))


@pytest.mark.parametrize(
    "text", ["", "per uur", "vanaf de grond", "een paar kilo", "24 pakketten", "versie 2", "de tien meter", "uw uren", "in 2026"]
)
def test_a_text_without_that_amount_holds_it_not(text: str) -> None:
    assert not holds(text, limit_amount(24, LimitUnit.HOURS))
    assert not holds(text, limit_amount(5, LimitUnit.KG))


@pytest.mark.parametrize(
    ("value", "unit", "per", "words"),
    [
        (10, LimitUnit.TIMES, LimitPer.PER_HOUR, "10 keer per uur"),
        (1, LimitUnit.MINUTES, LimitPer.AT_ONCE, "1 minuut achter elkaar"),
        (7.5, LimitUnit.KG, LimitPer.AT_ONCE, "7,5 kilo per keer"),
        (4, LimitUnit.HOURS, LimitPer.PER_DAY, "4 uur per dag"),
        (50, LimitUnit.PERCENT, LimitPer.PER_DAY, "50 procent van de dag"),
        (100, LimitUnit.METERS, LimitPer.AT_ONCE, "100 meter achter elkaar"),
    ],
)
def test_a_limit_is_said_as_people_say_it(value: float, unit: LimitUnit, per: LimitPer, words: str) -> None:
    assert limit_words(value, unit, per) == words


@given(st.integers(1, 1999), st.sampled_from(LimitUnit), st.sampled_from(LimitPer))
def test_what_a_limit_says_holds_that_limit(value: int, unit: LimitUnit, per: LimitPer) -> None:
    assert holds(limit_words(value, unit, per), limit_amount(value, unit))


@given(st.integers(1, 1999))
def test_a_number_in_words_is_the_number_in_digits(value: int) -> None:
    assert amounts(f"{number_word(value)} kilo") == amounts(f"{value} kg") == {Amount(Fraction(value * 1000), Dimension.MASS)}


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert all(amount.size >= 0 for amount in amounts(text))
