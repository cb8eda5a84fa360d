"""Share, consent, read, write, withdraw: once through a browser for each professional, one of them without JavaScript, one on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bar.accounts.models import User
from dossiers.models import InsuranceReport, LabourReport, Thread
from tests.browser.test_axe import faults_of
from tests.world import World, make_world

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]
PURPOSE = "Meekijken of het werk past."
TEXT = "Dit typte ik net voordat het dicht ging."
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark", "reduced_motion": "reduce", "locale": "nl-NL"}
DESK: dict[str, Any] = {"reduced_motion": "reduce", "locale": "nl-NL"}
BARE: dict[str, Any] = {**DESK, "java_script_enabled": False}


@pytest.mark.parametrize(
    ("expert", "role", "writes", "window"),
    [
        ("labour_expert", "arbeidsdeskundige", "report", PHONE),
        ("insurance_physician", "verzekeringsarts", "reaction", BARE),
        pytest.param("uwv_labour_expert", "arbeidsdeskundige-uwv", "question", DESK, marks=pytest.mark.slow),
    ],
)
def test_two_keys_from_asking_to_taking_back(  # noqa: PLR0917
    transactional_db: None, browse: Browse, expert: str, role: str, writes: str, window: dict[str, Any]
) -> None:
    world = make_world(shares=False)
    User.objects.filter(pk=world.people["employer"].pk).update(email="gerda@werkgever.test")  # an address of the employer cannot be shared with
    inside = f"/dossier/{world.number}/"
    looked: list[str] = []

    def look(page: Page) -> None:
        page.wait_for_load_state()  # a page that is half there has not its styles and not every question
        if window is not BARE:  # axe is a script
            looked.extend(f"{page.url}: {fault}" for fault in faults_of(page))

    _ask(browse(world, "physician", f"{inside}delen/nieuw/?rol={role}", **(BARE if window is BARE else DESK)), world, expert, look)
    assert world.client(expert).get(inside).status_code == 404  # until the yes a stranger

    employee = browse(world, "employee", inside, **window)
    employee.get_by_role("link", name="Naar de vraag").click()
    expect(employee.get_by_role("heading", level=1)).to_contain_text("meelezen in uw dossier?")
    look(employee)
    assert employee.locator("input:checked").count() == 0
    for question in employee.locator(".consent__question").all():
        question.get_by_role("radio").first.check()
    employee.get_by_role("button", name="Antwoord geven").click()
    expect(employee.get_by_role("heading", name="Hier zei u ja")).to_be_visible()
    look(employee)

    reader = browse(world, expert, "/", **window)
    expect(reader.locator("main")).to_contain_text(PURPOSE)
    reader.goto(inside)
    expect(reader.locator("main")).to_contain_text("Wat er van u wordt gevraagd")
    reader.goto(f"{inside}bar/1/")
    expect(reader.locator("main")).to_contain_text("Lichte dozen tillen.")
    look(reader)
    _begin_to_write(reader, inside, writes)
    look(reader)

    employee.get_by_role("button", name="Alles intrekken").click()
    expect(employee.get_by_role("button", name="Alles intrekken")).to_have_count(0)
    look(employee)

    _send(reader, writes)
    expect(reader.locator("body")).to_contain_text(re.compile("toestemming ingetrokken"))
    if writes == "report":  # there a script keeps the text in the page
        expect(reader.get_by_label("Wat is uw antwoord op de vraag?")).to_have_value(TEXT)
    else:
        expect(reader.get_by_label("Uw tekst")).to_have_value(TEXT)
    assert reader.goto(f"{inside}bar/1/").status == 403  # type: ignore[union-attr]
    expect(reader.locator("body")).not_to_contain_text(world.people["employee"].name)
    look(reader)
    assert not _stored(world)
    assert looked == []


def _ask(page: Page, world: World, expert: str, look: Callable[[Page], None]) -> None:
    page.get_by_label("Naam", exact=True).fill(world.people[expert].name)
    page.get_by_label("Zakelijk e-mailadres").fill(str(world.people[expert].email))
    if expert == "labour_expert":
        page.get_by_label("Bureau of organisatie").fill("Bureau De Proef")
    else:
        page.get_by_label("overleg", exact=True).check()
    if expert == "uwv_labour_expert":  # reads only, unless the physician says otherwise
        page.locator("[name=read-consultation]").check()
        page.locator("[name=write-consultation]").check()
    page.get_by_label("Waarom deelt u dit?").fill(PURPOSE)
    look(page)
    page.get_by_role("button", name="Bekijk wat deze persoon ziet").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("als de werknemer overal ja zegt")
    look(page)
    page.get_by_role("button", name="Vraag toestemming").click()
    expect(page.locator("body")).to_contain_text("De vraag staat klaar voor de werknemer.")
    look(page)


def _begin_to_write(page: Page, inside: str, writes: str) -> None:
    match writes:
        case "report":
            page.goto(f"{inside}arbeidsdeskundige/")
            page.get_by_role("button", name="Rapport beginnen").click()
            page.get_by_label("Wat is uw advies?").fill("Regel een tilhulp.")
            expect(page.locator("#filling-status")).to_contain_text("Opgeslagen om")
        case "reaction":
            page.goto(f"{inside}verzekeringsarts/")
            page.get_by_role("button", name="Begin", exact=True).click()
            page.get_by_label("Uw advies aan de bedrijfsarts").fill(TEXT)
        case _:
            page.goto(f"{inside}bar/1/")
            page.get_by_role("link", name="Stel hierover een vraag over Tillen").click()
            page.get_by_label("Anna Arts, bedrijfsarts", exact=True).check()
            page.get_by_label("Er is twijfel over passend werk").check()
            page.get_by_label("Uw vraag").fill(TEXT)


def _send(page: Page, writes: str) -> None:
    match writes:
        case "report":
            page.get_by_label("Wat is uw antwoord op de vraag?").fill(TEXT)
        case "reaction":
            page.get_by_role("button", name="Opslaan en nakijken").click()
        case _:
            page.get_by_role("button", name="Vraag versturen").click()


def _stored(world: World) -> bool:
    reports = [str(row.typed) for model in (LabourReport, InsuranceReport) for row in model.objects.filter(dossier=world.dossier)]
    return Thread.objects.filter(dossier=world.dossier).exists() or any(TEXT in typed for typed in reports)
