"""Hands for the journeys: signing in by the real page, a keyboard without a mouse, and a real worker.

What every browser test shares is in `tests/browsing.py`.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bar.celery import broker
from tests.browsing import Server, Watch, begin, of_this_run
from tests.factors.people import code_now, give_app
from tests.world import World

PASSWORD = "een lang wachtwoord om te proberen"
MOST_TABS = 300
SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(chromium: Browser, server: Server, watch: Watch) -> Iterator[SignIn]:
    """`sign_in(world, who)`: a new window in which this person has just signed in, on the page where they arrive."""
    windows: list[BrowserContext] = []

    def at_the_door(world: World, who: str, **options: Any) -> Page:
        person = world.people[who]
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
        key = give_app(person)
        windows.append(watch.over(chromium.new_context(base_url=server.address, locale="nl-NL", **options)))
        page = windows[-1].new_page()
        page.goto("/")
        page.get_by_label("E-mailadres").fill(str(person.email))
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen", exact=True).click()
        page.get_by_label("Code uit uw app").fill(code_now(key))
        page.get_by_role("button", name="Verder").click()
        expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()
        return page

    yield at_the_door
    for window in windows:
        window.close()


@pytest.fixture
def worker(server: Server) -> Iterator[None]:
    """A real Celery worker behind this test's server: on its database, and on the broker number it rings."""
    environment = {**server.environment, **of_this_run()}
    with broker(environment["REDIS_URL"]) as client:
        client.flushdb()  # bells of earlier tests, about rows that are gone
    command = [sys.executable, "-m", "celery", "--app", "bar.celery", "--quiet", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
    process = begin([*command, "--loglevel", "ERROR"], environment)
    yield
    process.terminate()
    process.wait(20)


class Keyboard:
    """Somebody without a mouse: Tab, arrows, Enter, and typing."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator) -> None:
        """Tab until the focus is on this, or in it. Looked up once: a name is long to find on a page with fifty groups."""
        found = target.element_handle()
        for _ in range(MOST_TABS):
            if found.evaluate("element => element.contains(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    def fill(self, label: str, text: str) -> None:
        """Type in the field with this label."""
        self.to(self.page.get_by_label(re.compile(f"^{label}")).first)
        self.page.keyboard.type(text)

    def choose(self, question: str, answer: str) -> None:
        """Arrows to this answer, in the group with this question."""
        group = self.page.get_by_role("group", name=question)
        wanted = group.get_by_role("radio", name=answer, exact=True)
        self.to(group)
        self.page.keyboard.press("Space")
        for _ in range(group.get_by_role("radio").count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the keyboard does not choose {answer}")

    def press(self, target: Locator) -> None:
        """Enter on a link or a button."""
        self.to(target)
        self.page.keyboard.press("Enter")
