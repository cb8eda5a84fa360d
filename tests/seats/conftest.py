"""Letters are printed by a quick press: what is tested here is who reads, not how a letter looks."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def quick_press(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: object) -> None:
    """A small file instead of a rendered letter, in a folder of the test's own."""
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}
    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", lambda *_: b"%PDF-1.7 nep %%EOF\n")
