"""Cover, as three people live it in a browser: arranged by one, written in by another, read by the first; and every page about seats through axe."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from consent.models import HandOverQuestion
from tests.browser.test_axe import faults_of
from tests.seats.material import colleague, cover, elsewhere
from tests.world import make_world

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


def test_a_colleague_covers_and_writes_while_the_regular_physician_reads(transactional_db: None, browse: Browse) -> None:
    world = make_world(shares=False, finals=0)
    colleague(world, "Wilma Waarneemt")
    today = timezone.localdate().isoformat()

    regular = browse(world, "physician", f"/dossier/{world.number}/wie-doet-mee/")
    regular.get_by_role("link", name="Waarneming regelen").click()
    regular.get_by_role("button", name="Waarneming regelen").click()
    expect(regular.get_by_role("group", name="Er klopt iets niet")).to_contain_text("Kies een bedrijfsarts")
    regular.get_by_label("Welke bedrijfsarts?").select_option("Wilma Waarneemt")
    regular.get_by_label("Eerste dag").fill(today)
    regular.get_by_label("Laatste dag").fill(today)
    regular.get_by_role("button", name="Waarneming regelen").click()
    expect(regular.locator("main")).to_contain_text("Wilma Waarneemt neemt waar")
    expect(regular.locator("body")).to_contain_text("Een waarnemer werkt nu in dit dossier. U kunt lezen, maar niet schrijven.")

    stand_in = browse(world, "Wilma Waarneemt", f"/dossier/{world.number}/bar/")
    stand_in.get_by_role("button", name="Begin", exact=True).click()
    stand_in.wait_for_url("**/bar/1/**")
    stand_in.goto(f"/dossier/{world.number}/bar/1/invullen/alles/")
    stand_in.get_by_label("Het belangrijkste").fill("Werken kan weer voor een deel.")
    stand_in.get_by_label("Het belangrijkste").blur()
    expect(stand_in.locator("body")).to_contain_text("Opgeslagen om")

    for where in ("bar/1/", "bar/1/invullen/alles/"):
        regular.goto(f"/dossier/{world.number}/{where}")
        expect(regular.locator("body")).to_contain_text("Een waarnemer werkt nu in dit dossier.")
    expect(regular.get_by_role("button", name="Begin", exact=True)).to_have_count(0)
    saved = regular.evaluate(
        """async (where) => (await fetch(where, {method: "POST", headers: {...JSON.parse(document.body.getAttribute("hx-headers")),
        "X-Requested-With": "fetch"}, body: new URLSearchParams({message: "Toch"})})).status""",
        f"/dossier/{world.number}/bar/1/opslaan/advies/",
    )
    assert saved == 403

    employee = browse(world, "employee", f"/dossier/{world.number}/wie-doet-mee/")
    expect(employee.locator("main")).to_contain_text("Wilma Waarneemt neemt waar tot en met")
    expect(employee.locator("main")).to_contain_text("Dirk Delegaat werkt namens uw bedrijfsarts. U mag altijd de bedrijfsarts zelf spreken.")


@pytest.mark.slow  # in the normal run the walk over all pages looks at most of them
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_pages_about_seats_are_well_made(transactional_db: None, browse: Browse, width: int, scheme: str, tmp_path: Path) -> None:
    """Pages in the states that the walk over all addresses does not meet."""
    world = make_world(shares=False, finals=0)
    today = timezone.localdate()
    new = elsewhere(world)
    later = today + dt.timedelta(days=365)
    cover(world, colleague(world, "Wilma Waarneemt"), later, later)
    seat = world.people["employer"].seats.get(dossier=world.dossier)
    world.client("employee").post(f"/dossier/{world.number}/contactpersonen/vraag/", {"contact": str(seat.pk), "text": "Zij is mijn zus."})
    values = {"name": "Nieuw Arts", "organisation": "Arbodienst Elders", "address": str(new.email), "told": "on"}
    world.client("physician").post(f"/dossier/{world.number}/wie-doet-mee/andere-arbodienst/", values)
    question = HandOverQuestion.objects.get()
    faults: list[str] = []

    def look(who: str, *paths: str) -> None:
        page = browse(world, who, "/", viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", locale="nl-NL")
        for path in paths:
            page.goto(path)
            faults.extend(f"{who} {path}: {fault}" for fault in faults_of(page))
            page.screenshot(path=tmp_path / f"{who}-{path.strip('/').replace('/', '_')}-{width}.png", full_page=True)

    inside = f"/dossier/{world.number}"
    look(
        "physician",
        f"{inside}/wie-doet-mee/",
        f"{inside}/contactpersonen/vraag/antwoord/",
        f"{inside}/wie-doet-mee/andere-arbodienst/",
        "/waarneming/",
    )
    look("Nieuw Arts", "/", "/overnemen/", f"/overnemen/{question.pk}/")
    look("employee", f"{inside}/wie-doet-mee/", f"{inside}/contactpersonen/vraag/")
    world.client("Nieuw Arts").post(f"/overnemen/{question.pk}/", {"answer": "yes"})
    look("employee", f"{inside}/", f"{inside}/wie-doet-mee/eerdere-stukken/")
    look("Nieuw Arts", f"{inside}/", f"{inside}/wie-doet-mee/overdragen/", f"{inside}/wie-doet-mee/waarneming/")
    assert faults == []
