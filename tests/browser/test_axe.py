"""Every page of everybody through axe: WCAG 2.2 AA and best practices without one violation, in light and dark, on a phone and on a desk.

The pages come from the URLconf. Looks alternate from page to page, and a page made of nothing but shapes of elements that this process looked at
before is only read as markup; with BAR_FULL every page of everybody is looked at in every way.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias
from zlib import crc32

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from consent.access import opening
from dossiers.actions import release
from dossiers.door import write
from dossiers.parts import Part
from tests import databases
from tests.browser import addresses
from tests.browsing import Server, Watch, hand_over_session
from tests.versions.material import day_sections
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
AXE = Axe().axe_script
Shape: TypeAlias = tuple[str, ...]
# Attributes that change what a reader is told of an element.
SAID = {"for", "href", "alt", "title", "disabled", "required", "checked", "open", "hidden", "tabindex", "scope", "lang", "autocomplete"}
THE_SAME_FOR_ALL = {"glossary", "accessibility", "privacy", "status-404", "status-410", "sign_in_help", "lost_factor", "lost_factor_asked"}
OWN = {page.name for page in addresses.outside()} - {"home", "nowhere"}
TAKERS = ("physician", "employee", "employer", "labour_expert")
AUTHORS = ("physician", "delegate")
EXPERTS = ("labour_expert", "insurance_physician", "uwv_labour_expert")
# How many pages each of the cast should at least get to see: a walk that finds nothing proves nothing.
IN_SHORT = ("physician", "employee", "employer", "labour_expert")  # outside BAR_FULL; the others see the same pages, or fewer
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


@pytest.fixture(scope="module")
def seen() -> set[Shape]:
    """The shapes of elements that axe looked at in this process."""
    return set()


@pytest.mark.parametrize("who", [who if who in IN_SHORT else pytest.param(who, marks=pytest.mark.slow) for who in CAST])
def test_every_page_is_well_made(  # noqa: PLR0917 -- fixtures
    rooms: list[World], chromium: Browser, standing_server: Server, watch: Watch, seen: set[Shape], who: str
) -> None:
    with chromium.new_context(base_url=standing_server.address, locale="nl-NL", reduced_motion="reduce") as context:
        sign_in(rooms, who, watch.over(context), standing_server.address)
        pages = found_pages(rooms, context, who)
        assert len(pages) >= LEAST.get(who, LEAST_OF_OTHERS), [page.name for page in pages]
        faults = [f"{who} {page.name}: {fault}" for page in pages for fault in faults_in_markup(page.html)]
        chosen = pages if FULL else with_something_new(pages, seen)
        window = context.new_page()
        window.add_init_script(AXE)
        for number, look in enumerate(LOOKS):
            window.set_viewport_size(look["viewport"])
            window.emulate_media(color_scheme=look["color_scheme"])
            for place, page in enumerate(chosen):
                if FULL or (place + CAST.index(who)) % len(LOOKS) == number:
                    window.goto(page.path)
                    faults += [f"{who} {page.name} {look['viewport']['width']} {look['color_scheme']}: {fault}" for fault in faults_of(window)]
    assert faults == []


def test_a_page_is_left_to_its_markup_only_when_all_its_shapes_were_looked_at() -> None:
    def page(body: str) -> addresses.Address:
        return addresses.Address("x", "/", f"<html lang=nl><title>x</title><main><h1>x</h1>{body}</main></html>")

    full, seen = page("<p class=a>1</p><p><a href=/x/>2</a></p>"), set[Shape]()
    assert with_something_new([page("<p>1</p>"), full], seen) == [full]
    assert with_something_new([page("<p class=a>other words</p>")], seen) == []
    for body in ("<p class=b>1</p>", "<p aria-hidden=true>1</p>", "<a href=/x/>2</a>", "<p><a>2</a></p>", "<h2>1</h2>"):
        assert with_something_new([page(body)], seen), body
    assert faults_in_markup(full.html) == []
    for body in ("<h3>1</h3>", "<h1>2</h1>", "<p id=a>1</p><p id=a>2</p>", "<label for=b>1</label>"):
        assert len(faults_in_markup(page(body).html)) == 1, body


def with_something_new(pages: list[addresses.Address], seen: set[Shape]) -> list[addresses.Address]:
    """The pages with a shape that was not looked at yet, the fullest page first. Looking at them is for the caller: they count as seen now."""
    shapes = [(page, shapes_of(page.html)) for page in pages]
    chosen = []
    for page, found in sorted(shapes, key=lambda one: len(one[1]), reverse=True):
        if not found <= seen:
            chosen.append(page)
            seen |= found
    return chosen


def shapes_of(html: str) -> set[Shape]:
    """What axe judges an element by, as far as the markup tells: element, classes, role, type and states, of itself and of what it stands in."""
    elements = [element for element in lxml.html.fromstring(html).iter() if isinstance(element.tag, str)]
    own = {element: _own_shape(element) for element in elements}
    return {own[element] + own.get(element.getparent(), ()) for element in elements}


def _own_shape(element: lxml.html.HtmlElement) -> Shape:
    said = (name for name in element.attrib if name.startswith("aria-") or name in SAID)
    return (element.tag, " ".join(sorted(element.classes)), element.get("role", ""), element.get("type", ""), *sorted(said))


def faults_in_markup(html: str) -> list[str]:
    """What is about the page as a whole and can be read from its markup: for every page, also where axe does not come."""
    page = lxml.html.fromstring(html)
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    ids = Counter(page.xpath("//@id"))
    found = [f"id {name} stands there {times} times" for name, times in ids.items() if times > 1]
    found += [f"h{before} is followed by h{after}" for before, after in pairwise(levels) if after > before + 1]
    for what in ("for", "aria-labelledby", "aria-describedby"):
        found += [f"{what} points to {name}, which is not there" for name in " ".join(page.xpath(f"//@{what}")).split() if name not in ids]
    if levels.count(1) != 1 or len(page.xpath("//main")) != 1 or not page.get("lang") or not (page.findtext(".//title") or "").strip():
        found.append("no title, no language, or not one h1 and one main")
    return found


def is_due(who: str, name: str) -> bool:
    """Whether this reader looks at this page in the normal run. What is the same for everybody is looked at once, and colleagues who see the
    same pages each take a part of them."""
    if name in THE_SAME_FOR_ALL:
        return who == "nobody"
    if name in OWN:
        return who in {"nobody", TAKERS[crc32(name.encode()) % len(TAKERS)]}
    group = next((group for group in (AUTHORS, EXPERTS) if who in group), (who,))
    return name.startswith(("overview", "home", "status")) or who == group[crc32(name.encode()) % len(group)]


def found_pages(rooms: list[World], context: BrowserContext, who: str) -> list[addresses.Address]:
    if FULL:
        return list(addresses.pages(context, [room.dossier for room in rooms], is_due=lambda _: True, each=True))
    inside = [room.dossier for room in rooms] if who in SEATED else []  # the matrix walk knows what a stranger is told
    return list(addresses.pages(context, inside, is_due=partial(is_due, who), each=False))


def sign_in(rooms: list[World], who: str, context: Any, address: str) -> None:
    if who in rooms[0].people:
        hand_over_session(context, rooms[0].people[who], address)


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it is shown now, with its style sheets: a click waits for the next page to begin only."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate("rules => axe.run(rules).then(results => results.violations)", RULES)
    found = [f"{violation['id']} {[node['html'][:160] for node in violation['nodes'][:3]]}" for violation in violations]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    return found
