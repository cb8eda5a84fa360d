"""What the tests of sessions share: a password, the sign-in form, and a clock that is moved in the session itself."""

from django.contrib.sessions.models import Session
from django.test import Client

from bar.accounts.limits import LAST_SEEN, SIGNED_IN_AT

PASSWORD = "linde kompas veer stoep"
FETCH = {"X-Requested-With": "fetch"}


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: object) -> "tuple[int, str]":
    """Try at the front door: the status and the page."""
    answer = client.post("/inloggen/", {"login": email, "password": password}, **more)  # type: ignore[arg-type]
    return answer.status_code, answer.content.decode()


def pass_time(client: Client, minutes: float, *, seen: bool = True, signed_in: bool = True) -> None:
    """As if so many minutes passed since somebody was here, and since the sign-in."""
    session = client.session
    for name, moves in ((LAST_SEEN, seen), (SIGNED_IN_AT, signed_in)):
        if moves:
            session[name] -= minutes * 60
    session.save()


def is_in(client: Client) -> bool:
    """Whether this browser is signed in."""
    return client.get("/").status_code == 200


def living_sessions() -> int:
    return Session.objects.count()
