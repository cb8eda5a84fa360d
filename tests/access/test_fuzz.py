"""Every form of every page, filled in with rubbish: never a 500, a 4xx stores nothing, and a forged field changes nothing it may not.

The forms are read from the pages themselves, so a new form is fuzzed from the day it exists.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import lxml.html
import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from dossiers.models import Dossier, Status
from dossiers.parts import Act, Part
from tests.access.test_matrix import INSIDE, SAMPLES, address
from tests.memory import digests
from tests.world import SEATED, VISIT, World, fill_in, finalise, make_world, offer
from tests.worlds import FULL, blank_paper

ROUNDS = 40 if FULL else 1
HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "<script>alert(1)</script>",
    "'; DROP TABLE dossiers_dossier; --",
    "{{7*7}}{% load static %}%s{0}",
    "\u202egnp.exe",
    "é" * 300 + "\u0301" * 60,
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "0000-00-00",
    "31-02-2026",
    "9999-12-31",
    "x" * 30_000,
    "../../etc/passwd",
    "on",
    "true",
    "=cmd|' /C calc'!A0",
]
# Nobody may set these through a form, whatever it posts.
FORGED = {
    "is_final": "1",
    "status": "final",
    "dossier": "x",
    "author": "x",
    "is_superuser": "1",
    "role": "physician",
    "employer_visible": "1",
    "_method": "DELETE",
}
OUR_TABLES = "tablename ~ '^(dossiers|consent|accounts)_' AND tablename <> 'dossiers_trailline'"
NOWHERE = (
    *("bar/0/", "bar/999999999999999999999/", "bar/-1/", "bar/1/invullen/niets/", "brieven/999/"),
    *("bar/%00/", "bar/1%0d%0a/", "zzz/", "bar/1'/", "brieven/1/pdf/other/"),
)


@dataclass(frozen=True)
class Form:
    who: str
    action: str
    fields: tuple[tuple[str, str], ...]


@pytest.fixture(scope="module", params=["draft", "offered"])
def stage(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A dossier with one final version and a second one that is a draft or is being read."""
    with blank_paper(), django_db_blocker.unblock(), transaction.atomic():
        world = make_world(finals=0)
        fill_in(world, VISIT)
        finalise(world, VISIT)
        fill_in(world, VISIT.replace(month=3))
        if request.param == "offered":
            offer(world, VISIT.replace(month=3))
        yield world
        transaction.set_rollback(True)


def its_turn(world: World, who: str, name: str) -> bool:
    """Outside BAR_FULL the two stages take turns: each page is walked in one of them, for another person in the other."""
    turn = int(world.version(2).status == Status.OFFERED)
    return FULL or (crc32(name.encode()) + len(who)) % 2 == turn


def forms_of(world: World, who: str) -> list[Form]:
    """Every form that this person gets to see in this stage, each once."""
    places = [("home", "/"), ("new_dossier", "/dossiers/nieuw/")]
    for name, route, _ in INSIDE:
        where = address(name, route, world.number)
        places += [(name, where)]
        if "version" in route:
            places += [(name, where.replace(f"/bar/{SAMPLES['version']}/", "/bar/2/"))]
    client = world.client(who)
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for name, where in places:
        response = client.get(where) if its_turn(world, who, name) else None
        if response is None or response.status_code != 200 or "html" not in response.headers["Content-Type"]:
            continue
        for form in lxml.html.fromstring(response.content.decode()).forms:
            if (form.get("method") or "").lower() == "post":
                action = form.get("action") or where
                fields = tuple((key, value or "") for key, value in form.fields.items() if key != "csrfmiddlewaretoken")
                found.setdefault((action, tuple(key for key, _ in fields)), Form(who, action, fields))
    return [form for form in found.values() if "uitloggen" not in form.action]


def counts() -> dict[str, str]:
    """How every table of ours stands: number of rows and a digest of what is in them. The trail and sessions may grow."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND {OUR_TABLES}")
        return digests(name for (name,) in cursor.fetchall())


@pytest.mark.parametrize("who", ["physician", "employee", "employer", pytest.param("delegate", marks=pytest.mark.slow)])
def test_no_form_breaks_and_a_refused_one_stores_nothing(stage: World, who: str) -> None:
    dice = random.Random(f"{who} 2026")  # noqa: S311 -- a fixed seed, not a secret
    forms = forms_of(stage, who)
    assert len(forms) >= (1 if who == "employer" else 3), [form.action for form in forms]
    client = stage.client(who)
    before = counts()
    for form in forms:
        for _ in range(ROUNDS):
            data = {key: dice.choice([value, *HOSTILE]) if dice.random() < 0.6 else value for key, value in form.fields} | FORGED
            with transaction.atomic():
                response = client.post(form.action, data)
                assert response.status_code < 500, (form.action, data)
                if response.status_code >= 400:
                    after = counts()
                    changed = {table for table in before if before[table] != after[table]}
                    saved_as_typed = "opslaan" in form.action and changed <= {"dossiers_sectiondraft"}
                    counted = response.status_code == 404 and changed == {"accounts_counter"}  # asking for what is not there is counted (A6)
                    assert not changed or saved_as_typed or counted, (form.action, changed)
                assert not stage.people[who].is_superuser
                transaction.set_rollback(True)


@pytest.mark.parametrize("who", SEATED)
def test_rubbish_in_an_address_is_not_found(stage: World, who: str) -> None:
    client = stage.client(who)
    for rest in NOWHERE:
        response = client.get(f"/dossier/{stage.number}/{rest}")
        assert response.status_code in {403, 404}, rest
    for number in ("%00", "D-%F0%9F%98%80", "D-" + "9" * 500, "..%2f..%2f", "D-1%20OR%201=1"):
        assert client.get(f"/dossier/{number}/").status_code == 404, number


def test_nothing_in_the_body_turns_a_request_to_another_dossier(stage: World) -> None:
    """A3: an id in the body is ignored; the address decides."""
    other = Dossier.objects.exclude(pk=stage.dossier.pk).get()
    client = stage.client("employee")
    with transaction.atomic():
        client.post(f"/dossier/{stage.number}/mijn-visie/delen/", {"on": "1", "number": other.number, "dossier": str(other.pk)})
        assert not other.switches.exists()
        transaction.set_rollback(True)
    assert not stage.people["employee"].has_perm(f"dossiers.{Act.READ}_{Part.PROCESS}", other)


@pytest.mark.parametrize("who", ["physician", "employee", "employer"])
def test_rubbish_in_a_question_mark_breaks_no_page(stage: World, who: str) -> None:
    client = stage.client(who)
    names = ("q", "sort", "page", "person", "from", "until", "next", "role", "ordering", "section")
    names_of_pages = [("home", "/"), ("new_dossier", "/dossiers/nieuw/"), *((name, address(name, route, stage.number)) for name, route, _ in INSIDE)]
    pages = [page for name, page in names_of_pages if its_turn(stage, who, name)]
    assert len(pages) > 20
    dice = random.Random(who)  # noqa: S311 -- a fixed seed, not a secret
    for page in pages:
        for _ in range(1 if not FULL else 10):
            response = client.get(page, {name: dice.choice(HOSTILE)[:1500] for name in names})
            assert response.status_code < 500, page
