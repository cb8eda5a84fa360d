"""The lock on the door: how tries to sign in are counted, and the browsers that an account knows.

django-axes asks `Handler` before any password is looked at. A browser that signed in before carries a signed cookie and has a bucket of its own
(OWASP, device cookies), so that nobody can lock somebody else out. No model is written here; what a bucket allows stands in rules/lock_out.py.
"""

import secrets
from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from bar.accounts.actions.tries import key_of, put_back, take_try
from bar.accounts.rules import lock_out as rules
from bar.accounts.rules.devices import network
from bar.metrics import LOCKED_OUT, SIGN_IN_FAILED

SALT = "bar.known_device"
KNOWN_FOR = 180 * 24 * 60 * 60  # seconds
MOST_ACCOUNTS = 5  # that one browser is known to


class Handler(AbstractAxesHandler, AxesBaseHandler):
    """What django-axes calls (AXES_HANDLER)."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Take one try, before the password is looked at, so that a thousand tries at once count as a thousand."""
        return may_try(request, str((credentials or {}).get("email") or (credentials or {}).get("login") or ""))

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Nothing is counted afterwards."""
        return 0

    def user_login_failed(self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: object) -> None:
        """The try was counted when it was made; here only for who watches the installation."""
        SIGN_IN_FAILED.inc()

    def user_logged_in(self, sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
        """Somebody is in, with every step: from now on this browser is known to the account."""
        if user.email:
            request.bar_knows = user.email  # type: ignore[attr-defined]

    def user_logged_out(self, sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
        """A browser stays known."""


def may_try(request: HttpRequest, address: str) -> bool:
    """Take one try at this account from this browser; whether it counts. Known and unknown addresses are counted the same."""
    account = key_of("account", rules.one_spelling(address))
    nonce = _known(request).get(account)
    if nonce:
        buckets = {key_of("device", nonce): rules.DEVICE}
    else:
        buckets = {account: rules.ACCOUNT, key_of("address", network(request.META.get("REMOTE_ADDR", ""))): rules.ADDRESS}
    wait = take_try(buckets, now=timezone.now())
    request.bar_taken = {} if wait else buckets  # type: ignore[attr-defined]
    request.bar_wait = rules.in_words(wait)  # type: ignore[attr-defined]
    return not wait


def was_right(request: HttpRequest) -> None:
    """The password was right: the try does not count. It says nothing about the second step, which has its own count."""
    taken = getattr(request, "bar_taken", None)
    if taken:
        put_back(taken)
        request.bar_taken = {}  # type: ignore[attr-defined]


def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """429: how long to wait, and what to do meanwhile. The same for every address."""
    LOCKED_OUT.inc()
    return render(request, "errors/429.html", {"wait_text": getattr(request, "bar_wait", ""), "door": True}, status=429)


# --- the browsers that an account knows -------------------------------------------------------


def cookie_name() -> str:
    """`__Host-`: no neighbour in the domain can set it."""
    return "__Host-apparaat" if settings.SESSION_COOKIE_SECURE else "apparaat"


def remember(request: HttpRequest, response: HttpResponseBase, address: str) -> None:
    """Let this browser be known to the account with this address: it signed in, or opened a link that was mailed there."""
    known = _known(request)
    account = key_of("account", rules.one_spelling(address))
    nonce = known.pop(account, None) or secrets.token_urlsafe(16)
    newest = [[account, nonce], *([one, other] for one, other in known.items())][:MOST_ACCOUNTS]
    response.set_cookie(
        cookie_name(),
        signing.dumps(newest, salt=SALT, compress=True),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known(request: HttpRequest, address: str) -> bool:
    """Whether this browser signed in to this account before."""
    return key_of("account", rules.one_spelling(address)) in _known(request)


def _known(request: HttpRequest) -> dict[str, str]:
    """The accounts that know this browser, the newest first, each with the name it was given. Whatever was tampered with counts for nothing."""
    try:
        found = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return {}
    return {str(account): str(nonce) for account, nonce in found}
