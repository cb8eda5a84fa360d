"""An employee without an account, with a letter that is made; letters are stored in a folder of the test's own."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.paper.material import on_paper
from tests.world import World


@pytest.fixture(autouse=True)
def letters_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where stored letters go; it does not exist before the first one."""
    folder = tmp_path / "letters"
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}
    return folder


@pytest.fixture(autouse=True)
def quick_press(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is tested here is who gets which paper and when; what stands on it is tested in `test_cover.py`. Gives the covers asked for."""
    covers: list[object] = []

    def prints(*_: object) -> bytes:
        return b"%PDF-1.7 nep %%EOF\n"

    def prints_covered(_core: object, cover: object) -> bytes:
        covers.append(cover)
        return b"%PDF-1.7 met voorblad %%EOF\n"

    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", prints)
    monkeypatch.setattr("dossiers.actions.paper.render_print_pdf", prints_covered)
    return covers


@pytest.fixture
def paper(db: None) -> World:
    """An employee without an e-mail address, with a letter that is made and lies ready."""
    return on_paper()
