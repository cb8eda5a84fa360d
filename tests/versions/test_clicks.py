"""An unchanged follow-up visit, from the work list to final, takes at most eight clicks. Counted in a browser, without JavaScript."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.versions.test_flow import day_sections
from tests.world import SECTIONS, VISIT, fill_in, finalise, make_world, say

CHROMIUM = "/usr/bin/chromium"
MOST_CLICKS = 8


class Clicks:
    """A hand on the mouse that counts."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Locator) -> None:
        """One click."""
        target.click()
        self.count += 1


def follow_up(page: Page, clicks: Clicks, name: str) -> None:
    """From the work list to final, pressing only what the pages offer."""
    clicks.on(page.get_by_role("link", name=name))
    clicks.on(page.get_by_role("navigation", name="Onderdelen van dit dossier").get_by_role("link", name="BAR", exact=True))
    clicks.on(page.get_by_role("button", name="Begin", exact=True))
    clicks.on(page.get_by_role("button", name="Alles zoals vorige keer").first)
    if "/controle/" not in page.url:
        clicks.on(page.get_by_role("link", name="Controle").first)
    clicks.on(page.get_by_label("Besproken met de werknemer"))
    clicks.on(page.get_by_label("Gecontroleerd op medische gegevens"))
    clicks.on(page.get_by_role("button", name="Vaststellen", exact=True))


@pytest.mark.django_db(transaction=True)
def test_an_unchanged_follow_up_takes_at_most_eight_clicks(live_server: LiveServer) -> None:
    world = make_world(shares=False, finals=0)
    say(world, SECTIONS["employee_view"])
    fill_in(world, VISIT, {**day_sections(), "visit": {"date": VISIT.isoformat(), "contact": "consultation"}})
    finalise(world, VISIT)
    session = world.client("physician").cookies[settings.SESSION_COOKIE_NAME].value
    clicks = Clicks()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM)
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url)
        follow_up(page, clicks, world.people["employee"].name)
        said = page.locator(".messages").inner_text()
        browser.close()
    assert "Versie 2 is vastgesteld. De brieven worden gemaakt." in said
    assert clicks.count <= MOST_CLICKS
    version = world.version(2)
    assert version.status == "final" and version.date == timezone.localdate() and version.discussed_on == timezone.localdate()
    assert version.date - world.version(1).date > dt.timedelta(days=1)
