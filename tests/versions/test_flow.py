"""The life of a version through the front door: begin, check, offer, correct, finalise, repair, throw away; and every refusal."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers.models import Assessment, Correction, Letter, SectionDraft, Status
from dossiers.parts import Part
from tests.world import SECTIONS, VISIT, World, canary, fill_in, finalise, offer

TODAY_TICKS = {"discussed": "on", "medical_check": "on"}


def url(world: World, rest: str = "") -> str:
    return f"/dossier/{world.number}/bar/{rest}"


def html(client: Client, where: str, status: int = 200) -> str:
    """The page as text, with the status that was expected."""
    answer = client.get(where)
    assert answer.status_code == status, (where, answer.status_code)
    return answer.content.decode()


def post(client: Client, where: str, status: int = 302, /, **data: str) -> str:
    """Post a form; the body of the answer, or where it leads."""
    answer = client.post(where, data)
    assert answer.status_code == status, (where, answer.status_code, answer.content.decode()[-3000:])
    return answer.headers["Location"] if status == 302 else answer.content.decode()


def today() -> str:
    return timezone.localdate().isoformat()


def status_of(world: World, number: int) -> str:
    return world.version(number).status


@pytest.fixture
def drafted(bare_world: World) -> World:
    """A complete draft of a visit of today, not offered."""
    fill_in(bare_world, timezone.localdate(), day_sections())
    return bare_world


@pytest.fixture
def offered(drafted: World) -> World:
    """The same, offered to the employee today."""
    offer(drafted, timezone.localdate())
    return drafted


def day_sections() -> dict[str, Any]:
    """The sections of the world with dates that lie ahead of today."""
    later = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    return {
        **SECTIONS,
        "possibilities": {**SECTIONS["possibilities"], "build_up": []},
        "prognosis": {**SECTIONS["prognosis"], "expected_return": later, "next_contact": later},
        "advice": {**SECTIONS["advice"], "actions": [{**SECTIONS["advice"]["actions"][0], "by": later}]},
    }


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
    assert "d430" not in page, "no codes for the employee"
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


# --- the check -----------------------------------------------------------------------------------


def test_the_check_links_what_is_missing_to_its_field(bare_world: World) -> None:
    physician = bare_world.client("physician")
    post(physician, url(bare_world, "nieuw/"), date=today(), contact="consultation")
    page = html(physician, url(bare_world, "1/controle/"))
    assert "Kies of de werknemer nu kan werken." in page
    assert f"{url(bare_world, '1/invullen/mogelijkheden/')}#id_usable" in page
    assert "Maak eerst af wat hierboven staat" in page and "Aanbieden aan de werknemer" not in page


def test_the_check_is_for_authors(offered: World) -> None:
    html(offered.client("employee"), url(offered, "1/controle/"), 404)
    html(offered.client("employer"), url(offered, "1/controle/"), 403)


def test_the_delegate_prepares_and_the_physician_decides(drafted: World) -> None:
    page = html(drafted.client("delegate"), url(drafted, "1/controle/"))
    assert "Klaar voor de bedrijfsarts." in page
    assert "Vaststellen" not in page and "Aanbieden aan de werknemer" not in page
    for act in ("aanbieden", "terugnemen", "vaststellen"):
        post(drafted.client("delegate"), url(drafted, f"1/{act}/"), 403, **TODAY_TICKS)
    assert status_of(drafted, 1) == Status.DRAFT


def test_words_that_give_away_an_illness_are_marked_for_the_author(bare_world: World) -> None:
    sections = day_sections()
    sections["advice"] = {**sections["advice"], "message": "Door de depressie werkt Wout minder."}
    fill_in(bare_world, timezone.localdate(), sections)
    page = html(bare_world.client("physician"), url(bare_world, "1/controle/"))
    assert "<mark>depressie</mark>" in page
    assert f"{url(bare_world, '1/invullen/advies/')}#id_message" in page


def test_both_letters_can_be_read_before(drafted: World) -> None:
    for reader, words in (("employee", "Uw werkgever betaalt"), ("employer", "Vraag niet naar")):
        page = html(drafted.client("delegate"), url(drafted, f"1/voorbeeld/{reader}/"))
        assert words in page and "KANARIE" not in page
    html(drafted.client("physician"), url(drafted, "1/voorbeeld/anyone/"), 404)


# --- offering and corrections ------------------------------------------------------------------


def test_offering_lets_the_employee_read_and_taking_back_hides_it_again(drafted: World) -> None:
    physician, employee = drafted.client("physician"), drafted.client("employee")
    assert post(physician, url(drafted, "1/aanbieden/")) == url(drafted, "1/controle/")
    assert "kan de versie en de brief lezen tot en met" in html(physician, url(drafted, "1/controle/"))
    html(employee, url(drafted, "1/"))
    post(physician, url(drafted, "1/aanbieden/"), 409)
    post(physician, url(drafted, "1/terugnemen/"))
    html(employee, url(drafted, "1/"), 404)


def test_offering_an_unfinished_version_is_refused(bare_world: World) -> None:
    physician = bare_world.client("physician")
    post(physician, url(bare_world, "nieuw/"), date=today(), contact="consultation")
    assert "Nog niet alles is ingevuld." in post(physician, url(bare_world, "1/aanbieden/"), 422)


def test_a_correction_is_asked_answered_and_read(offered: World) -> None:
    employee, physician = offered.client("employee"), offered.client("physician")
    asked = {"section": "areas", "areas-text": "Ik kan 6 kilo tillen.", "areas-in_letter": "on"}
    assert post(employee, url(offered, "1/correctie/"), **asked) == url(offered, "1/")
    assert "Ik kan 6 kilo tillen." in html(employee, url(offered, "1/"))
    page = html(physician, url(offered, "1/controle/"))
    assert "Ik kan 6 kilo tillen." in page and "Geef eerst antwoord op de vraag van de werknemer." in page
    post(physician, url(offered, "1/vaststellen/"), 422, **TODAY_TICKS, discussed_on=today())
    row = Correction.objects.get()
    answer = url(offered, f"1/correctie/{row.pk}/antwoord/")
    assert "Kies wat u heeft gedaan." in post(physician, answer, 422)
    typed = post(physician, answer, 422, **{f"{row.pk}-reply": "declined", f"{row.pk}-reason": ""})
    assert "Schrijf op waarom u dit niet aanpast." in typed
    post(offered.client("delegate"), answer, 403, **{f"{row.pk}-reply": "adapted"})
    post(employee, answer, 403, **{f"{row.pk}-reply": "adapted"})
    post(physician, answer, **{f"{row.pk}-reply": "declined", f"{row.pk}-reason": "Wij maten 5 kilo."})
    assert "Wij maten 5 kilo." in html(employee, url(offered, "1/"))
    post(physician, url(offered, "1/vaststellen/"), **TODAY_TICKS, discussed_on=today())
    assert "Ik kan 6 kilo tillen." in str(Letter.objects.get().core)


def test_a_correction_on_what_no_letter_holds_never_reaches_the_employer(offered: World) -> None:
    asked = {"section": "context_factors", "context_factors-text": "Thuis is het anders.", "context_factors-in_letter": "on"}
    post(offered.client("employee"), url(offered, "1/correctie/"), **asked)
    assert Correction.objects.get().in_letter is False


def test_an_empty_or_late_correction_is_refused(offered: World) -> None:
    employee = offered.client("employee")
    page = post(employee, url(offered, "1/correctie/"), 422, **{"section": "advice", "advice-text": " "})
    assert "Schrijf op wat er niet klopt." in page
    post(employee, url(offered, "1/correctie/"), 404, section="elsewhere")
    post(offered.client("physician"), url(offered, "1/vaststellen/"), **TODAY_TICKS, discussed_on=today())
    late = post(employee, url(offered, "1/correctie/"), 422, **{"section": "advice", "advice-text": "Te laat."})
    assert "niet meer open voor een correctie" in late
    assert not Correction.objects.exists()


def test_a_correction_of_another_dossier_is_not_found(offered: World) -> None:
    post(offered.client("physician"), url(offered, "1/correctie/00000000-0000-0000-0000-000000000000/antwoord/"), 404)


# --- finalising ----------------------------------------------------------------------------------


def test_finalising_after_talking_it_through_is_one_act(drafted: World) -> None:
    where = post(drafted.client("physician"), url(drafted, "1/vaststellen/"), **TODAY_TICKS, discussed_on=today())
    assert where == f"/dossier/{drafted.number}/brieven/"
    version = drafted.version(1)
    assert version.status == Status.FINAL and version.hash and version.discussed_on == timezone.localdate()
    assert not SectionDraft.objects.filter(assessment=version).exists()
    assert Letter.objects.get().assessment == version


@pytest.mark.parametrize(
    ("ticks", "sentence"),
    [
        ({"medical_check": "on"}, "De werknemer heeft nog tijd om te lezen."),
        ({"discussed": "on"}, "Kijk eerst of er geen medische gegevens in de brief staan."),
        ({**TODAY_TICKS, "discussed_on": ""}, "Vul in op welke dag u het besprak."),
        ({**TODAY_TICKS, "discussed_on": "2026-02-30"}, "Deze datum bestaat niet."),
        ({**TODAY_TICKS, "discussed_on": "2099-01-01"}, "De dag van het gesprek ligt tussen het bezoek en vandaag."),
    ],
)
def test_finalising_without_a_tick_is_refused_with_its_sentence(offered: World, ticks: dict[str, str], sentence: str) -> None:
    page = post(offered.client("physician"), url(offered, "1/vaststellen/"), 422, **{"discussed_on": today(), **ticks})
    assert sentence in page
    assert status_of(offered, 1) == Status.OFFERED and not Letter.objects.exists()


def test_after_the_term_no_talk_is_asked(bare_world: World) -> None:
    fill_in(bare_world, VISIT)
    offer(bare_world, VISIT)
    physician = bare_world.client("physician")
    page = html(physician, url(bare_world, "1/controle/"))
    assert "De leestijd is voorbij." in page and "Besproken met de werknemer" not in page
    post(physician, url(bare_world, "1/vaststellen/"), medical_check="on")
    assert status_of(bare_world, 1) == Status.FINAL


def test_finalising_what_is_carried_over_unread_is_refused(world: World) -> None:
    physician = world.client("physician")
    post(physician, url(world, "nieuw/"), date=today(), contact="consultation")
    page = html(physician, url(world, "2/controle/"))
    assert "Alles zoals vorige keer" in page
    post(physician, url(world, "2/vaststellen/"), 422, **TODAY_TICKS, discussed_on=today())
    assert status_of(world, 2) == Status.DRAFT


def test_a_final_version_cannot_be_finalised_again(world: World) -> None:
    physician = world.client("physician")
    assert html(physician, url(world, "1/controle/"), 302) == ""
    post(physician, url(world, "1/vaststellen/"), 409, **TODAY_TICKS, discussed_on=today())


def test_only_posting_acts(drafted: World) -> None:
    for act in ("aanbieden", "terugnemen", "vaststellen", "herstellen"):
        html(drafted.client("physician"), url(drafted, f"1/{act}/"), 405)


# --- repairing and throwing away ---------------------------------------------------------------


def test_a_repair_is_a_new_version_that_says_what_it_corrects(world: World) -> None:
    physician = world.client("physician")
    assert "Schrijf op wat er in deze versie niet klopt." in post(physician, url(world, "1/herstellen/"), 422, reason=" ")
    assert post(physician, url(world, "1/herstellen/"), reason="Het gewicht klopt niet.") == url(world, "2/invullen/")
    page = html(physician, url(world, "2/"))
    assert "Deze versie verbetert" in page and "Het gewicht klopt niet." in page
    assert "verbetert deze versie" in html(physician, url(world, "1/"))
    post(world.client("employee"), url(world, "1/herstellen/"), 403, reason="Ik wil dit.")
    assert "verbetert deze versie" not in html(world.client("employee"), url(world, "1/")), "a draft is not told"


def test_a_draft_is_thrown_away_only_after_asking(drafted: World) -> None:
    physician = drafted.client("physician")
    assert "Weet u het zeker?" in html(physician, url(drafted, "1/weggooien/"))
    assert status_of(drafted, 1) == Status.DRAFT
    post(physician, url(drafted, "1/weggooien/"))
    assert not Assessment.objects.filter(dossier=drafted.dossier).exists()


def test_what_the_employee_reads_or_is_final_is_not_thrown_away(offered: World) -> None:
    physician = offered.client("physician")
    assert "Neem de versie eerst terug" in post(physician, url(offered, "1/weggooien/"), 422)
    post(physician, url(offered, "1/vaststellen/"), **TODAY_TICKS, discussed_on=today())
    post(physician, url(offered, "1/weggooien/"), 404)
    assert status_of(offered, 1) == Status.FINAL


# --- hostile text --------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}<img src=x onerror=alert(2)>"


def test_hostile_text_is_shown_as_text(bare_world: World) -> None:
    sections = day_sections()
    sections["advice"] = {**sections["advice"], "message": HOSTILE}
    sections["areas"] = [{**SECTIONS["areas"][0], "explanation": HOSTILE, "still_possible": HOSTILE}]
    sections["work_factors"] = [{**SECTIONS["work_factors"][0], "condition": f"{HOSTILE} depressie"}]
    fill_in(bare_world, timezone.localdate(), sections)
    offer(bare_world, timezone.localdate())
    employee, physician = bare_world.client("employee"), bare_world.client("physician")
    post(employee, url(bare_world, "1/correctie/"), **{"section": "areas", "areas-text": HOSTILE})
    pages = [
        html(employee, url(bare_world, "1/")),
        html(physician, url(bare_world, "1/")),
        html(physician, url(bare_world, "1/controle/")),
        html(physician, url(bare_world, "1/voorbeeld/employer/")),
    ]
    for page in pages:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page and "<img src=x" not in page and "14<img" not in page


def test_control_characters_are_refused_at_the_field(offered: World) -> None:
    page = post(offered.client("employee"), url(offered, "1/correctie/"), 422, **{"section": "advice", "advice-text": "a\x00b"})
    assert "Er klopt iets niet" in page
    assert not Correction.objects.exists()
