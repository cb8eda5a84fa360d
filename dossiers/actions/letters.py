"""Letters after finalising: making the copies, releasing both at once, trying again, withdrawing.

The functions ending in `_by_clock` are called by tasks, without a person: they render what the row holds and open no dossier.
"""

import datetime
import hashlib
import logging
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from dossiers import outbox
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.letter import frozen_core
from dossiers.models import CopyState, Letter, LetterCopy, Outbox, Reader
from dossiers.parts import Act, Part
from dossiers.pdf import RenderFailed, render_letter_pdf
from dossiers.rules.letter.document import Reader as LetterReader
from dossiers.sealed import data_key, seal, unseal
from dossiers.trail import Event, Line, Outcome, action, append

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
    with transaction.atomic():
        row = Outbox.objects.select_for_update(skip_locked=True).filter(pk=outbox_id, done_at__isnull=True, gave_up_at__isnull=True, next_at__lte=now).first()
        if row is None:
            return False
        row.attempts += 1
        row.next_at = now + LEASE  # a lease: a worker that dies lets go by itself
        row.save(update_fields=["attempts", "next_at"])
    try:
        _make_copy(row.object_id, now=now)
    except (RenderFailed, OSError) as problem:
        log.error("a letter copy failed: %s", type(problem).__name__)
        _failed(row, now)
        return False
    Outbox.objects.filter(pk=row.pk).update(done_at=now)
    return True


def waiting_by_clock(*, now: datetime.datetime, limit: int = 50) -> list[uuid.UUID]:
    """The promises that wait now; what the sweeper hands out."""
    rows = Outbox.objects.filter(done_at__isnull=True, gave_up_at__isnull=True, next_at__lte=now).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def sweep_by_clock(*, now: datetime.datetime) -> int:
    """Do everything that waits; how many were done."""
    return sum(do_outbox_by_clock(pk, now=now) for pk in waiting_by_clock(now=now))


def _make_copy(copy_id: uuid.UUID, *, now: datetime.datetime) -> None:
    copy = LetterCopy.objects.select_related("letter", "letter__assessment").get(pk=copy_id)
    if copy.state != CopyState.READY:
        pdf = render_letter_pdf(frozen_core(copy.letter), LetterReader(copy.reader))
        name = _store(copy, pdf)
        with transaction.atomic():
            current = LetterCopy.objects.select_for_update().get(pk=copy.pk)
            if current.state != CopyState.READY:
                current.state, current.stored_as, current.rendered_at = CopyState.READY, name, now
                current.sha256, current.size = hashlib.sha256(pdf).hexdigest(), len(pdf)
                current.attempts += 1
                current.save()
                append(_line(current, Event.RENDER))
    _release(copy.letter, now=now)


def _store(copy: LetterCopy, pdf: bytes) -> str:
    sealed = seal(data_key(copy.dossier_id), pdf, bound_to=place(copy))
    return storages["letters"].save(f"{copy.pk}.sealed", ContentFile(sealed))


def _release(letter: Letter, *, now: datetime.datetime) -> None:
    """Both letters appear in the same moment: when both are rendered."""
    with transaction.atomic():
        locked = Letter.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=letter.pk)
        if locked.released_at is None and not locked.copies.exclude(state=CopyState.READY).exists():
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


def _failed(row: Outbox, now: datetime.datetime) -> None:
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=row.pk)
        copy = LetterCopy.objects.select_for_update(of=("self",)).select_related("letter", "letter__assessment").get(pk=row.object_id)
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
    """"Opnieuw proberen": make the copies that failed once more."""
    failed = list(letter.copies.select_for_update().exclude(state=CopyState.READY))
    for copy in failed:
        copy.state = CopyState.WAITING
        copy.save(update_fields=["state"])
        outbox.put("letter_copy", copy.pk, now=opened.now, again=str(copy.attempts))
    opened.trail.note(Event.RETRY, Part.LETTERS, object_type="letter", object_id=letter.pk)


@action(Part.LETTERS, Act.WITHDRAW_LETTER)
def withdraw_letter(opened: Opened, *, letter: Letter, reason: str) -> None:
    """Withdraw a released letter: readers see that it is, downloads stop. A corrected version can follow."""
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.withdrawn_at is not None:
        raise Refused("Deze brief is al ingetrokken.")
    if letter.released_at is None:
        raise Refused("Deze brief is nog niet klaar. U kunt hem intrekken zodra hij klaarstaat.")
    if not reason:
        raise Refused("Schrijf op waarom u de brief intrekt. Werknemer en werkgever lezen dit.")
    letter.withdrawn_at, letter.withdrawn_by, letter.withdrawn_reason = opened.now, opened.person, reason
    letter.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    opened.trail.note(Event.WITHDRAW_LETTER, Part.LETTERS, object_type="letter", object_id=letter.pk)


@action(Part.LETTERS, Act.READ)
def note_download(opened: Opened, *, letter: Letter, reader: Reader) -> None:
    """A download is an event of its own; the file is handed out only after this line."""
    opened.trail.note(Event.DOWNLOAD, Part.LETTERS, object_type="letter", object_id=f"{letter.pk}:{reader.value}")
