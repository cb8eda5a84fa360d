"""The door: signing in and out, wrong tries, and the pages that anybody may read."""

import pytest
from django.test import Client

from bar.accounts.models import User
from dossiers.models import TrailLine
from dossiers.rules.duties import DUTIES
from dossiers.trail import Event

PASSWORD = "een heel lang wachtwoord"


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("iemand@deur.test", PASSWORD, name="Iemand Deur")


def sign_in(client: Client, email: str = "iemand@deur.test", password: str = PASSWORD, **more: str) -> tuple[int, str, str]:
    answer = client.post("/inloggen/", {"login": email, "password": password, **more})
    return answer.status_code, answer.get("Location", ""), answer.content.decode()


def test_a_right_pair_opens_the_door_and_changes_the_session(person: User) -> None:
    client = Client()
    client.get("/inloggen/")
    before = client.session.session_key
    status, where, _ = sign_in(client)
    assert (status, where) == (302, "/")
    assert client.session.session_key != before
    assert TrailLine.objects.filter(event_code=Event.SIGN_IN, actor_id=person.pk).count() == 1


def test_an_address_is_compared_without_case(person: User) -> None:
    assert sign_in(Client(), "Iemand@DEUR.test")[0] == 302


def without_what_was_typed(text: str, email: str) -> str:
    lines = [line for line in text.replace(email, "").splitlines() if "csrf" not in line.lower()]
    return "\n".join(lines)


def test_a_wrong_password_and_an_unknown_address_read_the_same(person: User) -> None:
    User.objects.create_user("nooit@deur.test", name="Nog Niet Uitgenodigd")
    pages = []
    for email in ("iemand@deur.test", "niemand@deur.test", "nooit@deur.test"):
        status, _, text = sign_in(Client(), email, "niet het wachtwoord")
        assert status == 422
        assert "horen niet bij elkaar" in text
        pages.append(without_what_was_typed(text, email))
    assert pages[0] == pages[1] == pages[2]
    lines = TrailLine.objects.filter(event_code=Event.SIGN_IN_FAILED)
    assert lines.count() == 3
    assert not any("@" in str(line.__dict__) for line in lines)


def test_somebody_without_an_active_account_does_not_get_in(person: User) -> None:
    person.is_active = False
    person.save()
    status, _, text = sign_in(Client())
    assert status == 422
    assert "horen niet bij elkaar" in text


ELSEWHERE = [
    *("https://kwaad.test/", "//kwaad.test/", "/\\kwaad.test", "\\\\kwaad.test", "https:kwaad.test", "https:/kwaad.test", "///kwaad.test"),
    *("javascript:alert('kwaad')", "data:text/html,kwaad", "/\t/kwaad.test", " https://kwaad.test/"),
]


@pytest.mark.parametrize("where", ELSEWHERE)
def test_e10_the_door_leads_to_our_own_pages_only(person: User, where: str) -> None:
    assert sign_in(Client(), next=where)[:2] == (302, "/")
    assert "kwaad" not in Client().get("/inloggen/", {"next": where}).content.decode()


def test_e10_a_line_break_in_the_address_is_part_of_a_path_of_ours(person: User) -> None:
    assert sign_in(Client(), next="/\r\nLocation: https://kwaad.test/")[:2] == (302, "/%0D%0ALocation:%20https://kwaad.test/")


def test_the_door_leads_on_to_where_somebody_was_going(person: User) -> None:
    assert sign_in(Client(), next="/woorden/")[:2] == (302, "/woorden/")


def test_who_keeps_guessing_has_to_wait(person: User) -> None:
    client = Client()
    answers = [sign_in(client, password="gok") for _ in range(12)]
    assert answers[-1][0] == 429
    assert "15 minuten" in answers[-1][2]
    assert sign_in(client)[0] != 302, "the right password does not open a locked door"


def test_signing_out_ends_the_session_and_clears_the_browser(person: User) -> None:
    client = Client()
    sign_in(client)
    answer = client.post("/uitloggen/")
    assert (answer.status_code, answer["Location"]) == (302, "/inloggen/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/").status_code == 302
    assert TrailLine.objects.filter(event_code=Event.SIGN_OUT, actor_id=person.pk).count() == 1


def test_signing_out_is_not_a_link(person: User) -> None:
    client = Client()
    sign_in(client)
    answer = client.get("/uitloggen/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Dit kan hier niet" in answer.content.decode()
    assert client.get("/account/inloggen/").status_code == 200, "still signed in"


def test_a_request_without_its_token_is_refused_and_says_what_to_do(person: User) -> None:
    answer = Client(enforce_csrf_checks=True).post("/inloggen/", {"login": "a@b.nl", "password": "x"})
    assert answer.status_code == 403
    assert "Laad de pagina opnieuw" in answer.content.decode()


def test_a_request_that_is_too_large_gets_a_page(person: User) -> None:
    answer = Client().post("/inloggen/", {"login": "x" * 3_000_000, "password": "x"}, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "Dit is te groot" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "words"), [("/woorden/", "bedrijfsarts"), ("/toegankelijkheid/", "WCAG 2.2"), ("/privacy/", "Autoriteit Persoonsgegevens")]
)
def test_anybody_may_read_the_public_pages(db: None, path: str, words: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Client().head(path).status_code == 200
    assert Client().post(path).status_code == 405


def test_the_glossary_on_screen_knows_every_step(db: None) -> None:
    text = Client().get("/woorden/").content.decode()
    for duty in DUTIES.values():
        assert duty.plain in text
        assert duty.rule in text
