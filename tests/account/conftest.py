"""Letters are stored in a folder of the test's own, and made without the press."""

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


@pytest.fixture(autouse=True)
def quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is who gets which file and how; what stands in it is tested with the letters."""

    def prints(core: object, reader: object) -> bytes:
        return b"%PDF-1.7 nep %%EOF\n"

    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", prints)
