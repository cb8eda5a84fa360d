"""From a physician who opens a dossier to a new employee at the second step, by what the pages and the mail offer."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Dossier
from tests.browser.test_axe import LOOKS, faults_of
from tests.browser.test_journeys import open_dossier
from tests.browsing import Server, Watch
from tests.invitations.material import EMPLOYEE, PASSWORD, invitation_of, link
from tests.invitations.material import open_dossier as open_on_screen
from tests.world import World

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("BAR_PICTURES", "")  # a folder: keep what was looked at


@pytest.fixture
def stranger(chromium: Browser, server: Server, watch: Watch) -> Iterator[Page]:
    """A window of somebody who was never here."""
    context = watch.over(chromium.new_context(base_url=server.address, **LOOKS[0]))
    yield context.new_page()
    context.close()


def look(page: Page, name: str) -> None:
    """Well made, in every width and in light and dark."""
    for number, way in enumerate(LOOKS):
        page.set_viewport_size(way["viewport"])
        page.emulate_media(color_scheme=way["color_scheme"], reduced_motion="reduce")
        assert faults_of(page) == [], (name, way)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{number}.png", full_page=True)


def test_a_new_employee_comes_in_by_the_mail(bare_world: World, browse: Callable[..., Page], stranger: Page) -> None:
    physician = browse(bare_world, "physician", "/")
    open_dossier(physician)
    expect(physician.locator(".messages")).to_contain_text("Het dossier is gemaakt.")
    sweep_by_clock(now=timezone.now())
    number = Dossier.objects.get(employer__name="Bakkerij Nieuw").number

    stranger.goto(link())
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Maak uw account")
    look(stranger, "accept")
    stranger.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
    stranger.get_by_label("Nog een keer hetzelfde wachtwoord").fill(PASSWORD)
    stranger.get_by_role("button", name="Account maken").click()
    expect(stranger.locator(".messages")).to_contain_text("Uw account is klaar.")
    stranger.get_by_label("E-mailadres").fill(EMPLOYEE)
    stranger.get_by_label("Wachtwoord").first.fill(PASSWORD)
    stranger.get_by_role("button", name="Inloggen", exact=True).click()
    expect(stranger.locator("main")).to_contain_text("tweede stap")
    stranger.goto(f"/dossier/{number}/")
    expect(stranger.locator("main")).to_contain_text("tweede stap")
    assert stranger.url.partition("?")[0].endswith("/account/inloggen/"), "nobody comes past the second step"

    physician.goto(f"/dossier/{number}/wie-doet-mee/")
    physician.get_by_role("link", name="Uitnodigingen bekijken").click()
    expect(physician.locator("main")).to_contain_text("aangenomen op")
    look(physician, "list")
    other = physician.get_by_role("link", name="Ander adres voor Bas Baas")
    other.click()
    look(physician, "address")


def test_the_pages_of_a_link_that_is_not_for_you(bare_world: World, browse: Callable[..., Page], stranger: Page) -> None:
    open_on_screen(bare_world)
    page: Any = browse(bare_world, "outsider", link())
    look(page, "somebody-else")
    invitation_of().delete()
    stranger.goto("/uitnodiging/verzonnen/")
    look(stranger, "dead")
    stranger.get_by_role("button", name="Stuur mij een nieuwe link").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")
    look(stranger, "asked")
