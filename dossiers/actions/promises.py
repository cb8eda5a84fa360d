"""Keeping the promises of the outbox: take one, do it, try again later, give up and say so.

Every function here is called by a task or a command, without a person. What a kind of promise means is registered in `WORK`.
"""

import datetime
import errno
import logging
import uuid
from dataclasses import dataclass
from typing import Protocol

from django.db import DatabaseError, transaction
from django.db.models import Q

from dossiers import outbox
from dossiers.acting import WORKER, acting_as
from dossiers.actions import labour_release, letters, notices
from dossiers.broken import by_system, note_broken
from dossiers.models import Outbox
from dossiers.sealed import SealBroken

WAITS = [datetime.timedelta(seconds=seconds) for seconds in (5, 15, 60, 300)]
LEASE = datetime.timedelta(seconds=31)  # longer than a render may take (30); then somebody else may try, so that a dead worker costs under a minute
ROOM_WAIT = datetime.timedelta(seconds=30)  # a full disk is no fault of a letter: it waits as long as it takes, and no attempt is counted
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
log = logging.getLogger(__name__)


class Do(Protocol):
    """Does the work on one object; can run any number of times with one effect."""

    def __call__(self, object_id: uuid.UUID, /, *, now: datetime.datetime) -> None: ...


class Failed(Protocol):
    """Notes a failure on the object, in the transaction of the promise; False when the work was done after all."""

    def __call__(self, object_id: uuid.UUID, given_up: bool, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of promise. `waits`: how long to wait after each failure; as many attempts as there are waits, and one."""

    do: Do
    failed: Failed
    waits: tuple[datetime.timedelta, ...] = tuple(WAITS)

    @property
    def most_attempts(self) -> int:
        """After so many attempts nobody tries again."""
        return len(self.waits) + 1


# Mail is tried for three days: a mail server may be away over a weekend (security.md F9).
MAIL_WAITS = (
    *WAITS,
    *(datetime.timedelta(minutes=minutes) for minutes in (30, 60, 120, 240)),
    *(datetime.timedelta(hours=hours) for hours in (8, 8, 12, 12, 12, 12, 12)),
)

WORK: dict[str, Work] = {
    "letter_copy": Work(letters.make_copy, letters.failed),
    "labour_report": Work(labour_release.make_report, labour_release.failed),
    "notice": Work(notices.send, notices.failed, MAIL_WAITS),
}


@acting_as(WORKER)
def do_outbox_by_clock(outbox_id: uuid.UUID, *, now: datetime.datetime) -> bool:
    """Do one promise if it still waits and nobody else is at it. Runs any number of times with one effect. True when it is done."""
    row = _take(outbox_id, now)
    if row is None:
        return False
    try:
        WORK[row.kind].do(row.object_id, now=now)
    except DatabaseError:
        raise  # nothing can be written down now: the lease runs out, and somebody tries again
    except SealBroken as broken:
        note_broken(broken, by_system())
        _failed(row.pk, now)
        return False
    except Exception as problem:  # noqa: BLE001 -- whatever is wrong with one promise, it may not block the others or try for ever
        if isinstance(problem, OSError) and problem.errno in NO_ROOM:
            log.error("there is no room to store what was promised (%s): it waits", row.kind)
            Outbox.objects.filter(pk=row.pk).update(attempts=row.attempts - 1, next_at=now + ROOM_WAIT)
            return False
        log.error("a promise (%s) failed: %s", row.kind, type(problem).__name__)
        _failed(row.pk, now)
        return False
    Outbox.objects.filter(pk=row.pk).update(done_at=now)
    return True


def _take(outbox_id: uuid.UUID, now: datetime.datetime) -> Outbox | None:
    """The promise with a lease on it, or None when it is done, given up, not due, or somebody else's."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update(skip_locked=True).filter(_waits(now), pk=outbox_id).first()
        if row is None:
            return None
        if row.attempts < WORK[row.kind].most_attempts:
            row.attempts += 1
            row.next_at = now + LEASE  # a worker that dies lets go by itself
            row.save(update_fields=["attempts", "next_at"])
            return row
    _failed(row.pk, now)  # every attempt took its worker along
    return None


def _waits(now: datetime.datetime) -> Q:
    return Q(done_at__isnull=True, gave_up_at__isnull=True, next_at__lte=now)


def waiting_by_clock(*, now: datetime.datetime, limit: int = 200) -> list[uuid.UUID]:
    """The promises that wait now, the oldest first."""
    rows = Outbox.objects.filter(_waits(now)).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def hand_out_by_clock(*, now: datetime.datetime) -> int:
    """Ring once more for everything that waits, so that all workers share it; how many that were."""
    waiting = waiting_by_clock(now=now)
    for pk in waiting:
        outbox.ring(pk)
    return len(waiting)


def sweep_by_clock(*, now: datetime.datetime) -> int:
    """Do everything that waits, here and one after another (commands without a worker); how many were done."""
    return sum(do_outbox_by_clock(pk, now=now) for pk in waiting_by_clock(now=now))


def _failed(outbox_id: uuid.UUID, now: datetime.datetime) -> None:
    """Try again later, or give up and say so."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=outbox_id)
        work = WORK[row.kind]
        given_up = row.attempts >= work.most_attempts
        if not work.failed(row.object_id, given_up):
            return
        if given_up:
            row.gave_up_at = now
        else:
            row.next_at = now + work.waits[min(row.attempts, len(work.waits)) - 1]
        row.save(update_fields=["gave_up_at", "next_at"])
