"""A world that is really committed, letters in a folder of the test's own, and an empty database of the same owner to restore into."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import sql
from pytest_django import Settings

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


@contextmanager
def empty_database() -> Iterator[str]:
    """The product works in a database that was just made, for as long as this lasts."""
    name = f"{databases.PREFIX}{os.environ['BAR_TEST_SESSION']}_{uuid.uuid4().hex[:8]}"
    with databases.as_owner() as owner:
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    before = databases._switch(name)
    try:
        yield name
    finally:
        databases._switch(before)
        with databases.as_owner() as owner:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
