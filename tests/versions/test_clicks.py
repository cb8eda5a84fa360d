"""An unchanged follow-up visit, from the work list to final, takes at most eight clicks. Counted in a browser, without JavaScript."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.versions.material import day_sections
from tests.world import SECTIONS, VISIT, fill_in, finalise, make_world, say

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
    expect(page.get_by_role("button", name="Alles zoals vorige keer")).to_have_count(0)  # so that the address is of the next page
    if "/controle/" not in page.url:
        clicks.on(page.get_by_role("link", name="Controle").first)
    clicks.on(page.get_by_label("Besproken met de werknemer"))
    clicks.on(page.get_by_label("Gecontroleerd op medische gegevens"))
    clicks.on(page.get_by_role("button", name="Vaststellen", exact=True))


@pytest.mark.browser
def test_an_unchanged_follow_up_takes_at_most_eight_clicks(browse: Callable[..., Page]) -> None:
    world = make_world(shares=False, finals=0)
    say(world, SECTIONS["employee_view"])
    fill_in(world, VISIT, {**day_sections(), "visit": {"date": VISIT.isoformat(), "contact": "consultation"}})
    finalise(world, VISIT)
    clicks = Clicks()
    page = browse(world, "physician", "/", java_script_enabled=False)
    follow_up(page, clicks, world.people["employee"].name)
    expect(page.locator(".messages")).to_contain_text("Versie 2 is vastgesteld. De brieven worden gemaakt.")
    assert clicks.count <= MOST_CLICKS
    version = world.version(2)
    assert version.status == "final" and version.date == timezone.localdate() and version.discussed_on == timezone.localdate()
    assert version.date - world.version(1).date > dt.timedelta(days=1)
