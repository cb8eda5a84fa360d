"""Helping an employee who lost the second step or the address: by the professionals of the dossier, with two voices."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.resets import do_due_by_clock
from bar.accounts.models import Reset, User
from dossiers.trail import Event
from tests.organisations.material import administrator, browser, events_of, page_of
from tests.resets.material import Mails, follow, newest
from tests.world import World, let_in, make_dossier


def place(world: World, row: Reset | None = None) -> str:
    where = f"/dossier/{world.number}/inloggen-helpen/"
    return f"{where}{row.pk}/" if row else where


def ask(world: World, who: str, kind: str = "factor", new_email: str = "") -> Any:
    return world.client(who).post(place(world), {"kind": kind, "new_email": new_email})


def test_the_employee_confirms_by_mail_and_reads_it_in_the_trail(bare_world: World, mails: Callable[[], Mails], anybody: Client) -> None:
    assert ask(bare_world, "physician", "address", "nieuw@thuis.test").status_code == 302
    (link,) = mails().links("employee@proef.test")
    follow(anybody, link, "bevestigen")
    row = newest()
    assert row.counts_from is not None
    assert do_due_by_clock(now=row.counts_from) == 1
    employee = User.objects.get(pk=bare_world.people["employee"].pk)
    assert employee.email == "nieuw@thuis.test"
    assert events_of(bare_world, Event.ASK_RESET) == [(Event.ASK_RESET, bare_world.people["physician"].pk, "physician")]
    assert "herstel van het account" in bare_world.client("employee").get(f"/dossier/{bare_world.number}/wie-heeft-gekeken/").content.decode()


def test_a_second_professional_of_the_dossier_confirms_and_the_first_never(bare_world: World) -> None:
    ask(bare_world, "delegate")
    row = newest()
    assert bare_world.client("delegate").post(place(bare_world, row), {"doe": "bevestigen"}).status_code == 403
    for who in ("employee", "employer"):
        assert bare_world.client(who).post(place(bare_world, row), {"doe": "bevestigen"}).status_code == 403
    assert bare_world.client("outsider").post(place(bare_world, row), {"doe": "bevestigen"}).status_code == 404
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert "Bevestigen" in bare_world.client("physician").get(place(bare_world)).content.decode()
    assert bare_world.client("physician").post(place(bare_world, row), {"doe": "bevestigen"}).status_code == 302
    row.refresh_from_db()
    assert row.confirmed_by == bare_world.people["physician"]
    assert bare_world.client("delegate").post(place(bare_world, row), {"doe": "stoppen"}).status_code == 302
    row.refresh_from_db()
    assert row.cancelled_by == bare_world.people["delegate"]


def test_only_physician_and_delegate_help(bare_world: World) -> None:
    for who in ("employee", "employer"):
        for answer in (bare_world.client(who).get(place(bare_world)), ask(bare_world, who)):
            assert answer.status_code == 403
    assert not Reset.objects.exists()


@pytest.mark.parametrize("fields", [{"profession": "physician"}, {"activated_at": None}, {"is_superuser": True}])
def test_nobody_takes_over_the_account_of_a_colleague_through_a_dossier(bare_world: World, fields: dict[str, Any]) -> None:
    User.objects.filter(pk=bare_world.people["employee"].pk).update(**fields)
    for answer in (bare_world.client("physician").get(place(bare_world)), ask(bare_world, "physician")):
        assert answer.status_code == 409
    assert not Reset.objects.exists()


def test_a_reset_of_another_dossier_or_another_person_does_not_exist_here(bare_world: World) -> None:
    other = World(make_dossier(bare_world.people), bare_world.people)
    ask(bare_world, "delegate")
    row = newest()
    elsewhere = Reset.objects.create(
        person=bare_world.people["outsider"], kind="factor", asked_at=timezone.now(), asked_by=bare_world.people["delegate"]
    )
    assert bare_world.client("physician").post(place(bare_world, elsewhere), {"doe": "bevestigen"}).status_code == 404
    other.dossier.seats.filter(person=bare_world.people["delegate"]).update(ended_at=timezone.now(), ended_by=bare_world.people["physician"])
    assert bare_world.client("physician").post(place(other, row), {"doe": "bevestigen"}).status_code == 404
    assert "Gevraagd door" not in bare_world.client("physician").get(place(other)).content.decode()
    elsewhere.refresh_from_db()
    row.refresh_from_db()
    assert (row.confirmed_at, elsewhere.confirmed_at) == (None, None)


def test_it_asks_for_a_sign_in_of_the_last_five_minutes(bare_world: World) -> None:
    client = Client()
    let_in(client, bare_world.people["physician"], minutes_ago=6)
    assert client.get(place(bare_world)).status_code == 302
    administering = administrator(bare_world, "physician")
    old = Client()
    let_in(old, administering, minutes_ago=6)
    assert old.get(page_of(bare_world.people["delegate"], "herstel/")).status_code == 302
    assert browser(administering).get(page_of(bare_world.people["delegate"], "herstel/")).status_code == 200
