"""The one normaliser for all text and JSON that comes in.

NUL, lone surrogates, NaN and deep nesting became errors 500 in other systems; here they become one
refusal with a Dutch sentence. Nothing about medical words or readability belongs in this file.
"""

import json
import math
import re
import unicodedata
from typing import NoReturn

MAX_COMBINING = 20
"""More marks than this on one letter is a way to break a page, not a language."""

MAX_JSON_BYTES = 5_000_000
MAX_JSON_DEPTH = 40
MAX_NUMBER_DIGITS = 15
"""Whole numbers up to this many digits survive every JSON reader unchanged."""

_NEEDED = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class BadText(ValueError):
    """Text or JSON that is refused; `message` is a Dutch sentence, `path` says where in the JSON."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def clean_text(value: object, *, max_combining: int = MAX_COMBINING) -> str:
    """Return the text in NFC, with \\n as line end and without white space around it.

    Raises BadText, and nothing else, for what is not text or holds characters we refuse.
    """
    if not isinstance(value, str):
        raise BadText("Hier moet tekst staan.")
    # Before NFC, because sorting a long run of marks takes quadratic time; after, because NFC can add marks.
    check_text(value, max_combining=max_combining)
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = unicodedata.normalize("NFC", lines).strip()
    check_text(cleaned, max_combining=max_combining)
    return cleaned


def check_text(value: str, *, max_combining: int = MAX_COMBINING) -> None:
    """Raise BadText for characters that no screen, paper or database should get."""
    marks = 0
    for character in value:
        if character.isascii() and character.isprintable():
            marks = 0
            continue
        _check_character(character)
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks > max_combining:
            raise BadText("Er staan te veel tekens boven op elkaar. Typ de tekst opnieuw.")


def check_line(value: str) -> None:
    """Raise BadText for what turns the direction of reading or cannot be seen, in a text that stands inside a sentence of ours: a name, a function.

    Joiners and marks of direction that scripts need stay.
    """
    if any(unicodedata.category(character) == "Cf" and character not in _NEEDED for character in value):
        raise BadText("Er staat een onzichtbaar teken in deze regel. Typ de regel opnieuw.")


def clean_json(raw: bytes | str, *, max_bytes: int = MAX_JSON_BYTES) -> object:
    """Read JSON strictly: size, depth, double keys, NaN, huge numbers and bad characters are refused.

    Texts keep the form they were typed in; whoever uses one still calls `clean_text`.
    Raises BadText, and nothing else; `path` is filled in where a text in the JSON is to blame.
    """
    text = _decoded(raw, max_bytes)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_without_doubles,
            parse_int=_small_int,
            parse_float=_finite_float,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise BadText(f"Dit is geen goede JSON. Kijk bij regel {error.lineno}, teken {error.colno}.") from error
    _check_texts(value, "")
    return value


def _check_character(character: str) -> None:
    category = unicodedata.category(character)
    if category == "Cc" and character not in "\n\r\t":
        raise BadText("Er staat een onzichtbaar stuurteken in de tekst. Typ de tekst opnieuw.")
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    # The replacement character stands where bytes were no UTF-8: what was meant is lost already.
    if category == "Cs" or is_noncharacter or character == "\N{REPLACEMENT CHARACTER}":
        raise BadText("Er staat een kapot teken in de tekst. Typ de tekst opnieuw.")


def _decoded(raw: bytes | str, max_bytes: int) -> str:
    if len(raw) > max_bytes:
        raise BadText("Dit bestand is te groot.")
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadText("Dit bestand is geen tekst in UTF-8.") from error


def _check_depth(text: str) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        part = match[0]
        if part in "[{":
            depth += 1
        elif part in "]}":
            depth -= 1
        if depth > MAX_JSON_DEPTH:
            raise BadText("Dit bestand heeft te veel lagen.")


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise BadText(f"De sleutel {_quoted(key)} staat er twee keer.")
        found[key] = value
    return found


def _small_int(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_NUMBER_DIGITS:
        raise BadText("Er staat een te groot getal in dit bestand.")
    return int(digits)


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadText("Er staat een te groot getal in dit bestand.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise BadText(f"{name} is geen getal.")


def _check_texts(value: object, path: str) -> None:
    if isinstance(value, str):
        _check_text_at(value, path)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _check_texts(part, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_text_at(key, path)
            _check_texts(part, f"{path}.{key}" if path else key)


def _check_text_at(value: str, path: str) -> None:
    try:
        check_text(value)
    except BadText as error:
        raise BadText(error.message, path) from error


def _quoted(key: str) -> str:
    return ascii(key[:40])
