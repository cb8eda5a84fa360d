"""F2, F12: a new questionnaire comes with a deploy while somebody fills one in. The draft keeps the questions it was begun with, and every answer."""

import dataclasses

import pytest

from dossiers.actions import versions
from instrument import library
from instrument.schema import Instrument
from tests.filling.material import draft_of, post, start_draft, url
from tests.world import World

TYPED = {"d430-status": "attention", "d430-explanation": "Getypt voor de nieuwe vragenlijst."}


@pytest.fixture
def newer() -> Instrument:
    """The questionnaire of today with one area more, and without another one."""
    now = library.current()
    areas = now.section("areas")
    added = dataclasses.replace(areas.items[0], key="d999", label="Iets nieuws", icf="d999")
    changed = dataclasses.replace(areas, items=(*(item for item in areas.items if item.key != "d430"), added))
    sections = tuple(changed if section.key == "areas" else section for section in now.sections)
    return dataclasses.replace(now, version="9.0", sections=sections, sha256="9" * 64)


def test_f2_a_deploy_with_new_questions_changes_no_form_that_was_begun(bare_world: World, newer: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    version, client = start_draft(bare_world), bare_world.client("physician")
    page = url(bare_world, "fill_in_section", 1, "areas")
    before = client.get(page).content.decode()
    assert post(client, bare_world, version, "areas", TYPED).json()["saved"]
    shelf = {**library.load_all(), newer.name: newer}
    monkeypatch.setattr(library, "load_all", lambda: shelf)
    assert library.current() == newer
    after = client.get(page).content.decode()
    assert 'name="d430-explanation"' in before and 'name="d430-explanation"' in after
    assert TYPED["d430-explanation"] in after
    assert "d999-status" not in after
    assert post(client, bare_world, version, "areas", {**TYPED, "d430-condition": "Na de wissel.", "d999-status": "attention"}, seen=1).json()[
        "saved"
    ]
    kept = draft_of(version, "areas")
    assert (kept.content["d430-explanation"], kept.content["d430-condition"]) == (TYPED["d430-explanation"], "Na de wissel.")
    assert "d999-status" not in kept.content
    assert client.post(url(bare_world, "discard_version", 1)).status_code == 302
    anew = start_draft(bare_world)
    assert versions.instrument_of(anew) == newer, "the next version is begun with the new questions"
    assert "d999-status" in client.get(url(bare_world, "fill_in_section", anew.number, "areas")).content.decode()
