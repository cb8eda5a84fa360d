"""Passwords: making a new one, asking for a link when it is lost, and sending that link.

Asking does the same for every address, known or not; only the worker finds out. A link is Django's: signed over the password there is now, so it
works once and for an hour. It signs nobody in, and it leaves the second step as it is.
"""

import datetime
import uuid

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from bar.accounts.actions.sessions import end_every_session, end_sessions_but
from bar.accounts.actions.tries import key_of, take_try
from bar.accounts.models import User
from bar.accounts.rules.lock_out import MAIL, one_spelling
from dossiers import outbox
from dossiers.actions.notices import SUBJECT
from dossiers.mail import Bounced, message_id_of, send_mail
from dossiers.notices import Reason, tell
from dossiers.trail import Event, Line, Origin, append

PROMISE = "lost_password"


class Links(PasswordResetTokenGenerator):
    """Django's, in UTC: in local time a link of October lives two hours."""

    key_salt = "bar.accounts.actions.passwords"

    def _now(self) -> datetime.datetime:
        return timezone.now().replace(tzinfo=None)


LINKS = Links()


def change_password(person: User, *, password: str, session_key: str, origin: Origin, now: datetime.datetime) -> None:
    """Give this person a new password; signed out everywhere but in this session."""
    with transaction.atomic():
        _set(person, password, now)
        end_sessions_but(person, session_key=session_key)
        append(_line(person, origin))


def replace_lost_password(person: User, *, password: str, origin: Origin, now: datetime.datetime) -> None:
    """Give somebody who opened the mailed link a new password; signed out everywhere."""
    with transaction.atomic():
        _set(person, password, now)
        end_every_session(person)
        append(_line(person, origin))


def _set(person: User, password: str, now: datetime.datetime) -> None:
    person.set_password(password)
    person.save(update_fields=["password"])
    tell(person, Reason.PASSWORD_CHANGED, now=now, account=True)


def _line(person: User, origin: Origin) -> Line:
    return Line(Event.CHANGE_PASSWORD, actor_id=person.pk, object_type="person", object_id=str(person.pk), subject_id=person.pk, origin=origin)


def ask_new_password(address: str, *, origin: Origin, now: datetime.datetime) -> None:
    """Promise to look whether somebody with this address needs a link. The same work for every address.

    Who asks again and again gets a few mails and then one a quarter of an hour: the newest link always works long enough.
    """
    with transaction.atomic():
        if take_try({key_of("lost_password", one_spelling(address)): MAIL}, now=now):
            return
        found = User.objects.filter(email__iexact=address.strip()).values_list("pk", flat=True).first()
        outbox.put(PROMISE, found or uuid.uuid4(), now=now, again=uuid.uuid4().hex)
        append(Line(Event.ASK_RESET, object_type="password", subject_id=found, origin=origin))


def send_link(person_id: uuid.UUID, /, *, now: datetime.datetime) -> None:
    """Send the link, when there is an account in use with a password."""
    person = User.objects.filter(pk=person_id).first()
    if person is None or not may_have_link(person):
        return
    url = f"{settings.BASE_URL}{reverse('new_password')}?{urlencode({'k': token_of(person)})}"
    same = uuid.uuid5(person.pk, f"{now:%Y%m%d%H}")  # a worker that dies after sending sends the same message again, not a second one
    try:
        send_mail("mail/lost_password.txt", {"url": url}, subject=SUBJECT, to=str(person.email), message_id=message_id_of(same))
    except Bounced:
        return  # the mailbox is gone: trying again is of no use, and nobody may be told


def link_failed(_person_id: uuid.UUID, _given_up: bool, /) -> bool:
    """The mail server was away: somebody tries again, and after an hour the person asks again."""
    return True


def may_have_link(person: User) -> bool:
    """Somebody who signs in through an organisation only has no password to lose: a new one would be a weaker door."""
    return person.can_sign_in and bool(person.email) and person.has_usable_password()


def token_of(person: User) -> str:
    """What stands in the link."""
    return f"{person.pk.hex}.{LINKS.make_token(person)}"


def person_with(token: str) -> User | None:
    """Whose link this is, when it still works."""
    raw, _, rest = token.partition(".")
    try:
        person = User.objects.select_related("organisation").filter(pk=uuid.UUID(hex=raw)).first()
    except ValueError:
        return None
    if person is None or not may_have_link(person) or not LINKS.check_token(person, rest):
        return None
    return person
