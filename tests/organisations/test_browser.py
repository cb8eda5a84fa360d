"""An administrator in a real browser: a contact is replaced, and every page of an administrator is well made."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bar.accounts.links import LinkKind, token_of
from bar.accounts.models import Invitation, Reset, ResetKind
from dossiers.models import Letter
from dossiers.parts import Role
from tests.browser.test_axe import LOOKS, faults_of
from tests.organisations.material import administrator, member, page_of, physician
from tests.world import World, make_world

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("BAR_SHOTS", "")  # a folder for pictures, to look with one's own eyes

Browse = Callable[..., Page]


@pytest.fixture
def room(server: object) -> World:
    world = make_world(shares=False, finals=1)
    Letter.objects.update(released_at=timezone.now())
    world.people["administrator"] = administrator(world, "employer")
    world.people["successor"] = member(world.people["employer"].organisation, "nieuwe", "Nico Nieuw")
    return world


def test_a_contact_is_replaced_and_the_successor_reads_the_letter(room: World, browse: Browse) -> None:
    page = browse(room, "administrator", "/")
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Mijn organisatie").click()
    page.get_by_role("link", name="Gerda Gever").click()
    page.get_by_role("link", name="Laten stoppen").click()
    page.get_by_role("button", name="Laten stoppen").click()
    expect(page.locator(".error-summary")).to_contain_text("Kies wie dat doet")
    page.get_by_label("Wie neemt het werk over?").select_option(label="Nico Nieuw")
    page.get_by_role("button", name="Laten stoppen").click()
    expect(page.locator("#meldingen")).to_contain_text("Gerda Gever is gestopt")
    successor = browse(room, "successor", "/")
    successor.get_by_role("link", name=room.people["employee"].name).click()
    successor.get_by_role("link", name="Brieven").first.click()
    successor.locator("a[href$='/brieven/1/']").first.click()
    expect(successor.locator("main")).to_contain_text("Werken kan weer voor een deel.")


@pytest.mark.slow  # the journeys here pass through axe too
def test_every_page_of_an_administrator_is_well_made(room: World, browse: Browse) -> None:
    places = _places(room)
    faults = []
    for number, (name, who, path) in enumerate(places):
        look = LOOKS[number % len(LOOKS)]
        page = browse(room, who, path, **look)
        assert page.locator("h1").is_visible(), name
        faults += [f"{name}: {fault}" for fault in faults_of(page)]
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{look['viewport']['width']}-{look['color_scheme']}.png", full_page=True)
        page.close()
    assert faults == []


def _places(room: World) -> list[tuple[str, str, str]]:
    """Every page with something on it: people in every state, a reset that runs, a form, a link."""
    room.people["chief"] = administrator(room, "physician")
    physician(room)
    delegate, chief, now = room.people["delegate"], room.people["chief"], timezone.now()
    invited = member(chief.organisation, "straks", "Sam Straks", profession=Role.DELEGATE, delegate_kind="aios")
    invited.activated_at = None
    invited.save()
    Invitation.objects.create(person=invited, email="straks@proef.test", made_at=now, expires_at=now, state="bounced")
    for place in range(30):
        member(chief.organisation, f"veel{place}", f"Volk Nummer {place}")
    other = administrator(room, "physician", "ander")
    row = Reset.objects.create(person=delegate, kind=ResetKind.FACTOR, asked_at=now, asked_by=other)
    Reset.objects.create(person=room.people["employee"], kind=ResetKind.ADDRESS, new_email="x@y.test", asked_at=now, asked_by=delegate)
    return [
        ("list", "chief", "/organisatie/"),
        ("add", "chief", "/organisatie/mensen/nieuw/"),
        ("person", "chief", page_of(delegate)),
        ("invited", "chief", page_of(invited)),
        ("end", "chief", page_of(room.people["physician"], "stoppen/")),
        ("ask", "chief", page_of(delegate, "herstel/")),
        ("confirm", "chief", page_of(delegate, f"herstel/{row.pk}/bevestigen/")),
        ("link", "delegate", f"/herstel/{token_of(LinkKind.RESET, row.pk, 1)}/"),
        ("employee", "physician", f"/dossier/{room.number}/inloggen-helpen/"),
    ]
