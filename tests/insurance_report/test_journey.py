"""As an insurance physician lives it in a browser: the course, a reaction that keeps itself, final; then the employee reads and prints it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import faults_of
from tests.course.material import add_visits
from tests.insurance_report.material import url
from tests.insurance_report.test_life import SENTENCE
from tests.world import make_world

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark", "reduced_motion": "reduce", "locale": "nl-NL"}


def test_from_the_course_to_a_reaction_that_the_employee_prints(transactional_db: None, browse: Browse) -> None:
    world = add_visits(make_world(finals=1), 1, first=1)
    faults: list[str] = []

    writer = browse(world, "insurance_physician", f"/dossier/{world.number}/verloop/", reduced_motion="reduce", locale="nl-NL")
    expect(writer.get_by_role("img", name="Aandachtspunten per gesprek").locator("visible=true")).to_have_count(1)
    writer.get_by_text("Alle gesprekken over Tillen en dragen").click()
    expect(writer.get_by_role("table", name="Tillen en dragen")).to_contain_text("Versie 2")
    faults += faults_of(writer)

    writer.get_by_role("link", name="Reactie verzekeringsarts").click()
    writer.get_by_role("button", name="Begin", exact=True).click()
    topic = writer.get_by_role("region", name="Tillen en dragen")
    topic.get_by_label("deels eens").check()
    topic.get_by_label("Waarom?").fill("Met een hulpmiddel kan meer.")
    with writer.expect_response(lambda answer: "rustig" in (answer.request.post_data or "")):  # on a slow machine an earlier save lacks it
        writer.get_by_label("Uw advies aan de bedrijfsarts").fill("Bouw rustig op.")
    expect(writer.locator("#filling-status")).to_contain_text("Opgeslagen om")
    faults += faults_of(writer)
    writer.reload()
    expect(topic.get_by_label("Waarom?")).to_have_value("Met een hulpmiddel kan meer.")
    writer.get_by_role("button", name="Opslaan en nakijken").click()
    writer.get_by_role("button", name="Reactie vaststellen").click()
    expect(writer.locator("main")).to_contain_text("De reactie is vastgesteld.")

    reader = browse(world, "employee", f"/dossier/{world.number}/", **PHONE)
    reader.get_by_role("link", name="Reactie verzekeringsarts").click()
    reader.get_by_role("link", name="Reactie op het gesprek van").click()
    expect(reader.get_by_text(SENTENCE)).to_be_visible()
    expect(reader.locator("main")).to_contain_text("Met een hulpmiddel kan meer.")
    faults += faults_of(reader)
    reader.emulate_media(media="print")
    expect(reader.get_by_text(SENTENCE)).to_be_visible()
    expect(reader.get_by_role("navigation")).to_have_count(0)
    assert url(world, "1/") in reader.url
    assert faults == []
