"""What was typed is never lost: the server dies, the session ends, two windows write, the page is reloaded."""

import datetime as dt
import re
import time
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from dossiers.models import Assessment
from tests.browsing import Server
from tests.factors.people import code_now, give_app
from tests.filling.material import draft_of, start_draft, url
from tests.world import World

pytestmark = pytest.mark.browser

PASSWORD = "een lang wachtwoord om te proberen"
SAVED = re.compile(r"Opgeslagen om \d\d:\d\d")
Browse = Callable[..., Page]


def content(version: Assessment, section: str) -> dict[str, str]:
    """What the server has of a section."""
    return dict(draft_of(version, section).content or {})


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until this holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def note_and_leave(page: Page) -> list[str]:
    """The questions the browser asks from now on; each is answered with "leave"."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_text_is_saved_while_typing_and_the_cursor_stays(bare_world: World, browse: Browse) -> None:
    version = start_draft(bare_world)
    page = browse(bare_world, "physician", url(bare_world, "fill_in_section", 1, "advice"))
    message = page.get_by_label("Het belangrijkste")
    message.press_sequentially("Joost kan 3 dagen werken")
    message.press("ArrowLeft")
    expect(page.locator("#filling-status")).to_have_text(SAVED)
    until(lambda: content(version, "advice")["message"] == "Joost kan 3 dagen werken")  # a slow typist is saved in between
    assert message.evaluate("box => [document.activeElement === box, box.selectionStart]") == [True, 23]


def test_text_typed_while_the_server_is_dead_is_saved_when_it_is_back(bare_world: World, browse: Browse, server: Server) -> None:
    version = start_draft(bare_world)
    page = browse(bare_world, "physician", url(bare_world, "fill_in_section", 1, "advice"))
    server.kill()
    page.get_by_label("Het belangrijkste").fill("Getypt terwijl de server uit stond.")
    expect(page.locator("#filling-status")).to_have_text("Nog niet opgeslagen. We proberen het opnieuw.")
    assert content(version, "advice") == {}
    server.start()
    expect(page.locator("#filling-status")).to_have_text(SAVED, timeout=30_000)
    assert content(version, "advice")["message"] == "Getypt terwijl de server uit stond."


def test_an_ended_session_asks_to_sign_in_and_then_saves(bare_world: World, browse: Browse) -> None:
    version = start_draft(bare_world)
    physician = bare_world.people["physician"]
    physician.set_password(PASSWORD)
    physician.save()
    key = give_app(physician)
    page = browse(bare_world, "physician", url(bare_world, "fill_in_section", 1, "advice"))
    Session.objects.all().delete()
    page.get_by_label("Het belangrijkste").fill("Getypt nadat de sessie voorbij was.")
    dialog = page.locator("#filling-sign-in")
    expect(dialog).to_be_visible()
    dialog.get_by_label("E-mailadres").fill(physician.email or "")
    dialog.get_by_label("Wachtwoord").fill("verkeerd wachtwoord")
    dialog.get_by_role("button", name="Inloggen en opslaan").click()
    expect(dialog.get_by_role("alert")).to_contain_text("wachtwoord")
    dialog.get_by_label("Wachtwoord").fill(PASSWORD)
    dialog.get_by_role("button", name="Inloggen en opslaan").click()
    dialog.get_by_label("Code uit uw app").fill("000000")
    dialog.get_by_role("button", name="Inloggen en opslaan").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Deze code klopt niet")
    dialog.get_by_label("Code uit uw app").fill(code_now(key))
    dialog.get_by_role("button", name="Inloggen en opslaan").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#filling-status")).to_have_text(SAVED)
    assert content(version, "advice")["message"] == "Getypt nadat de sessie voorbij was."
    page.keyboard.type(" En nog iets.")
    until(lambda: content(version, "advice")["message"] == "Getypt nadat de sessie voorbij was. En nog iets.")


@pytest.mark.parametrize(("button", "kept"), [("Mijn tekst houden", "Uit het tweede venster"), ("Andere tekst nemen", "Uit het eerste venster")])
def test_two_windows_show_both_texts_and_the_writer_chooses(bare_world: World, browse: Browse, button: str, kept: str) -> None:
    version = start_draft(bare_world)
    path = url(bare_world, "fill_in_section", 1, "advice")
    first, second = browse(bare_world, "delegate", path), browse(bare_world, "physician", path)
    first.get_by_label("Het belangrijkste").fill("Uit het eerste venster")
    first.get_by_role("radio", name="eigen werk", exact=True).check()
    until(lambda: content(version, "advice").get("message") == "Uit het eerste venster")
    until(lambda: content(version, "advice").get("goal") == "own_work")
    second.get_by_label("Het belangrijkste").fill("Uit het tweede venster")
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("Uit het eerste venster")
    expect(conflict).to_contain_text("Uit het tweede venster")
    expect(conflict).to_contain_text(bare_world.people["delegate"].name)
    assert content(version, "advice")["message"] == "Uit het eerste venster"
    conflict.get_by_role("button", name=button).click()
    expect(second.get_by_label("Het belangrijkste")).to_have_value(kept)
    expect(second.get_by_role("radio", name="eigen werk", exact=True)).to_be_checked()
    until(lambda: content(version, "advice")["message"] == kept)
    assert content(version, "advice")["goal"] == "own_work"


def test_two_windows_that_write_in_other_fields_keep_both(bare_world: World, browse: Browse) -> None:
    version = start_draft(bare_world)
    path = url(bare_world, "fill_in_section", 1, "advice")
    first, second = browse(bare_world, "physician", path), browse(bare_world, "physician", path)
    first.get_by_label("Het belangrijkste").fill("Het belangrijkste staat hier")
    until(lambda: bool(content(version, "advice").get("message")))
    second.get_by_label("Antwoord op wat de werknemer nodig heeft").fill("De planning staat op papier")
    until(lambda: content(version, "advice").get("needs_answer") == "De planning staat op papier")
    assert content(version, "advice")["message"] == "Het belangrijkste staat hier"
    expect(second.get_by_label("Het belangrijkste")).to_have_value("Het belangrijkste staat hier")


def test_reloading_right_after_typing_sends_the_text_on_leaving(bare_world: World, browse: Browse) -> None:
    version = start_draft(bare_world)
    page = browse(bare_world, "physician", url(bare_world, "fill_in_section", 1, "advice"))
    asked = note_and_leave(page)
    page.clock.install()
    page.clock.pause_at(timezone.now() + dt.timedelta(minutes=1))  # no timer saves before the reload, however slow this machine is
    page.get_by_label("Het belangrijkste").press_sequentially("Net op tijd")
    page.reload()
    until(lambda: content(version, "advice").get("message") == "Net op tijd")
    assert asked == ["beforeunload"]


def test_going_on_right_after_typing_saves_first_and_asks_nothing(bare_world: World, browse: Browse) -> None:
    version = start_draft(bare_world)
    page = browse(bare_world, "physician", url(bare_world, "fill_in_section", 1, "advice"))
    asked = note_and_leave(page)
    page.get_by_label("Het belangrijkste").press_sequentially("Snel verder")
    page.get_by_role("link", name="Verwachting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verwachting")
    assert content(version, "advice")["message"] == "Snel verder"
    assert asked == []


def test_a_row_can_be_added_and_emptied_without_loading_the_page(bare_world: World, browse: Browse) -> None:
    version = start_draft(bare_world)
    page = browse(bare_world, "physician", url(bare_world, "fill_in_section", 1, "advice"))
    rows = page.get_by_role("group", name=re.compile(r"Regel \d"))
    for number, what in enumerate(["Bel elke week", "Maak een rooster"]):
        if number:
            page.get_by_role("button", name="Regel erbij").click()
        rows.nth(number).get_by_label("Wat").fill(what)
        rows.nth(number).get_by_label("Wie").select_option("employer")
        rows.nth(number).get_by_label("Uiterlijk op").fill("2026-03-09")
    until(lambda: content(version, "advice").get("actions-1-what") == "Maak een rooster")
    until(lambda: draft_of(version, "advice").valid)
    rows.nth(0).get_by_role("button", name="Regel leegmaken").click()
    until(lambda: "actions-0-what" not in content(version, "advice"))
    page.reload()
    expect(rows.nth(0).get_by_label("Wat")).to_have_value("Maak een rooster")
