"""Proving again: who may and who may not, what is never lost, and what never leads elsewhere."""

import datetime as dt
import html
import re
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from bar.accounts.models import Assurance
from bar.accounts.rules.standing import Ask, Page, Proof, asked
from dossiers.models import Status, TrailLine
from dossiers.trail import Event, Outcome
from tests.factors.people import AGAIN, FACTORS, PASSWORD, code_now, give_app, make_person, type_password
from tests.world import VISIT, World, fill_in, finalise, let_in

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
WINDOW = 30


def url(world: World, name: str) -> str:
    return reverse(name, args=[world.number, 1])


@pytest.fixture
def ready(bare_world: World) -> World:
    """A draft that can be offered and made final."""
    fill_in(bare_world, VISIT)
    return bare_world


def signed_in(world: World, who: str, *, minutes_ago: int) -> Client:
    client = Client()
    let_in(client, world.people[who], minutes_ago=minutes_ago)
    return client


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the first form in the page's main part that has any of its own."""
    return {
        name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="(kept|where|has_files|next)" value="([^"]*)"', page)
    }


# --- the window of thirty minutes -----------------------------------------------------------------


@pytest.mark.parametrize("act", ["offer", "finalise"])
@pytest.mark.parametrize(("minutes", "passes"), [(0, True), (29, True), (31, False), (600, False)])
def test_who_offers_or_finalises_has_shown_who_they_are_within_thirty_minutes(ready: World, act: str, minutes: int, passes: bool) -> None:
    client = signed_in(ready, "physician", minutes_ago=minutes)
    answer = client.post(url(ready, act), {"medical_check": "on", "discussed": "on", "discussed_on": VISIT.isoformat()})
    asks = "Laat nog een keer zien dat u het bent" in answer.content.decode()
    assert asks is not passes
    if not passes:
        assert answer.status_code == 403
        assert ready.version(1).status == Status.DRAFT
        line = TrailLine.objects.filter(actor_id=ready.people["physician"].pk).latest("occurred_at")
        assert (line.event_code, line.outcome, line.sentence) == (Event.REFUSED, Outcome.REFUSED, "prove_again")


def test_the_check_asks_before_anything_is_typed(ready: World) -> None:
    assert signed_in(ready, "physician", minutes_ago=29).get(url(ready, "check")).status_code == 200
    answer = signed_in(ready, "physician", minutes_ago=31).get(url(ready, "check"))
    assert (answer.status_code, answer["Location"]) == (302, f"{AGAIN}?next={url(ready, 'check')}")


def test_a_script_gets_401_and_no_page(ready: World) -> None:
    client = signed_in(ready, "physician", minutes_ago=31)
    for headers in ({"X-Requested-With": "fetch"}, {"HX-Request": "true"}):
        assert client.post(url(ready, "offer"), headers=headers).status_code == 401


def test_reading_and_writing_never_ask(ready: World) -> None:
    client = signed_in(ready, "physician", minutes_ago=600)
    assert client.get("/").status_code == 200
    assert client.get(url(ready, "version")).status_code == 200


# --- nothing typed is lost ------------------------------------------------------------------------


def test_what_was_typed_waits_in_the_page_and_goes_on_with_one_button(ready: World) -> None:
    person = ready.people["physician"]
    person.set_password(PASSWORD)
    person.save()
    key = give_app(person)
    client = signed_in(ready, "physician", minutes_ago=31)
    typed = {"medical_check": "on", "discussed": "on", "discussed_on": VISIT.isoformat(), "extra": ["één & twee", "regel 1\r\nregel 2 <b>"]}
    page = client.post(url(ready, "finalise"), typed).content.decode()
    assert "Wat u typte, gaat niet verloren" in page
    fields = hidden_fields(page)
    assert "regel" not in str(dict(client.session)), "never on the server"
    wrong = client.post(AGAIN, {**fields, "password": PASSWORD, "code": "000000"})
    assert wrong.status_code == 422
    fields = hidden_fields(wrong.content.decode())
    done = client.post(AGAIN, {**fields, "password": PASSWORD, "code": code_now(key)})
    text = done.content.decode()
    assert f'action="{url(ready, "finalise")}"' in text
    back = re.findall(r'<input type="hidden" name="(?!csrf)([a-z_]+)" value="([^"]*)"', text)
    assert [html.unescape(value) for name, value in back if name == "extra"] == typed["extra"]
    assert dict(back)["discussed_on"] == VISIT.isoformat()
    events = TrailLine.objects.filter(actor_id=person.pk, event_code=Event.PROVE_AGAIN)
    assert list(events.order_by("seq").values_list("outcome", flat=True)) == [Outcome.REFUSED, Outcome.SUCCESS]
    assert client.get(url(ready, "check")).status_code == 200, "from now on it is fresh"


@pytest.mark.parametrize("where", ["https://kwaad.test/", "//kwaad.test/", "javascript:alert(1)", "/\\kwaad.test", "/bestaat-niet/", ""])
def test_e10_what_was_typed_goes_to_our_own_pages_only(db: None, where: str) -> None:
    client = Client()
    let_in(client, make_person(), assurance=Assurance.LOW, minutes_ago=31)
    assert "kwaad" not in client.get(AGAIN, {"next": where}).content.decode()
    answer = client.post(AGAIN, {"password": PASSWORD, "kept": "a=1", "where": where})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.post(AGAIN, {"password": PASSWORD, "next": where})["Location"] == "/"


# --- what counts as proof -------------------------------------------------------------------------


def test_the_password_alone_is_enough_only_without_a_second_step(db: None) -> None:
    person = make_person()
    client = Client()
    let_in(client, person, assurance=Assurance.LOW, minutes_ago=6)
    assert client.get(f"{FACTORS}app/")["Location"].startswith(AGAIN)
    assert client.post(AGAIN, {"password": "niet het wachtwoord"}).status_code == 422
    assert client.post(AGAIN, {"password": PASSWORD, "next": f"{FACTORS}app/"})["Location"] == f"{FACTORS}app/"
    assert client.get(f"{FACTORS}app/").status_code == 200
    key = give_app(person)
    let_in(client, person, minutes_ago=6)
    for typed in ({"password": PASSWORD}, {"password": PASSWORD, "code": ""}, {"password": "fout", "code": code_now(key)}, {"code": code_now(key)}):
        assert client.post(AGAIN, typed).status_code == 422, typed
    assert client.post(AGAIN, {"password": PASSWORD, "code": code_now(key)}).status_code == 302


def test_proving_with_the_password_gives_no_second_step(db: None) -> None:
    client = Client()
    let_in(client, make_person(), assurance=Assurance.LOW, minutes_ago=6)
    client.post(AGAIN, {"password": PASSWORD})
    assert client.get("/")["Location"].startswith(FACTORS)


def test_who_guesses_the_password_of_an_open_screen_has_to_wait(db: None) -> None:
    client = Client()
    let_in(client, make_person())
    answers = [client.post(AGAIN, {"password": "gok"}).status_code for _ in range(8)]
    assert answers == [422] * 6 + [429] * 2
    assert client.post(AGAIN, {"password": PASSWORD}).status_code == 429


def test_changing_how_one_signs_in_asks_for_the_last_five_minutes(db: None) -> None:
    person = make_person()
    give_app(person)
    paths = ["sleutel/", "app/weg/", "herstelcodes/", "herstelcodes/nieuw/", "herstelcodes/bestand/"]
    for minutes, passes in ((4, True), (6, False)):
        client = Client()
        let_in(client, person, minutes_ago=minutes)
        for path in paths:
            answer = client.get(FACTORS + path)
            assert (answer.status_code == 200) is passes, f"{path} after {minutes}"


# --- the rule -------------------------------------------------------------------------------------


def test_a_page_never_opens_with_less_than_it_asks() -> None:
    yes_or_no, ages = (True, False), (None, 0, WINDOW, WINDOW + 1)
    opened = 0
    for two_factors, fresh, required, level, age, has_one in product(yes_or_no, (0, WINDOW), yes_or_no, (1, 2, 3), ages, yes_or_no):
        at = None if age is None else NOW - dt.timedelta(minutes=age)
        case = f"{two_factors=} {fresh=} {required=} {level=} {age=} {has_one=}"
        answer = asked(Page(two_factors, fresh, required), Proof(level, at, has_one), now=NOW)
        if answer is Ask.NOTHING:
            opened += 1
            assert level >= 2 or not two_factors or not required, case
            assert level >= 2 or not fresh or not has_one, case
            assert not fresh or (age is not None and age <= fresh), case
        assert answer is Ask.NOTHING or level < 2 or fresh, case
        assert answer is not Ask.SET_UP or not has_one, case
    assert opened > 40


def test_a_finished_version_is_no_reason_to_ask(ready: World) -> None:
    finalise(ready, VISIT)
    assert signed_in(ready, "employee", minutes_ago=600).get(url(ready, "version")).status_code == 200


def test_a_typed_password_starts_the_window_again(db: None) -> None:
    person = make_person()
    client = Client()
    type_password(client)
    assert client.get(f"{FACTORS}app/").status_code == 200, person
