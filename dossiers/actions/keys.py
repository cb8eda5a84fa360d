"""Rotating the key ring: the data key of every dossier is wrapped anew, in small batches, while people work.

What is sealed with a data key does not change, so final rows never do. No data key leaves this module, and none is logged.
"""

import uuid
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Func, QuerySet, TextField, Value

from dossiers.broken import by_system, note_broken
from dossiers.models import Dossier
from dossiers.sealed import SealBroken, newest_key, rewrapped_key
from dossiers.trail import COMMAND, Event, Line, append

BATCH = 200  # dossiers in one short transaction


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did: where it stopped, how many keys were wrapped anew, and the numbers of dossiers whose key did not open."""

    last: uuid.UUID
    done: int
    broken: tuple[str, ...]


def under_old_keys() -> "QuerySet[Dossier]":
    """The dossiers whose data key is not under the first key of the ring."""
    return Dossier.objects.exclude(wrapped_key__startswith=f"{newest_key()}:")


def keys_in_use() -> Counter[str]:
    """How many dossiers hang on each key of the ring, by its id."""
    ids = Dossier.objects.annotate(ring_key=Func(F("wrapped_key"), Value(":"), Value(1), function="split_part", output_field=TextField()))
    return Counter(ids.order_by().values_list("ring_key", flat=True).iterator(chunk_size=10_000))


def rewrap_some(*, after: uuid.UUID | None = None) -> Batch | None:
    """Wrap the next batch anew; None at the end. A dossier that somebody is changing now is passed over, so that nobody waits for this and this
    waits for nobody: the caller comes by again."""
    broken: list[tuple[str, SealBroken]] = []
    done = 0
    with transaction.atomic():
        rows = under_old_keys().select_for_update(skip_locked=True, no_key=True).order_by("pk")
        found = list((rows if after is None else rows.filter(pk__gt=after)).values_list("pk", "number", "wrapped_key")[:BATCH])
        for pk, number, wrapped in found:
            try:
                new = rewrapped_key(pk, wrapped)
            except SealBroken as problem:
                broken.append((number, problem))
                continue
            done += Dossier.objects.filter(pk=pk, wrapped_key=wrapped).update(wrapped_key=new)
    for _, found_broken in broken:
        note_broken(found_broken, by_system(role=COMMAND))
    return Batch(found[-1][0], done, tuple(number for number, _ in broken)) if found else None


def note_rotation(count: int) -> None:
    """The line of a rotation, in the general chain. Its commit also makes sure that every batch before it is on disk."""
    with transaction.atomic():
        append(Line(Event.ROTATE_KEYS, actor_role=COMMAND, object_type="key", object_id=f"{newest_key()}:{count}"))
