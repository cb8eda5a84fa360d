"""Letters are stored in a folder of the test's own, and nothing but letters waits: who is asked to share is told by promises as well."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A dossier with a final version that is shared with nobody."""
    return make_world(shares=False)


@pytest.fixture(autouse=True)
def letters_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where stored letters go; it does not exist before the first one."""
    folder = tmp_path / "letters"
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}
    return folder
