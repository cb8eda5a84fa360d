"""In a real browser: the warning before a session ends, staying by a button and by typing, and what was typed after the end (G10)."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from bar.accounts.limits import LAST_SEEN, SIGNED_IN_AT
from tests.browsing import Server, hand_over_session
from tests.world import World

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]
NEXT_LOOK = 15_000  # milliseconds: the page looks every five seconds


def key_of(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")


def pass_time(page: Page, minutes: float, *, signed_in: bool = False) -> None:
    """As if so many minutes passed: for the server in the session, for the page in its clock."""
    session = SessionStore(session_key=key_of(page))
    session[SIGNED_IN_AT if signed_in else LAST_SEEN] -= minutes * 60
    session.save()
    page.clock.fast_forward(int(minutes * 60_000))


def left(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.request.get("/nog-hier/").json()
    return found


@pytest.fixture
def page(bare_world: World, browse: Browse) -> Page:
    """The page to open a dossier: a long form without autosave, in a window whose clock can be moved."""
    window = browse(bare_world, "physician", "/woorden/")
    window.clock.install()
    window.goto("/dossiers/nieuw/")
    expect(window.get_by_role("heading", name="Nieuw dossier")).to_be_visible()
    return window


def test_g10_two_minutes_before_the_end_the_page_warns_and_one_press_is_enough_to_stay(page: Page) -> None:
    page.get_by_label("Functie", exact=True).fill("Vorkheftruck rijden")
    pass_time(page, 13.2)
    warning = page.get_by_role("alertdialog", name="Over 2 minuten wordt u uitgelogd")
    expect(warning).to_be_visible(timeout=NEXT_LOOK)
    expect(warning.get_by_role("button", name="Ik ben er nog")).to_be_focused()
    expect(warning.get_by_role("button", name="Uitloggen")).to_be_visible()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    assert left(page)["idle"] > 14 * 60
    expect(page.get_by_label("Functie", exact=True)).to_have_value("Vorkheftruck rijden")


def test_who_types_on_a_page_without_autosave_is_not_thrown_out(page: Page) -> None:
    pass_time(page, 5)
    assert left(page)["idle"] < 10 * 60 + 5
    page.get_by_label("Functie", exact=True).press_sequentially("Ik typ nog")
    page.clock.run_for(10_000)
    page.wait_for_function("async () => (await (await fetch('/nog-hier/')).json()).idle > 14 * 60", timeout=NEXT_LOOK)
    expect(page.get_by_role("alertdialog")).to_be_hidden()


def test_a_page_that_nobody_typed_on_goes_to_the_door_when_the_session_is_over(page: Page) -> None:
    pass_time(page, 16)
    page.wait_for_url("**/inloggen/?next=%2Fdossiers%2Fnieuw%2F", timeout=NEXT_LOOK)
    expect(page.get_by_text("omdat u een tijd niets deed")).to_be_visible()


def test_the_longest_time_asks_to_sign_in_first_and_keeps_what_was_typed(page: Page, bare_world: World) -> None:
    page.get_by_label("Functie", exact=True).fill("Mijn lange tekst")
    session = SessionStore(session_key=key_of(page))
    session[SIGNED_IN_AT] -= 8 * 3600 - 100
    session.save()
    page.clock.fast_forward(8 * 3_600_000 - 100_000)
    asks = page.get_by_role("alertdialog", name="Over 2 minuten moet u opnieuw inloggen")
    expect(asks).to_be_visible(timeout=NEXT_LOOK)
    expect(asks).to_contain_text("Wat u typte blijft op deze pagina staan")


def test_g10_what_was_typed_survives_the_end_of_the_session_and_is_sent_after_signing_in_elsewhere(
    page: Page, bare_world: World, server: Server
) -> None:
    page.get_by_label("Functie", exact=True).fill("Vorkheftruck rijden")
    Session.objects.all().delete()
    page.clock.fast_forward(14 * 60_000)
    over = page.get_by_role("alertdialog", name="U bent uitgelogd")
    expect(over).to_be_visible(timeout=NEXT_LOOK)
    expect(over.get_by_role("link", name="Opnieuw inloggen")).to_have_attribute("target", "_blank")
    hand_over_session(page.context, bare_world.people["physician"], server.address)  # signed in again in another tab
    page.clock.run_for(6_000)
    expect(over).to_be_hidden(timeout=NEXT_LOOK)
    expect(page.get_by_label("Functie", exact=True)).to_have_value("Vorkheftruck rijden")
    page.get_by_role("button", name="Dossier openen").click()
    expect(page.get_by_text("Vul de naam")).not_to_have_count(0)
    expect(page.get_by_label("Functie", exact=True)).to_have_value("Vorkheftruck rijden")


def test_g10_without_javascript_the_typed_text_comes_back_as_a_copy(bare_world: World, browse: Browse) -> None:
    page = browse(bare_world, "physician", "/dossiers/nieuw/", java_script_enabled=False)
    page.get_by_label("Functie", exact=True).fill("Vorkheftruck rijden")
    Session.objects.all().delete()
    page.get_by_role("button", name="Dossier openen").click()
    expect(page.get_by_role("heading", name="U bent uitgelogd")).to_be_visible()
    expect(page.get_by_label("Uw tekst")).to_have_value("Vorkheftruck rijden")
