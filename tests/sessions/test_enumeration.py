"""G4: nothing tells whether an address has an account: not the words, not the bytes, not the headers, not the mail, not the number of queries.

Time is measured apart (timing.py, `make timing`): a busy machine would make a test of it lie.
"""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bar.accounts.models import User

KINDS = ("known", "unknown", "ended", "never_activated", "no_password")
CHANGES = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+|("X-CSRFToken": ")[^"]+')


@pytest.fixture
def addresses(people: dict[str, User]) -> dict[str, str]:
    """One address of every kind, all equally long."""
    User.objects.create_user("never_activa@proef.test", name="Nog Niet")
    User.objects.filter(pk=people["administrator"].pk).update(email="ended_person@proef.test", is_active=False)
    people["physician"].email = "by_organisat@proef.test"
    people["physician"].set_unusable_password()
    people["physician"].save()
    User.objects.filter(pk=people["employee"].pk).update(email="known_person@proef.test")
    found = ("known_person", "unknown_pers", "ended_person", "never_activa", "by_organisat")
    return dict(zip(KINDS, (f"{one}@proef.test" for one in found), strict=True))


# What differs between two of the same statement: values with their casts, and the names of savepoints and cursors.
VALUES = re.compile(r"""(?:'(?:[^']|'')*'|\b\d+\b|\bNULL\b)(?:::\w+(?:\(\d+\))?(?:\[\])?)*|"s\d+_x\d+"|"_django_curs_\w+\"""")


def bytes_of(answer: HttpResponse, address: str) -> tuple[int, bytes, dict[str, str]]:
    """Everything somebody gets to see, without the token and what was typed."""
    body = CHANGES.sub(b"", answer.content).replace(address.encode(), b"")
    return answer.status_code, body, {name: value for name, value in answer.headers.items() if name != "Expires"}  # that one is the clock


def at_the_door(client: Client, address: str) -> HttpResponse:
    return client.post("/inloggen/", {"login": address, "password": "niet het wachtwoord"})  # type: ignore[return-value]


def locked(client: Client, address: str) -> HttpResponse:
    for _ in range(6):
        Client().post("/inloggen/", {"login": address, "password": "gok"}, REMOTE_ADDR=f"198.51.100.{len(address)}")
    answer = at_the_door(client, address)
    return re_wait(answer)


def re_wait(answer: HttpResponse) -> HttpResponse:
    """How many minutes are left depends on the clock."""
    answer.content = re.sub(rb"over \d+ minu[a-z]+", b"", answer.content)
    return answer


def lost(client: Client, address: str) -> HttpResponse:
    return client.post("/wachtwoord-vergeten/", {"email": address})  # type: ignore[return-value]


def lost_page(client: Client, address: str) -> HttpResponse:
    return client.post("/wachtwoord-vergeten/", {"email": address}, follow=True)  # type: ignore[return-value]


@pytest.mark.parametrize("ask", [at_the_door, locked, lost, lost_page])
def test_g4_every_kind_of_address_gets_the_same_bytes_and_headers(addresses: dict[str, str], ask: Callable[[Client, str], HttpResponse]) -> None:
    answers = {}
    for number, (kind, address) in enumerate(addresses.items()):
        answers[kind] = bytes_of(ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), address), address)
    for kind in KINDS[1:]:
        assert answers[kind] == answers["known"], kind


@pytest.mark.parametrize("ask", [at_the_door, lost])
def test_g4_every_kind_of_address_asks_the_database_the_same_questions(addresses: dict[str, str], ask: Callable[[Client, str], HttpResponse]) -> None:
    """The one thing besides hashing that takes time: the statements, without their values."""
    asked = {}
    for number, (kind, address) in enumerate(addresses.items()):
        with CaptureQueriesContext(connection) as queries:
            ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), address)
        asked[kind] = [VALUES.sub("?", query["sql"]) for query in queries]
    for kind in KINDS[1:]:
        assert asked[kind] == asked["known"], kind


def test_g4_every_wrong_try_hashes_once(addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    count: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def counted(self: Argon2PasswordHasher, *args: object, real: Callable[..., object] = real, name: str = name) -> object:
            count.append(name)
            return real(self, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    found = {}
    for number, (kind, address) in enumerate(addresses.items()):
        count.clear()
        at_the_door(Client(REMOTE_ADDR=f"203.0.113.{number}"), address)
        found[kind] = len(count)
    assert found == dict.fromkeys(KINDS, 1)
