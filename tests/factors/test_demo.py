"""In a demonstration nobody needs a second step, and everybody can try one; and the addresses where a browser keeps no passkey."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from tests.factors.people import AGAIN, DOOR, FACTORS, PASSWORD, SECOND, code_now, make_person, set_up_app, type_password
from tests.world import let_in


@pytest.fixture
def client(db: None, settings: Settings) -> Client:
    settings.SECOND_FACTOR = False
    return Client()


def test_a_password_is_enough_until_somebody_tries_a_second_step(client: Client) -> None:
    person = make_person()
    assert type_password(client) == "/"
    assert client.get("/").status_code == 200
    assert "u kunt het uitproberen" in client.get(FACTORS).content.decode()
    key, _ = set_up_app(client)
    client.post("/uitloggen/")
    assert type_password(client) == SECOND
    assert client.get("/").status_code == 302
    assert client.post(f"{SECOND}?met=app", {"code": code_now(key)}).status_code == 302
    assert client.post(f"{FACTORS}app/weg/").status_code == 302
    assert not Authenticator.objects.filter(user=person).exists(), "without a second step the codes on paper are of no use"
    client.post("/uitloggen/")
    assert type_password(client) == "/"


def test_it_still_asks_for_a_recent_sign_in(client: Client) -> None:
    let_in(client, make_person(), assurance=1, minutes_ago=6)
    assert client.get("/").status_code == 200
    assert client.get(f"{FACTORS}app/")["Location"].startswith(AGAIN)
    client.post(AGAIN, {"password": PASSWORD})
    assert client.get(f"{FACTORS}app/").status_code == 200


@pytest.mark.parametrize(("host", "works"), [("127.0.0.1:8000", False), ("[::1]:8000", False), ("localhost:8000", True)])
def test_at_a_number_the_page_says_at_which_name_a_passkey_works(client: Client, settings: Settings, host: str, works: bool) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    let_in(client, make_person())
    page = client.get(f"{FACTORS}sleutel/", HTTP_HOST=host).content.decode()
    assert ("Zet dit apparaat klaar" in page) is works
    assert ("http://localhost:8000/account/inloggen/sleutel/" in page) is not works
    door = Client().get(DOOR, HTTP_HOST=host).content.decode()
    assert ("Inloggen met vinger, gezicht of pincode" in door) is works
