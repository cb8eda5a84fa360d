"""Every page of everybody through axe: WCAG 2.2 AA and best practices without one violation, in light and dark, on a phone and on a desk.

The pages come from the URLconf. Looks alternate from page to page; with BAR_FULL every page is looked at in every way.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from consent.access import opening
from dossiers.actions import release
from dossiers.door import write
from dossiers.parts import Part
from tests import databases
from tests.browser import addresses
from tests.browsing import Server, Watch, hand_over_session
from tests.versions.test_flow import day_sections
from tests.world import CAST, SEATED, VISIT, World, fill_in, make_dossier, make_world, offer
from tests.worlds import FULL

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
LOOKS: tuple[dict[str, Any], ...] = tuple(
    {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce", "locale": "nl-NL"}
    for width, scheme in [(360, "light"), (1280, "dark"), (360, "dark"), (1280, "light")]
)
THE_SAME_FOR_ALL = {"glossary", "accessibility", "privacy", "status-404", "status-410", "sign_in_help", "lost_factor", "lost_factor_asked"}
OWN = {page.name for page in addresses.outside()} - {"home", "nowhere"}
TAKERS = ("physician", "employee", "employer", "labour_expert")
AUTHORS = ("physician", "delegate")
EXPERTS = ("labour_expert", "insurance_physician", "uwv_labour_expert")
# How many pages each of the cast should at least get to see: a walk that finds nothing proves nothing.
LEAST_OF_OTHERS = 12 if FULL else 3
LEAST = {"nobody": 5, "superuser": 2, "outsider": 2, "physician": 16, "delegate": 12, "employee": 16, "employer": 9}  # each takes a part
if FULL:
    LEAST = {"nobody": 5, "superuser": 6, "outsider": 6, "physician": 35, "delegate": 30, "employee": 18}


@pytest.fixture(scope="module")
def rooms(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[World]]:
    """One world for all readers: a dossier with a final version and a draft, and one with an offered version and a question about it."""
    with django_db_blocker.unblock():
        before = databases.filled_tables()
        world = make_world(render=True)
        fill_in(world, timezone.localdate(), day_sections())
        other = World(make_dossier(world.people), world.people)
        fill_in(other, VISIT, day_sections())
        offer(other, timezone.localdate())
        with opening(world.people["employee"], other.number, needs=write(Part.REQUESTS), writing=True) as opened:
            release.ask_correction(opened, version=other.version(1), section="areas", text="Ik til thuis niet.", in_letter=False)
        yield [world, other]
        databases.empty(databases.filled_tables() - before)


@pytest.mark.parametrize("who", CAST)
def test_every_page_is_well_made(rooms: list[World], chromium: Browser, standing_server: Server, watch: Watch, who: str) -> None:
    pages = found_pages(rooms, chromium, standing_server.address, who)
    assert len(pages) >= LEAST.get(who, LEAST_OF_OTHERS), [page.name for page in pages]
    faults: list[str] = []
    for number, look in enumerate(LOOKS):
        with chromium.new_context(base_url=standing_server.address, **look) as context:
            sign_in(rooms, who, watch.over(context), standing_server.address)
            window = context.new_page()
            for place, page in enumerate(pages):
                if FULL or (place + CAST.index(who)) % len(LOOKS) == number:
                    window.goto(page.path)
                    faults += [f"{who} {page.name} {look['viewport']['width']} {look['color_scheme']}: {fault}" for fault in faults_of(window)]
    assert faults == []


def is_due(who: str, name: str) -> bool:
    """Whether this reader looks at this page in the normal run. What is the same for everybody is looked at once, and colleagues who see the
    same pages each take a part of them."""
    if name in THE_SAME_FOR_ALL:
        return who == "nobody"
    if name in OWN:
        return who in {"nobody", TAKERS[crc32(name.encode()) % len(TAKERS)]}
    group = next((group for group in (AUTHORS, EXPERTS) if who in group), (who,))
    return name.startswith(("overview", "home", "status")) or who == group[crc32(name.encode()) % len(group)]


def found_pages(rooms: list[World], chromium: Browser, address: str, who: str) -> list[addresses.Address]:
    with chromium.new_context(base_url=address) as context:
        sign_in(rooms, who, context, address)
        if FULL:
            return list(addresses.pages(context, [room.dossier for room in rooms], is_due=lambda _: True, each=True))
        inside = [room.dossier for room in rooms] if who in SEATED else []  # the matrix walk knows what a stranger is told
        return list(addresses.pages(context, inside, is_due=partial(is_due, who), each=False))


def sign_in(rooms: list[World], who: str, context: Any, address: str) -> None:
    if who in rooms[0].people:
        hand_over_session(context, rooms[0].people[who], address)


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it is shown now."""
    found = [
        f"{violation['id']} {[node['html'][:160] for node in violation['nodes'][:3]]}"
        for violation in Axe().run(page, options=RULES).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    return found
