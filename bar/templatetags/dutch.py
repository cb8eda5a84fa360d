"""Dates, numbers and enum labels in Dutch, for every template of ours. No decisions, no access."""

import datetime
from decimal import Decimal

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from dossiers import date_language
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
def dates(value: object) -> object:
    """A text or `|day` with every date also in the reader's own language: `7 april 2026 (7 kwietnia 2026)`. Not for titles and attributes."""
    language = date_language.chosen()
    if language == date_language.DUTCH or not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return format_html_join("", "{}{}", ((text, _beside(day, language)) for text, day in date_language.pieces(value)))


def _beside(day: datetime.date | None, language: str) -> str:
    if day is None:
        return ""
    direction = "rtl" if language in date_language.RIGHT_TO_LEFT else "ltr"
    return format_html(' (<span lang="{}" dir="{}">{}</span>)', language, direction, date_language.in_language(day, language))


@register.filter
def hours(value: Decimal | float | int | None) -> str:
    """`13,5 uur`; empty for none."""
    return "" if value is None else words.hours(value)


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation is a demonstration: the same answer for everybody and on every page."""
    return bool(settings.DEMO)
