"""How long a session lasts: ended by the server, kept by who is busy, said on the page, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from bar.accounts.limits import LAST_SEEN, SIGNED_IN_AT
from bar.accounts.models import User
from dossiers.models import TrailLine
from dossiers.trail import Event
from tests.sessions.material import FETCH, PASSWORD, is_in, pass_time

Open = Callable[..., Client]


@pytest.mark.parametrize(("who", "idle", "absolute"), [("physician", 15, 480), ("administrator", 15, 480), ("employee", 30, 720)])
def test_a_session_ends_when_nobody_is_there_and_in_the_end_for_everybody(browser: Open, who: str, idle: int, absolute: int) -> None:
    for minutes, seen, stays in ((idle - 1, True, True), (idle + 1, True, False), (absolute - 1, False, True), (absolute + 1, False, False)):
        client = browser(who)
        pass_time(client, minutes, seen=seen)
        assert is_in(client) is stays, (minutes, seen)


def test_an_ended_session_is_gone_and_the_door_says_why_and_leads_back(browser: Open, people: dict[str, User]) -> None:
    client = browser("physician")
    key = client.session.session_key
    pass_time(client, 16)
    answer = client.get("/account/apparaten/")
    assert (answer.status_code, answer["Location"]) == (302, "/inloggen/?next=%2Faccount%2Fapparaten%2F")
    assert not Session.objects.filter(session_key=key).exists()
    page = client.get(answer["Location"]).content.decode()
    assert "omdat u een tijd niets deed" in page
    assert "Log opnieuw in" in page
    line = TrailLine.objects.get(event_code=Event.SIGN_OUT, actor_id=people["physician"].pk)
    assert line.sentence == "idle"


def test_the_longest_time_says_so(browser: Open) -> None:
    client = browser("employee")
    pass_time(client, 721, seen=False)
    assert "U was lang ingelogd" in client.get("/", follow=True).content.decode()


def test_a_script_gets_401_and_keeps_its_text(browser: Open) -> None:
    client = browser("physician")
    pass_time(client, 16)
    answer = client.post("/account/apparaten/uitloggen/", {"device": "1"}, headers=FETCH)
    assert answer.status_code == 401
    assert "Log opnieuw in" in answer.content.decode()


def test_asking_for_the_time_keeps_nobody_signed_in_and_saying_so_does(browser: Open) -> None:
    client = browser("physician")
    pass_time(client, 14)
    assert client.get("/nog-hier/").json()["idle"] <= 60
    assert client.get("/nog-hier/").json()["idle"] <= 60
    assert client.post("/nog-hier/").json()["idle"] == 15 * 60
    assert client.get("/nog-hier/").json()["idle"] > 14 * 60
    pass_time(client, 16)
    assert client.get("/nog-hier/", headers=FETCH).status_code == 401


def test_saying_so_does_not_move_the_longest_time(browser: Open) -> None:
    client = browser("physician")
    pass_time(client, 470, seen=False)
    assert 0 < client.post("/nog-hier/").json()["absolute"] <= 600


def test_somebody_is_noted_now_and_then_only(browser: Open) -> None:
    client = browser("physician")
    before = client.session[LAST_SEEN]
    client.get("/")
    assert client.session[LAST_SEEN] == before
    pass_time(client, 1)
    client.get("/")
    assert client.session[LAST_SEEN] >= before
    assert client.session[SIGNED_IN_AT] < before


def test_staying_leaves_no_line_in_the_trail(browser: Open) -> None:
    client = browser("physician")
    before = TrailLine.objects.count()
    client.post("/nog-hier/")
    assert TrailLine.objects.count() == before


def test_every_page_of_somebody_signed_in_tells_the_script_how_long_and_no_other_page_does(browser: Open) -> None:
    text = browser("physician").get("/").content.decode()
    assert 'id="session-limit"' in text
    assert 'data-idle="900"' in text
    assert "session_limit.js" in text
    assert "session-limit" not in Client().get("/woorden/").content.decode()


def test_what_was_typed_comes_back_when_the_form_arrives_too_late(browser: Open) -> None:
    client = browser("physician")
    pass_time(client, 16)
    typed = {
        "job_title": "Vorkheftruck rijden.\n<b>Elke</b> dag",
        "contract": "permanent",
        "first_sick_day": "2026-01-02",
        "password": "Geheim woord",
    }
    answer = client.post("/dossiers/nieuw/", typed)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Vorkheftruck rijden.\n&lt;b&gt;Elke&lt;/b&gt; dag" in page
    assert "Kopieer" in page
    assert "/inloggen/" in page
    for hidden in ("Geheim", "permanent", "2026-01-02", "csrfmiddlewaretoken"):
        assert hidden not in page


def test_a_form_without_text_goes_to_the_door(browser: Open) -> None:
    client = browser("physician")
    pass_time(client, 16)
    answer = client.post("/account/apparaten/uitloggen/", {"device": "12"})
    assert (answer.status_code, answer["Location"]) == (302, "/inloggen/?next=%2F")


def test_a_form_with_an_old_token_gives_its_text_back_to_the_browser_that_sent_it_and_to_nobody_else() -> None:
    client = Client(enforce_csrf_checks=True)
    ours = client.post("/dossiers/nieuw/", {"note": "Mijn lange tekst"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 403
    assert "Mijn lange tekst" in ours.content.decode()
    for other in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}):
        page = client.post("/dossiers/nieuw/", {"note": "Bel 0900-1234 Nu"}, headers=other).content.decode()
        assert "0900" not in page


def test_a_new_password_is_never_given_back(browser: Open) -> None:
    client = browser("physician")
    pass_time(client, 16)
    answer = client.post("/account/wachtwoord/", {"password": PASSWORD, "password_again": PASSWORD})
    assert PASSWORD not in answer.content.decode()
    assert answer.status_code == 302
