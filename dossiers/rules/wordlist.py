"""Words in text for an employer that may give away an illness, a treatment or something private.

A warning at the field and nothing more: the author decides, and no text is ever refused or logged because of
a hit. The words are data in `wordlist.toml`. The search takes time in proportion to the text, whatever is typed.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

_FILE: Final = Path(__file__).with_name("wordlist.toml")
_GROUP_KEYS: Final = frozenset({"why", "stems", "inside", "words", "allowed"})

_TOKEN: Final = re.compile(r"[^\W_]+")

# Every repetition has an upper bound, so that no text can make a pattern run back and forth.
_EDGE: Final = r"(?<![^\W_])"
_END: Final = r"(?![^\W_])"
_PATTERNS: Final[Sequence[tuple[re.Pattern[str], str]]] = (
    # ICD-10: M54, F32.1. A code of the ICF has three digits (d430). "de A12" is a road.
    (re.compile(rf"(?<!\bde )(?<!\bDe ){_EDGE}[A-Z]\d{{2}}{_END}(?![.]\d)"), "Dit lijkt een code voor een ziekte (ICD-10)."),
    (re.compile(rf"{_EDGE}[A-Za-z]\d{{2}}[.]\d{{1,2}}{_END}"), "Dit lijkt een code voor een ziekte (ICD-10)."),
    (re.compile(rf"{_EDGE}[A-Z]\d{{3}}{_END}"), "Dit lijkt een code voor een ziekte (CAS)."),
    (
        re.compile(rf"(?<![\w.,])\d{{1,6}}(?:[.,]\d{{1,4}})?\s?(?:mg|mcg|µg|μg|milligram|microgram){_END}", re.IGNORECASE),
        "Dit lijkt een hoeveelheid van een medicijn.",
    ),
)
_NINE_DIGITS: Final = re.compile(r"(?<![\d.])\d{4}[. ]?\d{2}[. ]?\d{3}(?![.]?\d)")
_BSN_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


class Hit(NamedTuple):
    """A piece of the text to look at again: text[start:end] is `word`."""

    start: int
    end: int
    word: str
    why: str
    """A Dutch sentence for the author."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Strings with the reason they are looked for, found by slicing instead of searching."""

    reasons: Mapping[str, str]
    lengths: tuple[int, ...]

    def at(self, text: str, start: int) -> str | None:
        """The longest entry that stands in the text at this place."""
        slices = (text[start : start + length] for length in self.lengths)
        return next((piece for piece in slices if piece in self.reasons), None)


@dataclass(frozen=True, slots=True)
class _WordList:
    stems: _Table
    inside: _Table
    words: _Table
    allowed: _Table


def medical_hits(text: str, *, names: Collection[str] = ()) -> list[Hit]:
    """The pieces of a text that may be medical or private, in order, none within another.

    `names` are the people and organisations of the dossier: mevrouw Hartman is not a heart.
    """
    folded = _fold(text)
    tokens = [match.span() for match in _TOKEN.finditer(folded)]
    cleared = _cleared(folded, tokens, frozenset(token for name in names for token in _TOKEN.findall(_fold(name))))
    found = sorted([*_listed(text, folded, tokens, cleared), *_patterned(text)], key=lambda hit: (hit.start, -hit.end))
    return list(_apart(found))


def is_bsn(digits: str) -> bool:
    """Whether nine digits pass the eleven test of a burgerservicenummer."""
    if len(digits) != len(_BSN_WEIGHTS) or not digits.isdecimal() or not digits.strip("0"):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_BSN_WEIGHTS, digits, strict=True)) % 11 == 0


def _listed(text: str, folded: str, tokens: Sequence[tuple[int, int]], cleared: bytearray) -> Iterator[Hit]:
    """At most one hit for each word, as wide as the words it stands in."""
    table = _load()
    ends = _token_ends(len(folded), tokens)
    for start, end in tokens:
        found = _find_in_word(table, folded, start, end, cleared)
        if found:
            at, entry, why = found
            hit_end = ends[at + len(entry) - 1]
            yield Hit(start, hit_end, text[start:hit_end], why)


def _find_in_word(table: _WordList, folded: str, start: int, end: int, cleared: bytearray) -> tuple[int, str, str] | None:
    if cleared[start]:
        return None
    stem = table.stems.at(folded, start)
    if stem:
        return start, stem, table.stems.reasons[stem]
    word = table.words.at(folded, start)
    if word and not folded[start + len(word) : start + len(word) + 1].isalnum():
        return start, word, table.words.reasons[word]
    for at in range(start + 1, end):
        entry = table.inside.at(folded, at)
        if entry:
            return at, entry, table.inside.reasons[entry]
    return None


def _cleared(folded: str, tokens: Sequence[tuple[int, int]], names: frozenset[str]) -> bytearray:
    """A 1 for every character that belongs to an innocent word, a fixed phrase or a name."""
    allowed = _load().allowed
    ends = _token_ends(len(folded), tokens)
    mask = bytearray(len(folded))
    for start, end in tokens:
        entry = allowed.at(folded, start)
        stop = ends[start + len(entry) - 1] if entry else end if folded[start:end] in names else start
        mask[start:stop] = b"\x01" * (stop - start)
    return mask


def _token_ends(size: int, tokens: Sequence[tuple[int, int]]) -> list[int]:
    """For every place the end of the word it is in, or the next place when it is in none."""
    ends = list(range(1, size + 1))
    for start, end in tokens:
        ends[start:end] = [end] * (end - start)
    return ends


def _patterned(text: str) -> Iterator[Hit]:
    for pattern, why in _PATTERNS:
        for match in pattern.finditer(text):
            yield Hit(*match.span(), match.group(), why)
    for match in _NINE_DIGITS.finditer(text):
        if is_bsn("".join(filter(str.isdecimal, match.group()))):
            yield Hit(*match.span(), match.group(), "Dit lijkt een burgerservicenummer.")


def _apart(hits: Sequence[Hit]) -> Iterator[Hit]:
    reached = 0
    for hit in hits:
        if hit.start >= reached:
            reached = hit.end
            yield hit


def _fold(text: str) -> str:
    """Lower case without accents, each character in its own place so that hits can be pointed at."""
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    base = unicodedata.normalize("NFD", character)[0].lower()
    # A few letters grow when lowered (İ); they stand in no word of the list.
    return base if len(base) == 1 else character


@cache
def _load() -> _WordList:
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    groups: list[dict[str, list[str]]] = raw["group"]
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for group in groups:
        if set(group) - _GROUP_KEYS:
            raise ValueError(f"unknown key in {_FILE.name}: {sorted(set(group) - _GROUP_KEYS)}")
        for kind in _GROUP_KEYS - {"why"}:
            found[kind].update(dict.fromkeys(group.get(kind, []), str(group["why"])))
    found["allowed"].update(dict.fromkeys(raw["phrases"], ""))
    return _WordList(**{kind: _table(found[kind]) for kind in ("stems", "inside", "words", "allowed")})


def _table(reasons: Mapping[str, str]) -> _Table:
    crooked = [entry for entry in reasons if entry != _fold(entry) or not entry]
    if crooked:
        raise ValueError(f"write in lower case without accents in {_FILE.name}: {crooked}")
    return _Table(MappingProxyType(dict(reasons)), tuple(sorted({len(entry) for entry in reasons}, reverse=True)))
