"""The physician asks: who may, what is refused and at which field, and that nobody learns whether an address is known."""

import re
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from bar.accounts.models import Invitation, Organisation, User
from bar.sharing.actions import let_in as let_in_expert
from consent.actions import a_year_after
from consent.models import AnswerState, Share
from dossiers.models import Notice, Outbox, TrailLine
from dossiers.notices import Reason
from dossiers.parts import EXPERTS, Part, Role
from tests.sharing.material import KEY, NEW, asked, form_of, page, say, send
from tests.steady import steady
from tests.world import CAST, World, let_in, make_world

TODAY = timezone.localdate


def errors(response: Any) -> dict[str, str]:
    """Each field with a mistake and its sentences."""
    assert response.status_code == 422, response.content.decode()[:2000]
    form = response.context["form"] if response.context else None
    assert form is not None
    return {name: " ".join(found) for name, found in form.errors.items()}


@pytest.mark.parametrize("who", CAST)
def test_only_the_physician_asks(bare_world: World, who: str) -> None:
    answer = send(bare_world, form_of(), who)
    assert (answer.status_code == 302) is (who == "physician"), who
    assert Share.objects.exists() is (who == "physician")


def test_asking_needs_a_sign_in_of_the_last_minutes(bare_world: World) -> None:
    client = bare_world.client("nobody")
    let_in(client, bare_world.people["physician"], minutes_ago=6)
    assert client.get(f"/dossier/{bare_world.number}/{NEW}").status_code == 302
    assert send(bare_world, form_of(), client=client).status_code == 403
    assert not Share.objects.exists()


def test_a_question_opens_nothing_and_tells_only_the_employee(bare_world: World) -> None:
    share = asked(bare_world, read=(Part.CAPACITY, Part.LABOUR_REPORT), write=(Part.LABOUR_REPORT,))
    person = User.objects.get(email="nico@bureau-nieuw.test")
    assert (person.profession, person.organisation.name, person.can_sign_in) == (Role.LABOUR_EXPERT, "Bureau Nieuw", False)  # type: ignore[union-attr]
    assert {(row.part, row.write) for row in share.parts.all()} == {("process", False), ("capacity", False), ("labour_report", True)}
    assert list(Notice.objects.values_list("person", "reason")) == [(bare_world.people["employee"].pk, Reason.SHARE_ASKED)]
    assert not Invitation.objects.exists()
    assert not person.seats.exists()
    assert not Outbox.objects.filter(kind="expert_seated").exists()
    assert not person.has_perm("dossiers.read_process", bare_world.dossier)


def test_nobody_is_told_of_a_dossier_to_practise_with(bare_world: World) -> None:
    bare_world.dossier.training = True
    bare_world.dossier.save(update_fields=["training"])
    asked(bare_world)
    assert not Notice.objects.exists()


def test_to_write_is_to_read_as_well(bare_world: World) -> None:
    share = asked(bare_world, read=(Part.CAPACITY,), write=(Part.CONSULTATION,))
    assert share.parts.get(part=Part.CONSULTATION).write


def test_uwv_is_its_own_organisation_and_says_for_which_moment(bare_world: World) -> None:
    answer = send(bare_world, form_of(Role.INSURANCE_PHYSICIAN, moment=""))
    assert list(errors(answer)) == ["moment"]
    share = asked(bare_world, role=Role.INSURANCE_PHYSICIAN, organisation="Bureau Nep", moment="riv")
    assert (share.organisation_name, share.moment) == ("UWV", "riv")
    assert Organisation.objects.get(people=share.person).kind == "uwv"
    assert not Organisation.objects.filter(name="Bureau Nep").exists()


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "a private address": ({"email": "els@gmail.com"}, "email"),
    "the employee's own address": ({"email": "EMPLOYEE@proef.test"}, "email"),
    "an address of the employer": ({"email": "collega@proef.test"}, "email"),
    "no address": ({"email": "geen adres"}, "email"),
    "the employer as the bureau": ({"organisation": "werkgever de PROEF"}, "organisation"),
    "nobody": ({"name": ""}, "name"),
    "no bureau": ({"organisation": ""}, "organisation"),
    "no reason": ({"purpose": " "}, "purpose"),
    "too long a reason": ({"purpose": "a" * 601}, "purpose"),
    "a NUL in the reason": ({"purpose": "Mee\0denken"}, "purpose"),
    "a day that is past": ({"first_day": "2026-01-01"}, "first_day"),
    "a last day before the first": ({"last_day": "2020-01-01"}, "last_day"),
    "a day far away": ({"first_day": "2090-01-01", "last_day": "2090-02-01"}, "first_day"),
    "no day at all": ({"last_day": "nooit"}, "last_day"),
    "nothing to share": ({"read": ()}, "__all__"),
    "somebody who is not in the list": ({"who": "20000000-0000-4000-8000-000000000002"}, "who"),
}


def test_a_mistake_is_told_at_its_field_and_nothing_is_stored(bare_world: World) -> None:
    client = bare_world.client("physician")
    cases = MISTAKES | {"more than a year": ({"last_day": a_year_after(TODAY()).isoformat()}, "last_day")}
    for place, (case, (typed, field)) in enumerate(cases.items()):
        answer = send(bare_world, form_of(step=("look", "ask")[place % 2], **typed), client=client)
        assert list(errors(answer)) == [field], case
        assert "Meedenken over ander werk." in answer.content.decode() or field == "purpose", "what was typed stays"
    assert not Share.objects.exists()
    assert not User.objects.filter(email="nico@bureau-nieuw.test").exists()


def test_what_the_table_does_not_allow_cannot_be_asked(bare_world: World) -> None:
    extra = {f"read-{part}": "on" for part in (Part.CONTEXT, Part.NOTES, Part.IDENTITY, Part.SHARING)} | {"write-capacity": "on"}
    share = asked(bare_world, **extra)
    assert {(row.part, row.write) for row in share.parts.all()} == {("process", False), ("capacity", False)}


@pytest.mark.parametrize("who", ["physician", "delegate", "insurance_physician"])
def test_one_person_has_one_role(world: World, who: str) -> None:
    User.objects.filter(pk=world.people[who].pk).update(email=f"{who}@elders.test")  # not at the domain of the employer
    count = Share.objects.count()
    found = errors(send(world, form_of(email=f"{who}@elders.test")))
    assert "andere plaats" in found["email"]
    assert Share.objects.count() == count


def test_who_was_asked_in_one_role_is_not_asked_in_another_meanwhile(bare_world: World) -> None:
    first = asked(bare_world)
    again = form_of(Role.INSURANCE_PHYSICIAN, key="30000000-0000-4000-8000-000000000003")
    assert "andere plaats" in errors(send(bare_world, again))["email"]
    say(bare_world, first, AnswerState.REFUSED)
    assert send(bare_world, again).status_code == 302


@pytest.mark.parametrize("step", ["look", "change", "ask"])
def test_a_known_and_an_unknown_address_get_the_same_answer(bare_world: World, step: str) -> None:
    User.objects.create_user("known@elders.test", name="Bekend Van Elders", activated_at=timezone.now(), profession=Role.LABOUR_EXPERT)
    User.objects.create_user("gone@elders.test", name="Weg Van Elders", is_active=False)
    client = bare_world.client("physician")
    answers = {_answer(bare_world, client, email, step) for email in ("known@elders.test", "gone@elders.test", "never@elders.test")}
    assert len(answers) == 1


def _answer(world: World, client: Client, email: str, step: str) -> tuple[int, str | None, str]:
    """The answer and the page after it, without what differs by itself; afterwards everything is as before."""
    with transaction.atomic():
        answer = send(world, form_of(email=email, step=step), client=client)
        after = client.get(f"/dossier/{world.number}/delen/") if step == "ask" else answer
        body = steady(after.content.decode()).replace(email, "ADRES")
        for share in Share.objects.all():
            body = body.replace(str(share.pk), "DELING").replace(str(share.person_id), "PERSOON")
        transaction.set_rollback(True)
    assert "Van Elders" not in body
    assert "Nico Nieuw" in body
    return answer.status_code, answer.headers.get("Location"), _untimed(body)


def _untimed(body: str) -> str:
    return re.sub(r"\d{1,2}:\d{2}", "TIJD", body)


def test_a_known_person_is_used_as_is_under_the_typed_name(bare_world: World) -> None:
    known = User.objects.create_user("known@elders.test", name="Eigen Naam", activated_at=timezone.now(), profession=Role.EMPLOYER)
    share = asked(bare_world, email="Known@elders.test")
    known.refresh_from_db()
    assert share.person == known
    assert (known.name, known.profession, known.organisation) == ("Eigen Naam", Role.EMPLOYER, None)
    for who in ("physician", "employee"):
        text = page(bare_world, who, "delen/")
        assert "Nico Nieuw" in text
        assert "Eigen Naam" not in text


def test_the_same_form_sent_twice_makes_one_share(bare_world: World) -> None:
    client = bare_world.client("physician")
    for _ in range(2):
        assert send(bare_world, form_of(), client=client).status_code == 302
    assert Share.objects.count() == 1
    assert Notice.objects.filter(reason=Reason.SHARE_ASKED).count() == 1
    assert send(bare_world, form_of(key=KEY.replace("1", "5")), client=client).status_code == 302, "another form is another question"
    assert Share.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_makes_one_share() -> None:
    world = make_world(shares=False, finals=0)
    clients = [world.client("physician") for _ in range(2)]
    together = threading.Barrier(2)
    answers: list[int] = []

    def submit(client: Any) -> None:
        try:
            together.wait(10)
            answers.append(send(world, form_of(), client=client).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    assert Share.objects.count() == 1


def test_somebody_of_before_is_picked_and_asked_again(world: World) -> None:
    before = world.shares[Role.LABOUR_EXPERT]
    text = page(world, "physician", f"{NEW}?na={before.pk}")
    assert "Opnieuw vragen" in text
    assert "Meedenken over werk." in text
    share = asked(world, who=before.person_id, name="", email="", organisation="", renews=before.pk)
    assert (share.person, share.name, share.renews) == (before.person, before.name, before)
    assert world.people["labour_expert"].has_perm("dossiers.read_capacity", world.dossier), "what was open stays so"
    before.refresh_from_db()
    assert before.last_day < share.last_day or share.last_day == before.last_day


def test_a_share_of_another_person_or_dossier_is_not_renewed(world: World) -> None:
    other = world.shares[Role.UWV_LABOUR_EXPERT]
    share = asked(world, who=world.people["labour_expert"].pk, renews=other.pk)
    assert share.renews is None


def test_every_role_has_its_page_with_its_own_parts(bare_world: World) -> None:
    choose = page(bare_world, "physician", NEW)
    for role, name in (("arbeidsdeskundige", "labour"), ("verzekeringsarts", "insurance"), ("arbeidsdeskundige-uwv", "uwv")):
        assert f"?rol={role}" in choose, name
    labour = page(bare_world, "physician", f"{NEW}?rol=arbeidsdeskundige")
    assert "read-context" not in labour
    assert "Bureau De Proef" in labour
    insurance = page(bare_world, "physician", f"{NEW}?rol=verzekeringsarts")
    assert "read-context" in insurance
    assert not re.search(r'name="read-context"[^>]*checked', insurance), "what is private is never ticked beforehand"
    assert re.search(r'name="read-explanation"[^>]*checked', insurance)
    assert "Bureau De Proef" not in insurance


def test_asking_leaves_a_line_with_the_parts(bare_world: World) -> None:
    share = asked(bare_world)
    line = TrailLine.objects.get(event_code="share")
    assert (line.object_id, line.actor_id) == (str(share.pk), bare_world.people["physician"].pk)
    assert set(line.parts) == {"process", "capacity", "sharing"}


def test_who_stopped_working_there_is_not_invited_and_the_physician_hears(bare_world: World) -> None:
    gone = User.objects.create_user("gone@elders.test", name="Weg", is_active=False)
    say(bare_world, asked(bare_world, email="gone@elders.test"))
    let_in_expert(gone.seats.get().pk, now=timezone.now())
    assert not Invitation.objects.exists()
    assert Notice.objects.filter(person=bare_world.people["physician"], reason=Reason.INVITATION_BOUNCED).exists()


@pytest.mark.parametrize("role", sorted(EXPERTS))
def test_the_first_yes_invites_who_has_no_account(bare_world: World, role: Role) -> None:
    share = asked(bare_world, role=role)
    say(bare_world, share)
    let_in_expert(share.person.seats.get().pk, now=timezone.now())
    assert Invitation.objects.get(person=share.person).email == "nico@bureau-nieuw.test"


def test_the_door_of_a_closed_dossier_is_shut(bare_world: World) -> None:
    bare_world.dossier.closed_on, bare_world.dossier.closed_by = TODAY(), bare_world.people["physician"]
    bare_world.dossier.save(update_fields=["closed_on", "closed_by"])
    assert send(bare_world, form_of()).status_code == 403
    assert "delen/nieuw/" not in page(bare_world, "physician", "delen/")
