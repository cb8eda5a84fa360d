"""The list of versions: how one begins there, and who reads which version."""

import datetime as dt
import re

import pytest

from dossiers.models import Assessment, Status
from dossiers.parts import Part
from tests.steady import steady
from tests.versions.material import html, post, today, url
from tests.world import SECTIONS, World, canary, fill_in, finalise, offer

# --- the list, and beginning ---------------------------------------------------------------------


def test_the_list_says_why_it_is_empty(bare_world: World) -> None:
    assert "Begin hierboven met het eerste bezoek" in html(bare_world.client("physician"), url(bare_world))
    assert "Hier komt wat de bedrijfsarts na een gesprek met u opschrijft" in html(bare_world.client("employee"), url(bare_world))


def test_versions_are_grouped_by_phase_and_week(world: World) -> None:
    page = html(world.client("physician"), url(world))
    assert "Probleemanalyse" in page and "week 6 · Anna Arts" in page
    assert "Versie 1 van 16 februari 2026" in page and "definitief" in page
    plain = html(world.client("employee"), url(world))
    assert "Mijn dossier" in plain and "De eerste 6 weken" in plain and "Gesprek van 16 februari 2026" in plain


def test_a_visit_begins_with_one_press_on_the_presets(world: World) -> None:
    physician = world.client("physician")
    page = html(physician, url(world))
    assert f'value="{today()}"' in page
    assert re.search(r'value="consultation"[^>]*checked', page)
    assert post(physician, url(world, "nieuw/"), date=today(), contact="consultation") == url(world, "2/invullen/")
    version = world.version(2)
    assert (version.status, version.contact, version.started_from) == (Status.DRAFT, "consultation", world.version(1))
    assert "Er is al een versie in bewerking" in html(physician, url(world))


@pytest.mark.parametrize(
    ("date", "sentence"),
    [
        ("", "Vul de datum van het bezoek in."),
        ("2026-02-30", "Deze datum bestaat niet."),
        ("2099-01-01", "ligt in de toekomst"),
        ("2026-01-01", "ligt voor de eerste ziektedag"),
        ("2026-02-01", "ligt voor het vorige bezoek"),
    ],
)
def test_a_wrong_date_is_told_and_nothing_is_stored(world: World, date: str, sentence: str) -> None:
    page = post(world.client("physician"), url(world, "nieuw/"), 422, date=date, contact="phone")
    assert sentence in page and re.search(r'value="phone"[^>]*checked', page)
    assert Assessment.objects.filter(dossier=world.dossier).count() == 1


def test_a_second_draft_is_refused(drafted: World) -> None:
    assert "Er is al een versie in bewerking" in post(drafted.client("physician"), url(drafted, "nieuw/"), 422, date=today(), contact="phone")


@pytest.mark.parametrize("who", ["employee", "employer", "labour_expert", "insurance_physician", "uwv_labour_expert"])
def test_only_authors_begin_a_version(world: World, who: str) -> None:
    post(world.client(who), url(world, "nieuw/"), 403, date=today(), contact="phone")
    assert "Nieuw bezoek" not in world.client(who).get(url(world)).content.decode()


# --- who reads which version ---------------------------------------------------------------------


def test_a_draft_exists_for_authors_only(drafted: World) -> None:
    for who in ("physician", "delegate"):
        assert "concept" in html(drafted.client(who), url(drafted, "1/"))
    html(drafted.client("employee"), url(drafted, "1/"), 404)
    html(drafted.client("employer"), url(drafted, "1/"), 403)
    html(drafted.client("nobody"), url(drafted, "1/"), 302)
    html(drafted.client("outsider"), url(drafted, "1/"), 404)


def test_the_employee_reads_everything_of_an_offered_version_and_the_exact_letter(offered: World) -> None:
    page = html(offered.client("employee"), url(offered, "1/"))
    for text in ("Dit wordt de brief", "Uw gesprek van", "Thuis en uzelf", canary(Part.CONTEXT, "gezin"), canary(Part.EXPLANATION, "tillen")):
        assert text in page
    assert "d430" not in steady(page), "no codes for the employee"
    assert "voorlopige itemset" not in page
    own = html(offered.client("employee"), url(offered, "1/voorbeeld/employee/"))
    assert "Advies over werken" in own and canary(Part.CONTEXT, "gezin") not in own
    html(offered.client("employee"), url(offered, "1/voorbeeld/employer/"), 404)
    html(offered.client("employer"), url(offered, "1/voorbeeld/employer/"), 404)


@pytest.mark.parametrize("who", ["labour_expert", "insurance_physician", "uwv_labour_expert"])
def test_an_expert_reads_final_versions_and_open_parts_only(world: World, who: str) -> None:
    client = world.client(who)
    page = html(client, url(world, "1/"))
    assert canary(Part.EXPLANATION, "tillen") in page
    assert ("Privé" in page) == (who == "insurance_physician"), "a part that is not open is not mentioned"
    assert (canary(Part.CONTEXT, "gezin") in page) == (who == "insurance_physician")
    assert (canary(Part.CONSULTATION, "vraag") in page) == (who == "labour_expert")
    fill_in(world, dt.date(2026, 3, 30))
    html(client, url(world, "2/"), 404)
    offer(world, dt.date(2026, 3, 30))
    html(client, url(world, "2/"), 404)
    assert "Versie 2" not in html(client, url(world))
    finalise(world, dt.date(2026, 3, 30))
    html(client, url(world, "2/"))


def test_a_version_that_does_not_exist_is_not_found(world: World) -> None:
    for number in ("0", "7", "99999999999999999999"):
        html(world.client("physician"), url(world, f"{number}/"), 404)


def test_the_page_tells_what_changed_and_what_is_possible(world: World) -> None:
    heavier = [{**SECTIONS["areas"][0], "limit": {"value": 10, "unit": "kg", "per": "at_once"}}, {"item": "d240", "status": "no_attention"}]
    fill_in(world, dt.date(2026, 3, 30), {**SECTIONS, "areas": heavier})
    page = html(world.client("physician"), url(world, "2/"))
    assert "Wat is er veranderd?" in page and "kan meer" in page and "Geen aandachtspunt meer." in page
    assert "BAR 2.0 – voorlopige itemset" in page and "Gezondheidsgegevens" in page and "d430" in page
    assert "zichtbaar voor: bedrijfsarts en taakgedelegeerde" in page


def test_a_final_version_says_when_and_by_whom(world: World) -> None:
    page = html(world.client("employee"), url(world, "1/"))
    assert "Vastgesteld op 16 februari 2026 om 12:00 door Anna Arts. Deze versie verandert niet meer." in page
    assert "zichtbaar voor: u, bedrijfsarts en taakgedelegeerde" in page
    assert world.version(1).hash[:12] in html(world.client("physician"), url(world, "1/"))
