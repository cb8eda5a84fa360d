"""Doors of the worker and the clock. Each calls one action; ids only; every task can run twice."""

import uuid

from celery import shared_task
from django.utils import timezone

from dossiers.actions.checkpoints import note_checkpoint_by_clock, verify_trail_by_clock
from dossiers.actions.promises import do_outbox_by_clock, hand_out_by_clock
from dossiers.actions.reminders import remind_by_clock, tell_of_paper_by_clock


@shared_task  # type: ignore[untyped-decorator]
def do_outbox(outbox_id: str) -> None:
    """One promise, rung for by the transaction that made it."""
    do_outbox_by_clock(uuid.UUID(outbox_id), now=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def sweep_outbox() -> None:
    """Every promise that waits: what a lost bell or a dead worker left behind."""
    hand_out_by_clock(now=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def remind() -> None:
    """Once a day: whoever has a version waiting past its term, or a request close to it."""
    remind_by_clock(now=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def tell_of_paper() -> None:
    """Every hour: whoever may read a letter now that it has reached the employee on paper."""
    tell_of_paper_by_clock(now=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def note_checkpoint() -> None:
    """Every ten minutes: how far the trail is, outside the database."""
    note_checkpoint_by_clock()


@shared_task  # type: ignore[untyped-decorator]
def verify_trail() -> None:
    """Once a night: whether the trail is still whole."""
    verify_trail_by_clock()
