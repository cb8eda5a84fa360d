"""Letters on screen and as a file: who gets which copy, with which headers, and what is told when there is none."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from bar.openings import Person
from consent.access import opening
from dossiers import queries
from dossiers.actions.promises import sweep_by_clock
from dossiers.door import read
from dossiers.models import CopyState, Letter, LetterCopy, TrailLine
from dossiers.parts import Part
from dossiers.rules.on_paper import posted_in_time, reached_on
from dossiers.rules.working_days import add_working_days
from dossiers.trail import Event
from tests.world import SEATED, VISIT, World, fill_in, finalise, make_dossier, make_people

EXPERTS = {"labour_expert", "insurance_physician", "uwv_labour_expert"}
AUTHORS = {"physician", "delegate"}


@pytest.fixture
def ready(world: World) -> World:
    """Both letters are made, and whatever else waited."""
    sweep_by_clock(now=timezone.now())
    assert set(LetterCopy.objects.values_list("state", flat=True)) == {CopyState.READY}
    return world


def url(world: World, rest: str = "") -> str:
    return f"/dossier/{world.number}/brieven/{rest}"


@pytest.mark.parametrize("who", SEATED)
def test_everyone_with_a_seat_reads_the_letter(ready: World, who: str) -> None:
    client = ready.client(who)
    for page in ("", "1/"):
        response = client.get(url(ready, page))
        assert response.status_code == 200
        assert "Werken kan weer voor een deel." in response.content.decode()


@pytest.mark.parametrize("who", ["outsider", "superuser"])
def test_a_stranger_is_told_nothing(ready: World, who: str) -> None:
    client = ready.client(who)
    nothing = client.get("/dossier/D-222222222/brieven/").content
    for page in ("", "1/", "1/pdf/employer/", "1/intrekken/"):
        response = client.get(url(ready, page))
        assert response.status_code == 404
        assert response.content == nothing


@pytest.mark.parametrize("who", SEATED)
def test_everyone_gets_the_own_copy_only(ready: World, who: str) -> None:
    mine = {"employee": {"employee"}, "physician": {"employee", "employer"}, "delegate": {"employee", "employer"}}.get(who, {"employer"})
    client = ready.client(who)
    for reader in ("employee", "employer"):
        assert client.get(url(ready, f"1/pdf/{reader}/")).status_code == (200 if reader in mine else 404)
    assert client.get(url(ready, "1/pdf/iemand/")).status_code == 404


def test_the_last_page_on_screen_is_the_readers_own(ready: World) -> None:
    employee = ready.client("employee").get(url(ready, "1/")).content.decode()
    employer = ready.client("employer").get(url(ready, "1/")).content.decode()
    chosen = ready.client("physician").get(url(ready, "1/?voor=employer")).content.decode()
    assert "U hoeft niet te vertellen wat u heeft." in employee
    assert "U hoeft niet te vertellen wat u heeft." not in employer
    assert "Vraag niet naar ziekte" in employer
    assert "Vraag niet naar ziekte" in chosen
    assert ready.client("employer").get(url(ready, "1/?voor=employee")).content.decode().count("U hoeft niet te vertellen") == 0


def test_a_download_is_a_file_that_says_nothing_and_is_not_kept(ready: World) -> None:
    response = ready.client("employer").get(url(ready, "1/pdf/employer/"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="advies-over-werken-{VISIT.isoformat()}.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_download_is_a_line_of_its_own(ready: World, method: str) -> None:
    client = ready.client("employer")
    assert getattr(client, method)(url(ready, "1/pdf/employer/")).status_code == 200
    line = TrailLine.objects.get(dossier_id=ready.dossier.pk, event_code=Event.DOWNLOAD)
    letter = Letter.objects.get(dossier=ready.dossier)
    assert (line.actor_id, line.object_id, line.parts) == (ready.people["employer"].pk, f"{letter.pk}:employer", [Part.LETTERS])


def test_no_line_no_file(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the trail is full")

    monkeypatch.setattr("dossiers.actions.letters.write_now", breaks)
    client = ready.client("employer")
    client.raise_request_exception = False
    response = client.get(url(ready, "1/pdf/employer/"))
    assert response.status_code == 500
    assert b"%PDF" not in response.content


def test_a_file_that_was_changed_is_not_handed_out(ready: World) -> None:
    copy = Letter.objects.get(dossier=ready.dossier).copies.get(reader="employer")
    copy.sha256 = "0" * 64
    copy.save()
    response = ready.client("employer").get(url(ready, "1/pdf/employer/"))
    assert response.status_code == 503
    assert "Lees de brief op het scherm" in response.content.decode()
    assert not TrailLine.objects.filter(event_code=Event.DOWNLOAD).exists()


@pytest.mark.parametrize("version", ["2", "0", "99999999999999999999999"])
def test_a_letter_that_is_not_there(ready: World, version: str) -> None:
    for who in ("physician", "employee"):
        assert ready.client(who).get(url(ready, f"{version}/")).status_code == 404
        assert ready.client(who).get(url(ready, f"{version}/pdf/employee/")).status_code == 404


def test_while_it_is_made_the_authors_see_progress_and_nobody_else_anything(world: World) -> None:
    page = world.client("physician").get(url(world)).content.decode()
    assert "wordt gemaakt" in page
    assert 'hx-trigger="load delay:2s"' in page
    assert f'href="{url(world)}"' in page
    assert "hx-get" not in world.client("physician").get(url(world, "?keer=15")).content.decode()
    for who in ("employee", "employer", "labour_expert"):
        page = world.client(who).get(url(world)).content.decode()
        assert "Er zijn nog geen brieven" in page
        assert "wordt gemaakt" not in page
        assert world.client(who).get(url(world, "1/")).status_code == 404


def test_withdrawing_asks_why_stops_downloads_and_tells_everyone(ready: World) -> None:
    doctor = ready.client("physician")
    assert "Brief intrekken" in doctor.get(url(ready, "1/intrekken/")).content.decode()
    assert doctor.post(url(ready, "1/intrekken/"), {"reason": ""}).status_code == 422
    for who in ("delegate", "employee", "employer", "labour_expert"):
        assert ready.client(who).post(url(ready, "1/intrekken/"), {"reason": "x"}).status_code == 403
    assert doctor.post(url(ready, "1/intrekken/"), {"reason": "De uren <b>kloppen</b> niet."}).status_code == 302
    assert doctor.post(url(ready, "1/intrekken/"), {"reason": "Nog een keer."}).status_code == 409
    for who, reader in (("employee", "employee"), ("employer", "employer"), ("labour_expert", "employer"), ("physician", "employee")):
        client = ready.client(who)
        page = client.get(url(ready)).content.decode()
        assert "ingetrokken" in page
        assert "De uren &lt;b&gt;kloppen&lt;/b&gt; niet." in page
        assert "Bewaar als PDF" not in page
        assert client.get(url(ready, f"1/pdf/{reader}/")).status_code == 410
        one = client.get(url(ready, "1/")).content.decode()
        assert "ingetrokken" in one
        assert ("Werken kan weer voor een deel." in one) is (who == "physician")
    assert not TrailLine.objects.filter(event_code=Event.DOWNLOAD).exists()


def test_a_word_that_may_be_medical_is_asked_about_once(ready: World) -> None:
    doctor = ready.client("physician")
    typed = {"reason": "Er stond iets over een depressie in."}
    page = doctor.post(url(ready, "1/intrekken/"), typed)
    assert page.status_code == 422
    assert "‘depressie’" in page.content.decode()
    assert typed["reason"] in page.content.decode()
    hidden = re.search(r'name="seen_words" value="([^"]*)"', page.content.decode())
    assert hidden
    assert doctor.post(url(ready, "1/intrekken/"), {**typed, "seen_words": hidden[1]}).status_code == 302


def test_the_employer_reads_no_word_that_is_not_in_the_letter(ready: World) -> None:
    client = ready.client("employer")
    pages = [client.get(f"/dossier/{ready.number}/{page}") for page in ("brieven/", "brieven/1/", "mensen/", "brieven/1/pdf/employer/")]
    assert [page.status_code for page in pages] == [200] * 4
    for page in pages:
        assert b"KANARIE" not in page.content
        assert "KANARIE" not in str(page.headers)
    assert "KANARIE" in ready.client("physician").get(f"/dossier/{ready.number}/bar/1/").content.decode()


# --- on paper -----------------------------------------------------------------------------------


@pytest.fixture
def paper(db: None) -> World:
    """An employee without an e-mail address, with a letter that is made."""
    people = make_people()
    world = World(make_dossier(people, employee=Person("Piet Papier", None)), people)
    fill_in(world, VISIT)
    finalise(world, VISIT)
    assert sweep_by_clock(now=timezone.now()) == 2
    return world


def employer_sees(world: World, day: dt.date) -> bool:
    at = timezone.make_aware(dt.datetime(day.year, day.month, day.day, 12))
    at = max(at, timezone.now())
    with opening(world.people["employer"], world.number, needs=read(Part.LETTERS), at=at) as opened:
        return queries.released_letters(opened).exists()


def test_on_paper_the_employer_waits_until_the_letter_is_handed_over(paper: World) -> None:
    today = timezone.localdate()
    assert not employer_sees(paper, today)
    assert paper.client("employer").get(url(paper, "1/pdf/employer/")).status_code == 404
    delegate = paper.client("delegate")
    page = delegate.get(url(paper, "1/")).content.decode()
    assert "nog geven of opsturen" in page
    assert delegate.get(url(paper, "1/pdf/employee/")).status_code == 200
    assert delegate.post(url(paper, "1/op-papier/"), {"way": "handed_over", "day": today.isoformat()}).status_code == 302
    assert employer_sees(paper, today)
    assert paper.client("employer").get(url(paper, "1/pdf/employer/")).status_code == 200
    assert delegate.post(url(paper, "1/op-papier/"), {"way": "handed_over", "day": today.isoformat()}).status_code == 409


def test_on_paper_the_post_takes_two_working_days(paper: World) -> None:
    today = timezone.localdate()
    assert paper.client("physician").post(url(paper, "1/op-papier/"), {"way": "posted", "day": today.isoformat()}).status_code == 302
    arrives = add_working_days(today, 2)
    assert not employer_sees(paper, today)
    assert not employer_sees(paper, arrives - dt.timedelta(days=1))
    assert employer_sees(paper, arrives)
    assert "op de post" in paper.client("physician").get(url(paper)).content.decode()


def test_only_authors_note_paper_and_only_possible_days(paper: World) -> None:
    today = timezone.localdate()
    right = {"way": "posted", "day": today.isoformat()}
    assert paper.client("employer").post(url(paper, "1/op-papier/"), right).status_code == 403
    doctor = paper.client("physician")
    for wrong in ({}, {"way": "vliegtuig", "day": today.isoformat()}, {"way": "posted", "day": "gisteren"}, {"way": "posted", "day": ""}):
        assert doctor.post(url(paper, "1/op-papier/"), wrong).status_code == 422
    for day in (today + dt.timedelta(days=1), VISIT - dt.timedelta(days=1)):
        assert doctor.post(url(paper, "1/op-papier/"), {"way": "posted", "day": day.isoformat()}).status_code == 422
    assert not employer_sees(paper, today + dt.timedelta(days=30))


def test_a_letter_read_on_screen_is_not_noted_as_paper(ready: World) -> None:
    answer = ready.client("physician").post(url(ready, "1/op-papier/"), {"way": "posted", "day": timezone.localdate().isoformat()})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("posted", "arrives"),
    [
        (dt.date(2026, 3, 30), dt.date(2026, 4, 1)),
        (dt.date(2026, 4, 2), dt.date(2026, 4, 8)),  # Good Friday and Easter Monday are no working days
        (dt.date(2026, 5, 2), dt.date(2026, 5, 6)),  # posted on a Saturday; 5 May is no working day
    ],
)
def test_when_the_post_arrives(posted: dt.date, arrives: dt.date) -> None:
    assert reached_on(handed_over_on=None, posted_on=posted) == arrives
    assert posted_in_time(arrives) >= posted
    assert posted_in_time(arrives - dt.timedelta(days=1)) < posted
    assert reached_on(handed_over_on=posted, posted_on=posted) == posted
    assert reached_on(handed_over_on=None, posted_on=None) is None
