"""The reaction of the insurance physician through the front door, from the first word until it never changes again."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from consent.access import opening
from dossiers.actions.insurance_report import save_report
from dossiers.door import write
from dossiers.errors import Refused
from dossiers.models import InsuranceOpinion, InsuranceReport, Notice, TrailLine
from dossiers.notices import Reason
from dossiers.parts import Part
from dossiers.sealed import keyed_hash
from instrument import library
from tests.insurance_report.material import ADVICE, ASYNC, TYPED, WHY, begun, final, html, main_of, post, the_report, url, written
from tests.versions.material import day_sections
from tests.world import World, fill_in, finalise

# Written by hand, from the issue: in exactly these words, everywhere.
SENTENCE = "Dit is overleg tussen artsen. Het is geen beslissing van UWV. De verzekeringsarts heeft u niet gezien."


# --- written, read, final --------------------------------------------------------------------------


def test_a_reaction_is_written_checked_and_read_by_physician_and_employee(world: World) -> None:
    writer = written(world)
    check = html(writer, url(world, "1/vaststellen/"))
    assert WHY in check and ADVICE in check and "U zei niets over: Omgaan met druk en verantwoordelijkheid, De verwachting. Dat mag." in check
    assert post(writer, url(world, "1/vaststellen/"), seen="1") == url(world, "1/")
    for who in ("employee", "physician", "insurance_physician"):
        page = main_of(html(world.client(who), url(world, "1/")))
        for text in ("Tillen en dragen", "deels eens", WHY, "Werken en uren", "eens", ADVICE, "Vera Verzekeringsarts, UWV", "Vastgesteld op"):
            assert text in page, (who, text)
        assert "De verwachting" not in page, "nothing was said about it"
    row = the_report(world)
    assert [(one.item, one.agreement, one.why) for one in row.opinions.order_by("item")] == [("d430", "partly", WHY), ("possibilities", "agrees", "")]
    assert (row.typed, row.advice, row.status) == (None, ADVICE, "final")


def test_the_sentence_stands_on_every_page_of_it(world: World) -> None:
    writer = written(world)
    for rest in ("", "1/schrijven/", "1/vaststellen/", "1/weggooien/"):
        assert SENTENCE in main_of(html(writer, url(world, rest))), rest
    post(writer, url(world, "1/vaststellen/"), seen="1")
    for who in ("employee", "physician", "insurance_physician"):
        for rest in ("", "1/"):
            assert SENTENCE in main_of(html(world.client(who), url(world, rest))), (who, rest)


def test_the_page_shows_what_the_physician_wrote_about_each_open_item(world: World) -> None:
    page = main_of(html(begun(world), url(world, "1/schrijven/")))
    assert "Lichte dozen tillen." in page and "Niet meer dan 5 kilo tillen." in page and "8 uur per week" in page
    names = [name for name in ("agree-d430", "agree-d240", "agree-possibilities", "agree-prognosis") if f'name="{name}"' in page]
    assert len(names) == 4
    assert 'name="agree-d450"' not in page, "an area without attention is nothing to react to"


def test_items_are_known_codes_of_every_instrument() -> None:
    """Areas by their own key, two sections by theirs: one can never be taken for the other."""
    for instrument in library.load_all().values():
        keys = {item.key for section in instrument.sections for item in section.items}
        assert not keys & {"possibilities", "prognosis"}
    assert {"possibilities", "prognosis"} <= {section.key for section in library.current().sections}


# --- kept while typing -----------------------------------------------------------------------------


def test_every_save_of_the_script_counts_and_half_a_thought_is_kept(world: World) -> None:
    client = begun(world)
    answer = client.post(url(world, "1/opslaan/"), {"seen": "0", "agree-d430": "disagrees", "advice": "Half een ge"}, headers=ASYNC)
    body = json.loads(answer.content)
    assert (answer.status_code, body["saved"], body["version"]) == (200, True, 1)
    assert list(body["errors"]) == ["why-d430"], "kept, with what must still be said"
    page = html(client, url(world, "1/schrijven/"))
    assert "Half een ge" in page and 'name="seen" value="1"' in page
    body = json.loads(client.post(url(world, "1/opslaan/"), {"seen": "1", "advice": "Heel."}, headers=ASYNC).content)
    assert (body["version"], body["errors"]) == (2, {})
    assert the_report(world).typed == {"advice": "Heel."}


def test_without_a_script_a_gap_is_shown_at_its_field_and_the_text_is_kept(world: World) -> None:
    page = post(begun(world), url(world, "1/opslaan/"), 422, **{"seen": "0", "agree-d430": "disagrees", "advice": ADVICE})
    assert "Uw tekst is opgeslagen. Er klopt nog iets niet." in page
    assert "Schrijf op waarom u het hier niet of niet helemaal mee eens bent." in page and ADVICE in page
    assert 'name="seen" value="1"' in page


def test_odd_text_is_never_an_error_of_ours(world: World) -> None:
    client = begun(world)
    for seen, odd in enumerate(("a\x00b", "a" * 20_001, "\u200b\u202e" * 3)):
        typed = {"seen": str(seen), "why-d430": odd, "agree-d430": "niets-van-dit", "advice": odd}
        answer = client.post(url(world, "1/opslaan/"), typed, headers=ASYNC)
        assert answer.status_code == 200 and "agree-d430" in answer.json()["errors"]
        assert client.get(url(world, "1/schrijven/")).status_code == 200
        assert client.get(url(world, "1/vaststellen/")).status_code == 200
        post(client, url(world, "1/vaststellen/"), 422, seen=str(seen + 1))
    assert the_report(world).status == "draft"


def test_a_text_beyond_measure_is_refused(world: World) -> None:
    client = begun(world)
    answer = client.post(url(world, "1/opslaan/"), {"seen": "0", "advice": "a" * 200_001}, headers=ASYNC)
    assert (answer.status_code, answer.json()["sentence"]) == (413, "Deze tekst is te lang om te bewaren. Maak de tekst korter.")
    assert the_report(world).saves == 0


def test_a_stale_save_is_refused_and_both_texts_are_shown(world: World) -> None:
    client = written(world)
    stale = {"seen": "0", "advice": "Van een ander venster"}
    answer = client.post(url(world, "1/opslaan/"), stale, headers=ASYNC)
    body = answer.json()
    assert (answer.status_code, body["saved"], body["version"], body["theirs"]) == (409, False, 1, TYPED)
    page = post(client, url(world, "1/opslaan/"), 409, **stale)
    assert "Van een ander venster" in page and ADVICE in page and "De andere tekst" in page and 'name="seen" value="1"' in page
    assert the_report(world).typed == TYPED
    odd = client.post(url(world, "1/opslaan/"), {**stale, "seen": "geen getal"}, headers=ASYNC)
    assert odd.status_code == 409


def test_a_page_that_left_while_its_own_save_was_under_way_is_not_stale(world: World) -> None:
    client = written(world)
    answer = client.post(url(world, "1/opslaan/"), {"seen": "0", "leaving": "1", "advice": "Nog net"}, headers=ASYNC)
    assert (answer.status_code, the_report(world).typed) == (200, {"advice": "Nog net"})


# --- begun, thrown away ----------------------------------------------------------------------------


def test_one_draft_at_a_time_on_the_newest_final_version(world: World) -> None:
    day = timezone.localdate()
    fill_in(world, day, day_sections())
    client = begun(world)
    assert the_report(world).version == world.version(1), "a draft of the physician is not reacted to"
    assert "U bent al met een reactie bezig" in post(client, url(world, "nieuw/"), 409)
    finalise(world, day)
    assert "Er is een nieuwere versie" in html(client, url(world, "1/schrijven/"))
    assert post(client, url(world, "1/weggooien/")) == url(world)
    assert not InsuranceReport.objects.filter(dossier=world.dossier).exists()
    begun(world)
    assert the_report(world).version == world.version(2)


def test_throwing_away_asks_first(world: World) -> None:
    client = written(world)
    assert "Weet u het zeker?" in html(client, url(world, "1/weggooien/"))
    assert the_report(world).saves == 1


# --- final -----------------------------------------------------------------------------------------


def test_a_save_under_way_in_what_was_thrown_away_is_told_so(world: World) -> None:
    client = begun(world)
    row = the_report(world)
    post(client, url(world, "1/weggooien/"))
    writer, needs = world.people["insurance_physician"], write(Part.INSURANCE_REPORT)
    with pytest.raises(Refused, match="weggegooid"), opening(writer, world.number, needs=needs, writing=True) as opened:
        save_report(opened, report=row, typed={}, seen=0)


def test_what_is_not_whole_cannot_become_final(world: World) -> None:
    client = begun(world)
    why = "Schrijf op waarom u het hier niet of niet helemaal mee eens bent."
    gaps: list[tuple[dict[str, str], str]] = [
        ({"agree-d430": "disagrees"}, why),
        ({"agree-d430": "partly", "why-d430": "  \n "}, why),
        ({"why-d430": "Daarom."}, "Kies of u het hiermee eens bent."),
        ({"advice": " "}, "Kies bij een onderwerp of u het ermee eens bent, of schrijf een advies."),
    ]
    for seen, (typed, sentence) in enumerate(gaps):
        client.post(url(world, "1/opslaan/"), {"seen": str(seen), **typed}, headers=ASYNC)
        page = html(client, url(world, "1/vaststellen/"))
        assert sentence in page and "Reactie vaststellen</button>" not in page
        assert sentence in post(client, url(world, "1/vaststellen/"), 422, seen=str(seen + 1))
    assert the_report(world).status == "draft" and not Notice.objects.filter(reason=Reason.REPORT_RELEASED).exists()


def test_who_agrees_need_not_say_why_and_advice_alone_is_enough(world: World) -> None:
    client = written(world, **{"agree-d430": "agrees"})
    post(client, url(world, "1/vaststellen/"), seen="1")
    post(client, url(world, "nieuw/"))
    post(client, url(world, "2/opslaan/"), seen="0", advice=ADVICE)
    post(client, url(world, "2/vaststellen/"), seen="1")
    assert list(InsuranceReport.objects.filter(dossier=world.dossier).values_list("number", "status")) == [(1, "final"), (2, "final")]


def test_only_what_was_read_becomes_final(world: World) -> None:
    client = written(world)
    client.post(url(world, "1/opslaan/"), {"seen": "1", "advice": "Van een ander venster"}, headers=ASYNC)
    assert "intussen veranderd" in post(client, url(world, "1/vaststellen/"), 409, seen="1")
    assert the_report(world).status == "draft"


def test_a_final_reaction_is_written_no_more(world: World) -> None:
    final(world)
    client = world.client("insurance_physician")
    answer = client.post(url(world, "1/opslaan/"), {"seen": "1", "advice": "Toch anders"}, headers=ASYNC)
    assert answer.status_code == 409 and "verandert niet meer" in answer.json()["sentence"]
    for rest in ("1/schrijven/", "1/vaststellen/", "1/weggooien/"):
        html(client, url(world, rest), 404)


CHANGES = (
    "UPDATE dossiers_insurancereport SET hash = repeat('0', 64) WHERE id = %(report)s",
    "UPDATE dossiers_insurancereport SET status = 'draft' WHERE id = %(report)s",
    "DELETE FROM dossiers_insurancereport WHERE id = %(report)s",
    "UPDATE dossiers_insuranceopinion SET agreement = 'agrees' WHERE report_id = %(report)s",
    "DELETE FROM dossiers_insuranceopinion WHERE report_id = %(report)s",
    "INSERT INTO dossiers_insuranceopinion (id, dossier_id, report_id, item, agreement) "  # noqa: ISC004 -- one statement
    "SELECT gen_random_uuid(), dossier_id, report_id, 'd450', 'agrees' FROM dossiers_insuranceopinion WHERE report_id = %(report)s LIMIT 1",
)


def test_not_even_raw_sql_changes_a_final_reaction(world: World) -> None:
    row = final(world)
    for sql in CHANGES:
        with pytest.raises(IntegrityError, match="final report"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, {"report": row.pk})


def test_the_hash_stands_for_all_that_was_said(world: World) -> None:
    row = final(world)
    assert row.finalised_at is not None
    value = {
        "dossier": world.number,
        "number": 1,
        "version": {"number": 1, "hash": world.version(1).hash},
        "author": "Vera Verzekeringsarts",
        "organisation": "UWV",
        "notice": SENTENCE,
        "opinions": [{"item": "d430", "agreement": "partly", "why": WHY}, {"item": "possibilities", "agreement": "agrees", "why": ""}],
        "advice": ADVICE,
        "finalised_at": row.finalised_at.isoformat(),
    }
    assert row.hash == keyed_hash(value)
    assert row.hash[:12] in html(world.client("physician"), url(world, "1/"))


def test_physician_and_employee_are_told_and_nobody_else(world: World) -> None:
    row = final(world)
    told = Notice.objects.filter(dossier=world.dossier, reason=Reason.REPORT_RELEASED, object_id=str(row.pk))
    assert {notice.person for notice in told} == {world.people["physician"], world.people["employee"]}


def test_every_act_stands_in_the_trail_without_a_word_of_it(world: World) -> None:
    final(world)
    lines = TrailLine.objects.filter(dossier_id=world.dossier.pk, actor_id=world.people["insurance_physician"].pk, object_type="insurance_report")
    assert list(lines.order_by("seq").values_list("event_code", flat=True)) == ["start_report", "save_report", "finalise_report"]
    assert all(line.parts == ["insurance_report"] for line in lines)


def test_what_was_typed_is_sealed(world: World) -> None:
    final(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(advice::text, '') || coalesce(typed::text, '') FROM dossiers_insurancereport")
        stored = cursor.fetchone()[0]
    assert stored and "KANARIE" not in stored and ADVICE.encode().hex() not in stored
    assert InsuranceOpinion.objects.get(item="d430").why == WHY
