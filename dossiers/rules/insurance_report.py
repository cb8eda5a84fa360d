"""What a reaction of an insurance physician may say, from what was typed: an opinion per item, and advice.

Pure. An item is a known code: the key of an area of the version ("d430"), or of one of two sections as a whole, because hours and prognosis
have no items of their own. Which of them this writer may react to is decided in `insurance_topics.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from instrument.text import clean_text

NOTICE: Final = "Dit is overleg tussen artsen. Het is geen beslissing van UWV. De verzekeringsarts heeft u niet gezien."
"""On every page about a reaction, for every reader, in exactly these words."""

ADVICE: Final = "advice"


class Whole(StrEnum):
    """The sections that are reacted to as a whole; the values are their keys in the instrument."""

    POSSIBILITIES = "possibilities"
    PROGNOSIS = "prognosis"


class Agree(StrEnum):
    """Whether the insurance physician agrees; the values are those of `models.Agreement`."""

    AGREES = "agrees"
    PARTLY = "partly"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody thinks of one item. `agreement` is empty while only a reason was typed."""

    item: str
    agreement: str
    why: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction as typed, cleaned; items without a word are not in it."""

    opinions: tuple[Opinion, ...]
    advice: str


def agree_name(item: str) -> str:
    """The name of the field that holds the agreement on an item."""
    return f"agree-{item}"


def why_name(item: str) -> str:
    """The name of the field that holds the reason."""
    return f"why-{item}"


def item_of(name: str) -> str | None:
    """The item a field is about; None for what is about the whole."""
    lead, dash, item = name.partition("-")
    return item if dash and lead in {"agree", "why"} else None


def names_of(items: Iterable[str]) -> frozenset[str]:
    """Every field of a reaction to these items."""
    return frozenset({ADVICE, *(name for item in items for name in (agree_name(item), why_name(item)))})


def reaction_of(typed: Mapping[str, str], items: Iterable[str]) -> Reaction:
    """What was typed, in the order of the items. Raises `instrument.text.BadText`."""
    found = [Opinion(item, typed.get(agree_name(item), ""), clean_text(typed.get(why_name(item), ""))) for item in items]
    return Reaction(tuple(one for one in found if one.agreement or one.why), clean_text(typed.get(ADVICE, "")))


def gaps(reaction: Reaction) -> tuple[tuple[str, str], ...]:
    """What must still be said before this can be final: the field, and a sentence."""
    found = [gap for opinion in reaction.opinions for gap in _gaps_of(opinion)]
    if not reaction.opinions and not reaction.advice:
        found.append((ADVICE, "Kies bij een onderwerp of u het ermee eens bent, of schrijf een advies."))
    return tuple(found)


def _gaps_of(opinion: Opinion) -> Iterable[tuple[str, str]]:
    if opinion.agreement not in set(Agree):
        yield agree_name(opinion.item), "Kies of u het hiermee eens bent."
    elif opinion.agreement != Agree.AGREES and not opinion.why:
        yield why_name(opinion.item), "Schrijf op waarom u het hier niet of niet helemaal mee eens bent."
