"""Closing again, after a backup was restored, what the ledger says was closed later: a letter, a dossier, a switch.

Called by the restore, without a person; every function can run any number of times with one effect, and leaves a line when it changed something.
Consents and seats are closed again in `consent/actions/replay.py`.
"""

import uuid
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from dossiers.ledger import Closing, Entry, note_closing
from dossiers.models import Dossier, Letter, Status, Switch
from dossiers.parts import Part
from dossiers.trail import COMMAND, Event, Line, append

NO_REASON = "Dit was al ingetrokken. De reden is niet bewaard: de gegevens zijn teruggezet uit een reservekopie."


class Replayed(StrEnum):
    """What became of one entry of the ledger."""

    CLOSED = "closed again"
    WAS = "closed already"
    GONE = "not in this backup"
    LEFT = "left for a person"


def who_closed(entry: Entry, *, otherwise: Any) -> Any:
    """The person who closed it; somebody of the dossier when that person came after the backup."""
    found = get_user_model()._default_manager.filter(pk=entry.by).first() if entry.by else None
    return found or otherwise


def note_again(dossier: Dossier, entry: Entry, part: Part) -> None:
    """The line of a closing that was done again: by whoever restores, about what, never why."""
    append(
        Line(
            Event.CLOSE_AGAIN,
            actor_role=COMMAND,
            responsible_id=dossier.physician_id,
            responsible_role="physician",
            object_type=entry.kind.value[:24],
            object_id=str(entry.object_id),
            dossier_id=dossier.pk,
            subject_id=dossier.employee_id,
            parts=(part.value,),
        )
    )


def close_letter(entry: Entry) -> Replayed:
    """Withdraw a letter again: readers see that it is, downloads stop."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update(of=("self",)).select_related("dossier__physician").filter(pk=entry.object_id).first()
        if letter is None:
            return Replayed.GONE
        if letter.withdrawn_at is not None:
            return Replayed.WAS
        letter.withdrawn_at, letter.withdrawn_reason = entry.at, NO_REASON
        letter.withdrawn_by = who_closed(entry, otherwise=letter.dossier.physician)
        letter.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        note_closing(Closing.LETTER, letter.pk, by=letter.withdrawn_by)
        note_again(letter.dossier, entry, Part.LETTERS)
    return Replayed.CLOSED


def close_dossier_again(entry: Entry) -> Replayed:
    """Close a dossier again. With a version that was being written in the backup a person decides: it must be finished or thrown away first."""
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).select_related("physician").filter(pk=entry.object_id).first()
        if dossier is None:
            return Replayed.GONE
        if dossier.closed_on is not None:
            return Replayed.WAS
        if dossier.assessments.exclude(status=Status.FINAL).exists():
            return Replayed.LEFT
        dossier.closed_on, dossier.closed_by = timezone.localdate(entry.at), who_closed(entry, otherwise=dossier.physician)
        dossier.save(update_fields=["closed_on", "closed_by"])
        note_closing(Closing.DOSSIER, dossier.pk, by=dossier.closed_by)
        note_again(dossier, entry, Part.PROCESS)
    return Replayed.CLOSED


def switch_off(entry: Entry) -> Replayed:
    """The employee's own words stay out of the next letter again."""
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",), no_key=True).filter(pk=entry.object_id).first()
        if dossier is None:
            return Replayed.GONE
        newest = Switch.objects.filter(dossier=dossier, part=entry.detail).order_by("-at", "-pk").first()
        if newest is None or not newest.on or newest.at > entry.at:
            return Replayed.WAS
        Switch.objects.create(dossier=dossier, part=entry.detail, on=False, at=entry.at, by=who_closed(entry, otherwise=dossier.employee))
        note_closing(Closing.SWITCH, dossier.pk, detail=entry.detail)
        note_again(dossier, entry, Part(entry.detail))
    return Replayed.CLOSED


def dossier_named(pk: uuid.UUID) -> str:
    """The number of a dossier, for what is told at the command line."""
    return Dossier.objects.filter(pk=pk).values_list("number", flat=True).first() or str(pk)
