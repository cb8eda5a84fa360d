"""Letters after finalising: making the copies, releasing both at once, trying again, withdrawing. On paper: `paper.py`.

What the worker does without a person (`make_copy`) renders what the row holds and opens no dossier.
"""

import datetime
import uuid
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from dossiers import outbox
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.letter import frozen_core
from dossiers.models import CopyState, Letter, LetterCopy, Reader
from dossiers.notices import Reason, tell_seated
from dossiers.paper import reached_employee
from dossiers.parts import Act, Part, Role
from dossiers.pdf import render_letter_pdf
from dossiers.rules.letter.document import Reader as LetterReader
from dossiers.stored_pdf import note_pdf, remove_other_pdfs, write_pdf
from dossiers.trail import Event, Line, Outcome, action, append, write_now


def make_copy(copy_id: uuid.UUID, *, now: datetime.datetime) -> None:
    """Render one copy and keep it; with the last one both letters are released. Called by the promise (`promises.py`), without a person."""
    copy = LetterCopy.objects.select_related("letter", "letter__assessment").get(pk=copy_id)
    if copy.state != CopyState.READY:
        pdf = render_letter_pdf(frozen_core(copy.letter), LetterReader(copy.reader))
        _keep(copy, pdf, now=now)
    _release(copy.letter, now=now)


def _keep(copy: LetterCopy, pdf: bytes, *, now: datetime.datetime) -> None:
    """Store one document, also when two workers made it at once or an earlier one died halfway."""
    name = write_pdf(copy, pdf)
    with transaction.atomic():
        current = LetterCopy.objects.select_for_update().get(pk=copy.pk)
        if current.state != CopyState.READY:
            current.state = CopyState.READY
            note_pdf(current, name, pdf, now=now)
            current.save()
            append(_line(current, Event.RENDER))
    remove_other_pdfs(current)


def _release(letter: Letter, *, now: datetime.datetime) -> None:
    """Both letters appear in the same moment: when both are rendered. One that was withdrawn before that never appears."""
    with transaction.atomic():
        locked = Letter.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=letter.pk)
        is_ready = not locked.copies.exclude(state=CopyState.READY).exists()
        if is_ready and locked.released_at is None and locked.withdrawn_at is None:
            locked.released_at = now
            locked.save(update_fields=["released_at"])
            _tell_readers(locked, Reason.LETTER_RELEASED, now=now)
            append(_line(locked.copies.first(), Event.RELEASE))


def _tell_readers(letter: Letter, reason: Reason, *, now: datetime.datetime) -> None:
    """Who can read it now. The employer of an employee who reads on paper: from the day the letter has arrived (`reminders.py`)."""
    reached = reached_employee(letter) if letter.on_paper else timezone.localdate(now)
    roles = [Role.EMPLOYEE, Role.EMPLOYER] if reached is not None and reached <= timezone.localdate(now) else [Role.EMPLOYEE]
    tell_seated(letter.dossier, roles, reason, now=now, object_id=letter.pk)


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


def failed(copy_id: uuid.UUID, given_up: bool) -> bool:
    """Note that a copy could not be made; False when somebody else made it in the meantime. Called in the transaction of the promise."""
    copy = LetterCopy.objects.select_for_update(of=("self",)).select_related("letter", "letter__assessment").get(pk=copy_id)
    if copy.state == CopyState.READY:
        return False
    copy.attempts += 1
    if given_up:
        copy.state = CopyState.FAILED
    copy.save(update_fields=["attempts", "state"])
    append(_line(copy, Event.RENDER, Outcome.ERROR))
    return True


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
    note_closing(Closing.LETTER, letter.pk, by=opened.person)
    if letter.released_at is not None:
        _tell_readers(letter, Reason.LETTER_WITHDRAWN, now=opened.now)
    opened.trail.note(Event.WITHDRAW_LETTER, Part.LETTERS, object_type="letter", object_id=letter.pk)


def note_download(opened: Opened, *, letter: Letter, reader: Reader) -> None:
    """A download is an event of its own, written before the first byte leaves. A reading door has no transaction to end, so at once."""
    opened.require(Part.LETTERS, Act.READ)
    template: Line = opened.trail.template
    write_now(replace(template, event=Event.DOWNLOAD, object_type="letter", object_id=f"{letter.pk}:{reader.value}", parts=(Part.LETTERS.value,)))
