"""F6, F7, F8: the database is away, too busy, locked or full. Waiting has an end, nothing is half, and the page says in plain Dutch what to do."""

import datetime as dt
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from psycopg import errors

from consent import access, gate
from consent.sent_once import sent_once
from dossiers.models import TrailLine
from dossiers.trail import Event
from tests import databases
from tests.filling.material import draft_of, post, start_draft, url
from tests.machine.test_database import address
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
With = Callable[..., AbstractContextManager[None]]
BACK = "We zijn zo terug"
TYPED = "Werken kan weer voor een deel."


@pytest.fixture
def world(transactional_db: None) -> World:
    """One dossier to write in."""
    return make_world(shares=False, finals=0)


def patient(world: World, who: str = "physician") -> Client:
    """A browser that gets the page of an error."""
    client = world.client(who)
    client.raise_request_exception = False
    return client


def test_f6_while_the_database_is_away_the_page_says_to_wait_and_gives_the_text_back(world: World, database_with: With) -> None:
    version = start_draft(world)
    client, where = patient(world), url(world, "save_section", version.number, "advice")
    with database_with(port="1", timeout=0.3):
        page = client.get(f"/dossier/{world.number}/")
        sent = client.post(where, {"message": TYPED, "seen": "0"}, headers={"Sec-Fetch-Site": "same-origin"})
        elsewhere = client.post(where, {"message": TYPED, "seen": "0"}, headers={"Sec-Fetch-Site": "cross-site"})
        by_script = post(client, world, version, "advice", {"message": TYPED})
    for answer in (page, sent, elsewhere, by_script):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "no-store" in answer.headers["Cache-Control"]
        assert BACK in answer.content.decode()
    assert "Probeer het opnieuw" in page.content.decode()
    assert TYPED in sent.content.decode(), "what was typed is given back as a copy"
    assert TYPED not in elsewhere.content.decode(), "nobody else can have us show a text"
    assert post(client, world, version, "advice", {"message": TYPED}).status_code in {200, 422}, "the next request is served"
    assert draft_of(version, "advice").content["message"] == TYPED


def test_f6_what_was_under_way_when_the_database_fell_is_rolled_back_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = start_draft(world)
    client = patient(world)
    before = TrailLine.objects.filter(event_code=Event.SAVE_SECTION).count()

    def act(request: Any, view: Callable[[], Any]) -> Any:
        view()
        with psycopg.connect(address(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return view()

    monkeypatch.setattr(gate, "sent_once", act)
    assert post(client, world, version, "advice", {"message": TYPED}).status_code == 503
    monkeypatch.undo()
    assert draft_of(version, "advice").version == 0
    assert TrailLine.objects.filter(event_code=Event.SAVE_SECTION).count() == before
    assert post(client, world, version, "advice", {"message": TYPED}).status_code in {200, 422}


def test_f6_nobody_waits_a_second_time_to_save_a_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(request: Any, _view: Callable[[], Any]) -> Any:
        request.session["half"] = True
        raise OperationalError

    version, client = start_draft(world), patient(world)
    monkeypatch.setattr(gate, "sent_once", falls)
    assert post(client, world, version, "advice", {"message": TYPED}).status_code == 503
    assert "half" not in client.session


def test_f7_when_every_connection_is_taken_the_wait_is_short_and_told(world: World, database_with: With, monkeypatch: pytest.MonkeyPatch) -> None:
    client = patient(world)
    seen: list[int] = []

    def look() -> None:
        try:
            seen.append(client.get(f"/dossier/{world.number}/").status_code)
        finally:
            connection.close()

    with database_with(max_size=1):
        connection.ensure_connection()  # the only one
        with monkeypatch.context() as patch:
            patch.setattr(connection.pool, "timeout", 0.3)  # type: ignore[attr-defined]  # of who waits for it; making it may take longer
            thread = threading.Thread(target=look)
            thread.start()
            thread.join(10)
        connection.close()
        look()
    assert seen == [503, 200]


def test_f7_a_lock_that_lasts_ends_in_the_same_page_and_nothing_is_stored(world: World, database_with: With) -> None:
    version = start_draft(world)
    client = patient(world)
    with databases.as_owner() as owner, owner.transaction():
        owner.execute("SELECT 1 FROM consent_seat FOR UPDATE")
        with database_with(options="-c lock_timeout=200"):
            assert post(client, world, version, "advice", {"message": TYPED}).status_code == 503
    assert draft_of(version, "advice").version == 0
    assert post(client, world, version, "advice", {"message": TYPED}).status_code in {200, 422}


@pytest.mark.parametrize("kind", [errors.DeadlockDetected, errors.SerializationFailure], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("times", [1, 2])
def test_f7_a_collision_is_tried_once_more_and_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: type[psycopg.OperationalError], times: int
) -> None:
    version = start_draft(world)
    turns: list[int] = []

    def collides(request: Any, view: Callable[[], Any]) -> Any:
        turns.append(1)
        answer = sent_once(request, view)
        if len(turns) <= times:
            raise OperationalError from kind()
        return answer

    monkeypatch.setattr(gate, "sent_once", collides)
    status = post(patient(world), world, version, "advice", {"message": TYPED}).status_code
    assert len(turns) == 2
    assert (status == 503) is (times == 2)
    assert draft_of(version, "advice").version == (0 if times == 2 else 1)


def test_f8_when_the_trail_has_no_room_nobody_enters(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_line: object, **_more: object) -> None:
        raise OperationalError from errors.DiskFull()

    client = patient(world)
    monkeypatch.setattr(access, "write_now", full)
    answer = client.get(f"/dossier/{world.number}/")
    assert answer.status_code == 503
    assert BACK in answer.content.decode()
    assert world.people["employee"].name not in answer.content.decode()


def test_f11_the_clock_of_the_database_decides_when_a_line_was_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = timezone.now()
    for ahead in (1, -1):
        monkeypatch.setattr(timezone, "now", lambda ahead=ahead: truth + dt.timedelta(hours=ahead))
        assert world.client("physician").get(f"/dossier/{world.number}/").status_code == 200
    monkeypatch.undo()
    lines = list(TrailLine.objects.filter(dossier_id=world.dossier.pk).order_by("seq").values_list("occurred_at", flat=True))
    assert lines == sorted(lines)
    assert all(abs(at - truth) < dt.timedelta(minutes=2) for at in lines[-2:])
