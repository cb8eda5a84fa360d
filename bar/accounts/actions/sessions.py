"""Sessions of a person: what is signed in where, ending one, all others, or those whose time is over; and telling of a new device.

A session key never leaves this module: a device is known by the number of its row.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from bar.accounts.actions.tries import forget_counts_by_clock
from bar.accounts.models import User
from bar.accounts.rules import devices
from bar.accounts.rules.sessions import ABSOLUTE_OTHERS, End
from dossiers.acting import CLOCK, acting_as
from dossiers.notices import Reason, tell
from dossiers.trail import COMMAND, Event, Line, Origin, append

FIRST_HOUR = datetime.timedelta(hours=1)  # after somebody took the account in use, the own browser is no news
AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length


@dataclass(frozen=True, slots=True)
class Device:
    """One place where somebody is signed in."""

    id: int
    text: str
    place: str
    since: datetime.datetime
    last_seen: datetime.datetime
    is_this: bool


def devices_of(person: User, *, session_key: str) -> list[Device]:
    """Where this person is signed in now: this device first, then the one seen last."""
    rows = UserSession.objects.filter(user=person, session_key__in=_living_keys()).order_by("-last_seen_at")
    found = [
        Device(row.pk, devices.in_words(row.user_agent), devices.place(row.ip), row.created_at, row.last_seen_at, row.session_key == session_key)
        for row in rows
    ]
    return sorted(found, key=lambda device: not device.is_this)


def _living_keys() -> Any:
    return Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")


def end_device(person: User, *, device_id: int, session_key: str, origin: Origin) -> Device | None:
    """Sign this person out on one device; None when there is no such device of this person. The own one is signed out by its own button."""
    device = next((one for one in devices_of(person, session_key=session_key) if one.id == device_id and not one.is_this), None)
    if device is None:
        return None
    with transaction.atomic():
        _end(UserSession.objects.filter(user=person, pk=device_id))
        append(_line(person, str(device_id), origin))
    return device


def end_others(person: User, *, session_key: str, origin: Origin) -> int:
    """Sign this person out everywhere else; on how many devices that was."""
    with transaction.atomic():
        count = _end(UserSession.objects.filter(user=person).exclude(session_key=session_key))
        append(_line(person, "others", origin))
    return count


def end_every_session(person: User) -> int:
    """Sign this person out everywhere, as part of another action, which leaves the line. How many sessions that were."""
    return _end(UserSession.objects.filter(user=person))


def end_sessions_but(person: User, *, session_key: str) -> int:
    """Sign this person out everywhere but here, as part of another action, which leaves the line."""
    return _end(UserSession.objects.filter(user=person).exclude(session_key=session_key))


def end_by_command(person: User | None) -> int:
    """Sign one person out everywhere, or everybody: for who runs the product, after an incident. On how many devices that was."""
    with transaction.atomic():
        count = _end(UserSession.objects.filter(user=person) if person else UserSession.objects.all())
        if person is None:
            Session.objects.all().delete()  # also who is halfway signing in
        subject = person.pk if person else None
        append(Line(Event.END_SESSION, actor_role=COMMAND, object_type="session", object_id="all" if person else "everybody", subject_id=subject))
    return count


def moved(*, old_key: str, new_key: str) -> None:
    """A session goes on under another key: the device stays the same one."""
    UserSession.objects.filter(session_key=old_key).update(session_key=new_key)


def end_by_limit(person: User, *, why: End, session_key: str, origin: Origin) -> None:
    """The time of a session is over. The door takes the session itself away."""
    with transaction.atomic():
        UserSession.objects.filter(user=person, session_key=session_key).delete()
        append(Line(Event.SIGN_OUT, actor_id=person.pk, object_type="session", subject_id=person.pk, sentence=why.value, origin=origin))


def tell_of_new_device(person: User, *, is_known: bool, user_agent: str, session_key: str, now: datetime.datetime) -> None:
    """Tell the owner of an account about a sign-in from a browser that was never seen."""
    is_first = person.activated_at is None or now - person.activated_at < FIRST_HOUR
    if is_known or is_first:
        return
    if UserSession.objects.filter(user=person, user_agent=user_agent[:AGENT_LENGTH]).exclude(session_key=session_key).exists():
        return
    with transaction.atomic():
        tell(person, Reason.NEW_DEVICE, now=now, account=True)


@acting_as(CLOCK)
def tidy_by_clock(*, now: datetime.datetime) -> int:
    """Throw away sessions that are over, what was known about them, and counts that count nothing; how many rows that were."""
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    rows, _ = (
        UserSession.objects.filter(last_seen_at__lt=now - ABSOLUTE_OTHERS).exclude(session_key__in=Session.objects.values("session_key")).delete()
    )
    return int(sessions + rows + forget_counts_by_clock(now=now))


def _end(rows: Any) -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def _line(person: User, object_id: str, origin: Origin) -> Line:
    return Line(Event.END_SESSION, actor_id=person.pk, object_type="session", object_id=object_id, subject_id=person.pk, origin=origin)
