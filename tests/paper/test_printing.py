"""Printing a letter from one button, and where it goes: for the employee and the arbodienst only."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Dossier, LetterCopy, PostalAddress, TrailLine
from dossiers.pdf import RenderFailed
from dossiers.rules.cover import Cover
from tests.access.test_canaries import pages
from tests.access.test_matrix import INSIDE
from tests.pages.test_new_dossier import FORM
from tests.paper.material import ADDRESS, NAME, url
from tests.world import VISIT, World, fill_in, finalise
from tests.worlds import FULL


def place(world: World) -> str:
    return f"/dossier/{world.number}/proces/postadres/"


def lives(world: World, who: str = "delegate", address: str = ADDRESS) -> int:
    return world.client(who).post(place(world), {"address": address}).status_code


def test_one_button_prints_the_letter_behind_its_cover(paper: World, quick_press: list[Cover]) -> None:
    assert lives(paper) == 302
    client = paper.client("delegate")
    assert f'href="{url(paper, "1/printen/")}"' in client.get(url(paper, "1/")).content.decode()
    before = list(LetterCopy.objects.values_list("sha256", "stored_as"))
    answer = client.get(url(paper, "1/printen/"))
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert "advies-over-werken-2026-02-16.pdf" in answer.headers["Content-Disposition"]
    assert NAME.split()[0] not in answer.headers["Content-Disposition"]
    (cover,) = quick_press
    assert (cover.name, cover.address_lines) == (NAME, ("KANARIEstraat 12", "1234 AB Havendam"))
    assert list(LetterCopy.objects.values_list("sha256", "stored_as")) == before, "what was released stays what it is"


def test_printing_stands_in_the_trail_also_when_it_failed(paper: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = TrailLine.objects.filter(event_code="print", actor_id=paper.people["physician"].pk)
    client = paper.client("physician")
    assert client.get(url(paper, "1/printen/")).status_code == 200
    assert [(line.outcome, line.parts) for line in lines] == [(1, ["letters", "process"])]

    def fails(*_: object) -> bytes:
        raise RenderFailed("KANARIE")

    monkeypatch.setattr("dossiers.actions.paper.render_print_pdf", fails)
    answer = client.get(url(paper, "1/printen/"))
    assert answer.status_code == 503
    assert "KANARIE" not in answer.content.decode()
    assert [line.outcome for line in lines.order_by("seq")] == [1, 3]


def test_only_authors_print(paper: World, quick_press: list[Cover]) -> None:
    for who in ("employer", "employee"):
        assert paper.client(who).get(url(paper, "1/printen/")).status_code == 403
    assert quick_press == []


def test_what_cannot_go_on_paper_is_not_printed(paper: World, quick_press: list[Cover]) -> None:
    client = paper.client("physician")
    assert client.get(url(paper, "7/printen/")).status_code == 404
    assert client.post(url(paper, "1/intrekken/"), {"reason": "Er stond een verkeerde datum in."}).status_code == 302
    assert client.get(url(paper, "1/printen/")).status_code == 422
    assert quick_press == []


def test_a_letter_read_on_screen_has_no_button(world: World, quick_press: list[Cover]) -> None:
    sweep_by_clock(now=timezone.now())
    client = world.client("physician")
    assert "Brief printen" not in client.get(url(world, "1/")).content.decode()
    assert client.get(url(world, "1/printen/")).status_code == 422
    assert "Brieven om te printen" not in client.get("/").content.decode()


def test_every_letter_that_lies_is_in_one_list_with_a_file_each(paper: World) -> None:
    fill_in(paper, VISIT + dt.timedelta(days=14))
    finalise(paper, VISIT + dt.timedelta(days=14))
    sweep_by_clock(now=timezone.now())
    client = paper.client("delegate")
    assert "Brieven om te printen: 2" in client.get("/").content.decode()
    page = client.get("/brieven/printen/").content.decode()
    assert page.index(url(paper, "1/printen/")) < page.index(url(paper, "2/printen/"))
    assert page.count("geen postadres") == 2
    lives(paper)
    assert client.post(url(paper, "1/op-papier/"), {"way": "posted", "day": timezone.localdate().isoformat()}).status_code == 302
    page = client.get("/brieven/printen/").content.decode()
    assert url(paper, "1/printen/") not in page
    assert "postadres bekend" in page
    assert "KANARIE" not in page


def test_the_list_is_nobody_else_s(paper: World) -> None:
    for who in ("employer", "outsider", "superuser", "labour_expert"):
        answer = paper.client(who).get("/brieven/printen/")
        assert answer.status_code == 403
        assert NAME not in answer.content.decode()


# --- the address --------------------------------------------------------------------------------


def test_the_address_is_written_by_employee_and_arbodienst(paper: World) -> None:
    for who in ("physician", "delegate", "employee"):
        assert lives(paper, who) == 302
        assert ADDRESS in paper.client(who).get(place(paper)).content.decode()
        assert TrailLine.objects.filter(event_code="change_postal_address", actor_id=paper.people[who].pk, parts=["process"]).exists()
        assert lives(paper, who, "") == 302
        assert PostalAddress.objects.get(dossier=paper.dossier).address == ""


def test_the_employer_never_reads_where_the_employee_lives(paper: World) -> None:
    lives(paper)
    paper.client("delegate").post(url(paper, "1/op-papier/"), {"way": "handed_over", "day": timezone.localdate().isoformat()})
    found = pages(paper, "employer")
    assert {"overview", "letters", "letter", "process"} <= set(found)
    assert "postal_address" not in found
    for name, page in found.items():
        assert "KANARIE" not in page, name
        assert "ostadres" not in page, name
    assert paper.client("employer").get(place(paper)).status_code == 403
    assert lives(paper, "employer", "Elders 1") == 403
    assert PostalAddress.objects.get(dossier=paper.dossier).address == ADDRESS


def test_only_its_own_form_shows_the_address(paper: World) -> None:
    lives(paper)
    for who in ("delegate", "employee") if FULL else ("delegate",):
        showing = [name for name, page in pages(paper, who).items() if "KANARIEstraat" in page]
        assert showing == ["postal_address"], who
    assert {"postal_address", "print_letter"} <= {name for name, _, _ in INSIDE}


def test_the_address_is_sealed_in_the_database(paper: World) -> None:
    lives(paper)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(one)::text FROM dossiers_postaladdress AS one")
        rows = [row[0] for row in cursor.fetchall()]
    assert len(rows) == 1
    assert "KANARIE" not in rows[0]
    assert b"KANARIE".hex() not in rows[0]


def test_an_address_that_does_not_fit_the_window_is_said_and_stays_typed(paper: World) -> None:
    for typed in ("a" * 41, "1\n2\n3\n4\n5", "Kade\x00 1", "Kade 1\n" + "b" * 50):
        answer = paper.client("delegate").post(place(paper), {"address": typed})
        assert answer.status_code == 422
        assert "aria-invalid" in answer.content.decode()
    assert not PostalAddress.objects.exists()


def test_the_address_is_asked_when_a_dossier_is_opened(bare_world: World) -> None:
    client = bare_world.client("delegate")
    physician = str(bare_world.people["physician"].pk)
    typed = {**FORM, "employee_email": "", "employee_address": "Kade 1\r\n\r\n  1234  AB Havendam ", "physician": physician}
    assert client.post("/dossiers/nieuw/", {**typed, "employee_address": "a" * 41}).status_code == 422
    assert client.post("/dossiers/nieuw/", typed).status_code == 302
    made = Dossier.objects.get(employer__name=FORM["employer"])
    assert PostalAddress.objects.get(dossier=made).address == "Kade 1\n1234 AB Havendam"
