"""The trail: chained, complete, append-only for both roles, without content; and nobody enters when it cannot be written."""

import itertools
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from consent.access import opening
from dossiers import trail
from dossiers.door import read
from dossiers.models import TrailLine
from dossiers.parts import Part
from dossiers.rules.chains import GENESIS
from tests.world import SEATED, World, make_world


def chains() -> dict[Any, list[TrailLine]]:
    lines = TrailLine.objects.order_by("chain", "seq")
    return {chain: list(group) for chain, group in itertools.groupby(lines, key=lambda line: line.chain)}


def test_every_chain_is_numbered_and_linked(world: World) -> None:
    for who in SEATED:
        world.client(who).get(f"/dossier/{world.number}/")
        world.client("outsider").get(f"/dossier/{world.number}/")
    found = chains()
    assert trail.GENERAL in found
    assert world.dossier.pk in found
    for lines in found.values():
        previous = GENESIS
        for number, line in enumerate(lines, start=1):
            assert line.seq == number
            assert line.previous_hash == previous
            assert line.hash == trail.line_hash(line)
            previous = line.hash


def test_a_changed_line_no_longer_has_its_hash(world: World) -> None:
    line = TrailLine.objects.filter(dossier_id=world.dossier.pk).latest("seq")
    for column in ("event_code", "outcome", "actor_role", "parts", "seq", "occurred_at"):
        changed = TrailLine.objects.get(pk=line.pk)
        setattr(
            changed,
            column,
            [] if column == "parts" else {"outcome": 3, "seq": 99_999, "occurred_at": line.occurred_at.replace(year=2020)}.get(column, "x"),
        )
        assert trail.line_hash(changed) != line.hash, column


def test_a_line_holds_every_mandatory_field_of_nen_7513(world: World) -> None:
    world.client("physician").get(f"/dossier/{world.number}/")
    for line in TrailLine.objects.filter(dossier_id=world.dossier.pk):
        assert line.event_code in set(trail.Event)
        assert line.action in "CRUDE"
        assert line.outcome in {1, 2, 3}
        assert len(line.checks) == 4
        assert set(line.checks) <= {"T", "F"}
        assert line.responsible_id or line.event_code == "refused"
        assert line.actor_id or line.actor_role == "worker"
        assert line.policy_version
        assert line.source_id
        assert line.object_type
    by_consent = TrailLine.objects.filter(actor_role="labour_expert", event_code="visit")
    world.client("labour_expert").get(f"/dossier/{world.number}/")
    assert by_consent.filter(consent_id__isnull=False).exists()


def test_no_line_holds_content(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM dossiers_trailline AS t")
        for (text,) in cursor.fetchall():
            for word in ("KANARIE", "kilo", "Wout", "proef.test"):
                assert word not in text


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE dossiers_trailline SET outcome = 1",
        "DELETE FROM dossiers_trailline",
        "TRUNCATE dossiers_trailline",
        "ALTER TABLE dossiers_trailline DISABLE TRIGGER trail_is_append_only",
        "ALTER TABLE dossiers_trailline DROP COLUMN hash",
        "DROP TABLE dossiers_trailline",
        "SET session_replication_role = replica",
    ],
)
def test_h1_the_application_cannot_change_or_empty_the_trail(world: World, sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE dossiers_trailline SET outcome = 1", "DELETE FROM dossiers_trailline", "TRUNCATE dossiers_trailline"])
def test_h1_the_owner_cannot_change_or_empty_the_trail_either(owner: "psycopg.Connection[Any]", sql: str) -> None:
    make_world(finals=0, shares=False)
    with pytest.raises(psycopg.Error):
        owner.execute(sql)


def test_nobody_enters_when_the_line_cannot_be_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise DatabaseError("the trail is full")

    entered = False
    with opening(world.people["physician"], world.number, needs=read(Part.CAPACITY)):
        entered = True
    assert entered
    monkeypatch.setattr("dossiers.trail.append", broken)
    with pytest.raises(DatabaseError), opening(world.people["physician"], world.number, needs=read(Part.CAPACITY)):
        pytest.fail("entered without a line")
    client = world.client("physician")
    client.raise_request_exception = False
    response = client.get(f"/dossier/{world.number}/")
    assert response.status_code == 500
    assert world.people["employee"].name not in response.content.decode()
