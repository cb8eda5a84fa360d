"""A world that is really committed, letters in a folder of the test's own, and an empty database of the same owner to restore into; what is closed
in that world, and what its people then see."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from psycopg import sql
from pytest_django import Settings

from consent.access import opening
from consent.actions import stop
from consent.actions.answers import take_back
from consent.actions.seats import end_delegate
from consent.models import Seat
from dossiers.actions.letters import withdraw_letter
from dossiers.actions.words import switch_view
from dossiers.door import Touch
from dossiers.models import Letter
from dossiers.parts import Act, Part, Role
from tests import databases
from tests.world import World, make_world


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings: Settings) -> Path:
    """Letters, ledger and checkpoints of this test only."""
    options = {**settings.STORAGES["letters"]["OPTIONS"], "location": tmp_path / "letters"}
    settings.STORAGES = {**settings.STORAGES, "letters": {**settings.STORAGES["letters"], "OPTIONS": options}}
    settings.CONSENT_LEDGER = tmp_path / "trail" / "closings"
    settings.TRAIL_CHECKPOINTS = tmp_path / "trail" / "checkpoints"
    return tmp_path


@pytest.fixture
def world(transactional_db: None, places: Path) -> World:
    """A dossier with a final version, letters and three experts."""
    return make_world(render=True)


@pytest.fixture
def committed(transactional_db: None, places: Path) -> World:
    """The same without letters."""
    return make_world()


@contextmanager
def lent_database() -> Iterator[str]:
    """An empty database of the same owner."""
    name = f"{databases.PREFIX}{os.environ['BAR_TEST_SESSION']}_{uuid.uuid4().hex[:8]}"
    with databases.as_owner() as owner:
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            databases._drop(owner, name)


@contextmanager
def empty_database() -> Iterator[None]:
    """The product works in a database that was just made, for as long as this lasts."""
    with lent_database() as name:
        before = databases._switch(name)
        try:
            yield
        finally:
            databases._switch(before)


def run(*command: str) -> str:
    """What a command of the product says."""
    said = StringIO()
    call_command(*command, stdout=said, stderr=said)
    return said.getvalue()


WITHDRAW, STOP = Touch(Part.SHARING, Act.WITHDRAW), Touch(Part.SHARING, Act.STOP)


def act(world: World, who: str, needs: Touch):  # type: ignore[no-untyped-def]
    return opening(world.people[who], world.number, needs=needs, writing=True)


def close_everything(world: World) -> None:
    """The employee takes one yes back, the physician stops another share and a delegate, withdraws a letter; a third share stays."""
    with act(world, "employee", WITHDRAW) as opened:
        take_back(opened, share=world.shares[Role.LABOUR_EXPERT])
    with act(world, "physician", STOP) as opened:
        stop(opened, share=world.shares[Role.INSURANCE_PHYSICIAN], reason="Niet meer nodig.")
    with act(world, "employee", Touch(Part.EMPLOYEE_VIEW, Act.SWITCH)) as opened:
        switch_view(opened, on=False)
    with act(world, "physician", Touch(Part.PROCESS, Act.APPOINT)) as opened:
        end_delegate(opened, seat=Seat.objects.get(dossier=world.dossier, role=Role.DELEGATE))
    with act(world, "physician", Touch(Part.LETTERS, Act.WITHDRAW_LETTER)) as opened:
        withdraw_letter(opened, letter=Letter.objects.get(dossier=world.dossier), reason="Er stond iets in dat niet klopt.")


def seen(world: World) -> dict[str, list[int]]:
    """What each of them gets: the BAR, the PDF of the letter, and whether the dossier stands in the own list."""
    found = {}
    for who in ("labour_expert", "insurance_physician", "delegate"):
        client = world.client(who)
        home = client.get("/", follow=True).content.decode()
        pages = [
            f"/dossier/{world.number}/bar/1/",
            f"/dossier/{world.number}/brieven/1/pdf/employee/",
            f"/dossier/{world.number}/brieven/1/pdf/employer/",
        ]
        found[who] = [*(client.get(page).status_code for page in pages), int(world.number in home)]
    return found
