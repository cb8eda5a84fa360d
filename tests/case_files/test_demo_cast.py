"""The demonstration: loaded once, the same for everybody, and only where it belongs."""

import datetime
import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from bar import demo
from bar.accounts.models import User
from bar.cases.invented import invented_cases
from bar.cases.reader import read_case
from consent.models import Seat
from dossiers.models import Dossier, Status
from tests.case_files.material import CASES, rows

WHO = {
    "werknemer",
    "werkgever",
    "bedrijfsarts",
    "taakgedelegeerde",
    "arbeidsdeskundige",
    "verzekeringsarts",
    "arbeidsdeskundige UWV",
    "tweede bedrijfsarts",
    "werkgever met een ander dossier",
    "beheerder, zonder dossiers",
    "superuser, zonder plaats",
}


@pytest.mark.django_db
def test_the_cast_is_loaded_once_and_everybody_of_it_can_sign_in(settings: Settings, client: Client) -> None:
    settings.DEMO = True
    demo.load()
    before = rows()
    demo.load()
    assert rows() == before
    assert {label for label, *_ in demo.sign_ins()} == WHO
    people = {person.email: person for person in User.objects.all()}
    for _label, name, email, password in demo.sign_ins():
        assert people[email].name == name
        assert people[email].check_password(password)
    assert {person.email for person in people.values() if person.can_sign_in} == {email for _, _, email, _ in demo.sign_ins()}
    seats = Seat.objects.filter(person__email__in=[demo.ADMINISTRATOR[1], demo.SUPERUSER[1]])
    assert not seats.exists()
    mine = Dossier.objects.filter(physician__name="Hanneke Brouwer")
    assert mine.count() >= 8
    assert {row.status for dossier in mine for row in dossier.assessments.all()} == set(Status.values)
    assert mine.filter(assessments=None).exists()
    assert mine.filter(recoveries__until=None, recoveries__start__isnull=False).exists()
    second = set(Seat.objects.filter(person__name="Tweede bedrijfsarts").values_list("dossier", flat=True))
    assert second
    assert not second & set(mine.values_list("pk", flat=True))
    assert set(Seat.objects.filter(person__name="Buitenstaander").values_list("dossier", flat=True)) <= second


def test_nothing_of_it_is_loaded_where_real_people_are(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        demo.load()


@pytest.mark.parametrize("days", range(0, 366, 23))
def test_it_never_ages(days: int) -> None:
    today = datetime.date(2027, 1, 1) + datetime.timedelta(days=days)
    for told in invented_cases(today):
        assert read_case(json.dumps(told).encode(), today=today).key == told["key"]


def test_the_examples_are_the_cases() -> None:
    shipped = {path.name: path.read_bytes() for path in demo.EXAMPLES.glob("*.json")}
    assert shipped == {path.name: path.read_bytes() for path in CASES.glob("*.json")}
