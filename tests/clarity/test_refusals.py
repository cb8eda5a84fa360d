"""What an insider is told who may not: what is missing, who can change it, and the way on where there is one."""

import pytest

from consent.access import opening
from consent.actions import withdraw
from consent.facts import Why
from consent.models import Share
from dossiers.door import Touch
from dossiers.parts import Act, Part, Role
from tests.world import World

# Who can change it, by hand; nobody can for what is never open.
WHO: dict[Why, str] = {
    Why.NEVER: "niemand kan",
    Why.SEAT_NOT_YET: "bedrijfsarts",
    Why.SEAT_OVER: "bedrijfsarts",
    Why.COVERED: "De waarnemer kan",
    Why.CLOSED: "bedrijfsarts",
    Why.NOT_SHARED: "De bedrijfsarts kan dit vragen aan de werknemer",
    Why.ASKED: "Alleen de werknemer kan",
    Why.REFUSED: "Alleen de werknemer kan",
    Why.WITHDRAWN: "Alleen de werknemer kan",
    Why.STOPPED: "De bedrijfsarts kan",
    Why.EXPIRED: "De bedrijfsarts kan",
    Why.NOT_YET: "bedrijfsarts",
    Why.NOT_SWITCHED_ON: "Alleen de werknemer kan",
}


def test_every_refusal_says_in_two_sentences_what_is_missing_and_who_can_change_it() -> None:
    assert set(WHO) == set(Why) - {Why.OPEN}
    for why, who in WHO.items():
        assert who in why.label, why
        assert why.label.count(".") >= 2, why


def test_who_may_read_the_process_is_led_back_to_the_overview(world: World) -> None:
    text = world.client("employer").get(f"/dossier/{world.number}/bar/1/").content.decode()
    assert WHO[Why.NEVER] in text
    assert f'href="/dossier/{world.number}/"' in text
    assert world.people["employee"].name not in text


def test_after_a_withdrawal_there_is_only_the_own_list(world: World) -> None:
    row = Share.objects.get(dossier=world.dossier, role=Role.LABOUR_EXPERT)
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=row)
    answer = world.client("labour_expert").get(f"/dossier/{world.number}/")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert Why.WITHDRAWN.label in text
    assert f'href="/dossier/{world.number}/"' not in text
    assert "Naar mijn dossiers" in text


@pytest.mark.parametrize("who", ["outsider", "superuser"])
def test_a_stranger_is_not_told_any_of_this(world: World, who: str) -> None:
    text = world.client(who).get(f"/dossier/{world.number}/bar/1/").content.decode()
    assert not [why for why in Why if why.label in text]
    assert "overzicht van dit dossier" not in text


def test_what_is_open_but_did_not_work_says_so(world: World) -> None:
    text = world.client("employee").get(f"/dossier/{world.number}/wie-heeft-gekeken/rekenblad/?wie=x").content.decode()
    assert "Dit is niet gelukt" in text
    assert "Dit staat niet voor u open" not in text
