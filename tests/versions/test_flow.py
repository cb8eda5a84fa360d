"""The life of a version through the front door: check, offer, correct, finalise, repair, throw away; and every refusal."""

import pytest
from django.utils import timezone

from dossiers.models import Assessment, Correction, Letter, SectionDraft, Status
from tests.versions.material import day_sections, html, looked, mark_now, post, status_of, today, url
from tests.world import SECTIONS, VISIT, World, fill_in, offer

TODAY_TICKS = {"discussed": "on", "medical_check": "on"}


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
    assert post(physician, url(drafted, "1/aanbieden/"), **looked(physician, drafted)) == url(drafted, "1/controle/")
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
    post(physician, url(offered, "1/vaststellen/"), **TODAY_TICKS, **looked(physician, offered), discussed_on=today())
    assert "Ik kan 6 kilo tillen." in str(Letter.objects.get().core)


def test_a_version_is_not_offered_again_before_the_employee_has_an_answer(offered: World) -> None:
    physician = offered.client("physician")
    post(offered.client("employee"), url(offered, "1/correctie/"), **{"section": "areas", "areas-text": "Ik kan 6 kilo tillen."})
    post(physician, url(offered, "1/terugnemen/"))
    assert "Geef eerst antwoord." in post(physician, url(offered, "1/aanbieden/"), 422, **mark_now(offered, 1))
    row = Correction.objects.get()
    post(physician, url(offered, f"1/correctie/{row.pk}/antwoord/"), **{f"{row.pk}-reply": "adapted"})
    post(physician, url(offered, "1/aanbieden/"), **looked(physician, offered))


def test_a_correction_on_what_no_letter_holds_never_reaches_the_employer(offered: World) -> None:
    asked = {"section": "context_factors", "context_factors-text": "Thuis is het anders.", "context_factors-in_letter": "on"}
    post(offered.client("employee"), url(offered, "1/correctie/"), **asked)
    assert Correction.objects.get().in_letter is False


def test_an_empty_or_late_correction_is_refused(offered: World) -> None:
    employee = offered.client("employee")
    page = post(employee, url(offered, "1/correctie/"), 422, **{"section": "advice", "advice-text": " "})
    assert "Schrijf op wat er niet klopt." in page
    post(employee, url(offered, "1/correctie/"), 404, section="elsewhere")
    physician = offered.client("physician")
    post(physician, url(offered, "1/vaststellen/"), **TODAY_TICKS, **looked(physician, offered), discussed_on=today())
    late = post(employee, url(offered, "1/correctie/"), 422, **{"section": "advice", "advice-text": "Te laat."})
    assert "niet meer open voor een correctie" in late
    assert not Correction.objects.exists()


def test_a_correction_of_another_dossier_is_not_found(offered: World) -> None:
    post(offered.client("physician"), url(offered, "1/correctie/00000000-0000-0000-0000-000000000000/antwoord/"), 404)


# --- finalising ----------------------------------------------------------------------------------


def test_finalising_after_talking_it_through_is_one_act(drafted: World) -> None:
    physician = drafted.client("physician")
    where = post(physician, url(drafted, "1/vaststellen/"), **TODAY_TICKS, **looked(physician, drafted), discussed_on=today())
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
    post(physician, url(bare_world, "1/vaststellen/"), medical_check="on", **looked(physician, bare_world))
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
    post(physician, url(offered, "1/vaststellen/"), **TODAY_TICKS, **looked(physician, offered), discussed_on=today())
    post(physician, url(offered, "1/weggooien/"), 404)
    assert status_of(offered, 1) == Status.FINAL


# --- hostile text --------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}<img src=x onerror=alert(2)>"


def test_d1_hostile_text_is_shown_as_text(bare_world: World) -> None:
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


def test_e1_control_characters_are_refused_at_the_field(offered: World) -> None:
    page = post(offered.client("employee"), url(offered, "1/correctie/"), 422, **{"section": "advice", "advice-text": "a\x00b"})
    assert "Er klopt iets niet" in page
    assert not Correction.objects.exists()
