"""A backup is one encrypted file that is whole or refused; a drill restores it and looks; a restore goes into an empty database only."""

import errno
import os
import re
import stat
from io import StringIO
from pathlib import Path
from threading import Event as Flag
from unittest.mock import Mock

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bar.accounts.mfa_adapter import PLACE
from bar.backup.checks import Checker
from bar.backup.make import connect, owner_settings
from bar.backup.manifest import counts, look
from bar.backup.problem import BackupProblem
from bar.backup.stream import PIECE, TAG, Opening, Sealing
from dossiers.actions.checkpoints import note_checkpoint
from dossiers.actions.keys import rewrap_some
from dossiers.chains import verify
from dossiers.models import LetterCopy, TrailLine
from dossiers.parts import Part
from dossiers.sealed import forget_keys, seal_text
from dossiers.trail import GENERAL, Event
from tests import databases
from tests.backup.conftest import close_everything, empty_database, lent_database, run, seen
from tests.keys.rings import NEW, NEWER, old_name, turned
from tests.world import World, canary


def test_a_backup_shows_nothing_and_a_drill_restores_it(world: World, tmp_path: Path) -> None:
    note_checkpoint(by="clock")
    file = tmp_path / "copy.bar"
    said = run("backup", str(file))
    assert "2 letters" in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    for text in (b"KANARIE", b"Wout Werknemer", world.number.encode(), b"dossiers_dossier", b"manifest"):
        assert text not in content
    before = set(tmp_path.iterdir())
    with lent_database() as name:
        told = run("restore_drill", str(file), "--database", name)
        with databases.as_owner(name) as owner:  # it is empty again
            assert owner.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    assert "This backup can be restored." in told
    assert "letters:  2 opened" in told
    assert "keys:     2 dossiers open" in told
    assert re.search(r"held against [1-9]\d* marks", told)
    assert set(tmp_path.iterdir()) == before
    with pytest.raises(CommandError, match="never touches"):
        run("restore_drill", str(file), "--database", databases._switch(None))
    with pytest.raises(CommandError, match="exists already"):
        run("backup", str(file))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_k3_a_restored_product_is_the_product(world: World, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows what it showed, what was closed since as well: without the ledger, which nobody forgets by accident. So the check of B10 can fail."""
    note_checkpoint(by="clock")
    file, open_then = tmp_path / "copy.bar", seen(world)
    run("backup", str(file))
    lines = TrailLine.objects.count()
    close_everything(world)
    note_checkpoint(by="clock")  # after the backup: it tells of lines that a restore loses
    settings.CONSENT_LEDGER.rename(tmp_path / "elsewhere")
    for stored in (tmp_path / "letters").rglob("*.sealed"):
        stored.unlink()
    monkeypatch.setattr("bar.database._up_to_date", Flag())  # a process that was just started
    with empty_database():
        forget_keys()
        with pytest.raises(CommandError, match="withdrawn consents would come back"):
            run("restore", str(file))
        for target, fault, said_then in (
            ("django.core.files.storage.Storage.save", OSError(errno.ENOSPC, "No space left"), "could not be stored: No space left"),
            ("bar.backup.restore.replay", KeyboardInterrupt(), None),  # as late as can be: everything is there and nothing closed yet
        ):
            with monkeypatch.context() as patch:
                patch.setattr(target, Mock(side_effect=fault))
                with pytest.raises((CommandError, KeyboardInterrupt), match=said_then):
                    run("restore", str(file), "--without-ledger")
            with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
                cursor.execute("SELECT FROM dossiers_dossier")  # nobody works in half a restore
            assert Client().get("/readyz").status_code == 503
            with pytest.raises(CommandError, match="never finished"):
                run("migrate")
        said = run("restore", str(file), "--without-ledger")
        assert Client().get("/readyz").status_code == 200
        assert "2 letters" in said
        assert "checkpoints of after the backup" in said
        assert TrailLine.objects.filter(event_code=Event.RESTORE.value).count() == 1
        assert TrailLine.objects.exclude(event_code__in=[Event.RESTORE.value, Event.END_SESSION.value]).count() == lines
        assert seen(world) == open_then
        client = world.client("physician")
        assert canary(Part.EXPLANATION, "tillen") in client.get(f"/dossier/{world.number}/bar/1/").content.decode()
        pdf = client.get(f"/dossier/{world.number}/brieven/1/pdf/employee/")
        assert pdf.status_code == 200
        assert pdf.content.startswith(b"%PDF")
        assert not verify().breaks  # the checkpoints of after the backup were set aside
        with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute("DELETE FROM dossiers_trailline")  # the application has its rights, and no more
        with pytest.raises(CommandError, match="not empty"):
            run("restore", str(file), "--without-ledger")


def test_a_drill_finds_what_is_wrong(world: World, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    note_checkpoint(by="clock")
    changed, missing = LetterCopy.objects.filter(dossier=world.dossier)
    with storages["letters"].open(changed.stored_as, "rb") as stored:
        content = bytearray(stored.read())
    content[-1] ^= 1
    storages["letters"].delete(changed.stored_as)
    storages["letters"].save(changed.stored_as, ContentFile(bytes(content)))
    storages["letters"].delete(missing.stored_as)
    steps = [Authenticator(user=world.people[who], type=Authenticator.Type.TOTP) for who in ("physician", "delegate")]
    for step, place in zip(steps, (PLACE, "elsewhere"), strict=True):
        step.data = {"secret": seal_text("geheim", bound_to=place)}
        step.save()
    with databases.as_owner() as owner:
        with databases.unguarded(owner, "tgrelid = %s::regclass", "dossiers_trailline"):
            owner.execute("DELETE FROM dossiers_trailline WHERE chain = %s AND seq = 3", [world.dossier.pk])
        owner.execute("UPDATE dossiers_jobdescription SET description = '\\x00' WHERE dossier_id = %s", [world.dossier.pk])
    settings.TRAIL_CHECKPOINTS.unlink()
    monkeypatch.setattr("bar.backup.manifest.counts", lambda connection: counts(connection) | {"consent_share": 1000})
    file = tmp_path / "copy.bar"
    with pytest.raises(CommandError, match="1 letters are not in the storage"):
        run("backup", str(file))
    monkeypatch.undo()
    mine = f"bar_drill_{os.environ['BAR_TEST_SESSION']}_"  # another run may drill beside this one
    monkeypatch.setattr("bar.backup.drill.PREFIX", mine)
    said = StringIO()
    with pytest.raises(CommandError, match="cannot be relied on: 7 things"):
        call_command("restore_drill", str(file), stdout=said, stderr=said)
    for problem in (
        "table consent_share has 3 rows, and the backup was made of 1000",
        f"letter {changed.stored_as} does not open",
        f"letter {missing.stored_as} is not in the backup",
        "1 values of dossiers_jobdescription.description do not open",
        "1 second steps or secrets of providers do not open",
        f"the trail: missing: chain {world.dossier.pk} line 3",
        f"the trail: unknown: chain {GENERAL} line",  # the trail tells of a checkpoint, and no file holds it
    ):
        assert problem in said.getvalue()
    with databases.as_owner() as owner:
        assert owner.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)", [mine]).fetchone() == (0,)


def test_a_backup_tells_which_keys_it_needs_and_a_drill_without_one_of_them_fails(committed: World, settings: Settings) -> None:
    """Midway in a rotation: the dossiers are under the new key, a second step is under the old one still."""
    Authenticator.objects.create(user=committed.people["physician"], type=Authenticator.Type.TOTP, data={"secret": seal_text("x", bound_to=PLACE)})
    before, name = settings.SEALING_KEYS, old_name()
    settings.SEALING_KEYS = turned(NEW, before)
    while rewrap_some():
        pass
    with connect(owner_settings()) as owner:
        manifest = look(owner)
        assert manifest.key_ids == tuple(sorted([name, "nieuw"]))
        for ring, problem in ((NEW, "1 second steps or secrets of providers do not open"), (before, "the keys of 2 dossiers do not open")):
            settings.SEALING_KEYS = ring
            checker = Checker(owner, manifest)
            checker.database()
            assert any(problem in found for found in checker.found.problems)


# --- the file ---------------------------------------------------------------------------------------


def sealed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        stream = Sealing(file)
        for start in range(0, len(content), 300_001):
            stream.write(content[start : start + 300_001])
        stream.close()


def opened(path: Path) -> bytes:
    with path.open("rb") as file:
        return Opening(file).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_goes_into_the_file_comes_out(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    sealed(tmp_path / "file", content)
    assert opened(tmp_path / "file") == content


def test_a_file_that_is_cut_changed_or_put_in_another_order_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    sealed(path, os.urandom(3 * PIECE + 5))
    whole = path.read_bytes()
    head = len(whole) - (3 * PIECE + 5) - 4 * TAG
    pieces = [whole[head + number * (PIECE + TAG) : head + (number + 1) * (PIECE + TAG)] for number in range(4)]
    assert whole[:head] + b"".join(pieces) == whole
    broken = [
        whole[:-1],
        whole[: head + 3 * (PIECE + TAG)],  # without its last piece
        whole[:head] + pieces[1] + pieces[0] + pieces[2] + pieces[3],
        whole[:head] + pieces[0] + pieces[2] + pieces[3],
        whole + pieces[3],
        whole[:head],
        whole[:20],
        b"",
        *(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in (0, 14, head - 1, head, head + PIECE, len(whole) - 1)),
    ]
    for content in broken:
        path.write_bytes(content)
        with pytest.raises(BackupProblem):
            opened(path)
    path.write_bytes(whole)
    assert len(opened(path)) == 3 * PIECE + 5


def test_an_older_key_still_opens_and_no_key_is_refused(tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_KEY = NEW
    sealed(tmp_path / "file", b"inhoud")
    settings.BACKUP_KEY = f"{NEWER},{NEW}"
    assert opened(tmp_path / "file") == b"inhoud"
    settings.BACKUP_KEY = NEWER
    with pytest.raises(BackupProblem, match="was made with key 'nieuw'"):
        opened(tmp_path / "file")
    for wrong in ("", "nieuw", "nieuw:AAAA", f"{NEW},{NEW}"):
        settings.BACKUP_KEY = wrong
        with pytest.raises(CommandError, match="BACKUP_KEY"):
            _refused(tmp_path / "no")
        assert not (tmp_path / "no").exists()


def _refused(path: Path) -> None:
    with path.parent.joinpath("x").open("wb") as file:
        try:
            Sealing(file)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
