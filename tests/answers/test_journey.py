"""Answering and stopping as an employee lives it: on a narrow phone without JavaScript; with it, the questions are read aloud; both through axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dossiers.parts import Role
from tests.answers.material import asked_world, url
from tests.browser.test_axe import faults_of

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]
# A browser with a Dutch voice on this machine; what it would say is kept in `said`.
VOICE = """
window.said = [];
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "nl-NL", localService: true }], speak: (one) => window.said.push(one.text), cancel: () => {} } });
"""


def test_an_employee_answers_and_stops_on_a_phone_without_javascript(transactional_db: None, browse: Browse) -> None:
    world, share = asked_world(Role.INSURANCE_PHYSICIAN)
    phone = browse(world, "employee", url(share), viewport={"width": 320, "height": 700}, java_script_enabled=False)
    expect(phone.locator("[data-reads-aloud]")).to_be_hidden()
    expect(phone.locator("main input:checked")).to_have_count(0)
    for group, answer in (("lezen wat u kunt", "Ja, dat mag"), ("uw eigen woorden", "Nee, dat wil ik niet"), ("de papieren", "Nee, dat wil ik niet")):
        phone.get_by_role("group", name=group).get_by_label(answer).check()
    phone.locator("summary", has_text="Papieren en plan").click()
    phone.get_by_role("group", name="Brieven").get_by_label("Ja, dat mag").check()
    phone.get_by_role("button", name="Antwoord geven").click()
    expect(phone.locator("main")).to_contain_text("ziet nu wat hieronder staat")
    letters = phone.locator("main button", has_text="Brieven")
    letters.click()
    expect(letters).to_have_count(0)
    expect(phone.locator("main")).to_contain_text("ziet nu wat hieronder staat")  # the rest of what was given
    phone.get_by_role("button", name="Alles intrekken").click()
    expect(phone.locator("main")).to_contain_text("ziet nu niets van uw dossier")

    page = browse(world, "employee", "/", viewport={"width": 320, "height": 700}, reduced_motion="reduce", locale="nl-NL")
    page.add_init_script(VOICE)
    for name in ("answer_share", "share_answered", "share_wording"):
        page.goto(url(share, name))
        for unfold in page.locator("main summary").all():
            unfold.click()
        assert faults_of(page) == [], name
    page.goto(url(share))
    page.get_by_role("button", name="Lees deze vragen voor").click()
    said = " ".join(page.evaluate("window.said"))
    assert "U hoeft UWV geen toegang te geven." in said
    assert "Mag Vera Verzekeringsarts lezen wat u kunt op uw werk?" in said
    assert "KANARIE" not in said  # what stands in the dossier is not said out loud on a bus
    expect(page.get_by_role("button", name="Stop met voorlezen")).to_be_visible()
