"""Letters after finalising: making the copies, releasing both at once, trying again, withdrawing, giving on paper.

The functions ending in `_by_clock` are called by tasks, without a person: they render what the row holds and open no dossier.
"""

import datetime
import hashlib
import logging
import uuid
from dataclasses import replace
from enum import StrEnum

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from django.db.models import Q

from dossiers import outbox
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.letter import frozen_core
from dossiers.models import CopyState, Letter, LetterCopy, Outbox, Reader
from dossiers.parts import AUTHORS, Act, Part
from dossiers.pdf import render_letter_pdf
from dossiers.rules.letter.document import Reader as LetterReader
from dossiers.sealed import data_key, seal, unseal
from dossiers.trail import Event, Line, Outcome, action, append, write_now

MOST_ATTEMPTS = 5
WAITS = [datetime.timedelta(seconds=seconds) for seconds in (5, 15, 60, 300)]
LEASE = datetime.timedelta(seconds=60)  # longer than a render may take; then somebody else may try
log = logging.getLogger(__name__)


def place(copy: LetterCopy) -> str:
    """What the sealed PDF of a copy is bound to."""
    return f"dossiers_lettercopy|pdf|{copy.pk}"


def read_pdf(copy: LetterCopy) -> bytes:
    """The stored PDF, opened and checked against its hash."""
    with storages["letters"].open(copy.stored_as, "rb") as stored:
        pdf = unseal(data_key(copy.dossier_id), stored.read(), bound_to=place(copy))
    if hashlib.sha256(pdf).hexdigest() != copy.sha256:
        raise ValueError("a stored letter does not have the hash it was stored with")
    return pdf


def do_outbox_by_clock(outbox_id: uuid.UUID, *, now: datetime.datetime) -> bool:
    """Do one promise if it still waits and nobody else is at it. Runs any number of times with one effect. True when it is done."""
    row = _take(outbox_id, now)
    if row is None:
        return False
    try:
        _make_copy(row.object_id, now=now)
    except DatabaseError:
        raise  # nothing can be written down now: the lease runs out, and somebody tries again
    except Exception as problem:  # noqa: BLE001 -- whatever is wrong with one letter, it may not block the others or try for ever
        log.error("a letter copy failed: %s", type(problem).__name__)
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
        if row.attempts < MOST_ATTEMPTS:
            row.attempts += 1
            row.next_at = now + LEASE  # a worker that dies lets go by itself
            row.save(update_fields=["attempts", "next_at"])
            return row
    _failed(row.pk, now)  # every attempt took its worker along
    return None


def _waits(now: datetime.datetime) -> Q:
    return Q(done_at__isnull=True, gave_up_at__isnull=True, next_at__lte=now)


def waiting_by_clock(*, now: datetime.datetime, limit: int = 50) -> list[uuid.UUID]:
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


def _make_copy(copy_id: uuid.UUID, *, now: datetime.datetime) -> None:
    copy = LetterCopy.objects.select_related("letter", "letter__assessment").get(pk=copy_id)
    if copy.state != CopyState.READY:
        pdf = render_letter_pdf(frozen_core(copy.letter), LetterReader(copy.reader))
        _keep(copy, pdf, now=now)
    _release(copy.letter, now=now)


def _keep(copy: LetterCopy, pdf: bytes, *, now: datetime.datetime) -> None:
    """Store one document, also when two workers made it at once or an earlier one died halfway."""
    name = _store(copy, pdf)
    with transaction.atomic():
        current = LetterCopy.objects.select_for_update().get(pk=copy.pk)
        if current.state != CopyState.READY:
            current.state, current.stored_as, current.rendered_at = CopyState.READY, name, now
            current.sha256, current.size = hashlib.sha256(pdf).hexdigest(), len(pdf)
            current.attempts += 1
            current.save()
            append(_line(current, Event.RENDER))
    _remove_others(current)


def _store(copy: LetterCopy, pdf: bytes) -> str:
    """Every attempt writes a file of its own in the folder of its copy; none overwrites another."""
    sealed = seal(data_key(copy.dossier_id), pdf, bound_to=place(copy))
    return storages["letters"].save(f"{copy.pk}/{uuid.uuid4().hex}.sealed", ContentFile(sealed))


def _remove_others(copy: LetterCopy) -> None:
    folder, kept = copy.stored_as.split("/")
    for name in storages["letters"].listdir(folder)[1]:
        if name != kept:
            storages["letters"].delete(f"{folder}/{name}")


def _release(letter: Letter, *, now: datetime.datetime) -> None:
    """Both letters appear in the same moment: when both are rendered. One that was withdrawn before that never appears."""
    with transaction.atomic():
        locked = Letter.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=letter.pk)
        is_ready = not locked.copies.exclude(state=CopyState.READY).exists()
        if is_ready and locked.released_at is None and locked.withdrawn_at is None:
            locked.released_at = now
            locked.save(update_fields=["released_at"])
            append(_line(locked.copies.first(), Event.RELEASE))


def _line(copy: LetterCopy | None, event: Event, outcome: int = Outcome.SUCCESS) -> Line:
    """A worker's event: the initiator is this system, the responsible person is the physician who finalised."""
    assert copy is not None
    letter = copy.letter
    return Line(
        event,
        outcome=outcome,
        actor_id=None,
        actor_role="worker",
        responsible_id=letter.assessment.finalised_by_id,
        responsible_role="physician",
        object_type="letter",
        object_id=str(letter.pk),
        dossier_id=copy.dossier_id,
        parts=(Part.LETTERS.value,),
    )


def _failed(outbox_id: uuid.UUID, now: datetime.datetime) -> None:
    """Try again later, or give up and say so. A copy that somebody else made in the meantime stays made."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=outbox_id)
        copy = LetterCopy.objects.select_for_update(of=("self",)).select_related("letter", "letter__assessment").get(pk=row.object_id)
        if copy.state == CopyState.READY:
            return
        copy.attempts += 1
        if row.attempts >= MOST_ATTEMPTS:
            row.gave_up_at = now
            copy.state = CopyState.FAILED
        else:
            row.next_at = now + WAITS[min(row.attempts, len(WAITS)) - 1]
        row.save(update_fields=["gave_up_at", "next_at"])
        copy.save(update_fields=["attempts", "state"])
        append(_line(copy, Event.RENDER, Outcome.ERROR))


@action(Part.LETTERS, Act.FINALISE)
def try_again(opened: Opened, *, letter: Letter) -> None:
    """ "Opnieuw proberen": make the copies that failed once more."""
    failed = list(letter.copies.select_for_update().filter(state=CopyState.FAILED))
    if not failed:
        raise Refused("De brief wordt al opnieuw gemaakt, of is al klaar. Laad de pagina opnieuw.", status=409)
    for copy in failed:
        copy.state = CopyState.WAITING
        copy.save(update_fields=["state"])
        outbox.put("letter_copy", copy.pk, now=opened.now, again=str(copy.attempts))
    opened.trail.note(Event.RETRY, Part.LETTERS, object_type="letter", object_id=letter.pk)


@action(Part.LETTERS, Act.WITHDRAW_LETTER)
def withdraw_letter(opened: Opened, *, letter: Letter, reason: str) -> None:
    """Withdraw a letter: readers see that it is, downloads stop. One that is still being made then never appears."""
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.withdrawn_at is not None:
        raise Refused("Deze brief is al ingetrokken.", status=409)
    if not reason:
        raise Refused("Schrijf op waarom u de brief intrekt. Werknemer en werkgever lezen dit.")
    letter.withdrawn_at, letter.withdrawn_by, letter.withdrawn_reason = opened.now, opened.person, reason
    letter.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    opened.trail.note(Event.WITHDRAW_LETTER, Part.LETTERS, object_type="letter", object_id=letter.pk)


class Way(StrEnum):
    """How a letter on paper goes to the employee."""

    HANDED_OVER = "handed_over"
    POSTED = "posted"


@action(Part.PROCESS, Act.WRITE)
def note_on_paper(opened: Opened, *, letter: Letter, way: Way, day: datetime.date) -> None:
    """The letter was given or posted to an employee who reads on paper. From then on, by date, the employer sees the own copy."""
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde legt dit vast.", status=403)
    if not letter.on_paper:
        raise Refused("Deze brief gaat niet op papier: de werknemer leest hem hier.")
    if letter.withdrawn_at is not None or letter.released_at is None:
        raise Refused("Deze brief kan nu niet worden gegeven: hij is nog niet klaar of hij is ingetrokken.")
    copy = letter.copies.select_for_update().get(reader=Reader.EMPLOYEE)
    if (copy.handed_over_on if way is Way.HANDED_OVER else copy.posted_on) is not None:
        raise Refused("Dit is al vastgelegd. Laad de pagina opnieuw.", status=409)
    if not letter.day <= day <= opened.today:
        raise Refused("Deze dag kan niet. Kies een dag vanaf de dag van de brief tot en met vandaag.")
    if way is Way.HANDED_OVER:
        copy.handed_over_on = day
    else:
        copy.posted_on = day
    copy.save(update_fields=["handed_over_on", "posted_on"])
    opened.trail.note(Event.LETTER_ON_PAPER, Part.LETTERS, object_type="letter", object_id=f"{letter.pk}:{way.value}")


def note_download(opened: Opened, *, letter: Letter, reader: Reader) -> None:
    """A download is an event of its own, written before the first byte leaves. A reading door has no transaction to end, so at once."""
    opened.require(Part.LETTERS, Act.READ)
    template: Line = opened.trail.template
    write_now(replace(template, event=Event.DOWNLOAD, object_type="letter", object_id=f"{letter.pk}:{reader.value}", parts=(Part.LETTERS.value,)))
