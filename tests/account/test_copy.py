"""A copy of the own data: complete, readable by people and programs, without anybody else and without a secret."""

import datetime as dt
import io
import json
import zipfile
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bar.accounts.models import Invitation, InvitationState, Reset, ResetKind, User
from consent.models import Seat
from dossiers.models import PostalAddress, TrailLine
from dossiers.notices import Reason, tell
from dossiers.parts import Role
from tests.world import World, let_in, share_all

# Of an account's columns these are not in the copy: what is secret or means nothing to the person.
LEFT_OUT = {"password", "is_active", "is_staff", "is_superuser", "ended_at", "ended_by"}


def made_for(client: Client) -> tuple[dict[str, Any], str]:
    answer: HttpResponse = client.post("/account/kopie/")  # type: ignore[assignment]
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["mijn-gegevens.json", "lees-mij.txt"]
        return json.loads(archive.read("mijn-gegevens.json")), archive.read("lees-mij.txt").decode()


def test_a_copy_holds_everything_about_the_account(world: World) -> None:
    person, now = world.people["employee"], timezone.now()
    PostalAddress(dossier=world.dossier, address="Kade 1\n1234 AB Havendam", changed_at=now, changed_by=person).save()
    Reset.objects.create(person=person, kind=ResetKind.ADDRESS, new_email="nieuw@proef.test", asked_at=now, asked_by=person)
    Invitation.objects.create(
        person=person, email="employee@proef.test", made_at=now, expires_at=now, state=InvitationState.ACCEPTED, accepted_at=now
    )
    Authenticator.objects.create(user=person, type="totp", data={"secret": "GEHEIM-ZAAD"})
    tell(person, Reason.LETTER_RELEASED, now=now, dossier=world.dossier)
    told, text = made_for(world.client("employee"))
    assert told["account"]["name"] == "Wout Werknemer"
    assert [(row["dossier"], row["role"]) for row in told["seats"]] == [(world.number, "werknemer")]
    assert told["postal_addresses"][0]["address"] == "Kade 1\n1234 AB Havendam"
    assert told["resets"][0]["new_email"] == "nieuw@proef.test"
    assert told["invitations"][0]["state"] == "accepted"
    assert told["notices"][-1]["reason"] == "letter_released"
    assert told["sign_in"]["second_steps"][0]["last_used_at"] is None
    assert {row["answer"] for row in told["answers"]} == {"ja"}
    assert any(row["what"] == "heeft op een vraag om toestemming geantwoord" for row in told["trail"])
    assert "Bewaar dit bestand goed" in text
    for key in set(told) - {"format", "made_at"}:
        assert told[key], key


def test_every_column_of_an_account_is_in_the_copy_or_left_out_on_purpose(bare_world: World) -> None:
    told, _ = made_for(bare_world.client("employee"))
    columns = {field.name for field in User._meta.get_fields() if isinstance(field, models.Field)}
    assert columns - set(told["account"]) == LEFT_OUT


def test_a_copy_holds_no_secret(bare_world: World) -> None:
    person = bare_world.people["employee"]
    person.set_password("een heel lang wachtwoord 42")
    person.save()
    Authenticator.objects.create(user=person, type="totp", data={"secret": "GEHEIM-ZAAD"})
    client = bare_world.client("employee")
    said = json.dumps(made_for(client)[0])
    for secret in (person.password, "argon2", "GEHEIM-ZAAD", str(client.session.session_key)):
        assert secret not in said


def test_a_copy_holds_nobody_else(world: World) -> None:
    for who in ("employee", "physician", "labour_expert"):
        said = json.dumps(made_for(world.client(who))[0], ensure_ascii=False)
        assert world.people[who].name in said
        for other in set(world.people) - {who}:
            assert world.people[other].name not in said, f"{other} in the copy of {who}"
            assert str(world.people[other].email) not in said
            assert str(world.people[other].pk) not in said
        assert "KANARIE" not in said
        assert world.dossier.employee_name not in said or who == "employee"


def test_no_address_names_whose_copy_it_is(world: World) -> None:
    other = world.people["physician"]
    answer = world.client("employee").post(f"/account/kopie/?person={other.pk}", {"person": str(other.pk), "id": str(other.pk)})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("mijn-gegevens.json"))
    assert told["account"]["id"] == str(world.people["employee"].pk)


def test_an_expert_reads_nothing_of_a_dossier_that_was_never_open(bare_world: World) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    share_all(bare_world, Role.LABOUR_EXPERT, today=timezone.localdate())
    client = bare_world.client("labour_expert")
    assert [row["dossier"] for row in made_for(client)[0]["seats"]] == [bare_world.number]
    Seat.objects.filter(person=bare_world.people["labour_expert"]).update(start=tomorrow)
    told, _ = made_for(client)
    assert told["seats"] == []
    assert bare_world.number not in json.dumps(told)


def test_making_a_copy_stands_in_the_trail_and_looking_does_not(bare_world: World) -> None:
    lines = TrailLine.objects.filter(event_code="export", actor_id=bare_world.people["employee"].pk)
    client = bare_world.client("employee")
    assert client.get("/account/kopie/").status_code == 200
    assert not lines.exists()
    made_for(client)
    assert lines.count() == 1


def test_a_copy_is_for_who_showed_just_now_who_it_is(bare_world: World) -> None:
    client = Client()
    let_in(client, bare_world.people["employee"], minutes_ago=6)
    answer = client.get("/account/kopie/")
    assert answer.status_code == 302
    assert "opnieuw" in answer.headers["Location"]
    for answer in (client.post("/account/kopie/"), client.post("/account/e-mailadres/", {"new_email": "a@b.test"})):
        assert answer.status_code in {302, 403}
        assert "opnieuw" in answer.headers.get("Location", "") + answer.content.decode()
        assert answer.headers["Content-Type"] != "application/zip"
    assert not Reset.objects.exists()
