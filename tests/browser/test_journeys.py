"""The main jobs from the front door to the end, as each person does them: signed in by the real page, only with what the pages offer."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from bar.accounts.models import User
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Dossier, Letter
from tests.browser.conftest import Keyboard, SignIn
from tests.versions.material import day_sections
from tests.world import SECTIONS, World, fill_in, finalise, make_world, say

pytestmark = pytest.mark.browser

MESSAGE = "Ria kan beginnen met 2 dagen van 4 uur."
RENDER_SECONDS = 40


@pytest.fixture
def lettered(transactional_db: None) -> World:
    """A dossier with a final version of today and its letters."""
    world = make_world(shares=False, finals=0)
    User.objects.filter(pk=world.people["employee"].pk).update(activated_at=timezone.now())  # who reads on screen has an account in use
    say(world, SECTIONS["employee_view"])
    fill_in(world, timezone.localdate(), day_sections())
    finalise(world, timezone.localdate())
    sweep_by_clock(now=timezone.now())
    return world


def menu(page: Page, name: str) -> None:
    """To another page of the dossier."""
    page.get_by_role("navigation", name="Onderdelen van dit dossier").get_by_role("link", name=name, exact=True).click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def pdf_text(page: Page) -> str:
    """What stands in the PDF behind the button on this page."""
    with page.expect_download() as found:
        page.get_by_role("link", name="Bewaar als PDF").first.click()
    path = found.value.path()
    assert re.fullmatch(r"[a-z0-9-]+\.pdf", found.value.suggested_filename)
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(path).pages).split())


def open_dossier(page: Page) -> None:
    """The form to open a dossier, filled in."""
    page.get_by_role("link", name="Nieuw dossier").click()
    first = timezone.localdate() - dt.timedelta(days=30)
    page.get_by_label("Naam van de werknemer").fill("Ria Nieuw")
    page.get_by_label("E-mailadres van de werknemer").fill("ria@thuis.test")
    page.get_by_label("Geboortedatum").fill("1980-04-12")
    page.get_by_label("Eerste ziektedag").fill(first.isoformat())
    page.get_by_label("Functie", exact=True).first.fill("Bakker")
    page.get_by_label(re.compile("Uren per week")).fill("32")
    page.get_by_role("radio", name=re.compile("vast", re.IGNORECASE)).check()
    page.get_by_label("Naam van de werkgever").fill("Bakkerij Nieuw")
    contact = page.get_by_role("group", name="Contactpersoon 1")
    contact.get_by_label("Naam").fill("Bas Baas")
    contact.get_by_label("E-mailadres").fill("bas@nieuw.test")
    page.get_by_role("button", name="Dossier openen").click()


def fill_in_by_keyboard(page: Page) -> None:
    """A first BAR with one point of attention, without touching the mouse."""
    hands = Keyboard(page)
    onward = page.get_by_role("button", name="Opslaan en verder")
    while page.url.rsplit("/", 2)[-2] != "controle":
        here = page.get_by_role("heading", level=1).inner_text()
        match here:
            case "Aandachtsgebieden":
                hands.choose("Tillen en dragen", "aandachtspunt")
                hands.to(page.locator("#item-d430").get_by_label("Voorwaarde"))
                page.keyboard.type("Niet meer dan 5 kilo tillen.")
            case "Mogelijkheden en uren":
                hands.choose("Kan de werknemer nu werken?", "ja")
                hands.choose("Kan de werknemer het eigen werk doen?", "deels")
                hands.fill("Uren per week nu", "8")
            case "Verwachting":
                hands.choose("Hoe gaat het verder?", "kan steeds meer")
                hands.choose("Hoe zeker is dit?", "waarschijnlijk")
                hands.fill("Toelichting", "De afspraak maken we per telefoon.")
            case "Advies":
                hands.choose("Doel", "eigen werk")
                hands.fill("Het belangrijkste", MESSAGE)
        hands.press(onward)
        expect(page.get_by_role("heading", level=1)).not_to_have_text(here)


@pytest.mark.usefixtures("worker")
def test_a_physician_from_opening_a_dossier_to_the_letter(bare_world: World, sign_in: SignIn) -> None:
    page = sign_in(bare_world, "physician")
    open_dossier(page)
    expect(page.locator(".messages")).to_contain_text("Het dossier is gemaakt.")
    number = Dossier.objects.get(employer__name="Bakkerij Nieuw").number
    User.objects.filter(email="ria@thuis.test").update(activated_at=timezone.now())  # meanwhile she accepts (tests/invitations walks that)
    menu(page, "BAR")
    page.get_by_role("button", name="Begin", exact=True).click()
    fill_in_by_keyboard(page)
    for reader in ("werknemer", "werkgever"):
        page.get_by_role("link", name=f"Brief voor de {reader}").first.click()
        expect(page.locator(".letter-screen")).to_contain_text(MESSAGE)
        page.get_by_role("link", name="Controle").click()
    page.get_by_label("Besproken met de werknemer").check()
    page.get_by_label("Gecontroleerd op medische gegevens").check()
    page.get_by_role("button", name="Vaststellen", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Versie 1 is vastgesteld.")
    read = page.get_by_role("link", name=re.compile("Lees de brief"))
    expect(page.get_by_text("klaar voor beide lezers")).to_be_visible(timeout=RENDER_SECONDS * 1_000)
    read.first.click()
    text = pdf_text(page)
    assert MESSAGE in text and "niet meer dan 5 kilo tillen." in text.lower()
    assert page.request.get(f"/dossier/{number}/brieven/1/pdf/employer/").body().startswith(b"%PDF-")


def test_an_employee_reads_writes_shares_and_sees_who_looked(lettered: World, sign_in: SignIn) -> None:
    page = sign_in(lettered, "employee", viewport={"width": 360, "height": 800}, has_touch=True)
    heading(page, "Waar sta ik?")
    page.get_by_role("link", name="Lees de hele brief").click()
    assert SECTIONS["advice"]["message"] in pdf_text(page)
    menu(page, "Mijn visie")
    page.get_by_label(re.compile("^Wat kunt u|^Wat kan")).first.fill("Ik kan dozen inpakken.")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    preview = page.locator(".own-view__preview")
    expect(preview).to_contain_text("Ik kan dozen inpakken.")
    page.get_by_role("button", name="Deel met mijn werkgever").click()
    expect(page.get_by_text("Ja, in de volgende brief")).to_be_visible()
    menu(page, "Wie heeft gekeken")
    expect(page.locator("main")).to_contain_text("Anna Arts")


def test_an_employer_reads_the_letter_and_describes_the_job(lettered: World, sign_in: SignIn) -> None:
    page = sign_in(lettered, "employer")
    page.get_by_role("link", name=lettered.people["employee"].name).click()
    menu(page, "Brieven")
    page.get_by_role("link", name=re.compile("Lees de brief")).first.click()
    text = pdf_text(page)
    assert SECTIONS["advice"]["message"] in text
    assert "KANARIE" not in text
    menu(page, "Het werk")
    page.get_by_role("link", name="Beschrijving veranderen").click()
    page.get_by_label(re.compile("Wat is het werk")).fill("Orders verzamelen en inpakken.")
    page.get_by_role("button", name="Beschrijving opslaan").click()
    expect(page.locator("main")).to_contain_text("Orders verzamelen en inpakken.")


def test_a_delegate_prepares_and_cannot_finalise(bare_world: World, sign_in: SignIn) -> None:
    fill_in(bare_world, timezone.localdate(), day_sections(), who="delegate")
    page = sign_in(bare_world, "delegate")
    page.get_by_role("link", name=bare_world.people["employee"].name).first.click()
    page.goto(f"/dossier/{bare_world.number}/bar/1/controle/")
    expect(page.get_by_text("Klaar voor de bedrijfsarts.")).to_be_visible()
    expect(page.get_by_role("button", name="Vaststellen")).to_have_count(0)
    expect(page.get_by_role("button", name="Aanbieden aan de werknemer")).to_have_count(0)
    assert not Letter.objects.filter(dossier=bare_world.dossier).exists()
    assert bare_world.version(1).status == "draft"


def test_the_main_job_without_javascript(bare_world: World, sign_in: SignIn) -> None:
    page = sign_in(bare_world, "physician", java_script_enabled=False)
    page.get_by_role("link", name=bare_world.people["employee"].name).first.click()
    menu(page, "BAR")
    page.get_by_role("button", name="Begin", exact=True).click()
    onward = page.get_by_role("button", name="Opslaan en verder")
    while "/controle/" not in page.url:
        here = page.get_by_role("heading", level=1).inner_text()
        match here:
            case "Mogelijkheden en uren":
                page.get_by_role("group", name="Kan de werknemer nu werken?").get_by_label("ja", exact=True).check()
                page.get_by_role("group", name="Kan de werknemer het eigen werk doen?").get_by_label("deels", exact=True).check()
            case "Verwachting":
                page.get_by_label("kan steeds meer").check()
                page.get_by_label("waarschijnlijk", exact=True).check()
                page.get_by_label("Toelichting").fill("De afspraak maken we per telefoon.")
            case "Advies":
                page.get_by_label("eigen werk", exact=True).check()
                page.get_by_label("Het belangrijkste").fill(MESSAGE)
        onward.click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(here)
    page.get_by_label("Besproken met de werknemer").check()
    page.get_by_label("Gecontroleerd op medische gegevens").check()
    page.get_by_role("button", name="Vaststellen", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Versie 1 is vastgesteld.")
    sweep_by_clock(now=timezone.now())
    menu(page, "Brieven")
    page.get_by_role("link", name=re.compile("Lees de brief")).first.click()
    assert MESSAGE in pdf_text(page)
