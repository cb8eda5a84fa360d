"""The privacy text: one file, read when the product starts, drawn at /privacy/. Ours is docs/privacy.md; PRIVACY_TEXT names another.

Only what such a text needs is understood: headings, paragraphs, lists and **bold**. A text with anything else, or with a name that still stands
between [brackets], stops the start.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
BOLD = re.compile(r"\*\*([^*]+)\*\*")
STRANGE = re.compile(r"[\[\]<>`|{}*_#]|^\d+\. |^> ")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph (one line of runs), or a list (a line for each point). `kind`: heading, paragraph, points."""

    kind: str
    lines: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class PrivacyText:
    """A title, and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@cache
def privacy_text() -> PrivacyText:
    """The text of this installation."""
    place = Path(settings.PRIVACY_TEXT)
    try:
        return read_text(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise ImproperlyConfigured(f"PRIVACY_TEXT: {place} cannot be read.") from problem
    except ValueError as problem:
        raise ImproperlyConfigured(f"PRIVACY_TEXT: {place}: {problem}") from problem


def read_text(text: str) -> PrivacyText:
    """Read a text. Raises `ValueError` that names the line that is not understood."""
    pieces = [piece.strip("\n") for piece in re.split(r"\n\s*\n", COMMENT.sub("", text).strip()) if piece.strip()]
    if not pieces or not pieces[0].startswith("# ") or "\n" in pieces[0]:
        raise ValueError("the first line must be the title: # and a space before it.")
    title, *rest = pieces
    return PrivacyText(_plain(title.removeprefix("# ")), tuple(_block(piece) for piece in rest))


def _block(piece: str) -> Block:
    lines = piece.split("\n")
    if piece.startswith("## ") and len(lines) == 1:
        return Block("heading", (_runs(piece.removeprefix("## ")),))
    if all(line.startswith("- ") for line in lines):
        return Block("points", tuple(_runs(line.removeprefix("- ")) for line in lines))
    if any(line.lstrip().startswith("- ") for line in lines):
        raise ValueError(f"only headings (##), paragraphs, lists (-) and **bold**; a list has empty lines around it: {lines[0][:60]!r}")
    return Block("paragraph", (_runs(" ".join(line.strip() for line in lines)),))


def _runs(line: str) -> tuple[Run, ...]:
    pieces = BOLD.split(line)  # every second one stood between stars
    return tuple(Run(_plain(piece), strong=bool(number % 2)) for number, piece in enumerate(pieces) if piece)


def _plain(piece: str) -> str:
    if STRANGE.search(piece):
        raise ValueError(f"only headings (##), paragraphs, lists (-) and **bold**, and no [names] to fill in: {piece.strip()[:60]!r}")
    return piece
