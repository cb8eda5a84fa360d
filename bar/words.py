"""The glossary on screen: our words from `words.toml`, the steps from the calendar's own table, so that neither is written twice."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dossiers.rules.duties import DUTIES


@dataclass(frozen=True, slots=True)
class WordGroup:
    """Words that belong together, each with its meaning."""

    title: str
    words: tuple[tuple[str, str], ...]


@cache
def word_groups() -> tuple[WordGroup, ...]:
    """Every group in reading order; the steps of the two years stand last."""
    found = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))["groups"]
    ours = tuple(WordGroup(group["title"], tuple((word, meaning) for word, meaning in group["words"])) for group in found)
    return (*ours, WordGroup("De stappen in de twee jaar", _steps()))


def _steps() -> tuple[tuple[str, str], ...]:
    return tuple((_names(duty.plain, duty.label), f"{duty.rule} Bron: {duty.source}.") for duty in DUTIES.values())


def _names(plain: str, official: str) -> str:
    return plain if plain == official else f"{plain} ({official.lower() if not official[:2].isupper() else official})"
