"""Dates, numbers and enum labels in Dutch, for every template of ours. No decisions, no access."""

import datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from dossiers.rules import dutch as words

register = template.Library()


@register.filter
def day(value: datetime.date | None) -> str:
    """`30 maart 2026`; empty for no date."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return words.long_date(value)


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """`30 maart 2026 om 14:32`."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{words.long_date(local.date())} om {local:%H:%M}"


@register.filter
def hours(value: Decimal | float | int | None) -> str:
    """`13,5 uur`; empty for none."""
    return "" if value is None else words.hours(value)
