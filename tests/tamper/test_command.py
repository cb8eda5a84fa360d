"""`verify_trail` at the command line: what it tells, when it fails, what it leaves behind; and that its quick way is the definition."""

import datetime as dt
import uuid
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from dossiers import trail
from dossiers.actions.checkpoints import note_checkpoint, verify_trail_by_clock
from dossiers.chains import _lines, verify
from dossiers.models import TrailLine
from dossiers.rules.chains import GENESIS, Kind, check
from tests.world import World

ODD = ['"', "\\", "\n", "\t\r\b\f\v", "\x01\x1f\x7f", "é € 🙂 \u2028", "\\N", '","seq":9,"a":"', "\\t", "'", ""]


@pytest.fixture
def odd(db: None) -> None:
    """Lines that hold every character that text or JSON writes in a way of its own, and every column empty that may be."""
    previous = GENESIS
    for number, text in enumerate(ODD, start=1):
        some = uuid.uuid4() if number % 2 else None
        line = TrailLine(
            chain=uuid.UUID(int=5),
            seq=number,
            occurred_at=dt.datetime(2026, 3, 29, 1, number, 5, microsecond=number * 1000, tzinfo=dt.UTC),
            event_code=f"visit{text}",
            action="R",
            outcome=number % 3,
            checks="TTTF",
            actor_id=some,
            actor_role=text[:20],
            is_initiator=bool(number % 2),
            access_point=[None, "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"][number % 4],
            object_id=text,
            parts=[text, "job"][: number % 3],
            policy_version=text,
            relation_id=some,
            previous_hash=previous,
        )
        line.hash = trail.line_hash(line)
        line.save(force_insert=True)
        previous = line.hash


def test_the_quick_way_gives_the_hash_that_the_definition_gives(odd: None, world: World) -> None:
    world.client("physician").get(f"/dossier/{world.number}/", REMOTE_ADDR="2001:DB8:0::1%eth0")
    world.client("outsider").get(f"/dossier/{world.number}/", REMOTE_ADDR="::FFFF:192.0.2.9")
    quick = {(chain, seq): (made, stored) for chain, seq, _, stored, made in _lines(connection, None, {})}
    lines = list(TrailLine.objects.all())
    assert len(quick) == len(lines) > len(ODD) + 30
    for line in lines:
        assert quick[str(line.chain), line.seq] == (trail.line_hash(line), line.hash)
        assert line.hash == trail.line_hash(line), line.access_point
    assert not check(_lines(connection, None, {}), {}).breaks


def test_a_text_that_looks_like_two_columns_is_not_taken_for_them(odd: None) -> None:
    """`object_id` and `object_type` stand side by side: what one holds cannot be moved into the other under the same hash."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE moved (LIKE dossiers_trailline) ON COMMIT DROP")
        cursor.execute("INSERT INTO moved SELECT * FROM dossiers_trailline WHERE seq = 1")
        cursor.execute("""UPDATE moved SET object_id = '","object_type":"', object_type = ''""")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute("ALTER TABLE moved RENAME TO dossiers_trailline")
    assert [one.kind for one in verify(chain=uuid.UUID(int=5)).breaks] == [Kind.CHANGED]


def told(**options: object) -> str:
    out = StringIO()
    call_command("verify_trail", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_it_tells_what_it_looked_at_and_how_fast(world: World, kept: Path) -> None:
    note_checkpoint(by="clock")
    count = TrailLine.objects.count()
    said = told()
    assert f"lines:        {count} in " in said
    assert "per second)" in said
    assert "chains:       3" in said
    assert "checkpoints:  1, with 2 marks" in said
    assert said.endswith("The trail is whole.\n")


def test_it_looks_at_one_dossier_or_at_what_is_new(world: World) -> None:
    told()
    world.client("physician").get(f"/dossier/{world.number}/")
    chain = TrailLine.objects.filter(chain=world.dossier.pk).count()
    assert f"lines:        {chain} in " in told(dossier=world.number)
    assert f"lines:        {chain} in " in told(chain=world.dossier.pk)
    told()
    world.client("physician").get(f"/dossier/{world.number}/")
    quick = verify(since_checkpoint=True)
    assert quick.lines < 10
    assert quick.chains == 3
    assert not quick.breaks
    with pytest.raises(CommandError, match="no dossier with this number"):
        told(dossier="D-BESTAATNIET")
    with pytest.raises(CommandError, match="no file"):
        told(checkpoints=Path("/nergens"))


@pytest.mark.django_db(transaction=True)
def test_h8_it_names_each_break_without_content_fails_and_leaves_a_line(owner: "psycopg.Connection[tuple[object, ...]]") -> None:
    trail.write_now(trail.Line(trail.Event.SIGN_OUT, object_type="session"))
    note_checkpoint(by="clock")
    owner.execute("ALTER TABLE dossiers_trailline DISABLE TRIGGER USER")
    owner.execute("UPDATE dossiers_trailline SET object_type = 'geheim' WHERE seq = 1")
    for trigger in ("trail_is_append_only", "trail_is_not_emptied"):
        owner.execute(f"ALTER TABLE dossiers_trailline ENABLE ALWAYS TRIGGER {trigger}")
    out = StringIO()
    with pytest.raises(CommandError, match="broken in 1 places") as failed:
        call_command("verify_trail", stdout=out, stderr=out)
    assert failed.value.returncode == 1
    assert f"changed: chain {trail.GENERAL} line 1\n" in out.getvalue()
    assert "geheim" not in out.getvalue()
    line = TrailLine.objects.get(event_code="verify_trail")
    assert (line.actor_role, line.outcome) == ("command", 3)
    assert "1 breaks were accepted." in told(accept=True)  # somebody found out why, and goes on
    assert "The trail is whole." in told()


def test_after_a_restore_the_trail_goes_on_and_what_breaks_later_is_told(world: World, kept: Path) -> None:
    """An older state of the database under newer checkpoints: lines are gone. Once accepted, the file guards what is there."""
    client = world.client("physician")
    note_checkpoint(by="clock")
    point = transaction.savepoint()
    client.get(f"/dossier/{world.number}/")
    note_checkpoint(by="clock")
    transaction.savepoint_rollback(point)
    assert {one.kind for one in verify().breaks} == {Kind.CUT}
    told(accept=True)
    assert not verify().breaks
    point = transaction.savepoint()
    client.get(f"/dossier/{world.number}/")
    note_checkpoint(by="clock")
    assert not verify().breaks
    transaction.savepoint_rollback(point)
    assert Kind.CUT in {one.kind for one in verify().breaks}


def test_the_clock_looks_every_night_and_a_break_is_told_in_the_log(world: World, kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    note_checkpoint(by="clock")
    assert not verify_trail_by_clock().breaks
    assert not caplog.records
    kept.unlink()
    assert verify_trail_by_clock().breaks
    assert [record.getMessage() for record in caplog.records] == [
        "the trail is broken: 1 breaks. Run manage.py verify_trail, and read docs/operate.md"
    ]
