"""What somebody with rights on the database could do to the trail, one thing at a time, with dice. Each tells which chain was touched.

Lines are changed as an attacker would who knows this code: values that a column takes, and where it helps the right hash for them.
"""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import psycopg
from psycopg import sql

from dossiers.models import TrailLine
from dossiers.trail import GENERAL, line_hash

TABLE = sql.Identifier(TrailLine._meta.db_table)
COLUMNS = [column.attname for column in TrailLine._meta.concrete_fields]
Chains = Mapping[uuid.UUID, list[TrailLine]]
Hand = Callable[["psycopg.Connection[Any]", Chains, random.Random], uuid.UUID]


def edit(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """One column of one line becomes something else."""
    line = dice.choice(chains[dice.choice(list(chains))])
    column = dice.choice([name for name in COLUMNS if name not in {"chain", "seq"}])
    _set(owner, line, **{column: _other(column, getattr(line, column), dice)})
    return line.chain


def edit_with_its_hash(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """The same, and the line gets the hash that its new columns give."""
    line = copy(dice.choice(chains[dice.choice(list(chains))]))
    column = dice.choice([name for name in COLUMNS if name not in {"id", "chain", "seq", "hash"}])
    value = _other(column, getattr(line, column), dice)
    setattr(line, column, value)
    _set(owner, line, **{column: value}, hash=line_hash(line))
    return line.chain


def delete(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """One line goes, wherever it stands."""
    line = dice.choice(chains[dice.choice(list(chains))])
    owner.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(TABLE), [line.pk])
    return line.chain


def delete_and_close_up(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """One line goes, and those after it move up."""
    line = dice.choice(chains[dice.choice(list(chains))])
    owner.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(TABLE), [line.pk])
    _shift(owner, line.chain, after=line.seq, by=-1)
    return line.chain


def insert(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """A line that never was, with its right hash, linked to the one before; those after it move down."""
    lines = chains[dice.choice(list(chains))]
    place = dice.randrange(len(lines))
    made = copy(lines[place])
    made.id, made.object_id = uuid.UUID(int=dice.getrandbits(128)), f"{dice.getrandbits(40):x}"
    made.hash = line_hash(made)
    _shift(owner, made.chain, after=made.seq - 1, by=1)
    names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    places = sql.SQL(", ").join(sql.Placeholder() * len(COLUMNS))
    owner.execute(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(TABLE, names, places), [getattr(made, name) for name in COLUMNS])
    return made.chain


def swap(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """Two lines of a chain change places."""
    lines = dice.choice([lines for lines in chains.values() if len(lines) > 1])
    one, other = dice.sample(lines, 2)
    _set(owner, one, seq=-1)
    _set(owner, other, seq=one.seq)
    _set(owner, one, seq=other.seq)
    return one.chain


def cut_the_tail(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """The last lines of a chain go; sometimes all of them."""
    lines = chains[dice.choice(list(chains))]
    first = lines[dice.randrange(len(lines))]
    owner.execute(sql.SQL("DELETE FROM {} WHERE chain = %s AND seq >= %s").format(TABLE), [first.chain, first.seq])
    return first.chain


def rebuild(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """A line is changed or taken away, and every line after it gets the number, link and hash that fit: the chain itself is whole again."""
    lines = [copy(line) for line in chains[dice.choice(list(chains))]]
    place, chain = dice.randrange(len(lines)), lines[0].chain
    if dice.random() < 0.5:
        lines[place].actor_id = uuid.UUID(int=dice.getrandbits(128))
    else:
        gone = lines.pop(place)
        owner.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(TABLE), [gone.pk])
    for number in range(place, len(lines)):
        line = lines[number]
        line.seq = number + 1
        line.previous_hash = lines[number - 1].hash if number else "0" * 64
        line.hash = line_hash(line)
        _set(owner, line, seq=line.seq, previous_hash=line.previous_hash, hash=line.hash, actor_id=line.actor_id)
    return chain


def move(owner: "psycopg.Connection[Any]", chains: Chains, dice: random.Random) -> uuid.UUID:
    """The last line of a chain goes to the end of that of another dossier."""
    other = chains[dice.choice([chain for chain in chains if chain != GENERAL])]
    one = chains[dice.choice([chain for chain in chains if chain != other[0].chain])]
    _set(owner, one[-1], chain=other[-1].chain, seq=other[-1].seq + 1, previous_hash=other[-1].hash)
    return one[-1].chain


HANDS: list[Hand] = [edit, edit_with_its_hash, delete, delete_and_close_up, insert, swap, cut_the_tail, rebuild, move]


def _set(owner: "psycopg.Connection[Any]", line: TrailLine, **values: object) -> None:
    what = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
    owner.execute(sql.SQL("UPDATE {} SET {} WHERE id = %s").format(TABLE, what), [*values.values(), line.pk])


def _shift(owner: "psycopg.Connection[Any]", chain: uuid.UUID, *, after: int, by: int) -> None:
    """By way of numbers that nothing has: one number belongs to one line at every moment."""
    owner.execute(sql.SQL("UPDATE {} SET seq = -seq WHERE chain = %s AND seq > %s").format(TABLE), [chain, after])
    owner.execute(sql.SQL("UPDATE {} SET seq = -seq + %s WHERE chain = %s AND seq < 0").format(TABLE), [by, chain])


def _other(column: str, value: Any, dice: random.Random) -> object:
    """Something that this column takes and does not hold."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(microseconds=dice.randint(1, 10**9))
    if isinstance(value, list):
        return [*value, "job"]
    if isinstance(value, uuid.UUID) or (column.endswith("_id") and column not in {"object_id", "source_id"}):
        return None if value is not None and column != "id" and dice.random() < 0.3 else uuid.UUID(int=dice.getrandbits(128))
    if column == "access_point":
        return "192.0.2.1" if value != "192.0.2.1" else "192.0.2.2"
    text = str(value or "")
    return text[:-1] + ("1" if text[-1:] != "1" else "2") if text else "x"
