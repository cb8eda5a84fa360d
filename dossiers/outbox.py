"""Promises made inside a business transaction, and the doorbell that hurries the worker.

The row is the promise; the broker is only a bell whose failures are ignored. Ids only.
"""

import datetime
import uuid
from collections.abc import Callable

from django.db import transaction

from dossiers.models import Outbox

_bells: list[Callable[[str], object]] = []


def set_bell(ring: Callable[[str], object]) -> None:
    """The machine (`bar`) installs the doorbell here, so that this package knows no broker."""
    _bells[:] = [ring]


def put(kind: str, object_id: uuid.UUID, *, now: datetime.datetime, again: str = "", at: datetime.datetime | None = None) -> Outbox:
    """Promise work on one object, for now or from a moment `at`. The same promise twice is one; `again` makes a new one for a retry."""
    row, _ = Outbox.objects.get_or_create(
        dedupe_key=f"{kind}:{object_id}:{again}", defaults={"kind": kind, "object_id": object_id, "made_at": now, "next_at": at or now}
    )
    transaction.on_commit(lambda: ring(row.pk), robust=True)
    return row


def ring(outbox_id: uuid.UUID) -> None:
    """Tell a worker that this promise waits. Whether anybody hears it does not matter: the sweeper comes by."""
    for bell in _bells:
        bell(str(outbox_id))
