"""Verifying the trail: streams its lines out of the database, makes every hash again, and holds them against each other and the checkpoints.

What makes a chain whole is in `rules/chains.py`. The hash of a line is what `trail.line_hash` says; a line is first tried by a quick way to the same
bytes, and what does not fit then is made again in full before it is called broken. It writes nothing, and tells ids and numbers only.
"""

import datetime as dt
import hashlib
import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection as default_connection
from django.db import transaction
from psycopg import sql

from dossiers import checkpoints
from dossiers.models import TrailLine
from dossiers.rules.chains import Break, Kind, check
from dossiers.trail import GENERAL, Event, hash_of

_TABLE: Final = TrailLine._meta.db_table
_NAMES: Final = sorted(column.attname for column in TrailLine._meta.concrete_fields if column.attname != "hash")
_KINDS: Final = {column.attname: column.get_internal_type() for column in TrailLine._meta.concrete_fields}


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` looked at, how long that took in seconds, and what is broken. `torn`: unfinished lines of checkpoints. `is_whole`: whether it
    looked at every line and at our own checkpoints."""

    lines: int
    chains: int
    marks: int
    checkpoints: int
    torn: int
    seconds: float
    breaks: tuple[Break, ...]
    is_whole: bool

    @property
    def lines_per_second(self) -> int:
        return round(self.lines / self.seconds) if self.seconds else 0


def verify(
    *,
    chain: uuid.UUID | None = None,
    since_checkpoint: bool = False,
    until: dt.datetime | None = None,
    path: Path | None = None,
    connection: Any = None,
) -> Report:
    """Check the trail, or one chain of it, against itself and the checkpoints in the file at `path` (TRAIL_CHECKPOINTS).

    `since_checkpoint`: of every chain only its newest checkpoint and what came after it. `until`: leave later checkpoints out; for a restored backup,
    the moment it was made. `connection`: another database than the product's own, of Django or of psycopg.
    """
    began = time.monotonic()
    connection = connection or default_connection
    told = told_of(connection)  # before the file is read, and that before the lines: what is told of later must be there already
    kept = checkpoints.read(path, until=until)
    marks = kept.marks if chain is None else {str(chain): kept.marks.get(str(chain), {})}
    starts = {name: max(of_chain) for name, of_chain in marks.items() if of_chain} if since_checkpoint else {}
    if since_checkpoint:
        marks = {name: {start: marks[name][start]} for name, start in starts.items()}
    found = check(_lines(connection, chain, starts), marks, starts=starts)
    unknown = [Break(Kind.UNKNOWN, str(GENERAL), number, signature) for signature, number in told.items() if signature not in kept.signatures]
    every = dict.fromkeys([*kept.breaks, *unknown, *found.breaks])
    breaks = tuple(one for one in every if one not in kept.accepted)
    is_whole = chain is None and path is None and until is None and not since_checkpoint
    return Report(found.lines, found.chains, found.marks, kept.count, kept.torn, time.monotonic() - began, breaks, is_whole)


# --- the lines, quickly --------------------------------------------------------------------------
# COPY writes a row as text, and text escapes what JSON escapes in the same way, but for quotation marks and rare control characters. So the fields of
# a row, put between the names of the columns, are the canonical JSON of `trail.line_hash`; a test compares the two over odd rows.

_AS_TEXT: Final = {
    "DateTimeField": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')",
    "BooleanField": "CASE WHEN {} THEN 'true' ELSE 'false' END",
    "ArrayField": "array_to_json({})",
}
_BARE: Final = {"BooleanField", "ArrayField", "BigIntegerField", "PositiveSmallIntegerField"}
_COLUMNS: Final = sql.SQL(", ").join(sql.SQL(_AS_TEXT.get(_KINDS[name], "{}")).format(sql.Identifier("t", name)) for name in [*_NAMES, "hash"])
_TEMPLATE: Final = ("{" + ",".join(f'"{name}":%s' if _KINDS[name] in _BARE else f'"{name}":"%s"' for name in _NAMES) + "}").encode()
_CHAIN, _SEQ, _PREVIOUS, _PARTS = (_NAMES.index(name) for name in ("chain", "seq", "previous_hash", "parts"))


def _lines(connection: Any, chain: uuid.UUID | None, starts: Mapping[str, int]) -> Iterator[tuple[str, int, str, str, str]]:
    """Every line that is asked for, in the order of chain and number, with the hash that its columns give."""
    sha256 = hashlib.sha256
    with _at_leisure(connection), connection.cursor() as cursor, cursor.copy(_query(chain, starts)) as rows:
        for row in rows:
            line = bytes(row)
            *fields, stored = line[:-1].split(b"\t")
            quick = (_TEMPLATE % tuple(fields)).replace(b'"\\N"', b"null")
            seen, made = stored.decode(), sha256(quick).hexdigest()
            if made != seen or line.count(b'"') != fields[_PARTS].count(b'"'):
                made = hash_of({name: _value(name, field) for name, field in zip(_NAMES, fields, strict=True)})
            yield fields[_CHAIN].decode(), int(fields[_SEQ]), fields[_PREVIOUS].decode(), seen, made


def _query(chain: uuid.UUID | None, starts: Mapping[str, int]) -> sql.Composed:
    join, where = "", []
    values: dict[str, sql.Composable] = {"columns": _COLUMNS, "table": sql.Identifier(_TABLE)}
    if starts:
        join = " LEFT JOIN unnest({chains}::uuid[], {seqs}::bigint[]) AS s (chain, seq) ON s.chain = t.chain"
        values |= {"chains": sql.Literal(list(starts)), "seqs": sql.Literal(list(starts.values()))}
        where.append("(s.seq IS NULL OR t.seq >= s.seq)")
    if chain is not None:
        where.append("t.chain = {chain}")
        values["chain"] = sql.Literal(chain)
    only = f" WHERE {' AND '.join(where)}" if where else ""
    asked = "COPY (SELECT {columns} FROM {table} AS t" + join + only + " ORDER BY t.chain, t.seq) TO STDOUT"  # noqa: S608 -- words of ours
    return sql.SQL(asked).format(**values)


_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
_LETTERS: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _value(name: str, field: bytes) -> object:
    """A field of COPY as the value that `line_hash` saw."""
    if field == b"\\N":
        return None
    text = _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), field).decode()
    return json.loads(text) if _KINDS[name] in _BARE else text


@contextmanager
def _at_leisure(connection: Any) -> Iterator[None]:
    """A transaction in which one statement may take as long as it takes; what holds for people at a page does not hold here."""
    with connection.transaction() if isinstance(connection, psycopg.Connection) else transaction.atomic(connection.alias):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL enable_sort = off")  # the index has them in order; sorting so much goes by way of the disk
        yield


def told_of(connection: Any) -> dict[str, int]:
    """The checkpoints that the trail itself tells of: their signatures, with the numbers of those lines."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT object_id, seq FROM {_TABLE} WHERE chain = %s AND event_code = %s", [GENERAL, Event.CHECKPOINT.value])  # noqa: S608
        return dict(cursor.fetchall())
