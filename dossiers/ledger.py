"""The ledger of what was closed, outside the database: a restored backup may not bring back a withdrawn consent, an ended seat, a withdrawn letter.

One JSON object per line, ids and times only. A line is on disk before the transaction of the closing commits, so every closing that was answered
stands here; a second, short line says that it did commit. Written here; what a restore does with it is in `actions/replay.py`.
"""

import datetime as dt
import json
import logging
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dossiers.appended import append, held

IN_LOG: Final = "LEDGER "  # when the file cannot be written, the line stands in the log behind this word; `read` finds it there too
log = logging.getLogger(__name__)


class Closing(StrEnum):
    """What was closed, and of which row the id is told."""

    ANSWER = "answer"  # a share part: the employee said no, or took a yes back
    PAPER = "paper"  # a yes on paper that waited
    SHARE = "share"
    SEAT = "seat"
    HANDED_OVER = "handed_over"  # the seat of a responsible physician; `detail`: who comes after
    HAND_OVER_ANSWER = "hand_over_answer"  # a change of arbodienst: what is older may not be read
    QUESTION = "question"  # to another arbodienst, to take over
    SWITCH = "switch"  # a dossier; `detail`: the part
    LETTER = "letter"
    DOSSIER = "dossier"
    PERSON = "person"  # works here no more
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One closing. `by`: who did it; empty for this system. `is_done`: its transaction is known to have been committed."""

    kind: Closing
    object_id: uuid.UUID
    at: dt.datetime
    by: uuid.UUID | None = None
    detail: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything in one or more files, the oldest first. `unreadable`: lines that were never finished, whose closings were not answered, and other
    lines of a log. `lost`: where a line stands that does hold a closing and cannot be read; whoever replays this would pass that closing over."""

    entries: tuple[Entry, ...] = ()
    unreadable: int = 0
    lost: tuple[str, ...] = ()


def note_closing(kind: Closing, object_id: uuid.UUID, *, by: Any = None, detail: str = "") -> None:
    """Write down a closing, in its transaction. When the file cannot be written the closing goes on, and the line goes to the log: nobody waits
    with taking back a consent until a disk has room."""
    entry = Entry(kind, object_id, timezone.now(), getattr(by, "pk", None), detail)
    _write(_told(entry))
    transaction.on_commit(lambda: _write({"done": str(entry.id)}), robust=True)


def read(paths: Iterable[Path]) -> Ledger:
    """What these files tell. A file that is not there is an error: somebody means to replay it."""
    entries: dict[uuid.UUID, Entry] = {}
    done: set[uuid.UUID] = set()
    unreadable, lost = 0, []
    for place, raw in _lines(paths):
        told = _parsed(raw)
        if told is None and _holds_closing(raw):
            lost.append(place)
        elif told is None:
            unreadable += 1
        elif isinstance(told, Entry):
            entries[told.id] = told
        else:
            done.add(told)
    found = (Entry(e.kind, e.object_id, e.at, e.by, e.detail, e.id, e.id in done) for e in entries.values())
    return Ledger(tuple(sorted(found, key=lambda entry: entry.at)), unreadable, tuple(lost))


def _told(entry: Entry) -> dict[str, str]:
    told = {"id": str(entry.id), "at": entry.at.astimezone(dt.UTC).isoformat(), "kind": entry.kind.value, "object": str(entry.object_id)}
    return told | ({"by": str(entry.by)} if entry.by else {}) | ({"detail": entry.detail} if entry.detail else {})


def _parsed(raw: str) -> Entry | uuid.UUID | None:
    try:
        told = _in_log(raw) if IN_LOG in raw else json.loads(raw)
        if "done" in told:
            return uuid.UUID(told["done"])
        by = uuid.UUID(told["by"]) if "by" in told else None
        moment = dt.datetime.fromisoformat(told["at"])
        if moment.tzinfo is None:
            return None
        return Entry(Closing(told["kind"]), uuid.UUID(told["object"]), moment, by, str(told.get("detail", "")), uuid.UUID(told["id"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _in_log(text: str) -> Any:
    """What stands behind the word in a line of a log: bare, or in a field of a JSON object, whatever a collector wrapped around it."""
    told, _end = json.JSONDecoder().raw_decode(text, text.index("{"))
    return next((_in_log(value) for value in told.values() if isinstance(value, str) and IN_LOG in value), told)


def _holds_closing(raw: str) -> bool:
    """Of a line that does not parse. One that somebody was killed in has no end; one that has, is of a version that is not ours."""
    return IN_LOG in raw or ('"object"' in raw and raw.rstrip().endswith("}"))


def _lines(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Every line, with where it stands."""
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from ((f"{path} line {number}", line) for number, line in enumerate(file, start=1) if line.strip())


def _write(told: dict[str, str]) -> None:
    line, path = json.dumps(told, sort_keys=True, separators=(",", ":")), settings.CONSENT_LEDGER
    try:
        with held(path):
            append(path, line.encode() + b"\n", durable="done" not in told)
    except OSError as problem:  # a fact: a message may be cut off
        facts = {"keep": f"{IN_LOG}{line}"}
        log.critical("the ledger cannot be written (%s); keep this line", type(problem).__name__, extra={"facts": facts})
