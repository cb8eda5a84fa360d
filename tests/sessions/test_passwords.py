"""Passwords: long and hard to guess, stored with Argon2 only, changed by who proved it a moment ago, and made anew with a mailed link."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from bar.accounts.models import User
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Notice, Outbox, TrailLine
from dossiers.trail import Event
from tests.machine.test_settings import PRODUCTION
from tests.sessions.material import PASSWORD, is_in, sign_in
from tests.world import let_in

Open = Callable[..., Client]
NEW = "kastanje dobber vlieger twaalf"
BAD = {
    "kort en ok!": "te kort",
    "x" * 129: "te lang",
    "1q2w3e4r5t6y": "lijst van gestolen",
    "password1234": "lijst van gestolen",
    "wachtwoord2026": "makkelijk te raden",
    "aaaaaaaaaaaaaaaa": "makkelijk te raden",
    "WoutWerknemer1!": "makkelijk te raden",
    "werknemer@proef.test": "makkelijk te raden",
    "proef proef proef": "makkelijk te raden",
    "bardossier2026!": "makkelijk te raden",
}


@pytest.mark.parametrize(("password", "words"), BAD.items())
def test_a_bad_password_is_refused_with_what_to_do(people: dict[str, User], password: str, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, people["employee"])
    sentences = " ".join(refusal.value.messages)
    assert words in sentences
    assert "Kies" in sentences or "Maak" in sentences


@pytest.mark.parametrize("password", [NEW, PASSWORD, "geen hoofdletter en geen cijfer", "Żółć grüßt 日本 zeeleeuw", "x7#kQ!9vLm2$" * 6])
def test_a_long_one_is_good_whatever_its_signs(people: dict[str, User], password: str) -> None:
    validate_password(password, people["employee"])


def test_the_own_organisation_and_name_are_no_secret(people: dict[str, User]) -> None:
    with pytest.raises(ValidationError):
        validate_password("Arbodienst De Proef 1", people["physician"])
    validate_password("Arbodienst De Proef 1 lamp kikker", people["physician"])


def test_only_argon2_stores_passwords_and_nobody_is_asked_by_default(people: dict[str, User]) -> None:
    assert configured.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert people["employee"].password.startswith("argon2$argon2id$")
    assert [row["NAME"].rsplit(".", 1)[-1] for row in configured.AUTH_PASSWORD_VALIDATORS] == ["LongEnough", "NotCommon", "HardToGuess"]


def test_argon2_works_as_hard_as_the_guideline_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWASP: at least 19 MiB and two rounds. The tests' own quick costs are undone first."""
    monkeypatch.undo()
    assert Argon2PasswordHasher.memory_cost >= 19 * 1024
    assert Argon2PasswordHasher.time_cost >= 2


def test_with_the_service_switched_on_a_leaked_password_is_refused_and_the_list_counts_when_it_is_away(people: dict[str, User]) -> None:
    """No network in tests: the service is away, so that the list answers, without a long wait."""
    from pwned_passwords_django.validators import PwnedPasswordsValidator

    class Away:
        def check_password(self, password: str) -> int:
            from pwned_passwords_django.exceptions import ErrorCode, PwnedPasswordsError

            raise PwnedPasswordsError(message="away", code=ErrorCode.API_TIMEOUT, params={})

    class Knows:
        def check_password(self, password: str) -> int:
            return 3

    PwnedPasswordsValidator(api_client=Away()).validate(NEW)
    with pytest.raises(ValidationError):
        PwnedPasswordsValidator(api_client=Away()).validate("password1234")
    with pytest.raises(ValidationError):
        PwnedPasswordsValidator(api_client=Knows()).validate(NEW)


def test_switching_the_service_on_adds_it_and_calls_nobody_yet() -> None:
    program = (
        "import socket; socket.socket.connect = None; import django; django.setup();"
        "from django.contrib.auth.password_validation import get_default_password_validators as found;"
        "print(len(found()), type(found()[-1]).__name__)"
    )
    environment = {**PRODUCTION, "PWNED_PASSWORDS": "1", "DJANGO_SETTINGS_MODULE": "bar.settings"}
    said = subprocess.run([sys.executable, "-c", program], env=environment, cwd=configured.BASE_DIR, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["4", "PwnedPasswordsValidator"]


# --- changing it --------------------------------------------------------------------------------


def test_a_new_password_ends_all_other_sessions_and_is_told(browser: Open, people: dict[str, User]) -> None:
    here, elsewhere = browser("employee"), browser("employee", "Edg/130 (Windows)")
    answer = here.post("/account/wachtwoord/", {"password": NEW, "password_again": NEW}, follow=True)
    assert "Uw wachtwoord is veranderd" in answer.content.decode()
    people["employee"].refresh_from_db()
    assert people["employee"].check_password(NEW)
    assert is_in(here)
    assert not is_in(elsewhere)
    assert here.get("/account/apparaten/").content.decode().count('class="row"') == 1
    assert Notice.objects.filter(person=people["employee"], reason="password_changed", account=True).count() == 1
    assert TrailLine.objects.filter(event_code=Event.CHANGE_PASSWORD, actor_id=people["employee"].pk).count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Vul een nieuw wachtwoord in"),
        ({"password": NEW}, "nog een keer"),
        ({"password": NEW, "password_again": NEW + "!"}, "niet hetzelfde"),
        ({"password": "kort", "password_again": "kort"}, "te kort"),
        ({"password": NEW + "\x00", "password_again": NEW + "\x00"}, "ull"),
    ],
)
def test_a_form_that_is_not_right_says_so_and_changes_nothing(browser: Open, people: dict[str, User], typed: dict[str, str], words: str) -> None:
    answer = browser("employee").post("/account/wachtwoord/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert NEW not in page
    people["employee"].refresh_from_db()
    assert people["employee"].check_password(PASSWORD)


def test_who_proved_it_long_ago_proves_it_again_first(people: dict[str, User]) -> None:
    client = Client()
    let_in(client, people["employee"], minutes_ago=6)
    answer = client.post("/account/wachtwoord/", {"password": NEW, "password_again": NEW})
    assert answer.status_code in {302, 401, 403}
    people["employee"].refresh_from_db()
    assert people["employee"].check_password(PASSWORD)


def test_who_signs_in_through_an_organisation_makes_no_weaker_door(browser: Open, people: dict[str, User]) -> None:
    people["employee"].set_unusable_password()
    people["employee"].save()
    answer = browser("employee").get("/account/wachtwoord/")
    assert answer.status_code == 403
    assert "via uw organisatie" in answer.content.decode()


# --- when it is lost ----------------------------------------------------------------------------


def ask(email: str, client: Client | None = None, **more: object) -> "tuple[int, str, bytes]":
    client = client or Client()
    answer = client.post("/wachtwoord-vergeten/", {"email": email}, **more)  # type: ignore[arg-type]
    return answer.status_code, answer.get("Location", ""), answer.content


def link_in_mail(settings: object, email: str) -> str:
    """The address in the newest mail."""
    sweep_by_clock(now=timezone.now())
    found = [message for message in mail.outbox if message.to == [email]]
    return next(word for word in str(found[-1].body).split() if "/wachtwoord-nieuw/" in word) if found else ""


@pytest.fixture
def post(settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    mail.outbox = []


@pytest.mark.usefixtures("post", "no_second_step")
def test_a_mailed_link_makes_a_new_password_once_and_signs_nobody_in(browser: Open, people: dict[str, User], settings: object) -> None:
    elsewhere = browser("employee")
    assert ask("Werknemer@Proef.TEST")[:2] == (302, "/wachtwoord-vergeten/?verstuurd=1")
    link = link_in_mail(settings, "werknemer@proef.test")
    assert link.startswith(configured.BASE_URL)
    client = Client()
    path = link.removeprefix(configured.BASE_URL)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/wachtwoord-nieuw/"), "the link goes out of the address bar"
    assert client.get("/wachtwoord-nieuw/").status_code == 200
    assert client.post("/wachtwoord-nieuw/", {"password": "kort", "password_again": "kort"}).status_code == 422
    answer = client.post("/wachtwoord-nieuw/", {"password": NEW, "password_again": NEW})
    assert answer["Location"] == "/inloggen/"
    assert not is_in(client)
    assert not is_in(elsewhere)
    assert sign_in(client, "werknemer@proef.test", NEW)[0] == 302
    other = Client()
    answer = other.get(path, follow=True)
    assert answer.status_code == 410
    assert "Deze link werkt niet meer" in answer.content.decode()
    assert Notice.objects.filter(reason="password_changed").count() == 1


@pytest.mark.usefixtures("post")
def test_the_mail_is_neutral(people: dict[str, User], settings: object) -> None:
    ask("werknemer@proef.test")
    link_in_mail(settings, "werknemer@proef.test")
    text = f"{mail.outbox[0].subject} {mail.outbox[0].body} {mail.outbox[0].from_email}".lower()
    for word in ("ziek", "arts", "dossier van", "wout", "verzuim", "werkgever", "gezond"):
        assert word not in text


@pytest.mark.usefixtures("post")
def test_a_link_works_for_an_hour(people: dict[str, User], settings: object) -> None:
    ask("werknemer@proef.test")
    path = link_in_mail(settings, "werknemer@proef.test").removeprefix(configured.BASE_URL)
    now = timezone.now()
    for minutes, status in ((59, 200), (61, 410)):
        with time_machine.travel(now + dt.timedelta(minutes=minutes), tick=False):
            assert Client().get(path, follow=True).status_code == status


@pytest.mark.usefixtures("post")
def test_nobody_without_an_account_in_use_gets_mail_and_the_answer_is_the_same(people: dict[str, User], settings: object) -> None:
    User.objects.create_user("nooit@proef.test", name="Nooit Uitgenodigd")
    User.objects.filter(email="beheer@proef.test").update(is_active=False)
    people["physician"].set_unusable_password()
    people["physician"].save()
    answers = {ask(email) for email in ("werknemer@proef.test", "niemand@proef.test", "nooit@proef.test", "beheer@proef.test", "arts@proef.test")}
    assert len(answers) == 1
    assert Outbox.objects.filter(kind="lost_password").count() == 5, "the same work for every address"
    assert TrailLine.objects.filter(event_code=Event.ASK_RESET).count() == 5
    sweep_by_clock(now=timezone.now())
    assert [message.to for message in mail.outbox] == [["werknemer@proef.test"]]
    assert not Outbox.objects.filter(kind="lost_password", done_at=None).exists()


@pytest.mark.usefixtures("post")
def test_asking_again_and_again_fills_no_mailbox_and_the_newest_link_works(people: dict[str, User], settings: object) -> None:
    assert {ask("werknemer@proef.test")[0] for _ in range(10)} == {302}
    sweep_by_clock(now=timezone.now())
    assert len(mail.outbox) == 3


def test_asking_for_many_addresses_is_slow_and_says_what_to_do(people: dict[str, User]) -> None:
    answers = [ask(f"iemand{number}@proef.test") for number in range(31)]
    assert [status for status, _, _ in answers] == [302] * 30 + [429]
    assert "opnieuw" in answers[-1][2].decode()


@pytest.mark.parametrize("email", ["", "geen adres", "a@b.nl\x00", "x" * 300 + "@proef.test", "a@b.nl\r\nBcc: c@d.nl"])
def test_what_is_no_address_is_a_wrong_field(db: None, email: str) -> None:
    status, _, page = ask(email)
    assert status == 422
    assert b"field--invalid" in page


@pytest.mark.usefixtures("post")
def test_whoever_reads_the_mailbox_is_not_held_up_by_who_guesses(people: dict[str, User], settings: object) -> None:
    for _ in range(7):
        sign_in(Client(), "werknemer@proef.test", "gok")
    client = Client()
    ask("werknemer@proef.test", client)
    client.get(link_in_mail(settings, "werknemer@proef.test").removeprefix(configured.BASE_URL))
    client.post("/wachtwoord-nieuw/", {"password": NEW, "password_again": NEW})
    assert sign_in(Client(), "werknemer@proef.test", NEW)[0] == 429
    assert sign_in(client, "werknemer@proef.test", NEW)[0] == 302


@pytest.mark.parametrize("token", ["", "x", "x.y", "00000000000040008000000000000001.abc-def", "a" * 5_000, "\x00", "é.ñ"])
def test_a_link_that_nobody_made_is_a_page(db: None, token: str) -> None:
    client = Client()
    assert client.get("/wachtwoord-nieuw/", {"k": token}, follow=True).status_code == 410
    assert client.post("/wachtwoord-nieuw/", {"password": NEW, "password_again": NEW}).status_code == 410
