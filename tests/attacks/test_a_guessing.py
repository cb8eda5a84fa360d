"""A6: guessing numbers of dossiers, versions and files. No guess hits, the twenty-first is slowed down, and one line of alarm is written."""

import logging
import random

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bar.accounts.rules import lock_out
from dossiers.models import TrailLine
from tests.world import World, let_in
from tests.worlds import FULL

GUESSES = 10_000 if FULL else 30
FREE = 20


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, many_guesses: lock_out.Bucket) -> None:
    """The bucket of the product."""
    assert many_guesses.size == FREE
    monkeypatch.setattr(lock_out, "GUESSES", many_guesses)


def guesses(world: World) -> list[str]:
    """Numbers near the own one, foreign ones and made up ones; versions and files of the own dossier."""
    dice = random.Random("A6")  # noqa: S311 -- a fixed seed, not a secret
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    found = []
    for place in range(GUESSES):
        near = world.number[:-1] + letters[place % len(letters)] if place % 4 == 0 else "D-" + "".join(dice.choices(letters, k=9))
        inside = f"/dossier/{world.number}/brieven/{2 + place}/pdf/employer/"
        found.append(inside if place % 2 else f"/dossier/{near}/")
    return [where for where in found if where != f"/dossier/{world.number}/"]


@pytest.mark.usefixtures("counted")
def test_a6_counting_up_numbers_hits_nothing_and_is_slowed_down_and_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(timezone.now(), tick=False), caplog.at_level(logging.WARNING, logger="bar.guesses"):
        client = world.client("employer")
        before = TrailLine.objects.count()
        statuses = [client.get(where).status_code for where in guesses(world)]
        assert statuses == [404] * FREE + [429] * (len(statuses) - FREE)
        alarms = [record.getMessage() for record in caplog.records if record.name == "bar.guesses"]
        assert alarms == [f"alarm: person {world.people['employer'].pk} keeps asking for pages that are not there"]
        assert TrailLine.objects.count() == before + len(statuses), "every guess stands in the trail"
        assert client.get(f"/dossier/{world.number}/").status_code == 200, "what is open stays open"


@pytest.mark.usefixtures("counted")
def test_a6_the_page_says_what_to_do_and_tells_existing_from_made_up_by_nothing(world: World) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = world.client("outsider")
        for _ in range(FREE):
            assert client.get("/dossier/D-BESTAATNIET/").status_code == 404
        real, made_up = client.get(f"/dossier/{world.number}/"), client.get("/dossier/D-BESTAATNIET/")
        assert real.status_code == made_up.status_code == 429
        assert (real.content, dict(real.headers)) == (made_up.content, dict(made_up.headers))
        text = real.content.decode()
        assert "Mijn dossiers" in text
        assert "3 minuten" in text
        clock.shift(3 * 60 + 1)
        assert client.get("/dossier/D-BESTAATNIET/").status_code == 404


@pytest.mark.usefixtures("counted")
def test_a6_one_guesser_slows_down_nobody_else(world: World) -> None:
    guesser = world.client("outsider")
    assert [guesser.get("/dossier/D-BESTAATNIET/").status_code for _ in range(FREE + 1)][-1] == 429
    assert guesser.get("/apple-touch-icon.png").status_code == 404, "what a browser asks by itself is no guess"
    other = Client()
    let_in(other, world.people["employer"])
    assert other.get("/dossier/D-BESTAATNIET/").status_code == 404
    assert Client().get("/bestaat-niet/").status_code == 404
