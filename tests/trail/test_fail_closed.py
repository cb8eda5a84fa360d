"""When a line of the trail cannot be written nobody enters, nothing happens, and the page says so calmly: at every address, for everybody.

The line is kept from being written for real: the right to insert is taken away, the lock of the chain is held, an address that is none comes in.
"""

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from dossiers import trail
from dossiers.models import TrailLine
from tests import databases
from tests.access.test_matrix import FRAGMENT, INSIDE, Walk, address
from tests.memory import digests
from tests.world import SEATED, World, make_world
from tests.worlds import FULL, blank_paper

TIMES = 1_000 if FULL else 24
APPLICATION = "SELECT current_user"
# What is counted of who comes by, and no part of a dossier.
BESIDE = {"django_session", "usersessions_usersession", "accounts_usersession"}


@contextmanager
def no_right() -> Iterator[dict[str, str]]:
    """The owner takes the right to add lines away."""
    with connection.cursor() as cursor:
        cursor.execute(APPLICATION)
        (role,) = cursor.fetchone()
    with databases.as_owner() as owner:
        owner.execute(f"REVOKE INSERT ON dossiers_trailline FROM {role}")
        try:
            yield {}
        finally:
            owner.execute(f"GRANT INSERT ON dossiers_trailline TO {role}")


@contextmanager
def no_address() -> Iterator[dict[str, str]]:
    """What the server says of the visitor does not go into its column."""
    yield {"REMOTE_ADDR": "geen adres"}


@contextmanager
def too_long() -> Iterator[dict[str, str]]:
    """A value longer than its column."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trail, "POLICY", "access-1" * 10)
        yield {}


@contextmanager
def disk_full() -> Iterator[dict[str, str]]:
    """As Django tells it."""

    def full(*_: object) -> None:
        raise OperationalError("could not extend file: No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trail, "_append", full)
        yield {}


WAYS = [no_right, no_address, too_long, disk_full]


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    with blank_paper(), django_db_blocker.unblock(), transaction.atomic():
        walk = Walk()
        for client in walk.clients.values():
            client.raise_request_exception = False
        yield walk
        transaction.set_rollback(True)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_h3_nobody_enters_anywhere_when_the_line_cannot_be_written(walk: Walk, way: Any) -> None:
    dice = random.Random(way.__name__)  # noqa: S311
    names = [person.name for person in walk.world.people.values()]
    with transaction.atomic():
        before = rows_now()
        with way() as extra:
            for _ in range(-(-TIMES // len(WAYS))):
                name, route, marker = dice.choice(INSIDE)
                who = dice.choice([*SEATED, "outsider", "superuser"])
                method = dice.choice(["GET", "HEAD"] if marker.folded else ["GET", "POST", "HEAD"])  # of folded ones the test below
                fragment = dice.choice([{}, FRAGMENT])
                where = address(name, route, walk.world.number)
                response = walk.clients[who].generic(method, where, **fragment, **extra)  # type: ignore[arg-type]
                case = f"{who} {method} {where} {'fragment' if fragment else 'page'}"
                shown = response.content.decode()
                assert response.status_code in ({503} if way is not no_address else {403, 503}), case  # allauth refuses such an address itself
                assert response.status_code == 403 or "Retry-After" in response, case
                assert response.status_code == 403 or method == "HEAD" or "We zijn zo terug" in shown, case
                assert not [one for one in ["KANARIE", walk.world.number, *names] if one in shown], case
        assert rows_now() == before
        transaction.set_rollback(True)


def test_h3_an_autosave_stands_in_the_trail_or_is_not_kept(world: World) -> None:
    """A line of this quarter of an hour counts for what comes after it; the first of the next quarter must be written."""
    where = reverse("save_own_view", args=[world.number])
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20)):
        client = world.client("employee")
        client.raise_request_exception = False
        before = rows_now()
        with no_right():
            response = client.post(where, {"can_do": "Ik kan weer lopen.", "seen": "1"}, **FRAGMENT)  # type: ignore[arg-type]
        assert response.status_code == 503
        assert rows_now() == before


@pytest.mark.django_db(transaction=True)
def test_h3_nobody_waits_for_ever_for_a_chain_that_somebody_holds() -> None:
    world = make_world(finals=0, shares=False)
    client = world.client("physician")
    client.raise_request_exception = False
    before = rows_now()
    with databases.as_owner() as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20ms'")  # ten seconds at work
        with other.transaction():
            for chain in (trail.GENERAL, world.dossier.pk):
                other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7513))", [str(chain)])
            for where in ("/", f"/dossier/{world.number}/", f"/dossier/{world.number}/brieven/", "/dossier/D-BESTAATNIET/"):
                assert client.get(where).status_code == 503, where
        assert rows_now() == before
        assert client.get(f"/dossier/{world.number}/").status_code == 200
        cursor.execute("RESET lock_timeout")


def test_h3_nobody_is_signed_in_when_the_line_cannot_be_written(world: World) -> None:
    person = world.people["physician"]
    person.set_password("een lang en goed wachtwoord 42")
    person.save()
    with no_right():
        client = Client(raise_request_exception=False)
        response = client.post(reverse("sign_in"), {"login": person.email, "password": "een lang en goed wachtwoord 42"})
        assert response.status_code == 503
        assert client.get("/").status_code in {302, 503}
        assert "_auth_user_id" not in client.session


def test_h3_a_name_of_a_browser_that_no_database_takes_lets_nobody_in(world: World) -> None:
    client = world.client("physician")
    client.raise_request_exception = False
    for agent in ("niets\x00", "x" * 100_000, "\ud800", "één"):
        response = client.get(f"/dossier/{world.number}/", HTTP_USER_AGENT=agent)
        is_in = response.status_code == 200
        assert is_in or (response.status_code >= 400 and world.people["employee"].name not in response.content.decode())
        assert not is_in or TrailLine.objects.filter(chain=world.dossier.pk, event_code="visit").exists()


def test_everybody_enters_again_when_the_line_can_be_written(world: World) -> None:
    client = world.client("physician")
    client.raise_request_exception = False
    with no_right():
        assert client.get(f"/dossier/{world.number}/").status_code == 503
    assert client.get(f"/dossier/{world.number}/").status_code == 200


def rows_now() -> dict[str, str]:
    """How every table stands, but for what is counted of who comes by."""
    return {table: stands for table, stands in digests().items() if table not in BESIDE}
