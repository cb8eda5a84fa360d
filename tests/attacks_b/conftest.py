"""A world with every key turned, PDFs of a test's own, and a quick press: what is tested here is who gets in."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.world import World, make_world


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Settings) -> None:
    """Where stored PDFs go."""
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}


@pytest.fixture(autouse=True)
def quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that looks like a PDF."""
    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", lambda *_: b"%PDF-1.7 nep %%EOF\n")
    monkeypatch.setattr("dossiers.actions.labour_release.render_report_pdf", lambda *_: b"%PDF-1.7 nep %%EOF\n")


@pytest.fixture
def world(db: None) -> World:
    """Everything shared with everybody, and the letter released."""
    return make_world(render=True)
