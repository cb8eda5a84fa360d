"""A1, A4, A5, A7, A10: somebody who has nothing to do with a dossier asks for it, and learns nothing.

Strangers here have a seat of the same role elsewhere; that the superuser and the outsider are strangers too is walked in tests/access/test_matrix.py.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bar.accounts.models import User
from consent.actions import seat_person
from dossiers.models import TrailLine
from dossiers.parts import Role
from tests.access.test_matrix import FRAGMENT, INSIDE, SAMPLES, address
from tests.attacks.conftest import Houses
from tests.attacks.material import NOWHERE, ROWS, row_in, rows_of, same
from tests.never.test_code import sources
from tests.world import SEATED, World, let_in
from tests.worlds import FULL

EVERY_WAY = tuple(product(SEATED, ("GET", "POST"), ({}, FRAGMENT)))


def asked(client: Client, method: str, where: str, **extra: Any) -> Any:
    """The answer, with everything undone that it did but leave lines."""
    return client.generic(method, where, **extra)


def newest_line(person: User) -> TrailLine:
    return TrailLine.objects.filter(actor_id=person.pk).latest("occurred_at")


def ways(name: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every role, method and kind of request; outside BAR_FULL one of them for each address, the same one on every run."""
    yield from EVERY_WAY if FULL else EVERY_WAY[crc32(name.encode()) % len(EVERY_WAY) :][:1]


def test_a1_every_address_of_a_foreign_dossier_is_the_page_that_does_not_exist(houses: Houses) -> None:
    before = rows_of(houses.mine.dossier)
    met: set[str] = set()
    for name, route, _ in INSIDE:
        for who, method, extra in ways(name):
            client, person = houses.browsers["theirs"][who], houses.theirs.people[who]
            with transaction.atomic():
                found = asked(client, method, address(name, route, houses.mine.number), **extra)
                line = newest_line(person)
                assert same(found, asked(client, method, address(name, route, "D-BESTAATNIET"), **extra)), (who, method, name)
                assert rows_of(houses.mine.dossier) == before, (who, method, name)
                transaction.set_rollback(True)
            assert found.status_code == 404, (who, method, name)
            assert "KANARIE" not in found.content.decode(), (who, method, name)
            assert (line.outcome, line.checks, line.sentence, line.dossier_id) == (2, "FFFF", "stranger", houses.mine.dossier.pk), (who, name)
            met.add(who)
    assert met == set(SEATED)


def nested() -> list[tuple[str, str, str]]:
    """The addresses inside a dossier that hold the key of a row."""
    return [(name, route, parameter) for name, route, _ in INSIDE for parameter in NOWHERE if f":{parameter}>" in route and parameter in ROWS]


def test_a4_something_of_another_dossier_is_not_found_in_the_own_one(houses: Houses) -> None:
    """Own dossier in the address, the key of a row of a foreign one behind it: like a key that nothing has."""
    assert {parameter for _, _, parameter in nested()} == set(ROWS)
    found, theirs = 0, rows_of(houses.theirs.dossier)
    for name, route, parameter in nested():
        foreign = row_in(houses.theirs, parameter)
        assert foreign is not None, parameter
        nowhere = address(name, route, houses.mine.number)
        where = nowhere.replace(SAMPLES[parameter], str(foreign))
        assert where != nowhere
        for who, method in some(product(("physician", "employee", "labour_expert"), ("GET", "POST")), name):
            client = houses.browsers["mine"][who]
            with transaction.atomic():
                answer, other = asked(client, method, where), asked(client, method, nowhere)
                assert answer.status_code in {403, 404, 405}, (who, method, where)
                assert same(answer, other), (who, method, where)
                assert rows_of(houses.theirs.dossier) == theirs, (who, method, where)
                found += answer.status_code == 404
                transaction.set_rollback(True)
    assert found > 10, "the walk reached rows, and not only closed doors"


def some(every: Iterable[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    """All of them with BAR_FULL, else two for each address: the physician, who comes furthest, and one by lot."""
    found = list(every)
    return found if FULL else [found[crc32(name.encode()) % 2], found[2 + crc32(name.encode()) % 4]]


DOORS = ("overview", "version", "letters", "letter_pdf", "save_section", "share_answered", "download_dossier")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"] if FULL else ["HEAD", "OPTIONS", "PUT"])
def test_a5_another_method_gets_the_decision_of_the_page_or_405(houses: Houses, method: str) -> None:
    before = rows_of(houses.mine.dossier)
    routes = {name: address(name, route, houses.mine.number) for name, route, _ in INSIDE if name in DOORS}
    assert set(routes) == set(DOORS)
    for name, where in routes.items():
        for who in ("physician", "employer", "labour_expert") if FULL else ("physician", "employer"):
            client = houses.browsers["mine"][who]
            with transaction.atomic():
                page, answer = client.get(where), asked(client, method, where)
                assert rows_of(houses.mine.dossier) == before, (who, method, name)
                transaction.set_rollback(True)
            allowed = {page.status_code, 405} if method in {"HEAD", "OPTIONS"} else {page.status_code, 403, 405, 404}
            assert answer.status_code in allowed, (who, method, name)
            assert answer.status_code != 200 or method == "HEAD", (who, method, name)
            if method == "HEAD":
                assert answer.content == b"", (who, name)
                assert answer.headers.get("Content-Length") in {None, page.headers.get("Content-Length"), str(len(page.content))}, (who, name)
        stranger = houses.browsers["theirs"]["physician"]
        nowhere = where.replace(houses.mine.number, "D-BESTAATNIET")
        assert same(asked(stranger, method, where), asked(stranger, method, nowhere)), (method, name)
    assert rows_of(houses.mine.dossier) == before


OVERRIDES: tuple[dict[str, str], ...] = (
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"HTTP_X_HTTP_METHOD": "PUT"},
    {"HTTP_X_METHOD_OVERRIDE": "POST"},
    {"HTTP_X_ORIGINAL_URL": "/dossier/D-BESTAATNIET/"},
    {"HTTP_X_REWRITE_URL": "/dossier/D-BESTAATNIET/"},
)


@pytest.mark.parametrize("forged", OVERRIDES if FULL else OVERRIDES[::3], ids=lambda forged: next(iter(forged)))
def test_a5_no_header_and_no_field_turns_one_method_or_address_into_another(houses: Houses, forged: dict[str, str]) -> None:
    client = houses.browsers["mine"]["physician"]
    discard = reverse("discard_version", args=[houses.mine.number, 2])
    before = rows_of(houses.mine.dossier)
    page = client.get(discard)
    answer = client.get(discard, {"_method": "POST", "method": "delete"}, **forged)  # type: ignore[arg-type]
    assert answer.status_code == page.status_code
    assert rows_of(houses.mine.dossier) == before
    withdraw = reverse("withdraw_letter", args=[houses.mine.number, 1])
    with transaction.atomic():
        posted = client.post(withdraw, {"_method": "GET"}, **forged)  # type: ignore[arg-type]
        assert posted.status_code == 422, "it is the post it says it is"
        transaction.set_rollback(True)


def test_a7_a_seat_at_another_employer_opens_that_dossier_and_no_other(houses: Houses) -> None:
    """Who supervises for one employer and works for another sees the dossier with the seat, and nothing of the own organisation."""
    person = houses.theirs.people["employer"]
    colleague = User.objects.create_user(
        "collega@proef.test", name="Col Lega", organisation=houses.mine.people["employer"].organisation, activated_at=timezone.now()
    )
    third = User.objects.create_user("derde@elders.test", name="Derde Partij", organisation=person.organisation, activated_at=timezone.now())
    with transaction.atomic():
        seat_person(houses.mine.dossier, third, Role.EMPLOYER, start=timezone.localdate(), appointed_by=houses.mine.people["physician"])
        for who, opens in ((third, {houses.mine.number}), (colleague, set()), (person, {houses.theirs.number})):
            client = Client()
            let_in(client, who)
            for world in (houses.mine, houses.theirs):
                assert client.get(f"/dossier/{world.number}/").status_code == (200 if world.number in opens else 404), (who.name, world.number)
            listed = client.get("/").content.decode()
            for world in (houses.mine, houses.theirs):
                assert (world.people["employee"].name in listed) is (world.number in opens), (who.name, world.number)
        transaction.set_rollback(True)


@pytest.mark.parametrize("where", ["", "bar/1/", "brieven/", "brieven/1/pdf/employer/", "delen/", "wie-heeft-gekeken/", "overleg/"])
def test_a10_a_physician_of_another_arbodienst_is_a_stranger(houses: Houses, where: str) -> None:
    client = houses.browsers["theirs"]["physician"]
    answer = client.get(f"/dossier/{houses.mine.number}/{where}")
    assert answer.status_code == 404
    assert same(answer, client.get(f"/dossier/D-BESTAATNIET/{where}"))
    assert newest_line(houses.theirs.people["physician"]).outcome == 2
    assert client.get(f"/dossier/{houses.theirs.number}/").status_code == 200


def test_a10_nor_does_the_list_or_a_search_tell_of_it(houses: Houses) -> None:
    client = houses.browsers["theirs"]["physician"]
    for query in ("", f"?zoek={houses.mine.number}", f"?zoek={houses.mine.people['employee'].name}"):
        text = client.get(f"/{query}").content.decode().replace(f'value="{houses.mine.number}"', "")
        assert f"/dossier/{houses.mine.number}/" not in text
        assert _listed(houses.mine, text) is False


def _listed(world: World, text: str) -> bool:
    return f"/dossier/{world.number}/" in text


def test_a5_every_view_of_ours_says_which_methods_it_takes() -> None:
    said = re.compile(r"require_(safe|POST|http_methods)")
    found = 0
    for path, tree in sources("bar", "consent", "dossiers"):
        for node in tree.body:
            marks = [ast.unparse(one) for one in node.decorator_list] if isinstance(node, ast.FunctionDef) else []
            if any(re.match(r"(door|signed_in_as)\(|(public|signed_in)$", mark) for mark in marks):
                assert any(said.match(mark) for mark in marks), f"{path}:{node.lineno}"
                found += 1
    assert found > 100
