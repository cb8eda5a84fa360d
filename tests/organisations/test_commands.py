"""The first administrator and the first physician, by command."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from bar.accounts.models import Invitation, Organisation, OrganisationKind, User
from bar.openings import organisation
from dossiers.models import TrailLine
from dossiers.parts import Role
from dossiers.trail import Event
from tests.organisations.material import member

WHO = {"organisation": "Arbodienst Begin", "name": "Eva Eerste", "email": "eva@begin.test"}
BIG = "19012345678"


def run(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, **{**WHO, **options}, stdout=out)
    return out.getvalue()


def test_the_first_administrator_comes_with_the_organisation_and_a_link(db: None) -> None:
    told = run("add_administrator", kind="arbodienst")
    person = User.objects.get(email="eva@begin.test")
    own = Organisation.objects.get(name="Arbodienst Begin")
    assert (person.organisation, person.is_administrator, person.profession, person.can_sign_in) == (own, True, "", False)
    assert (own.kind, Invitation.objects.get().person) == (OrganisationKind.ARBODIENST, person)
    link = re.search(r"https?://[^/\s]+(/\S+)", told)
    assert link is not None
    assert Client().get(link.group(1)).status_code == 200, "the link that was printed works"
    assert TrailLine.objects.filter(event_code=Event.MANAGE_PEOPLE, subject_id=person.pk, actor_id=None).exists()


def test_the_first_physician_has_a_big_number(db: None) -> None:
    run("add_physician", big="190 123 456 78")
    person = User.objects.get(email="eva@begin.test")
    assert (person.profession, person.big_number, person.is_administrator) == (Role.PHYSICIAN, BIG, False)


def test_running_again_changes_nothing_and_says_so(db: None) -> None:
    run("add_administrator", kind="arbodienst")
    before = (User.objects.count(), Organisation.objects.count(), Invitation.objects.values_list("pk", "turn").get())
    assert "Nothing to change" in run("add_administrator", kind="arbodienst", email="EVA@begin.test", organisation="arbodienst begin")
    assert (User.objects.count(), Organisation.objects.count(), Invitation.objects.values_list("pk", "turn").get()) == before


def test_a_physician_can_become_administrator_and_the_other_way_round(db: None) -> None:
    run("add_physician", big=BIG)
    assert "Changed" in run("add_administrator", kind="arbodienst")
    person = User.objects.get(email="eva@begin.test")
    assert (person.profession, person.is_administrator) == (Role.PHYSICIAN, True)
    run("add_administrator", kind="arbodienst", email="ada@begin.test")
    run("add_physician", email="ada@begin.test", big=BIG)
    assert User.objects.get(email="ada@begin.test").profession == Role.PHYSICIAN


def test_who_has_an_account_is_not_invited(db: None) -> None:
    member(organisation("Arbodienst Begin", OrganisationKind.ARBODIENST), "al", "Al Hier")
    assert "can sign in" in run("add_administrator", kind="arbodienst", email="al@proef.test")
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("add_administrator", {"kind": "arbodienst", "email": "geen adres"}, "e-mailadres"),
        ("add_administrator", {"kind": "arbodienst", "name": "  "}, "--name"),
        ("add_administrator", {"kind": "arbodienst", "name": "a\x00b"}, "stuurteken"),
        ("add_administrator", {"kind": "arbodienst", "organisation": ""}, "--organisation"),
        ("add_administrator", {"kind": "arbodienst", "organisation": "x" * 201}, "--organisation"),
        ("add_administrator", {"kind": "arbodienst", "email": "elders@proef.test"}, "iemand anders"),
        ("add_physician", {"big": "123"}, "11 cijfers"),
        ("add_physician", {"big": BIG, "email": "pob@proef.test"}, "ander werk"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(db: None, command: str, options: dict[str, str], sentence: str) -> None:
    member(organisation("Elders", OrganisationKind.EMPLOYER), "elders", "Ed Elders")
    member(organisation("Arbodienst Begin", OrganisationKind.ARBODIENST), "pob", "Pia Pob", profession=Role.DELEGATE, delegate_kind="pob")
    people = User.objects.order_by("pk").values("profession", "is_administrator", "organisation")
    before = list(people)
    with pytest.raises(CommandError, match=sentence):
        run(command, **options)
    assert list(people.all()) == before


def test_an_unknown_kind_of_organisation_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="kind"):
        call_command("add_administrator", "--organisation", "X", "--kind", "school", "--name", "Y", "--email", "y@x.test")
