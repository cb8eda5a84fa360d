"""How hard a Dutch text is to read: counts, Flesch-Douma, Leesindex Brouwer and LIX.

The scores warn a writer and guard our own fixed sentences in tests. They see length and not meaning,
so nothing may ever be refused because of a score, and no score proves B1.
"""

import re
from dataclasses import dataclass
from typing import Final

MIN_WORDS: Final = 50
"""Below this number of words a score says nothing and is not shown."""

MIN_SENTENCES: Final = 3
"""Below this number of sentences a score says nothing and is not shown."""

# Letters only (no digits, no underscore), held together by a single inner hyphen or apostrophe.
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
# A full stop inside "1.500" or "www.uwv.nl" does not end a sentence; a line end does (list items).
_SENTENCE_END: Final = re.compile(r"[.!?]+(?=\s|$)|\n")
# The longest run of vowels comes first: alternation takes the first that fits.
_SYLLABLE: Final = re.compile("eau|aai|ooi|oei|eeu|ieu|aa|ee|ie|oo|uu|oe|ui|ij|ei|ëi|au|ou|eu|[aeiouyàáâäèéêëìíîïòóôöùúûüýÿ]")
_LONG_WORD_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Counts:
    """What the formulas need from a text."""

    sentences: int
    words: int
    syllables: int
    long_words: int
    """Words of more than six letters."""

    @property
    def words_per_sentence(self) -> float:
        """Average sentence length (ASL)."""
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def syllables_per_word(self) -> float:
        """Average word length (ASW)."""
        return self.syllables / self.words if self.words else 0.0

    @property
    def is_enough(self) -> bool:
        """Whether the text is long enough for a score to mean anything."""
        return self.words >= MIN_WORDS and self.sentences >= MIN_SENTENCES


def words(text: str) -> list[str]:
    """The words of a text. Numbers are not words; "re-integratie" and "foto's" are one word each."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text, trimmed. A line end also ends one; a piece without a word is none."""
    pieces = (piece.strip() for piece in _SENTENCE_END.split(text))
    return [piece for piece in pieces if _WORD.search(piece)]


def syllables(word: str) -> int:
    """The number of vowel groups in a word, at least one. An estimate that fits Dutch spelling."""
    return max(1, len(_SYLLABLE.findall(word.lower())))


def count(text: str) -> Counts:
    """All counts of a text at once."""
    found = words(text)
    return Counts(
        sentences=len(sentences(text)),
        words=len(found),
        syllables=sum(map(syllables, found)),
        long_words=sum(_letters(word) > _LONG_WORD_LETTERS for word in found),
    )


def flesch_douma(text: str) -> float:
    """Flesch's reading ease with Douma's weights for Dutch: 80 and up is easy. 0.0 without words."""
    counts = count(text)
    if not counts.words:
        return 0.0
    return 206.84 - 0.93 * counts.words_per_sentence - 77 * counts.syllables_per_word


def brouwer(text: str) -> float:
    """Leesindex Brouwer; higher is easier. 0.0 without words."""
    counts = count(text)
    if not counts.words:
        return 0.0
    return 195 - 2 * counts.words_per_sentence - 66.667 * counts.syllables_per_word


def lix(text: str) -> float:
    """LIX, from 25 (very easy) to 60 (very hard); not validated for Dutch. 0.0 without words."""
    counts = count(text)
    if not counts.words:
        return 0.0
    return counts.words_per_sentence + 100 * counts.long_words / counts.words


def _letters(word: str) -> int:
    return sum(character.isalpha() for character in word)
