"""Attack list G of security.md §5, as far as it is about sessions and the door. Each test carries its number.

G3 is in test_lock_out.py and test_rules.py, G4 in test_enumeration.py and timing.py, G5 in tests/factors, G6 in tests/oidc, G10 in
test_limits.py and test_browser.py, the headers of G8 and G11 on every kind of answer in tests/machine/test_headers.py.
"""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bar.accounts.models import User
from dossiers.actions.promises import sweep_by_clock
from tests.access.test_matrix import ROUTES, SAMPLES
from tests.machine.test_settings import PRODUCTION
from tests.sessions.material import FETCH, PASSWORD, is_in, sign_in

Open = Callable[..., Client]


# --- G1: session fixation -------------------------------------------------------------------------


@pytest.mark.usefixtures("no_second_step")
def test_g1_a_session_that_was_there_before_signing_in_is_another_one_after(people: dict[str, User]) -> None:
    planted = Client()
    planted.get("/wachtwoord-nieuw/", {"k": "iets"})
    key = planted.session.session_key
    assert key
    victim = Client()
    victim.cookies[configured.SESSION_COOKIE_NAME] = key
    assert sign_in(victim, "werknemer@proef.test")[0] == 302
    assert victim.cookies[configured.SESSION_COOKIE_NAME].value != key
    assert not is_in(planted)
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.usefixtures("no_second_step")
def test_g1_a_key_that_somebody_made_up_is_never_used(people: dict[str, User]) -> None:
    victim = Client()
    victim.cookies[configured.SESSION_COOKIE_NAME] = "a" * 32
    assert sign_in(victim, "werknemer@proef.test")[0] == 302
    assert victim.cookies[configured.SESSION_COOKIE_NAME].value != "a" * 32


def test_g1_changing_the_password_changes_the_key(browser: Open) -> None:
    client = browser("employee")
    key = client.session.session_key
    new = "kastanje dobber vlieger twaalf"
    client.post("/account/wachtwoord/", {"password": new, "password_again": new})
    assert client.session.session_key != key
    assert is_in(client)


# --- G2: a stolen cookie --------------------------------------------------------------------------


def thief_of(client: Client) -> Client:
    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = client.cookies[configured.SESSION_COOKIE_NAME].value
    assert is_in(thief)
    return thief


def sign_out(client: Client, person: User) -> None:
    client.post("/uitloggen/")


def change_password(client: Client, person: User) -> None:
    person.set_password("kastanje dobber vlieger twaalf")
    person.save()


def deactivate(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def end_elsewhere(client: Client, person: User) -> None:
    other = Client()
    other.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    other.post("/account/apparaten/alle-andere-uitloggen/")


@pytest.mark.parametrize("end", [sign_out, change_password, deactivate, end_elsewhere])
def test_g2_a_stolen_cookie_is_dead_at_the_next_request(
    browser: Open, people: dict[str, User], settings: object, end: Callable[[Client, User], None]
) -> None:
    settings.SECOND_FACTOR = False  # type: ignore[attr-defined]
    client = browser("employee")
    thief = thief_of(client)
    end(client, people["employee"])
    answer = thief.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/inloggen/?next=%2F")
    assert thief.get("/", headers=FETCH).status_code == 401
    assert thief.post("/nog-hier/", headers=FETCH).status_code == 401


# --- G7: cross-site requests ----------------------------------------------------------------------


KINDS = {"uuid": "00000000-0000-4000-8000-000000000001", "int": "1"}


def address(name: str, route: str) -> str:
    """Some address of this route: what is refused before anybody looks needs nothing that exists."""
    found = [parameter.rpartition(":")[::2] for parameter in re.findall(r"<([^>]+)>", route)]
    return reverse(name, kwargs={parameter: SAMPLES.get(parameter) or KINDS.get(kind, "x") for kind, parameter in found})


def test_g7_every_unsafe_request_without_its_token_is_refused_wherever_it_goes(browser: Open) -> None:
    inside = browser("employee")
    attacker = Client(enforce_csrf_checks=True)
    attacker.cookies = inside.cookies
    found = [address(name, route) for name, route, _ in ROUTES]
    assert {"/inloggen/", "/uitloggen/", "/wachtwoord-vergeten/", "/nog-hier/", "/account/apparaten/uitloggen/"} <= set(found)
    for path in found:
        for method, headers in (("post", {}), ("post", FETCH | {"HX-Request": "true"}), ("delete", {})):
            answer = getattr(attacker, method)(path, headers=headers)
            assert answer.status_code == 403, f"{method} {path} {headers}: {answer.status_code}"
    assert is_in(inside)


def test_g7_a_token_of_somebody_else_or_from_another_place_is_no_token(browser: Open) -> None:
    inside = browser("employee")
    client = Client(enforce_csrf_checks=True)
    client.cookies = inside.cookies
    other = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', other.get("/inloggen/").content.decode())
    assert token
    assert client.post("/uitloggen/", {"csrfmiddlewaretoken": token[1]}).status_code == 403
    own = inside.get("/nog-hier/").json()["token"]
    assert client.post("/nog-hier/", {"csrfmiddlewaretoken": own}, headers={"Origin": "https://kwaad.test"}).status_code == 403
    assert client.post("/nog-hier/", {"csrfmiddlewaretoken": own}).status_code == 200


# --- G8: frames and windows -----------------------------------------------------------------------


def test_g8_no_page_stands_in_a_frame_or_hands_over_its_window(browser: Open) -> None:
    for client, path in ((Client(), "/inloggen/"), (Client(), "/wachtwoord-vergeten/"), (browser("employee"), "/account/apparaten/")):
        answer = client.get(path)
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


# --- G9: a poisoned host --------------------------------------------------------------------------


def test_g9_a_poisoned_host_is_refused_and_never_stands_in_a_mail(people: dict[str, User], settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    mail.outbox = []
    typed = {"email": "werknemer@proef.test"}
    assert Client().post("/wachtwoord-vergeten/", typed, headers={"host": "kwaad.test"}).status_code == 400
    forged = {"X-Forwarded-Host": "kwaad.test", "X-Original-Host": "kwaad.test", "Forwarded": "host=kwaad.test"}
    assert Client().post("/wachtwoord-vergeten/", typed, headers=forged).status_code == 302
    sweep_by_clock(now=timezone.now())
    assert len(mail.outbox) == 1
    assert "kwaad" not in str(mail.outbox[0].message())
    assert f"{configured.BASE_URL}/wachtwoord-nieuw/" in str(mail.outbox[0].body)


# --- G10: a session that ends while typing: test_limits.py (kept text), test_browser.py (the warning) ----


# --- G11: the next user of a shared computer --------------------------------------------------------


def test_g11_nothing_stays_behind_for_the_next_user(browser: Open) -> None:
    client = browser("employee")
    for path in ("/", "/account/apparaten/", "/nog-hier/"):
        assert client.get(path)["Cache-Control"] == "no-store"
    left = client.post("/uitloggen/")
    assert left["Clear-Site-Data"] == '"cache", "storage"'
    door = client.get("/inloggen/").content.decode()
    assert "Wout Werknemer" not in door
    assert "werknemer@proef.test" not in door
    assert client.get("/").status_code == 302


def test_g11_the_next_user_starts_with_an_empty_session(browser: Open, people: dict[str, User], settings: object) -> None:
    settings.SECOND_FACTOR = False  # type: ignore[attr-defined]
    client = browser("employee")
    session = client.session
    session["van de vorige"] = "iets"
    session.save()
    client.post("/uitloggen/")
    sign_in(client, "arts@proef.test")
    assert "van de vorige" not in client.session


def test_g11_a_password_manager_knows_which_field_is_which(browser: Open) -> None:
    change = browser("employee").get("/account/wachtwoord/").content.decode()
    assert change.count('autocomplete="new-password"') == 2
    assert 'autocomplete="current-password"' in Client().get("/inloggen/").content.decode()
    assert PASSWORD not in change


# --- G12: cookies from a neighbour in the domain ------------------------------------------------------


def test_g12_cookies_cannot_be_set_by_a_neighbour() -> None:
    """Over https every cookie of ours begins with `__Host-`: secure, this host only, the whole path. Read from a process with the settings of one."""
    program = (
        "import django; django.setup(); from django.conf import settings as s; from bar.accounts.lock_out import cookie_name;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, cookie_name(), s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY)"
    )
    secure = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "bar.settings"}
    said = subprocess.run([sys.executable, "-c", program], env=secure, cwd=configured.BASE_DIR, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "__Host-apparaat", "True", "True", "None", "None", "/", "True", "True"]
