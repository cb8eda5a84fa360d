"""The normaliser: everything that comes in is text we can store and print, or one Dutch refusal."""

import contextlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrument.text import MAX_COMBINING, BadText, clean_json, clean_text

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)
MARKS = st.text(st.sampled_from("a \u0301\u0344\u0958\ufb2c\u20dd\r\n\t\u00e9e\ud800\x00"), max_size=120)


@given(ANY_TEXT | MARKS)
def test_text_is_cleaned_or_refused_and_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except BadText:
        return
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\r" not in cleaned
    assert cleaned == cleaned.strip()
    cleaned.encode("utf-8")


@pytest.mark.parametrize("value", [None, 3, b"tekst", ["tekst"]])
def test_what_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(BadText):
        clean_text(value)


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", chr(0xFFFD), "\U0001ffff"])
def test_e1_control_characters_and_broken_characters_are_refused(bad: str) -> None:
    with pytest.raises(BadText):
        clean_text(f"Tillen{bad} gaat goed.")


def test_ordinary_dutch_text_keeps_its_accents_lines_and_pictures() -> None:
    assert clean_text("  Één\r\nregel\tmet cafe\u0301 en 👍🏽  ") == "Één\nregel\tmet café en 👍🏽"


def test_e3_a_tower_of_marks_is_refused_and_as_many_as_allowed_is_not() -> None:
    assert clean_text("q" + "\u0301" * MAX_COMBINING)
    with pytest.raises(BadText):
        clean_text("q" + "\u0301" * (MAX_COMBINING + 1))
    assert clean_text("q\u0301", max_combining=1)
    with pytest.raises(BadText):
        clean_text("q\u0301\u0301", max_combining=1)


def test_marks_that_appear_only_by_normalising_are_counted_too() -> None:
    with pytest.raises(BadText):
        clean_text("q" + "\u0344" * 15)


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "",
        b"\xff\xfe",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        "[Infinity]",
        "[1e999]",
        "9" * 5000,
        "-" + "9" * 400,
        "[" * 100_000,
        '{"a":' * 50 + "1" + "}" * 50,
        '["\\u0000"]',
        '["\\ud800"]',
        '{"\\u0007": 1}',
        '"\x00"',
    ],
)
def test_e6_json_that_breaks_other_systems_is_refused(raw: bytes | str) -> None:
    with pytest.raises(BadText):
        clean_json(raw)


def test_a_bad_character_in_json_is_found_at_its_path() -> None:
    with pytest.raises(BadText) as refused:
        clean_json('{"assessments": [{"areas": [{"condition": "a\\u0000b"}]}]}')
    assert refused.value.path == "assessments[0].areas[0].condition"


def test_json_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadText):
        clean_json('"' + "a" * 100 + '"', max_bytes=50)


def test_brackets_inside_a_text_are_not_layers() -> None:
    assert clean_json(json.dumps(["[" * 200 + '\\"{'])) == ["[" * 200 + '\\"{']


def test_a_byte_order_mark_is_no_error() -> None:
    assert clean_json(b'\xef\xbb\xbf{"a": 1.5}') == {"a": 1.5}


@given(st.binary(max_size=200) | ANY_TEXT | st.text(st.sampled_from('[]{}":,\\u0d8e1 -.tfn'), max_size=80))
def test_reading_json_never_fails_in_another_way(raw: bytes | str) -> None:
    with contextlib.suppress(BadText):
        clean_json(raw)
