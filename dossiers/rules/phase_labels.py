"""Where the labels of the lying phase line stand, so that none covers another.

Each label is a flag on a pole: the pole stands on the line, the text hangs beside it. Only widths and places
are known here, no dates and no words of the calendar.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import count
from typing import Final, NamedTuple

NAME_CHARACTER: Final = 8
"""Room in pixels for a character of the name (strong, 14 px), on the wide side."""
DETAIL_CHARACTER: Final = 7
"""Room for a character of the detail (13 px)."""
POLE: Final = 6
"""From the pole to the text."""
SPACE: Final = 12
"""Between two labels on one lane."""
SLACK: Final = 2
"""So far may a pole stand within the room of a nearer label: it is still beside the text."""
MAX_LANES: Final = 6
MAX_TRIES: Final = 150


class Anchor(StrEnum):
    """How the text stands to its x, in the words of SVG."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a lane above or below the line; lane 0 is nearest."""

    x: int
    """Of the pole."""
    left: int
    right: int
    anchor: Anchor
    is_above: bool
    lane: int

    @property
    def text_x(self) -> int:
        """Where the text is anchored."""
        return self.left + POLE if self.anchor is Anchor.START else self.right - POLE

    def covers(self, other: "Label") -> bool:
        """Whether the two texts would touch."""
        is_beside = self.left < other.right + SPACE and other.left < self.right + SPACE
        return is_beside and self.is_above is other.is_above and self.lane == other.lane

    def crosses(self, other: "Label") -> bool:
        """Whether the pole of the farther label would run through the text of the nearer one."""
        if self.is_above is not other.is_above or self.lane == other.lane:
            return False
        near, far = (self, other) if self.lane < other.lane else (other, self)
        return near.left + SLACK < far.x < near.right - SLACK

    def collides(self, other: "Label") -> bool:
        """Whether the two cannot both stand."""
        return self.covers(other) or self.crosses(other)


class _Flag(NamedTuple):
    position: int
    x: int
    room: int


def place_labels(points: Sequence[tuple[int, str, str]], width: int) -> list[Label]:
    """A place for the label of each (x, name, detail), all within the width.

    No two texts touch, ever. When the points are too crowded for poles that stay clear of every text,
    a pole runs behind a text.
    """
    flags = (
        _Flag(position, x, POLE + max(len(name) * NAME_CHARACTER, len(detail) * DETAIL_CHARACTER))
        for position, (x, name, detail) in enumerate(points)
    )
    return list(_placed(tuple(flags), width))


@lru_cache(maxsize=4096)  # places and widths only; the line of a dossier is the same on each of its pages, all day
def _placed(flags: tuple[_Flag, ...], width: int) -> tuple[Label, ...]:
    # In a crowd each flag flies over the poles behind it: away from the nearer edge, the inner ones first.
    left = sorted((flag for flag in flags if flag.x < width // 2), key=lambda flag: -flag.x)
    right = sorted((flag for flag in flags if flag.x >= width // 2), key=lambda flag: flag.x)
    order = left + right
    found = (_search(order, width, lanes) for lanes in range(1, MAX_LANES + 1))
    placed = next((labels for labels in found if labels), None) or _stack(order, width)
    return tuple(label for _, label in sorted(zip((flag.position for flag in order), placed, strict=True)))


def _search(order: Sequence[_Flag], width: int, lanes: int) -> list[Label] | None:
    """Depth first, nearest lanes first; gives up after a fixed number of tries."""
    tries = count()
    placed: list[Label] = []
    open_choices: list[Iterator[Label]] = []
    while len(placed) < len(order):
        if len(open_choices) == len(placed):
            open_choices.append(_candidates(order[len(placed)], width, lanes))
        free = (label for label in open_choices[-1] if not any(map(label.collides, placed)))
        label = next(free, None)
        if label is not None:
            placed.append(label)
        elif not placed or next(tries) >= MAX_TRIES:
            return None
        else:
            open_choices.pop()
            placed.pop()
    return placed


def _stack(order: Sequence[_Flag], width: int) -> list[Label]:
    """The way out for a crowd: only the texts must not touch; a lane for each label is always enough."""
    placed: list[Label] = []
    for flag in order:
        choices = _candidates(flag, width, len(order))
        placed.append(next(label for label in choices if not any(map(label.covers, placed))))
    return placed


def _candidates(flag: _Flag, width: int, lanes: int) -> Iterator[Label]:
    """Every place for a label, the nearest lane and the outward side first."""
    _, x, room = flag
    inward = (Anchor.START, Anchor.END) if x < width // 2 else (Anchor.END, Anchor.START)
    for lane in range(lanes):
        for anchor in inward:
            left = x if anchor is Anchor.START else x - room
            # A label wider than either side of its pole is pushed back inside the width.
            left = min(max(left, 0), max(width - room, 0))
            for is_above in (True, False):
                yield Label(x, left, left + room, anchor, is_above, lane)
