"""Signing in takes two steps, whatever somebody tries (security.md §5, G1 and G5)."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from bar.accounts.models import User
from bar.accounts.standing import KEY
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Notice, TrailLine
from dossiers.notices import Reason
from dossiers.trail import Event
from tests.access.test_matrix import ROUTES, SAMPLES
from tests.factors.people import (
    AGAIN,
    DOOR,
    EMAIL,
    FACTORS,
    PASSWORD,
    SECOND,
    code_now,
    make_person,
    paper_codes,
    set_up_app,
    type_password,
    with_app,
)
from tests.world import World, let_in

OF_KIND = {"uuid": "00000000-0000-4000-8000-000000000009", "slug": "iets", "int": "7", "str": "iets"}
FIRST_STEP_ONLY = {"/inloggen/", "/inloggen/tweede-stap/", "/inloggen/sleutel/"}


@pytest.fixture
def client() -> Client:
    return Client()


def address(name: str, route: str, number: str) -> str:
    """An address of every kind: with a sample where the matrix has one, else with anything of the right kind."""
    found = re.findall(r"<(?:(\w+):)?(\w+)>", route)
    values = {parameter: number if parameter == "number" else SAMPLES.get(parameter, OF_KIND.get(kind or "str", "1")) for kind, parameter in found}
    return reverse(name, kwargs=values)


def is_in(client: Client) -> bool:
    """Whether this browser reads the own list of dossiers."""
    return client.get("/").status_code == 200


def lines(event: Event, person: User) -> int:
    return TrailLine.objects.filter(event_code=event, actor_id=person.pk).count()


def test_two_steps_open_the_door_and_only_then_the_trail_says_so(db: None, client: Client) -> None:
    person, key, _ = with_app(client)
    before = lines(Event.SIGN_IN, person)
    assert type_password(client, next="/woorden/") == SECOND
    assert not is_in(client)
    assert lines(Event.SIGN_IN, person) == before
    answer = client.post(f"{SECOND}?met=app", {"code": code_now(key)})
    assert (answer.status_code, answer["Location"]) == (302, "/woorden/")
    assert is_in(client)
    assert lines(Event.SIGN_IN, person) == before + 1


def test_who_has_no_second_step_can_only_set_one_up(db: None, client: Client) -> None:
    make_person()
    assert type_password(client) == "/"
    answer = client.get("/dossiers/nieuw/")
    assert (answer.status_code, answer["Location"]) == (302, f"{FACTORS}?next=/dossiers/nieuw/")
    page = client.get(FACTORS).content.decode()
    assert "Een wachtwoord alleen is dan niet genoeg" in page
    assert page.index("vinger, gezicht of pincode") < page.index("app met codes")
    set_up_app(client)
    assert is_in(client)


def test_after_the_codes_are_kept_somebody_goes_where_they_were_going(db: None, client: Client) -> None:
    make_person()
    type_password(client)
    client.get(f"{FACTORS}?next=/woorden/")
    _, codes = set_up_app(client)
    assert len(codes) == 10
    assert client.post(f"{FACTORS}herstelcodes/bewaard/", {})["Location"] == f"{FACTORS}herstelcodes/"
    assert client.post(f"{FACTORS}herstelcodes/bewaard/", {"kept": "on"})["Location"] == "/woorden/"
    assert paper_codes(client) == []
    assert client.get(f"{FACTORS}herstelcodes/bestand/").status_code == 404


# --- G1, G5: ways around --------------------------------------------------------------------------


def test_a_session_that_was_there_before_has_another_name_after_each_step(db: None, client: Client) -> None:
    _, key, _ = with_app(client)
    client.get(DOOR)
    client.session.save()
    seen = [client.session.session_key]
    type_password(client)
    half = client.session.session_key
    client.post(f"{SECOND}?met=app", {"code": code_now(key)})
    seen.append(client.session.session_key)
    assert seen[0] != seen[1]
    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = str(half)
    assert not is_in(thief), "the name from before the second step opens nothing"


def test_with_half_a_sign_in_no_address_opens(bare_world: World, client: Client) -> None:
    person = bare_world.people["physician"]
    person.set_password(PASSWORD)
    person.save()
    let_in(client, person)
    set_up_app(client)
    half, nobody = Client(), Client()
    assert type_password(half, str(person.email)) == SECOND
    for name, route, marker in ROUTES:
        where = address(name, route, bare_world.number)
        if where in FIRST_STEP_ONLY or where == "/uitloggen/":
            continue
        for method in ("get", "post"):
            with_half, without = getattr(half, method)(where), getattr(nobody, method)(where)
            assert with_half.status_code == without.status_code, f"{method} {where}"
            assert with_half.get("Location") == without.get("Location"), f"{method} {where}"
            if marker.kind != "public":
                assert with_half.status_code == 302, f"{method} {where}"
                assert with_half["Location"].startswith(DOOR), f"{method} {where}"
    assert half.get(DOOR)["Location"] == SECOND, "the door itself leads back to the second step"


def test_with_one_step_only_the_pages_to_set_up_the_second_open(bare_world: World, client: Client) -> None:
    let_in(client, bare_world.people["physician"], assurance=1)
    opened = set()
    for name, route, marker in ROUTES:
        if marker.kind == "public":
            continue
        answer = client.get(address(name, route, bare_world.number))
        if answer.status_code == 302 and answer["Location"].startswith(FACTORS):
            continue
        assert not marker.two_factors, f"{name} opened with one step"
        opened.add(name)
    assert {"mfa_index", "mfa_add_webauthn", "mfa_activate_totp", "prove_again"} <= opened


def test_a_code_from_the_app_counts_once(db: None, client: Client) -> None:
    _, key, _ = with_app(client)
    code = code_now(key)
    type_password(client)
    assert client.post(f"{SECOND}?met=app", {"code": code}).status_code == 302
    client.post("/uitloggen/")
    type_password(client)
    answer = client.post(f"{SECOND}?met=app", {"code": code})
    assert answer.status_code == 422
    assert "al een keer gebruikt" in answer.content.decode()
    assert client.post(f"{SECOND}?met=app", {"code": code_now(key, steps=1)}).status_code == 302


def test_the_code_that_set_the_app_up_is_used_too(db: None, client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # half a minute later it would be another code, that nobody used
        _, key, _ = with_app(client)
        type_password(client)
        assert client.post(f"{SECOND}?met=app", {"code": code_now(key, steps=-1)}).status_code == 422


def test_a_recovery_code_counts_once(db: None, client: Client) -> None:
    _, _, codes = with_app(client)
    for expected in (302, 422):
        type_password(client)
        assert client.post(f"{SECOND}?met=papier", {"code": codes[0]}).status_code == expected
        client.post("/uitloggen/")
    type_password(client)
    assert client.post(f"{SECOND}?met=papier", {"code": codes[1].replace(" ", "-")}).status_code == 302


def test_somebody_elses_code_opens_nothing(db: None, client: Client) -> None:
    _, other_key, other_codes = with_app(client, "ander@stap.test")
    with_app(client)
    type_password(client)
    for way, code in (("app", code_now(other_key)), ("papier", other_codes[0])):
        assert client.post(f"{SECOND}?met={way}", {"code": code}).status_code == 422


def test_no_browser_is_trusted_to_skip_the_second_step(db: None, client: Client) -> None:
    _, key, _ = with_app(client)
    type_password(client)
    answer = client.post(f"{SECOND}?met=app", {"code": code_now(key), "action": "trust", "remember": "on"})
    assert not [name for name in answer.cookies if "trust" in name]
    assert client.session.get_expire_at_browser_close()
    client.post("/uitloggen/")
    assert type_password(client, remember="on", action="trust") == SECOND
    assert not configured.MFA_TRUST_ENABLED


def test_a_new_password_by_mail_is_one_step_and_no_more(db: None, client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with_app(client)
    client.post("/wachtwoord-vergeten/", {"email": EMAIL})
    sweep_by_clock(now=timezone.now())
    link = re.search(r"/wachtwoord-nieuw/\S+", str(mail.outbox[-1].body))
    assert link
    client.get(link[0])
    new = "nog een veel langer wachtwoord"
    assert client.post("/wachtwoord-nieuw/", {"password": new, "password_again": new})["Location"] == DOOR
    assert not is_in(client)
    assert type_password(client, password=new) == SECOND
    assert not is_in(client)


def test_there_is_one_place_to_sign_in(db: None) -> None:
    assert reverse("account_login") == reverse("sign_in") == DOOR
    for where in ("/admin/", "/admin/login/", "/accounts/login/", "/accounts/2fa/authenticate/", "/_allauth/browser/v1/auth/login", "/api/login/"):
        assert Client().get(where).status_code == 404, where


def test_the_first_step_is_worth_nothing_after_a_new_password(db: None, client: Client) -> None:
    person, key, _ = with_app(client)
    type_password(client)
    person.set_password("een ander lang wachtwoord")
    person.save()
    answer = client.post(f"{SECOND}?met=app", {"code": code_now(key)})
    assert (answer.status_code, answer["Location"]) == (302, DOOR)
    assert not is_in(client)


def test_the_first_step_is_worth_nothing_after_a_quarter_of_an_hour(db: None, client: Client) -> None:
    _, key, _ = with_app(client)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        type_password(client)
        clock.shift(16 * 60)
        assert client.post(f"{SECOND}?met=app", {"code": code_now(key)})["Location"] == DOOR


def test_a_session_from_before_the_second_step_was_set_up_cannot_change_it(db: None, client: Client) -> None:
    """A thief with the password who came first gains nothing once the owner has set up a second step."""
    make_person()
    thief = Client()
    type_password(thief)
    type_password(client)
    set_up_app(client)
    for path in ("app/", "sleutel/", "herstelcodes/", "app/weg/", "herstelcodes/nieuw/"):
        assert thief.get(FACTORS + path)["Location"].startswith(AGAIN), path
    assert not is_in(thief)
    assert thief.post(AGAIN, {"password": PASSWORD}).status_code == 422, "the password alone is not enough"
    assert not is_in(thief)


def test_who_guesses_codes_has_to_wait_and_never_longer_than_a_quarter(db: None, client: Client) -> None:
    person, key, _ = with_app(client)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        type_password(client)
        answers = [client.post(f"{SECOND}?met=app", {"code": "000000"}).status_code for _ in range(8)]
        assert answers == [422] * 6 + [429] * 2
        refused = client.post(f"{SECOND}?met=app", {"code": code_now(key)})
        assert refused.status_code == 429, "the right code does not open a locked door"
        assert "Wacht 15 minuten" in refused.content.decode()
        clock.shift(15 * 60 + 1)
        client.cookies.clear()
        type_password(client)
        assert client.post(f"{SECOND}?met=app", {"code": code_now(key)}).status_code == 302
    failed = TrailLine.objects.filter(event_code=Event.SIGN_IN_FAILED, subject_id=person.pk)
    assert failed.count() == 9
    assert not failed.exclude(actor_id=None).exists(), "nobody is said to have done what only somebody with the password did"


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "0" * 300, "12\x0034"])
def test_whatever_is_typed_as_a_code_is_an_error_in_the_form(db: None, client: Client, code: str) -> None:
    with_app(client)
    type_password(client)
    answer = client.post(f"{SECOND}?met=app", {"code": code})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize(
    "credential", ["", "null", "[]", "{}", "{", '{"id": "x"}', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}', "9" * 30_000]
)
def test_whatever_a_browser_sends_as_a_passkey_is_refused_in_words(db: None, client: Client, credential: str) -> None:
    with_app(client)
    answer = client.post("/inloggen/sleutel/", {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, DOOR)
    assert "Dit lukte niet" in client.get(DOOR).content.decode()
    type_password(client)
    assert client.post(SECOND, {"credential": credential}).status_code == 422
    assert not is_in(client)


def test_the_secrets_are_sealed_in_the_database_and_in_the_session(db: None, client: Client) -> None:
    person = make_person()
    type_password(client)
    client.get(f"{FACTORS}app/")
    key, _ = set_up_app(client)
    kept = str([row.data for row in Authenticator.objects.filter(user=person)])
    assert kept.count("'secret'") == kept.count("'seed'") == 1
    assert key.replace(" ", "") not in kept
    assert key.replace(" ", "") not in str(dict(client.session))


def test_each_change_is_told_by_mail_and_stands_in_the_trail(db: None, client: Client) -> None:
    person, key, _ = with_app(client)
    type_password(client)
    client.post(f"{SECOND}?met=app", {"code": code_now(key)})
    client.post(f"{FACTORS}herstelcodes/nieuw/")
    told = Notice.objects.filter(person=person, reason=Reason.FACTOR_CHANGED)
    assert list(told.values_list("account", flat=True)) == [True, True]
    assert lines(Event.CHANGE_FACTOR, person) == 2


def test_new_codes_on_paper_make_the_old_ones_worthless(db: None, client: Client) -> None:
    _, key, codes = with_app(client)
    type_password(client)
    client.post(f"{SECOND}?met=app", {"code": code_now(key)})
    client.post(f"{FACTORS}herstelcodes/nieuw/")
    assert set(paper_codes(client)).isdisjoint(codes)
    client.post("/uitloggen/")
    type_password(client)
    assert client.post(f"{SECOND}?met=papier", {"code": codes[0]}).status_code == 422


def test_the_only_second_step_stays(db: None, client: Client) -> None:
    person, key, _ = with_app(client)
    type_password(client)
    client.post(f"{SECOND}?met=app", {"code": code_now(key)})
    answer = client.post(f"{FACTORS}app/weg/")
    assert answer.status_code == 409
    assert "Zet eerst een andere klaar" in answer.content.decode()
    assert Authenticator.objects.filter(user=person).count() == 2


def test_what_a_session_proved_is_bound_to_the_person(db: None, client: Client) -> None:
    person, other = make_person(), make_person("ander@stap.test")
    let_in(client, person)
    session = client.session
    session[KEY] = {**session[KEY], "person": str(other.pk)}
    session.save()
    assert client.get("/")["Location"].startswith(FACTORS)
