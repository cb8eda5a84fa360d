"""Doors of the clock for what belongs to the machine: people and their sessions. Each calls one action; every task can run twice."""

from celery import shared_task
from django.utils import timezone

from bar.accounts.actions.resets import do_due_by_clock
from bar.accounts.actions.sessions import tidy_by_clock


@shared_task  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Once a day: sessions that are over, and counts that count nothing."""
    tidy_by_clock(now=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def do_resets() -> None:
    """Every five minutes: resets of a second step or an address that waited their day."""
    do_due_by_clock(now=timezone.now())
