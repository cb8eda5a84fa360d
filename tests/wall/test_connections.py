"""On whose behalf a connection works: told at the first query, told again after a rollback, forgotten when it goes back to the pool."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest
from django.db import DataError, connection, connections, transaction
from django.test import Client, override_settings

from bar.database import let_go
from dossiers.acting import COMMAND, NOBODY, WORKER, Acting, acting, acting_as
from dossiers.models import Dossier
from tests.world import World, make_world
from tests.worlds import FULL

REQUESTS = 10_000 if FULL else 200


def told() -> tuple[str, str]:
    """What this connection was told, asked past Django."""
    found = connection.connection.execute(
        "SELECT coalesce(current_setting('bar.person', true), ''), coalesce(current_setting('bar.process', true), '')"
    )
    person, process = found.fetchone()
    return str(person), str(process)


def ask() -> int:
    return Dossier.objects.count()


@pytest.mark.django_db
def test_a_block_counts_from_its_first_query_and_ends_with_it(world: World) -> None:
    everything = ask()
    with acting_as(Acting(person=world.people["employee"].pk)):
        assert ask() == 1 < everything
        with acting_as(NOBODY):
            assert ask() == 0
        assert ask() == 1
    assert ask() == everything
    assert acting() == COMMAND


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["SELECT 1 / 0", "SELECT 1"], ids=["the transaction fails", "only its block fails"])
def test_a_rollback_takes_nobody_back_to_who_it_was_before(world: World, wrong: str) -> None:
    everything = ask()

    def go_wrong() -> None:
        with transaction.atomic(), acting_as(WORKER):
            assert ask() == everything
            with connection.cursor() as cursor:
                cursor.execute(wrong)
            raise DataError

    with acting_as(Acting(person=world.people["employee"].pk)):
        with pytest.raises(DataError):
            go_wrong()
        assert ask() == 1
    assert ask() == everything


@pytest.mark.django_db
def test_who_asks_on_after_a_rollback_is_not_taken_for_who_asked_before_it(world: World) -> None:
    """The database takes back on whose behalf it works, and the connection must know; else the worker's rows would be the employee's."""
    sees = {WORKER: ask(), Acting(person=world.people["employee"].pk): 1}
    for before, inside in permutations(sees):
        with acting_as(before):
            point = transaction.savepoint()
            with acting_as(inside):
                assert ask() == sees[inside]
                transaction.savepoint_rollback(point)
                assert ask() == sees[inside] != sees[before]
            assert ask() == sees[before]


@pytest.fixture
def pool_of(transactional_db: None) -> Iterator[Callable[[int], None]]:
    """A real pool of so many connections, closed again after the test."""
    pool = connection.settings_dict["OPTIONS"]["pool"]
    before = dict(pool)

    def fill(size: int) -> None:
        let_go()
        pool.update(min_size=1, max_size=size, timeout=30)

    yield fill
    let_go()
    pool.clear()
    pool.update(before)


def test_a_connection_that_goes_back_to_the_pool_forgets_whom_it_worked_for(pool_of: Callable[[int], None]) -> None:
    world = make_world(shares=False, finals=0)
    pool_of(1)  # whoever comes next gets the very same connection
    servers = set()
    for who in ("employee", "physician"):
        with acting_as(Acting(person=world.people[who].pk)):
            ask()
            assert told()[0] == str(world.people[who].pk)
            servers.add(connection.connection.info.backend_pid)
            connection.close()
        connection.ensure_connection()
        assert told() == ("", "")
        servers.add(connection.connection.info.backend_pid)
        connection.close()
    assert len(servers) == 1


def test_a_connection_that_cannot_forget_is_thrown_away(pool_of: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    pool_of(2)
    tried = threading.Event()

    def fails(_connection: Any) -> None:
        tried.set()
        raise RuntimeError("it does not forget")

    ask()
    pool = connections["default"].pool  # type: ignore[attr-defined]
    server = connection.connection.info.backend_pid
    monkeypatch.setattr(pool, "_reset", fails)
    connection.close()
    assert tried.wait(10)
    monkeypatch.undo()
    for _ in range(4):
        connection.ensure_connection()
        assert connection.connection.info.backend_pid != server
        connection.close()


def test_two_persons_alternate_through_a_pool_of_two_and_neither_reads_of_the_other(pool_of: Callable[[int], None]) -> None:
    pool_of(2)
    world = make_world(shares=False, finals=0)
    own = {who: list(world.people[who].seats.values_list("dossier__number", flat=True)) for who in ("employee", "outsider")}
    assert len(set(map(tuple, own.values()))) == 2
    clients = [(who, world.client(who)) for who in own for _ in range(2)]
    clients.append(("nobody", Client()))
    connection.close()
    served: dict[str, set[int]] = defaultdict(set)
    crossed: list[tuple[str, Any]] = []
    done: list[str] = []

    def go(who: str, client: Client) -> None:
        for _ in range(REQUESTS // len(clients)):
            try:
                seen = client.get("/nummers/").json()
            except BaseException as error:  # noqa: BLE001 -- told to the test below
                crossed.append((who, error))
                return
            finally:
                connection.close()  # as a server does at the end of a request
            if seen["numbers"] != own.get(who, []):
                crossed.append((who, seen))
            served[who].add(seen["server"])
            done.append(who)

    with override_settings(ROOT_URLCONF="tests.wall.broken"):
        threads = [threading.Thread(target=go, args=pair) for pair in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert crossed == []
    assert len(done) == REQUESTS // len(clients) * len(clients)
    assert len(set.union(*served.values())) <= 2  # nobody had a connection of one's own
    assert served["employee"] & served["outsider"] & served["nobody"]
