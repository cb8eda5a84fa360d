"""A document to print that is not a letter, as a value: chapters with paragraphs, facts and lists. The list of who looked, and a whole dossier.

Words only: what stands in it was cut for its reader before; how it looks is in templates/letters/document.html.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a fact with its lead, somebody's own words, or a list."""

    text: str = ""
    lead: str = ""
    own: bool = False
    items: tuple[str, ...] = ()

    @property
    def said_before(self) -> str:
        """The lead with its mark: a question has one of its own."""
        return self.lead if self.lead.endswith(("?", ":")) else f"{self.lead}:"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading with what stands under it; `parts` have a heading one lower."""

    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["Chapter", ...] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """One document: its title, whose it is, on which day it was made, and its chapters. `contents`: name the chapters on the first page."""

    title: str
    house: str
    reference: str
    day_iso: str
    day_words: str
    intro: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    contents: bool = False


def facts(*rows: tuple[str, str]) -> tuple[Block, ...]:
    """Facts that have a value."""
    return tuple(Block(text, lead=lead) for lead, text in rows if text)


def text(words: str, *, own: bool = False) -> tuple[Block, ...]:
    """One paragraph, or nothing."""
    return (Block(words, own=own),) if words else ()
