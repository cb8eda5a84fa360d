"""The paper letter from the door to the post, in a browser: found on the list, addressed, printed, noted, and put right."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import faults_of
from tests.paper.material import on_paper, url
from tests.world import World

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


@pytest.fixture
def lying(transactional_db: None) -> World:
    """A letter that lies ready for an employee on paper."""
    return on_paper()


def test_a_letter_goes_from_the_list_to_the_post(lying: World, browse: Browse) -> None:
    page = browse(lying, "delegate", "/", viewport={"width": 360, "height": 900})
    page.get_by_role("link", name="Brieven om te printen: 1").click()
    assert faults_of(page) == []
    expect(page.get_by_text("geen postadres")).to_be_visible()
    page.get_by_role("link", name="Piet Papier", exact=True).click()
    assert faults_of(page) == []
    page.get_by_role("link", name="Postadres invullen").click()
    page.get_by_label("Straat, nummer").fill("Kade 1\n1234 AB Havendam")
    assert faults_of(page) == []
    page.get_by_role("button", name="Postadres opslaan").click()
    page.goto(url(lying, "1/"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Brief printen").click()
    assert download.value.suggested_filename == "advies-over-werken-2026-02-16.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-1.7")
    page.get_by_label("Op de post gedaan").check()
    page.get_by_role("button", name="Vastleggen").click()
    expect(page.get_by_text(re.compile(r"Op de post gedaan op \d"))).to_be_visible()
    page.get_by_role("button", name="Terugnemen: op de post gedaan").click()
    expect(page.get_by_text("Deze brief is nog niet verstuurd.")).to_be_visible()
    page.get_by_label("Meegegeven").check()
    page.get_by_role("button", name="Vastleggen").click()
    expect(page.get_by_text("De werkgever ziet de brief sinds")).to_be_visible()
    assert faults_of(page) == []
    employer = browse(lying, "employer", url(lying, "1/"))
    expect(employer.get_by_role("heading", level=1)).to_have_text("Advies over werken")
