"""Hands for the tests of the second step: a person with a password, an app that gives codes, a half-open door."""

import re

import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from bar.accounts.models import User
from bar.accounts.rules.codes import STEP, code_at

PASSWORD = "een heel lang wachtwoord"
EMAIL = "iemand@stap.test"
DOOR, SECOND, FACTORS, AGAIN = "/inloggen/", "/inloggen/tweede-stap/", "/account/inloggen/", "/account/inloggen/opnieuw/"


def make_person(email: str = EMAIL) -> User:
    return User.objects.create_user(email, PASSWORD, name="Iemand Stap")


def give_app(person: User) -> str:
    """An app with codes that was set up before; its key."""
    key: str = generate_totp_secret()
    TOTP.activate(person, key)
    RecoveryCodes.activate(person)
    return key


def type_password(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: str) -> str:
    """Pass the first step; where the answer leads."""
    answer = client.post(DOOR, {"login": email, "password": password, **more})
    return answer.get("Location", f"{answer.status_code}")


def code_now(key: str, *, steps: int = 0) -> str:
    """What an app with this key shows now, or so many half minutes from now."""
    return code_at(key.replace(" ", ""), int(timezone.now().timestamp()) // STEP + steps)


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set up an app as a person does; its key, and the codes on paper."""
    page = client.get(f"{FACTORS}app/").content.decode()
    found = re.search(r"data-key[^>]*>([A-Z2-7 ]+)<", page)
    assert found, "the key is real text"
    with time_machine.travel(timezone.now(), tick=False):  # the oldest code that counts, not a moment too old on the way
        answer = client.post(f"{FACTORS}app/", {"code": code_now(found[1], steps=-1)})
    assert answer.status_code == 302, answer.content.decode()
    return found[1], paper_codes(client)


def paper_codes(client: Client) -> list[str]:
    """The codes on paper, as the page shows them."""
    return re.findall(r"<code[^>]*>(\d{4} \d{4})</code>", client.get(f"{FACTORS}herstelcodes/").content.decode())


def with_app(client: Client, email: str = EMAIL) -> tuple[User, str, list[str]]:
    """A person with a password and an app; `client` is signed out again."""
    person = make_person(email)
    type_password(client, email)
    key, codes = set_up_app(client)
    client.post("/uitloggen/")
    return person, key, codes
