"""Journeys with a real browser: its own passkeys, an app with codes, codes on paper; each page on the way through axe.

At the name localhost, because browsers keep a passkey for a name and never for a number.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bar.accounts.models import User
from bar.accounts.standing import KEY
from tests.browser.test_axe import RULES
from tests.browsing import Server, Watch
from tests.factors.people import PASSWORD, code_now, make_person
from tests.filling.material import draft_of, start_draft, url
from tests.world import World

pytestmark = pytest.mark.browser

PASSKEY = "Inloggen met vinger, gezicht of pincode"
LOOKS: dict[str, Any] = {"viewport": {"width": 360, "height": 800}, "locale": "nl-NL", "reduced_motion": "reduce"}


class Window:
    """A browser window of one person, with a passkey device of its own in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, "automaticPresenceSimulation": True}})

    def sees(self, heading: str) -> None:
        """This page, without one fault for who cannot see or use a mouse."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, found.generate_report()

    def press(self, name: str, role: Any = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).click()

    def type_password(self, person: User) -> None:
        self.page.goto("/inloggen/")
        self.page.get_by_label("E-mailadres").fill(str(person.email))
        self.page.get_by_label("Wachtwoord").fill(PASSWORD)
        self.press("Inloggen")

    def keep_codes(self) -> list[str]:
        self.sees("Uw herstelcodes")
        codes = self.page.get_by_role("list", name="Herstelcodes").locator("code").all_text_contents()
        self.page.get_by_label("Ik heb de codes bewaard").check()
        self.press("Verder")
        return codes

    def sign_out(self) -> None:
        self.press("Uitloggen")
        expect(self.page.get_by_role("button", name="Inloggen", exact=True)).to_be_visible()


@pytest.fixture
def window(chromium: Browser, server: Server) -> Iterator[Callable[[], Window]]:
    """A window at the name of this machine; a script error or a call to elsewhere fails the test."""
    address = f"http://localhost:{server.port}"
    watch = Watch(address)
    contexts: list[BrowserContext] = []

    def open_window(**looks: Any) -> Window:
        contexts.append(watch.over(chromium.new_context(base_url=address, **{**LOOKS, **looks})))
        return Window(contexts[-1].new_page())

    yield open_window
    for context in contexts:
        context.close()
    assert watch.complaints == []


def make_stale(page: Page) -> None:
    """As if this session proved who it is an hour ago."""
    name = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    session = import_module(settings.SESSION_ENGINE).SessionStore(name)
    at = dt.datetime.fromisoformat(session[KEY]["proved_at"]) - dt.timedelta(hours=1)
    session[KEY] = {**session[KEY], "proved_at": at.isoformat()}
    session.save()


def test_a_passkey_from_setting_up_to_signing_in_again_while_typing(bare_world: World, window: Callable[..., Window]) -> None:
    person = bare_world.people["physician"]
    person.set_password(PASSWORD)
    person.save()
    version = start_draft(bare_world)
    here = window(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = here.page
    here.type_password(person)
    here.sees("Zet een tweede stap klaar")
    here.press("Kies vinger, gezicht of pincode", "link")
    here.sees(PASSKEY)
    here.press("Zet dit apparaat klaar")
    assert len(here.keep_codes()) == 10
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn dossiers")
    here.sign_out()

    here.press(PASSKEY)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn dossiers")
    here.sign_out()
    here.type_password(person)
    here.sees("Nog één stap")
    here.press("Met vinger, gezicht of pincode")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn dossiers")

    make_stale(page)
    page.goto("/account/inloggen/sleutel/")
    here.sees("Laat nog een keer zien dat u het bent")
    here.press("Met vinger, gezicht of pincode")
    here.sees(PASSKEY)
    page.goto("/account/inloggen/")
    here.sees("Zo logt u in")

    page.goto(url(bare_world, "fill_in_section", 1, "advice"))
    Session.objects.all().delete()
    page.get_by_label("Het belangrijkste").fill("Getypt nadat de sessie voorbij was.")
    page.locator("#filling-sign-in").get_by_role("button", name=PASSKEY).click()
    expect(page.locator("#filling-sign-in")).to_be_hidden()
    expect(page.locator("#filling-status")).to_contain_text("Opgeslagen om")
    assert dict(draft_of(version, "advice").content or {})["message"] == "Getypt nadat de sessie voorbij was."


def test_an_app_with_codes_and_then_a_code_on_paper(transactional_db: None, window: Callable[..., Window]) -> None:
    person = make_person()
    here = window()
    page = here.page
    here.type_password(person)
    here.press("Kies een app met codes", "link")
    here.sees("Een app met codes")
    expect(page.get_by_role("img", name="QR-code met de sleutel voor uw app")).to_be_visible()
    key = page.locator("[data-key]").inner_text()
    page.get_by_label("Code uit uw app").fill("000000")
    here.press("Klaar")
    here.sees("Een app met codes")
    expect(page.locator("[data-key]")).to_have_text(key)
    page.get_by_label("Code uit uw app").fill(code_now(key))
    here.press("Klaar")
    codes = here.keep_codes()
    here.sign_out()

    here.type_password(person)
    here.sees("Nog één stap")
    page.get_by_label("Code uit uw app").fill(code_now(key, steps=1))
    here.press("Verder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn dossiers")
    here.sign_out()

    here.type_password(person)
    here.press("Met een herstelcode van papier", "link")
    here.sees("Nog één stap")
    page.get_by_label("Herstelcode").fill(codes[3])
    here.press("Verder")
    page.goto("/account/inloggen/")
    here.sees("Zo logt u in")
    expect(page.get_by_text("Er werken nog 9 codes.")).to_be_visible()
