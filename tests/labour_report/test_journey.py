"""A labour expert writes a report in a browser, with and without script; the employee reads it on a phone and says what is not right."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dossiers.actions.promises import sweep_by_clock
from dossiers.models import LabourReport, ReportRemark
from tests.browser.test_axe import faults_of
from tests.labour_report.material import TYPED, report_of, save, url
from tests.world import make_world

pytestmark = pytest.mark.browser


def test_from_an_empty_report_to_what_is_not_right(transactional_db: None, browse: Callable[..., Page]) -> None:
    world = make_world()
    sweep_by_clock(now=timezone.now())
    page = browse(world, "labour_expert", url(world, "labour_reports"))
    page.get_by_role("button", name="Rapport beginnen").click()
    page.get_by_label("Wat is uw antwoord op de vraag?").fill("Getypt, en dan op een knop.")
    page.get_by_role("button", name="Functie erbij").click()
    page.get_by_label("Naam van de functie").fill("Inpakker")
    expect(page.get_by_label("Wat is uw antwoord op de vraag?")).to_have_value("Getypt, en dan op een knop.")
    row = page.get_by_role("group", name="Tillen en dragen")
    expect(row).to_contain_text("niet meer dan 5 kilo tillen")
    row.get_by_label("Wat vraagt de functie?").fill("Dozen van 8 kilo.")
    row.get_by_label("Past dit?").select_option("past niet")
    row.get_by_label("Waarom?").fill("Na de operatie is dat te zwaar.")
    expect(page.locator("#filling-status")).to_have_text(re.compile(r"Opgeslagen om \d\d:\d\d"))
    expect(row).to_contain_text("Dit leest ook de werkgever. Kan het zonder?")
    assert faults_of(page) == []
    assert report_of(world).typed["f1-d430-reason"] == "Na de operatie is dat te zwaar."

    save(world.client("labour_expert"), world, TYPED)
    bare = browse(world, "labour_expert", url(world, "write_labour_report", 1), java_script_enabled=False)
    bare.get_by_label("Wat is uw advies?").fill("Regel een tilhulp, zonder script.")
    bare.get_by_role("button", name="Opslaan en nakijken").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text("Rapport 1 laten lezen")
    bare.get_by_role("button", name="De werknemer laten lezen").click()
    expect(bare.get_by_text("De werknemer kan het rapport nu lezen.")).to_be_visible()

    phone = browse(world, "employee", url(world, "overview"), viewport={"width": 360, "height": 800}, color_scheme="dark")
    phone.get_by_role("link", name="Lees het rapport").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Rapport van de arbeidsdeskundige")
    expect(phone.get_by_text("Regel een tilhulp, zonder script.")).to_be_visible()
    phone.wait_for_load_state()  # before its style sheets a page is wider
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_label("Wat klopt er niet?").fill("Ik til nooit 8 kilo.")
    phone.get_by_role("button", name="Versturen aan de arbeidsdeskundige").click()
    expect(phone.get_by_text("De arbeidsdeskundige leest het en geeft antwoord.")).to_be_visible()
    assert faults_of(phone) == []
    assert ReportRemark.objects.get(report=LabourReport.objects.get(dossier=world.dossier)).text == "Ik til nooit 8 kilo."
