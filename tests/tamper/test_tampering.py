"""Ten thousand ways to change the trail behind the product's back, all found: by who owns the tables, and by who may do anything."""

import itertools
import os
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings

from bar.local import is_embedded, keys, postgres
from dossiers.actions.checkpoints import note_checkpoint
from dossiers.chains import verify
from dossiers.models import TrailLine
from dossiers.rules.chains import Kind
from dossiers.trail import GENERAL
from tests import databases
from tests.tamper.hands import HANDS, Chains, Hand, rebuild
from tests.world import make_world
from tests.worlds import FULL

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5_000 if FULL else 27  # for each of the two


@contextmanager
def as_owner() -> Iterator["psycopg.Connection[Any]"]:
    """Who owns the tables, and so may put their triggers to sleep."""
    with databases.as_owner() as owner:
        yield owner


@contextmanager
def as_superuser() -> Iterator["psycopg.Connection[Any]"]:
    """Who administers the server: of the embedded one that is known, of another one it must be told."""
    name = str(settings.DATABASES["default"]["NAME"])
    if is_embedded():
        opened = postgres._connect(settings.VAR, keys.load(settings.VAR / "secrets.json"), name)
    elif given := os.environ.get("TEST_ADMINISTRATOR_URL"):
        opened = psycopg.connect(given, dbname=name, autocommit=True)
    else:
        pytest.fail("Who administers this server? Set TEST_ADMINISTRATOR_URL=postgresql://postgres:password@host:port/")
    with opened as superuser:
        yield superuser


BY: dict[str, Callable[[], Any]] = {"owner": as_owner, "superuser": as_superuser}
SLEEP = "ALTER TABLE dossiers_trailline DISABLE TRIGGER USER"


@pytest.fixture
def chains() -> Chains:
    """A trail of a few people, with a checkpoint half-way and one at the end."""
    world = make_world(finals=0, shares=False)
    for who in ("physician", "employer", "outsider", "employee"):
        world.client(who).get(f"/dossier/{world.number}/")
        world.client(who).get("/")
        note_checkpoint(by="clock")
    # The last lines tell of the last checkpoint, and no checkpoint has them yet: what is younger than that is what an attacker can have.
    lines = TrailLine.objects.order_by("chain", "seq")
    found = {chain: list(group) for chain, group in itertools.groupby(lines, key=lambda line: line.chain)}
    return {chain: lines[:-1] if lines[-1].event_code == "checkpoint" else lines for chain, lines in found.items()}


@pytest.mark.parametrize("who", BY)
def test_h2_every_change_behind_the_back_of_the_product_is_found(chains: Chains, who: str) -> None:
    dice = random.Random(7513)  # noqa: S311
    found: Counter[str] = Counter()
    with ExitStack() as stack:
        tamperer = stack.enter_context(BY[who]())
        assert not verify(connection=tamperer).breaks
        for number in range(TIMES):
            hand = HANDS[number % len(HANDS)]
            with tamperer.transaction(force_rollback=True):
                tamperer.execute(SLEEP)
                if who == "superuser":
                    tamperer.execute("SET LOCAL session_replication_role = 'replica'")
                touched = hand(tamperer, chains, dice)
                breaks = verify(connection=tamperer).breaks
                kinds = {one.kind for one in breaks if one.chain == str(touched)}
                assert kinds, f"{hand.__name__} of {who} was not found"
                if hand is rebuild and touched != GENERAL:  # its hashes fit again: only what was kept outside can tell
                    assert kinds & {Kind.REWRITTEN, Kind.CUT, Kind.GONE}
                found[hand.__name__] += 1
        assert not verify(connection=tamperer).breaks
    assert set(found) == {hand.__name__ for hand in HANDS}
    assert sum(found.values()) == TIMES


def test_h1_the_triggers_refuse_the_owner_and_who_replays_rows(chains: Chains) -> None:
    """Replaying (`session_replication_role`) passes over ordinary triggers; only an administrator may say it."""
    for who, opened in BY.items():
        with opened() as tamperer:
            for hand in HANDS:
                with pytest.raises(psycopg.errors.IntegrityError), tamperer.transaction(force_rollback=True):
                    _try(tamperer, hand, chains, replay=who == "superuser")
            with pytest.raises(psycopg.errors.IntegrityError):
                tamperer.execute("TRUNCATE dossiers_trailline")


def _try(tamperer: "psycopg.Connection[Any]", hand: Hand, chains: Chains, *, replay: bool) -> None:
    if replay:
        tamperer.execute("SET LOCAL session_replication_role = 'replica'")
    hand(tamperer, chains, random.Random(1))  # noqa: S311


def test_a_chain_that_is_cut_stays_broken_after_later_checkpoints(chains: Chains) -> None:
    """Whoever cuts a tail and lets the product go on gets new checkpoints of the shorter chain: the older ones still say what was there."""
    general = chains[uuid.UUID(int=0)]
    with as_owner() as owner, owner.transaction():
        owner.execute(SLEEP)
        owner.execute("DELETE FROM dossiers_trailline WHERE chain = %s AND seq > %s", [general[0].chain, general[-3].seq])
        for trigger in ("trail_is_append_only", "trail_is_not_emptied"):
            owner.execute(f"ALTER TABLE dossiers_trailline ENABLE ALWAYS TRIGGER {trigger}")
    for _ in range(6):
        note_checkpoint(by="clock")
    assert any(one.kind is Kind.REWRITTEN and one.chain == str(general[0].chain) for one in verify().breaks)
