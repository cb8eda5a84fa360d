"""Dates on screen in a reader's own language, beside the Dutch ones: "7 april 2026 (7 kwietnia 2026)".

Set for the time of drawing one page, by `pages.py`, and read by one template filter. Letters and PDFs are drawn elsewhere and stay Dutch;
rules never look here (docs/decisions/date-language.md).
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from babel.dates import format_date

from dossiers.rules.dutch import MONTHS

DUTCH: Final = "nl"
LANGUAGES: Final = {
    DUTCH: "Nederlands",
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "uk": "Українська",
    "bg": "Български",
    "ro": "Română",
}
RIGHT_TO_LEFT: Final = frozenset({"ar"})

_DUTCH_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")
_language: ContextVar[str] = ContextVar("date_language", default=DUTCH)


@contextmanager
def dates_in(language: str) -> Iterator[None]:
    """Draw a page with dates in this language too. A language nobody offers any more is Dutch."""
    before = _language.set(language if language in LANGUAGES else DUTCH)
    try:
        yield
    finally:
        _language.reset(before)


def chosen() -> str:
    """The language of dates on the page being drawn."""
    return _language.get()


def in_language(day: dt.date, language: str) -> str:
    """A day with its month in words, as that language writes it."""
    return format_date(day, format="long", locale="en_GB" if language == "en" else language)


def pieces(text: str) -> Iterator[tuple[str, dt.date | None]]:
    """A Dutch text cut behind every date in it: each piece with the date it ends in, the last one with none."""
    start = 0
    for found in _DUTCH_DATE.finditer(text):
        day = _day(found)
        if day is not None:
            yield text[start : found.end()], day
            start = found.end()
    yield text[start:], None


def _day(found: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None
