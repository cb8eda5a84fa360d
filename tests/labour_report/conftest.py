"""A folder of the test's own for PDFs, and a world in which the letter is out."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from dossiers.actions.promises import sweep_by_clock
from tests.world import World, make_world


@pytest.fixture(autouse=True)
def letters_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where stored PDFs go."""
    folder = tmp_path / "letters"
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}
    return folder


@pytest.fixture(autouse=True)
def quick_press(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real PDF only where a test looks at one (mark `real_pdf`)."""
    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", lambda _core, _reader: b"%PDF-1.7 nep %%EOF\n")
    if "real_pdf" not in request.fixturenames:
        monkeypatch.setattr("dossiers.actions.labour_release.render_report_pdf", lambda _core: b"%PDF-1.7 nep %%EOF\n")


@pytest.fixture
def real_pdf() -> None:
    """Ask for this to have the report really printed."""


@pytest.fixture
def world(db: None) -> World:
    """Everything shared with everybody, and the letter released."""
    found = make_world()
    sweep_by_clock(now=timezone.now())
    return found
