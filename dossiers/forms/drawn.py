"""A field as a page draws it: with the words in it to look at again, each with the text around it (templates/filling/_field.html).

For every page whose text an employer will read. Which field that is, its form knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField

from dossiers.rules.wordlist import medical_hits

AROUND = 32  # characters shown before and after a word to look at again


@dataclass(frozen=True, slots=True)
class WordHit:
    """A word to look at again, with the text around it and the reason."""

    before: str
    word: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A field with what stands beside it."""

    bound: BoundField
    hits: list[WordHit]
    previous: str = ""


def word_hits(text: object, names: Sequence[str]) -> list[WordHit]:
    """The words of a text to look at again; none of what is no text."""
    return [_in_context(text, hit.start, hit.end, hit.why) for hit in medical_hits(text, names=names)] if isinstance(text, str) else []


def _in_context(text: str, first: int, last: int, why: str) -> WordHit:
    start, end = max(0, first - AROUND), min(len(text), last + AROUND)
    return WordHit(("…" if start else "") + text[start:first], text[first:last], text[last:end] + ("…" if end < len(text) else ""), why)
