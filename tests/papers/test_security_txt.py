"""/.well-known/security.txt: RFC 9116, only where somebody said where to tell of a hole."""

import datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tests.machine.test_settings import manage

pytestmark = pytest.mark.django_db
PLACE = "/.well-known/security.txt"


def test_without_a_contact_there_is_none(settings: Settings) -> None:
    settings.SECURITY_CONTACT = ""
    assert Client().get(PLACE).status_code == 404


def test_it_says_where_to_tell_and_until_when_it_holds(settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:beveiliging@arbodienst.example"
    settings.BASE_URL = "https://dossier.example"
    with time_machine.travel(datetime.datetime(2026, 11, 20, 23, 30, tzinfo=datetime.UTC), tick=False):
        answer = Client().get(PLACE)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode().split("\r\n") == [
        "Contact: mailto:beveiliging@arbodienst.example",
        "Expires: 2026-12-20T23:30:00Z",
        "Preferred-Languages: nl, en",
        "Canonical: https://dossier.example/.well-known/security.txt",
        "",
    ]
    assert Client().post(PLACE).status_code == 405


@pytest.mark.parametrize("contact", ["beveiliging@arbodienst.example", "mailto:a@b.example\r\nContact: https://kwaad.example"])
def test_a_contact_that_is_none_stops_the_start(contact: str) -> None:
    done = manage("check", SECURITY_CONTACT=contact)
    assert done.returncode != 0
    assert "SECURITY_CONTACT must start with mailto:, https:// or tel:" in done.stderr
