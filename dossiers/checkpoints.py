"""The file of checkpoints: what the chains of the trail looked like, kept where whoever changes the database cannot change it with them.

One JSON object per line, each signed, numbered and linked to the line before, so that a line that is changed, removed or moved is found. Appended
only, under a lock; shortened by a restore alone (`set_aside`). It holds ids, numbers and hashes. What a chain must look like is in `rules/chains.py`.
"""

import datetime as dt
import hashlib
import hmac
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings

from dossiers.appended import append, held
from dossiers.rules.chains import GENESIS, Break, Kind
from dossiers.sealed import canonical

ON_A_LINE: Final = 100
"""So that a line stays within what collectors of standard output take (16 kB)."""
_CHUNK: Final = 65_536


class Head(NamedTuple):
    """The last line of a chain."""

    chain: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Last:
    """The end of the file: what the next line goes on from."""

    number: int = 0
    signature: str = GENESIS
    at: dt.datetime | None = None


@dataclass(slots=True)
class Kept:
    """What the file says, and what is wrong with the file itself. `torn`: lines that were never finished."""

    marks: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    signatures: set[str] = field(default_factory=set)
    count: int = 0
    torn: int = 0
    breaks: list[Break] = field(default_factory=list)
    accepted: set[Break] = field(default_factory=set)


def add(heads: Iterable[Head], *, at: dt.datetime, path: Path) -> list[str]:
    """Append a checkpoint of these heads, as of `at` by the database's clock; gives the lines that were written. For who holds the file (`held`)."""
    return _add([{"chains": {head.chain: [head.seq, head.hash] for head in some}} for some in _some(heads)], at=at, path=path)


def accept(breaks: Iterable[Break], *, at: dt.datetime, path: Path) -> list[str]:
    """Append that somebody knows of these breaks (after a backup was restored, say): they are not told again, and what else breaks is."""
    return _add([{"chains": {}, "accepted": [list(one) for one in some]} for some in _some(breaks)], at=at, path=path)


def _some(values: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(values)
    yield from (every[first : first + ON_A_LINE] for first in range(0, len(every), ON_A_LINE))


def _add(contents: Iterable[Mapping[str, Any]], *, at: dt.datetime, path: Path) -> list[str]:
    last, made = last_of(path), []
    for content in contents:
        told = {"n": last.number + 1, "at": at.astimezone(dt.UTC).isoformat(), **content, "previous": last.signature}
        last = Last(last.number + 1, _signature(told))
        made.append(canonical({**told, "signature": last.signature}).decode())
    if made:
        append(path, "".join(f"{line}\n" for line in made).encode())
    return made


def read(path: Path | None = None, *, until: dt.datetime | None = None) -> Kept:
    """Every mark in the file, and what is wrong with its lines. With `until` later lines count for the order of the file only."""
    kept, expected, before = Kept(), 1, GENESIS
    for raw in _raw_lines(path or settings.TRAIL_CHECKPOINTS):
        told = _parsed(raw)
        if told is None:
            kept.torn += 1  # nothing hangs on it: had it been whole, the line after it would not go on from the line before
            continue
        number, kept.count = told["n"], kept.count + 1
        if number != expected or told["previous"] != before:
            kept.breaks.append(Break(Kind.REMOVED, "", expected))
        expected, before = number + 1, told["signature"]
        if not _is_ours(told):
            kept.breaks.append(Break(Kind.FORGED, "", number))
            continue
        kept.signatures.add(told["signature"])
        for kind, chain, seq, made in told.get("accepted", ()):
            _forgive(kept, Break(Kind(kind), chain, seq, made))
        if until is None or dt.datetime.fromisoformat(told["at"]) <= until:
            for chain, (seq, value) in told["chains"].items():
                if kept.marks[chain].setdefault(seq, value) != value:  # a line was two things: the trail was cut or rewritten in between
                    kept.breaks.append(Break(Kind.REWRITTEN, chain, seq))
    return kept


def _forgive(kept: Kept, one: Break) -> None:
    """From here on this break is known. What was marked of a chain from that line on counts no more; what is marked later does."""
    if one.kind in {Kind.REWRITTEN, Kind.CUT, Kind.GONE}:
        kept.marks[one.chain] = {seq: value for seq, value in kept.marks[one.chain].items() if seq < one.seq}
        kept.breaks = [other for other in kept.breaks if other.chain != one.chain or other.seq < one.seq]
    elif one.kind is Kind.UNKNOWN:
        kept.signatures.add(one.made)
    elif one.chain:
        kept.accepted.add(one)
    else:
        kept.breaks = [other for other in kept.breaks if other != one]


def last_of(path: Path) -> Last:
    """Where the file ends: its last finished line."""
    for raw in _from_the_end(path):
        told = _parsed(raw)
        if told is not None:
            return Last(told["n"], told["signature"], dt.datetime.fromisoformat(told["at"]))
    return Last()


def set_aside(path: Path, *, until: dt.datetime, known: AbstractSet[str], now: dt.datetime) -> Path | None:
    """A backup of this moment was restored: what the file tells of later lines is kept beside it, whole, and the file goes on from what the
    restored trail knows (`known`: the signatures it tells of). Where it was put, if there was anything."""
    if not path.exists():
        return None
    with held(path):
        lines = path.read_bytes().splitlines(keepends=True)
        keep = _how_many(lines, until=until, known=known)
        if keep == len(lines):
            return None
        aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%S}")
        shutil.copy2(path, aside)
        os.truncate(path, sum(map(len, lines[:keep])))
    return aside


def _how_many(lines: Sequence[bytes], *, until: dt.datetime, known: AbstractSet[str]) -> int:
    """How many of these lines, from the first on, were there at this moment or are told of in a trail."""
    count = 0
    for number, raw in enumerate(lines, start=1):
        told = _parsed(raw)
        if told is not None and (dt.datetime.fromisoformat(told["at"]) <= until or told["signature"] in known):
            count = number
    return count


# --- bytes ---------------------------------------------------------------------------------------


def _raw_lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.strip())
    except FileNotFoundError:
        return


def _from_the_end(path: Path) -> Iterator[bytes]:
    """The lines of the file, last one first, without reading all of it."""
    try:
        with path.open("rb") as file:
            place, rest = file.seek(0, os.SEEK_END), b""
            while place:
                step = min(_CHUNK, place)
                place -= step
                file.seek(place)
                rest, *whole = (file.read(step) + rest).split(b"\n")
                yield from (line for line in reversed(whole) if line.strip())
            if rest.strip():
                yield rest
    except FileNotFoundError:
        return


# --- one line ------------------------------------------------------------------------------------


def _parsed(raw: bytes) -> dict[str, Any] | None:
    """A line as told, or None for something that is no line of ours."""
    try:
        told = json.loads(raw)
        chains = {str(chain): [int(seq), str(value)] for chain, (seq, value) in told["chains"].items()}
        moment = dt.datetime.fromisoformat(told["at"])
        if moment.tzinfo is None:
            return None
        accepted = [[str(Kind(kind)), str(chain), int(seq), str(made)] for kind, chain, seq, made in told.get("accepted", ())]
        return {
            "n": int(told["n"]),
            "at": str(told["at"]),
            "chains": chains,
            "previous": str(told["previous"]),
            "signature": str(told["signature"]),
            **({"accepted": accepted} if accepted else {}),
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_ours(told: Mapping[str, Any]) -> bool:
    return hmac.compare_digest(_signature({name: value for name, value in told.items() if name != "signature"}), told["signature"])


def _signature(told: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 with a key of its own, made from HASH_KEY: what is signed for one purpose says nothing for another."""
    key = hmac.new(settings.HASH_KEY.encode(), b"checkpoints of the trail", hashlib.sha256).digest()
    return hmac.new(key, canonical(told), hashlib.sha256).hexdigest()
