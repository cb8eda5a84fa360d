"""The own account: name, notices, language of dates, a copy of the own data. Each leaves a line in the trail.

E-mail address, password, second step and devices have their own modules; nobody else's account is ever touched here.
"""

import datetime

from django.db import transaction

from bar.accounts.export import zip_of
from bar.accounts.models import NoticeChoice, User
from dossiers.date_language import LANGUAGES
from dossiers.errors import Refused
from dossiers.trail import Event, Line, Origin, append


def rename(person: User, *, name: str, origin: Origin) -> None:
    """Another name for the account. What was typed in dossiers stays as it is."""
    if not name:
        raise Refused("Vul uw naam in.")
    _change(person, "name", name, origin)


def choose_notices(person: User, *, choice: NoticeChoice, origin: Origin) -> None:
    """How often mail says that something waits."""
    _change(person, "notice_choice", choice.value, origin)


def choose_dates(person: User, *, language: str, origin: Origin) -> None:
    """In which language dates on screen are written, beside the Dutch ones."""
    if language not in LANGUAGES:
        raise Refused("Deze taal is er niet. Kies een taal uit de lijst.")
    _change(person, "date_language", language, origin)


def own_copy(person: User, *, now: datetime.datetime, origin: Origin) -> bytes:
    """Everything kept about this account, as a zip; the line that it was made is in the trail before a byte leaves."""
    with transaction.atomic():
        made = zip_of(person, now=now)
        append(_line(Event.EXPORT, person, "account", origin))
    return made


def _change(person: User, field: str, value: str, origin: Origin) -> None:
    """One field of the own row, locked; what the person cannot choose is never among them."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=person.pk)
        if getattr(row, field) != value:
            setattr(row, field, value)
            row.save(update_fields=[field])
            append(_line(Event.CHANGE_ACCOUNT, person, field, origin))
    setattr(person, field, value)


def _line(event: Event, person: User, what: str, origin: Origin) -> Line:
    return Line(event, actor_id=person.pk, object_type=what, object_id=str(person.pk), subject_id=person.pk, origin=origin)
