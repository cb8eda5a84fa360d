"""A question as two people live it in a browser: asked, answered on a phone without scripts, taken over; every page on the way through axe."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dossiers.models import Thread
from tests.browser.test_axe import faults_of
from tests.world import fill_in, make_world

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


def test_a_question_is_asked_answered_and_taken_over(transactional_db: None, browse: Browse, tmp_path: Path) -> None:
    world = make_world()
    fill_in(world, timezone.localdate())
    pictures = Path(os.environ.get("BAR_PICTURES", tmp_path))
    faults: list[str] = []

    def look(page: Page, name: str) -> None:
        faults.extend(f"{name}: {fault}" for fault in faults_of(page))
        page.screenshot(path=pictures / f"{name}.png", full_page=True)

    physician = browse(world, "physician", f"/dossier/{world.number}/bar/1/", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    look(physician, "version")
    physician.get_by_role("link", name="Stel hierover een vraag over Tillen").click()
    expect(physician.get_by_role("main")).to_contain_text("Niet meer dan 5 kilo tillen.")
    look(physician, "new")
    physician.get_by_role("button", name="Vraag versturen").click()
    expect(physician.get_by_role("group", name="Er klopt iets niet")).to_contain_text("Kies aan wie u dit vraagt")
    look(physician, "new-wrong")
    physician.get_by_label("Els Expert, arbeidsdeskundige", exact=True).check()
    physician.get_by_label("Er is twijfel over passend werk").check()
    physician.get_by_label("Uw vraag").fill("Kan inpakken met lichte dozen al hele dagen?")
    physician.get_by_role("button", name="Vraag versturen").click()
    expect(physician.get_by_role("main")).to_contain_text("wacht op antwoord")
    look(physician, "asked")
    number = Thread.objects.get().number

    phone = {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark", "reduced_motion": "reduce"}
    expert = browse(world, "labour_expert", f"/dossier/{world.number}/overleg/", **phone, java_script_enabled=False)
    expert.get_by_role("link", name=f"Vraag {number}").click()
    expert.get_by_label("Uw antwoord").fill("Ja. Zet de zware dozen bij een collega.")
    expert.get_by_role("button", name="Antwoord versturen").click()
    expect(expert.get_by_role("main")).to_contain_text("beantwoord")

    physician.goto(f"/dossier/{world.number}/overleg/{number}/")
    look(physician, "answered")
    physician.get_by_role("button", name="Neem over in versie 2").click()
    expect(physician.get_by_role("main")).to_contain_text("Dit antwoord staat in versie 2")
    physician.goto(f"/dossier/{world.number}/bar/2/invullen/overleg/")
    expect(physician.get_by_role("main")).to_contain_text(f"Overgenomen uit vraag {number}")
    look(physician, "filling")
    physician.goto(f"/dossier/{world.number}/overleg/")
    look(physician, "list")

    employee = browse(world, "employee", f"/dossier/{world.number}/overleg/", **phone)
    look(employee, "list-employee")
    employee.get_by_role("link", name=f"Vraag {number}").click()
    expect(employee.get_by_role("main")).to_contain_text("Zet de zware dozen bij een collega.")
    look(employee, "thread-employee")
    expert.goto(f"/dossier/{world.number}/overleg/")
    expert.screenshot(path=pictures / "list-expert.png", full_page=True)
    assert faults == []
