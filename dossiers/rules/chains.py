"""What makes a hash chain whole, and what a checkpoint proves about it: pure rules over lines and marks.

A mark is what a checkpoint outside the database said about a chain: line `seq` had this hash. Nothing here reads a database, a file or a clock.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

GENESIS: Final = "0" * 64
"""What the first line of a chain names as the hash before it."""


class Kind(StrEnum):
    """What can be wrong."""

    CHANGED = "changed"  # the columns do not give the hash of the line
    UNLINKED = "unlinked"  # it names another hash than that of the line before
    MISSING = "missing"  # lines before it are not there
    DOUBLE = "double"  # two lines with one number
    REWRITTEN = "rewritten"  # a checkpoint says that this line had another hash
    CUT = "cut"  # a checkpoint names a line after the last one
    GONE = "gone"  # a checkpoint names a chain that is not there at all
    FORGED = "forged"  # a line of the checkpoints has not our signature
    REMOVED = "removed"  # lines of the checkpoints are not there, or not in their order
    UNKNOWN = "unknown"  # the trail tells of a checkpoint that the file does not hold


class Break(NamedTuple):
    """One thing that is wrong. `chain` is empty for a line of the checkpoints, and `seq` then its number. `made`: the hash that the line's columns
    give now, where that matters."""

    kind: Kind
    chain: str
    seq: int
    made: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}: {f'chain {self.chain} line' if self.chain else 'checkpoint'} {self.seq}"


class Hashed(NamedTuple):
    """One line of the trail as the rules need it. `made` is the hash that its columns give."""

    chain: str
    seq: int
    previous: str
    hash: str
    made: str


Marks: TypeAlias = Mapping[str, Mapping[int, str]]
"""By chain: the hash that the line with this number had."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it."""

    lines: int = 0
    chains: int = 0
    marks: int = 0
    breaks: tuple[Break, ...] = ()


def check(lines: Iterable[tuple[str, int, str, str, str]], marks: Marks, *, starts: Mapping[str, int] | None = None) -> Checked:
    """Check lines in the order of chain and number against each other and against the marks. The tuples are those of `Hashed`.

    `starts`: where a chain begins to be looked at; that line is marked, and stands for what is before it. Without: at its first line.
    """
    starts = starts or {}
    breaks: list[Break] = []
    seen: set[str] = set()
    current, of_chain, before, expected, count = "", {}, GENESIS, 1, 0  # type: str, Mapping[int, str], str, int, int
    for chain, seq, previous, stored, made in lines:
        count += 1
        if chain != current:
            if current:
                breaks += _end(current, expected - 1, of_chain)
            current, of_chain = chain, marks.get(chain, {})
            expected = starts.get(chain, 1)
            before = GENESIS if expected == 1 else previous
            seen.add(chain)
        if seq != expected:
            breaks.append(Break(Kind.MISSING if seq > expected else Kind.DOUBLE, chain, min(seq, expected)))
        elif previous != before:
            breaks.append(Break(Kind.UNLINKED, chain, seq))
        if made != stored:
            breaks.append(Break(Kind.CHANGED, chain, seq, made))
        if of_chain and seq in of_chain and of_chain[seq] != stored:
            breaks.append(Break(Kind.REWRITTEN, chain, seq))
        expected, before = seq + 1, stored
    if current:
        breaks += _end(current, expected - 1, of_chain)
    breaks += [Break(Kind.GONE, chain, 1) for chain, of_chain in marks.items() if of_chain and chain not in seen]
    return Checked(count, len(seen), sum(map(len, marks.values())), tuple(breaks))


def _end(chain: str, last: int, marks: Mapping[int, str]) -> Iterator[Break]:
    if marks and max(marks) > last:
        yield Break(Kind.CUT, chain, last + 1)
