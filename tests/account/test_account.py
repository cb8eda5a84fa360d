"""The own account: what a person changes there, who it is about, and what stands in the trail afterwards."""

import pytest
from django.test import Client

from bar.accounts.models import NoticeChoice, Reset, User
from dossiers.models import TrailLine
from tests.steady import steady
from tests.world import World

PLACES = ("", "naam/", "e-mailadres/", "berichten/", "datums/", "kopie/")


@pytest.fixture
def employee(bare_world: World) -> Client:
    return bare_world.client("employee")


def of(world: World, who: str = "employee") -> User:
    return User.objects.get(pk=world.people[who].pk)


def changes(world: World) -> list[str]:
    rows = TrailLine.objects.filter(event_code="change_account", actor_id=of(world).pk).order_by("seq")
    return list(rows.values_list("object_type", flat=True))


def test_everybody_who_is_signed_in_comes_to_the_own_account_from_every_page(bare_world: World) -> None:
    for who in ("employee", "employer", "physician", "superuser"):
        client = bare_world.client(who)
        page = client.get("/dossiers/nieuw/" if who == "physician" else "/woorden/", follow=True).content.decode()
        assert 'href="/account/"' in page, who
        own = client.get("/account/").content.decode()
        assert str(bare_world.people[who].email) in own
        for other in set(bare_world.people) - {who}:
            assert str(bare_world.people[other].email) not in own


@pytest.mark.parametrize("place", PLACES)
def test_nobody_signed_out_sees_an_account(bare_world: World, place: str) -> None:
    assert bare_world.client("nobody").get(f"/account/{place}").status_code == 302


def test_a_new_name_is_the_account_s_and_not_the_dossier_s(bare_world: World, employee: Client) -> None:
    assert employee.post("/account/naam/", {"name": "  Wout  de  Werker "}, follow=True).status_code == 200
    assert of(bare_world).name == "Wout de Werker"
    bare_world.dossier.refresh_from_db()
    assert bare_world.dossier.employee_name == "Wout Werknemer"
    assert "Wout Werknemer" in bare_world.client("physician").get(f"/dossier/{bare_world.number}/").content.decode()
    assert changes(bare_world) == ["name"]
    employee.post("/account/naam/", {"name": "Wout de Werker"})
    assert changes(bare_world) == ["name"], "nothing changed"


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "Wout\x00"])
def test_a_name_that_cannot_be_is_said_at_its_field_and_stays_typed(bare_world: World, employee: Client, name: str) -> None:
    answer = employee.post("/account/naam/", {"name": name})
    assert answer.status_code == 422
    assert of(bare_world).name == "Wout Werknemer"
    assert "aria-invalid" in answer.content.decode()


def test_somebody_chooses_how_often_mail_comes(bare_world: World, employee: Client) -> None:
    for choice in (NoticeChoice.DAILY, NoticeChoice.NONE, NoticeChoice.SINGLE):
        assert employee.post("/account/berichten/", {"choice": choice.value}).status_code == 302
        assert of(bare_world).notice_choice == choice
    assert changes(bare_world) == ["notice_choice"] * 3
    assert employee.post("/account/berichten/", {"choice": "vaak"}).status_code == 422
    page = employee.get("/account/berichten/").content.decode()
    assert "nooit waar het over gaat" in page
    assert "komt altijd" in page


def test_another_address_is_asked_and_changes_nothing_yet(bare_world: World, employee: Client) -> None:
    answer = employee.post("/account/e-mailadres/", {"new_email": "Wout.Nieuw@Proef.test"}, follow=True)
    assert "bevestig daar" in answer.content.decode()
    assert of(bare_world).email == "employee@proef.test"
    assert Reset.objects.get(person=of(bare_world)).new_email == "wout.nieuw@proef.test"


def test_an_address_of_somebody_else_gets_the_same_answer(bare_world: World, employee: Client) -> None:
    pages = []
    for address in ("nieuw@proef.test", "employer@proef.test"):
        answer = employee.post("/account/e-mailadres/", {"new_email": address})
        pages.append((answer.status_code, answer.headers["Location"], steady(employee.get("/account/").content.decode()).split("<main")[1]))
    assert pages[0] == pages[1]
    assert of(bare_world).email == "employee@proef.test"


@pytest.mark.parametrize("address", ["", "geen adres", "employee@proef.test", "a\x00@proef.test"])
def test_an_address_that_cannot_be_is_said_at_its_field(bare_world: World, employee: Client, address: str) -> None:
    assert employee.post("/account/e-mailadres/", {"new_email": address}).status_code == 422
    assert not Reset.objects.exists()


def test_nothing_of_an_account_can_be_changed_that_is_not_the_person_s_choice(bare_world: World, employee: Client) -> None:
    before = dict(vars(of(bare_world)))
    extra = {"is_superuser": "1", "is_administrator": "1", "profession": "physician", "email": "x@y.test", "organisation": "1", "id": "1"}
    employee.post("/account/naam/", {"name": "Ander", **extra})
    after = vars(of(bare_world))
    assert {key for key in before if before[key] != after[key]} == {"name", "_state"}


def test_an_account_says_whom_to_ask_to_end_it(bare_world: World) -> None:
    assert "Bel de arbodienst" in bare_world.client("employee").get("/account/").content.decode()
    assert "Vraag de beheerder" in bare_world.client("physician").get("/account/").content.decode()
