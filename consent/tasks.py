"""Doors of the clock about shares and what hangs on them. Each calls one action; every task can run twice."""

from celery import shared_task
from django.utils import timezone

from consent.actions.consultation import remind_of_questions_by_clock
from consent.actions.share_reminders import remind_of_shares_by_clock


@shared_task  # type: ignore[untyped-decorator]
def remind_of_shares() -> None:
    """Once a day: whose share ends within two weeks."""
    remind_of_shares_by_clock(now=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def remind_of_questions() -> None:
    """Once a day: who was asked something and is late."""
    remind_of_questions_by_clock(now=timezone.now())
