"""Dates, numbers and names as a Dutch letter spells them."""

from datetime import date
from decimal import Decimal

import pytest

from dossiers.rules.dutch import FormOfAddress, address_name, closed, hours, long_date, lowered, number, number_word, quantity, season, start_date

NAMES = ("Joost Verkerk", "Marleen Dijkhuis", "Pakketpunt Noord", "Arbodienst De Brug")


def test_dates_have_their_month_in_words_and_starts_their_weekday() -> None:
    assert long_date(date(2026, 4, 7)) == "7 april 2026"
    assert start_date(date(2026, 4, 7)) == "dinsdag 7 april 2026"


@pytest.mark.parametrize(("month", "name"), [(1, "winter"), (3, "lente"), (8, "zomer"), (11, "herfst"), (12, "winter")])
def test_seasons(month: int, name: str) -> None:
    assert season(date(2026, month, 2)) == name


def test_numbers_have_a_decimal_comma_and_no_idle_zeros() -> None:
    assert [number(value) for value in (24, 7.5, Decimal("7.50"), 100, Decimal("1E+2"))] == ["24", "7,5", "7,5", "100", "100"]
    assert [quantity(1, "dag", "dagen"), quantity(4, "dag", "dagen"), hours(1), hours(24)] == ["1 dag", "4 dagen", "1 uur", "24 uur"]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0, "nul"),
        (14, "veertien"),
        (22, "tweeëntwintig"),
        (31, "eenendertig"),
        (80, "tachtig"),
        (100, "honderd"),
        (250, "tweehonderdvijftig"),
        (1001, "duizendeen"),
    ],
)
def test_numbers_in_words(value: int, word: str) -> None:
    assert number_word(value) == word


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("Joost Verkerk", FormOfAddress.FIRST_NAME, "Joost"),
        ("J.P. Verkerk", FormOfAddress.FIRST_NAME, "J.P. Verkerk"),
        ("Saskia van Rooijen", FormOfAddress.MEVROUW, "mevrouw Van Rooijen"),
        ("Joost Verkerk", FormOfAddress.DE_HEER, "de heer Verkerk"),
        ("Joost Verkerk", FormOfAddress.FULL_NAME, "Joost Verkerk"),
        ("Madonna", FormOfAddress.MEVROUW, "Madonna"),
    ],
)
def test_the_form_of_address(name: str, form: FormOfAddress, expected: str) -> None:
    assert address_name(name, form) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lichte orders", "lichte orders"),
        ("Élke dag", "élke dag"),
        ("Joost belt elke week.", "Joost belt elke week."),
        ("Marleen plant het werk.", "Marleen plant het werk."),
        ("Pakketpunt zorgt voor hulp.", "Pakketpunt zorgt voor hulp."),
        ("De teamleider belt.", "de teamleider belt."),
        ("HR belt.", "HR belt."),
        ("A4-tjes vouwen", "A4-tjes vouwen"),
        ("", ""),
        ("10 kilo", "10 kilo"),
    ],
)
def test_after_a_lead_only_the_first_letter_is_lowered_and_a_name_is_not(text: str, expected: str) -> None:
    assert lowered(text, NAMES) == expected


@pytest.mark.parametrize(("text", "stop"), [("Lichte orders", "."), ("Lichte orders.", ""), ("Lukt het?", ""), ("Hij zei “ja.”", ""), ("", ".")])
def test_own_words_end_in_a_stop(text: str, stop: str) -> None:
    assert closed(text) == stop
