"""The file of checkpoints: only for its owner, only longer, signed and linked; what is done to it is found, and a crash is not taken for that."""

import datetime as dt
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from dossiers import checkpoints, trail
from dossiers.actions.checkpoints import note_checkpoint, note_checkpoint_by_clock
from dossiers.appended import held
from dossiers.chains import verify
from dossiers.checkpoints import Head
from dossiers.models import TrailLine
from dossiers.rules.chains import Kind
from tests.world import World


def lines_of(kept: Path) -> list[str]:
    return kept.read_text(encoding="ascii").splitlines()


def look(world: World) -> None:
    assert world.client("physician").get(f"/dossier/{world.number}/").status_code == 200


@pytest.fixture
def three(world: World) -> None:
    """Three checkpoints, with a visit before each."""
    for _ in range(3):
        look(world)
        note_checkpoint(by="clock")


def test_the_file_is_for_its_owner_only_and_only_grows(world: World, kept: Path) -> None:
    note_checkpoint(by="clock")
    before = kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o077 == 0
    look(world)
    note_checkpoint(by="clock")
    assert kept.read_bytes().startswith(before)


def test_the_first_checkpoint_holds_where_every_chain_ends(world: World, kept: Path) -> None:
    look(world)
    world.client("physician").get("/")
    ends = {str(line.chain): [line.seq, line.hash] for line in TrailLine.objects.order_by("seq")}
    note_checkpoint(by="clock")
    assert json.loads(lines_of(kept)[0])["chains"] == ends
    assert len(ends) == 3


def test_a_later_one_holds_the_chains_that_grew(world: World, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossiers.actions.checkpoints.SLACK", dt.timedelta(0))
    note_checkpoint(by="clock")
    look(world)
    note_checkpoint(by="clock")
    note_checkpoint(by="clock")
    _, second, third = (set(json.loads(line)["chains"]) for line in lines_of(kept))
    assert second == {str(world.dossier.pk), str(trail.GENERAL)}
    assert third == {str(trail.GENERAL)}


def test_many_chains_go_on_many_lines(kept: Path) -> None:
    heads = [Head(f"{number:032x}", 1, "a" * 64) for number in range(250)]
    with held(kept):
        made = checkpoints.add(heads, at=dt.datetime(2026, 1, 12, tzinfo=dt.UTC), path=kept)
    assert len(made) == 3
    assert all(len(line) < 16_000 for line in made)
    read = checkpoints.read(kept)
    assert (read.count, read.breaks, sum(map(len, read.marks.values()))) == (3, [], 250)


def test_the_clock_says_on_standard_output_what_it_wrote(world: World, kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    note_checkpoint_by_clock()
    assert capfd.readouterr().out.splitlines() == lines_of(kept)


def changed(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace(json.loads(lines[1])["at"][:10], "2020-01-01", 1), lines[2]]


def resigned_by_another(lines: list[str]) -> list[str]:
    told = json.loads(lines[2])
    told["signature"] = "0" * 64
    return [*lines[:2], json.dumps(told)]


TRICKS: dict[str, tuple[Callable[[list[str]], list[str]], Kind]] = {
    "a line is changed": (changed, Kind.FORGED),
    "a line is signed with another key": (resigned_by_another, Kind.FORGED),
    "the first line goes": (lambda lines: lines[1:], Kind.REMOVED),
    "a line in the middle goes": (lambda lines: [lines[0], lines[2]], Kind.REMOVED),
    "two lines change places": (lambda lines: [lines[1], lines[0], lines[2]], Kind.REMOVED),
    "a line is there twice": (lambda lines: [*lines, lines[2]], Kind.REMOVED),
    "the last line goes": (lambda lines: lines[:2], Kind.UNKNOWN),
    "the file is emptied": (lambda _lines: [], Kind.UNKNOWN),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_is_done_to_the_file_is_found(three: None, kept: Path, trick: str) -> None:
    assert not verify().breaks
    do, kind = TRICKS[trick]
    kept.write_text("".join(f"{line}\n" for line in do(lines_of(kept))), encoding="ascii")
    assert kind in {one.kind for one in verify().breaks}


def test_a_file_that_is_gone_is_found(three: None, kept: Path) -> None:
    kept.unlink()
    assert Counter(one.kind for one in verify().breaks) == {Kind.UNKNOWN: 3}


def test_a_line_that_was_never_finished_is_no_break_and_no_reason_to_stop(three: None, world: World, kept: Path) -> None:
    with kept.open("a", encoding="ascii") as file:
        file.write('{"n":4,"at":"2026-')
    look(world)
    note_checkpoint(by="clock")
    report = verify()
    assert (report.breaks, report.torn, report.checkpoints) == ((), 1, 4)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_write_one_after_the_other(kept: Path) -> None:
    begin = threading.Barrier(4)

    def write() -> None:
        begin.wait()
        for _ in range(5):
            note_checkpoint(by="clock")
        connection.close()

    trail.write_now(trail.Line(trail.Event.SIGN_OUT, object_type="session"))
    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify()
    assert (report.breaks, report.checkpoints) == ((), 20)


def test_a_restored_backup_is_held_against_the_checkpoints_of_its_own_time(three: None, world: World) -> None:
    moment = TrailLine.objects.filter(event_code="checkpoint").order_by("seq")[1].occurred_at
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE restored (LIKE dossiers_trailline) ON COMMIT DROP")
        cursor.execute("INSERT INTO restored SELECT * FROM dossiers_trailline WHERE occurred_at <= %s", [moment])
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute("ALTER TABLE restored RENAME TO dossiers_trailline")
    assert not verify(until=moment).breaks
    assert {Kind.CUT} <= {one.kind for one in verify().breaks}


def test_other_keys_make_other_signatures(three: None, settings: Settings) -> None:
    settings.HASH_KEY = "another key, of somebody who wrote a file of his own"
    assert {one.kind for one in verify().breaks} >= {Kind.FORGED}
