"""Who may know of a reaction: its writer while it is a draft; then physician, employee and, by consent, the insurance physician. Nobody else, by
no page, menu or count; and what is not open to the writer is no item to react to."""

from django.urls import reverse

from dossiers.models import Status
from dossiers.parts import Part
from tests.insurance_report.material import ADVICE, ASYNC, TYPED, WHY, begun, close, final, html, main_of, post, the_report, url, written
from tests.steady import steady
from tests.world import World, canary

MENU = "Reactie verzekeringsarts"
NEVER = ("employer", "delegate", "labour_expert", "uwv_labour_expert")


def test_a_draft_does_not_exist_for_its_readers_and_a_final_one_is_in_their_menu(world: World) -> None:
    writer = written(world)
    for who in ("employee", "physician"):
        client = world.client(who)
        html(client, url(world, "1/"), 404)
        for rest in ("1/schrijven/", "1/vaststellen/", "1/weggooien/"):
            html(client, url(world, rest), 403)
        page = main_of(html(client, url(world)))
        assert "Nog geen reactie" in page and "concept" not in page and "KANARIE insurance_report" not in page
        assert MENU not in html(client, f"/dossier/{world.number}/")
    post(writer, url(world, "1/vaststellen/"), seen="1")
    for who in ("employee", "physician"):
        assert MENU in html(world.client(who), f"/dossier/{world.number}/")


def test_for_all_others_there_is_nothing_and_no_hint_of_it(world: World) -> None:
    places = ["/", *(reverse(name, args=[world.number]) for name in ("overview", "process", "letters", "job"))]
    clients = {who: world.client(who) for who in NEVER}
    before = {who: {where: main_of(html(client, where)) for where in places} for who, client in clients.items()}
    final(world)
    for who, client in clients.items():
        for rest in ("", "1/", "1/schrijven/", "1/vaststellen/", "1/weggooien/"):
            page = html(client, url(world, rest), 403)
            assert WHY not in page and ADVICE not in page, who
        for rest in ("nieuw/", "1/opslaan/", "1/vaststellen/", "1/weggooien/"):
            assert client.post(url(world, rest), {"seen": "1", "advice": "Dit hoort niet"}).status_code == 403
        for where in places:
            page = html(client, where)
            assert MENU not in page and "KANARIE insurance_report" not in page and url(world) not in page, (who, where)
            assert steady(main_of(page)) == steady(before[who][where]), (who, where)
    assert the_report(world).status == Status.FINAL


def test_a_stranger_is_told_nothing(world: World) -> None:
    final(world)
    for who in ("outsider", "superuser"):
        for rest in ("", "1/"):
            html(world.client(who), url(world, rest), 404)


# --- what is not open ------------------------------------------------------------------------------


def test_without_the_explanation_nothing_of_it_stands_beside_an_item(world: World) -> None:
    client = begun(world)
    assert canary(Part.EXPLANATION, "tillen") in html(client, url(world, "1/schrijven/"))
    close(world, Part.EXPLANATION)
    page = html(client, url(world, "1/schrijven/"))
    assert "Lichte dozen tillen." in page and "KANARIE explanation" not in page and "Toelichting" not in main_of(page)


def test_an_item_that_is_no_open_item_of_the_version_cannot_be_posted(world: World) -> None:
    client = begun(world)
    for name in ("agree-d450", "why-d999", "agree-family", "agree-work_related"):
        answer = client.post(url(world, "1/opslaan/"), {"seen": "0", name: "agrees", "advice": ADVICE}, headers=ASYNC)
        assert answer.status_code == 403 and "Uw tekst is niet opgeslagen" in answer.json()["sentence"], name
    assert (the_report(world).saves, the_report(world).typed) == (0, None)


def test_once_capacity_is_closed_its_items_are_gone_and_refused_and_the_text_is_given_back(world: World) -> None:
    client = written(world)
    close(world, Part.CAPACITY)
    page = steady(main_of(html(client, url(world, "1/schrijven/"))))
    assert "Tillen en dragen" not in page and "d430" not in page and "Lichte dozen" not in page and ADVICE in page
    answer = client.post(url(world, "1/opslaan/"), {"seen": "1", **TYPED, "why-d430": "Nieuwe woorden"}, headers=ASYNC)
    assert answer.status_code == 403 and answer.json()["saved"] is False
    copy = post(client, url(world, "1/opslaan/"), 403, **{"seen": "1", **TYPED, "why-d430": "Nieuwe woorden"})
    assert "Nieuwe woorden" in copy and "Tillen en dragen" not in copy, "a copy to keep"
    assert the_report(world).typed == TYPED
    assert client.post(url(world, "1/opslaan/"), {"seen": "1", "advice": "Alleen advies"}, headers=ASYNC).status_code == 200
    assert the_report(world).typed == {**TYPED, "advice": "Alleen advies"}, "what was typed about a closed item stays"
    check = main_of(html(client, url(world, "1/vaststellen/")))
    assert "Tillen en dragen" not in check and "Reactie vaststellen</button>" not in check
    post(client, url(world, "1/vaststellen/"), 403, seen="2")
    assert the_report(world).status == Status.DRAFT


def test_without_capacity_no_reaction_begins(world: World) -> None:
    close(world, Part.CAPACITY)
    client = world.client("insurance_physician")
    page = html(client, url(world))
    assert "Begin</button>" not in page and "versie 1" not in main_of(page)
    assert "er staat niets voor u open om op te reageren" in post(client, url(world, "nieuw/"), 422)


def test_a_key_taken_back_stops_the_writer_at_once(world: World) -> None:
    client = written(world)
    close(world, Part.INSURANCE_REPORT)
    refused = client.post(url(world, "1/opslaan/"), {"seen": "1", "advice": "Te laat"}, headers=ASYNC)
    assert refused.status_code == 403
    assert "Te laat" in post(client, url(world, "1/opslaan/"), 403, seen="1", advice="Te laat"), "the text is given back"
    post(client, url(world, "1/vaststellen/"), 403, seen="1")
    post(client, url(world, "1/weggooien/"), 403)
    for rest in ("", "1/", "1/schrijven/"):
        html(client, url(world, rest), 403)
    row = the_report(world)
    assert (row.status, row.typed) == (Status.DRAFT, TYPED)


def test_what_is_final_stays_with_physician_and_employee_after_the_key_is_taken_back(world: World) -> None:
    final(world)
    close(world, Part.INSURANCE_REPORT)
    html(world.client("insurance_physician"), url(world, "1/"), 403)
    for who in ("employee", "physician"):
        assert WHY in html(world.client(who), url(world, "1/"))


def test_only_who_began_a_draft_writes_in_it(world: World) -> None:
    client = written(world)
    row = the_report(world)
    row.author = world.people["physician"]  # as if another insurance physician began it
    row.save()
    for rest in ("1/", "1/schrijven/", "1/vaststellen/", "1/weggooien/"):
        html(client, url(world, rest), 404)
    assert client.post(url(world, "1/opslaan/"), {"seen": "1", "advice": "Van een ander"}, headers=ASYNC).status_code == 404
    assert the_report(world).typed == TYPED
