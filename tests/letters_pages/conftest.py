"""Letters are stored in a folder of the test's own."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def letters_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where stored letters go; it does not exist before the first one."""
    folder = tmp_path / "letters"
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}
    return folder
