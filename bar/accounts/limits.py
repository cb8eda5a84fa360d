"""Middleware: how long a session lasts, on the server. After the limit the session is gone at the next request.

The numbers stand in rules/sessions.py. A request that only asks how much time is left sets `request.bar_is_asking` and does not count as activity.
"""

import datetime
from collections.abc import Callable

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from bar.accounts import lock_out
from bar.accounts.actions.sessions import end_by_limit, tell_of_new_device
from bar.accounts.models import User
from bar.accounts.rules.sessions import End, Limits, TimeLeft, limits_of, must_note, time_left
from consent.gate import origin_of
from dossiers.parts import AUTHORS, EXPERTS

SIGNED_IN_AT, LAST_SEEN, DEVICE = "signed_in_at", "last_seen", "device"
WHY = {
    End.IDLE: "U bent uitgelogd, omdat u een tijd niets deed. Zo kan niemand anders meekijken. Log opnieuw in om verder te gaan.",
    End.ABSOLUTE: "U was lang ingelogd. Voor de veiligheid vragen we u om opnieuw in te loggen.",
}


class SessionLimits:
    """Middleware; see the module docstring. Stands after authentication and messages, and before whatever notes that somebody was here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """End what is over, answer, and note that somebody was here."""
        now = timezone.now()
        if isinstance(request.user, User):
            _end_or_go_on(request, request.user, now)
        elif SESSION_KEY in request.session:  # the account was ended: what it kept goes now
            request.session.flush()
        response = self.get_response(request)
        _note(request, now)
        if getattr(request, "bar_knows", "") and isinstance(request.user, User):
            _know_browser(request, response, request.user, now)
        return response


class Devices(UserSessionsMiddleware):
    """Middleware: the list of devices of allauth, written as seldom as the rest (`must_note`) and at once when somebody comes from elsewhere."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note the device of this session when it is another one, or was noted too long ago."""
        response: HttpResponseBase = super().__call__(request) if self._is_news(request, timezone.now()) else self.get_response(request)
        return response

    def _is_news(self, request: HttpRequest, now: datetime.datetime) -> bool:
        if not request.user.is_authenticated:
            return False
        device = [request.session.session_key, request.META.get("REMOTE_ADDR"), request.headers.get("user-agent", "")]
        if request.session.get(DEVICE) == device:
            return must_note(_moment(request, LAST_SEEN, now), now)
        request.session[DEVICE] = device
        return True


def left_of(request: HttpRequest, person: User, now: datetime.datetime) -> TimeLeft:
    """How much time the session of this request has. One that does not know when it began begins now."""
    return time_left(_limits(person), signed_in_at=_moment(request, SIGNED_IN_AT, now), last_seen=_moment(request, LAST_SEEN, now), now=now)


def _limits(person: User) -> Limits:
    return limits_of(professional=person.profession in AUTHORS | EXPERTS, administrator=person.is_administrator)


def _end_or_go_on(request: HttpRequest, person: User, now: datetime.datetime) -> None:
    """Take the session away when it is over; else let the page know how much time there is from now."""
    ended = left_of(request, person, now).ended
    if ended is None:
        request.bar_time = time_left(_limits(person), signed_in_at=_moment(request, SIGNED_IN_AT, now), last_seen=now, now=now)  # type: ignore[attr-defined]
        return
    end_by_limit(person, why=ended, session_key=request.session.session_key or "", origin=origin_of(request))
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, WHY[ended])  # for the sign-in page, whenever it is opened


def _note(request: HttpRequest, now: datetime.datetime) -> None:
    """Write down that somebody was here, now and then."""
    if not request.user.is_authenticated or getattr(request, "bar_is_asking", False):
        return
    if SIGNED_IN_AT not in request.session:
        request.session[SIGNED_IN_AT] = now.timestamp()
        request.session[LAST_SEEN] = now.timestamp()
    elif must_note(_moment(request, LAST_SEEN, now), now):
        request.session[LAST_SEEN] = now.timestamp()


def _know_browser(request: HttpRequest, response: HttpResponseBase, person: User, now: datetime.datetime) -> None:
    """Somebody signed in just now: tell the owner when the browser is a new one, and know it from now on."""
    tell_of_new_device(
        person,
        is_known=lock_out.is_known(request, person.email or ""),
        user_agent=request.headers.get("user-agent", ""),
        session_key=request.session.session_key or "",
        now=now,
    )
    lock_out.remember(request, response, person.email or "")


def _moment(request: HttpRequest, name: str, otherwise: datetime.datetime) -> datetime.datetime:
    kept = request.session.get(name)
    return datetime.datetime.fromtimestamp(kept, tz=datetime.UTC) if isinstance(kept, float) else otherwise
