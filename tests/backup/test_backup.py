"""A backup is one encrypted file that is whole or refused; a drill restores it and looks; a restore goes into an empty database only."""

import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql
from pytest_django import Settings

from bar.backup.problem import BackupProblem
from bar.backup.stream import PIECE, TAG, Opening, Sealing
from dossiers.actions.checkpoints import note_checkpoint
from dossiers.chains import verify
from dossiers.models import LetterCopy, TrailLine
from dossiers.parts import Part
from dossiers.sealed import forget_keys
from dossiers.trail import Event
from tests import databases
from tests.backup.conftest import empty_database
from tests.keys.rings import NEW, NEWER
from tests.world import World, canary


def run(*command: str) -> str:
    said = StringIO()
    call_command(*command, stdout=said, stderr=said)
    return said.getvalue()


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
    with databases.as_owner() as owner:
        asked = "SELECT count(*) FROM pg_database WHERE datname LIKE 'bar\\_drill\\_%'"
        told = run("restore_drill", str(file))
        assert owner.execute(asked).fetchone() == (0,)
    assert "This backup can be restored." in told
    assert "letters:  2 opened" in told
    assert "keys:     2 dossiers open" in told
    assert set(tmp_path.iterdir()) == before
    with pytest.raises(CommandError, match="exists already"):
        run("backup", str(file))
    with databases.as_owner() as owner:
        name = f"{databases.PREFIX}{os.environ['BAR_TEST_SESSION']}_lent"
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        for _ in range(2):  # it is empty again
            assert "can be restored" in run("restore_drill", str(file), "--database", name)
        with pytest.raises(CommandError, match="never touches"):
            run("restore_drill", str(file), "--database", databases._switch(None))
        owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_k3_a_restored_product_is_the_product(world: World, tmp_path: Path, settings: Settings) -> None:
    note_checkpoint(by="clock")
    file = tmp_path / "copy.bar"
    run("backup", str(file))
    lines = TrailLine.objects.count()
    note_checkpoint(by="clock")  # after the backup: it tells of lines that a restore loses
    settings.CONSENT_LEDGER.parent.mkdir(exist_ok=True)
    settings.CONSENT_LEDGER.touch()
    for stored in (tmp_path / "letters").rglob("*.sealed"):
        stored.unlink()
    with empty_database():
        forget_keys()
        said = run("restore", str(file))
        assert "2 letters" in said
        assert "checkpoints of after the backup" in said
        assert TrailLine.objects.filter(event_code=Event.RESTORE.value).count() == 1
        assert TrailLine.objects.exclude(event_code__in=[Event.RESTORE.value, Event.END_SESSION.value]).count() == lines
        client = world.client("physician")
        assert canary(Part.EXPLANATION, "tillen") in client.get(f"/dossier/{world.number}/bar/1/").content.decode()
        pdf = client.get(f"/dossier/{world.number}/brieven/1/pdf/employee/")
        assert pdf.status_code == 200
        assert pdf.content.startswith(b"%PDF")
        assert not verify().breaks  # the checkpoints of after the backup were set aside
        with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute("DELETE FROM dossiers_trailline")  # the application has its rights, and no more
        with pytest.raises(CommandError, match="not empty"):
            run("restore", str(file))


def test_a_drill_finds_what_is_wrong(world: World, tmp_path: Path, settings: Settings) -> None:
    copy = LetterCopy.objects.filter(dossier=world.dossier).first()
    assert copy is not None
    with storages["letters"].open(copy.stored_as, "rb") as stored:
        content = bytearray(stored.read())
    content[-1] ^= 1
    storages["letters"].delete(copy.stored_as)
    storages["letters"].save(copy.stored_as, ContentFile(bytes(content)))
    with databases.as_owner() as owner:
        owner.execute("ALTER TABLE dossiers_trailline DISABLE TRIGGER ALL")
        owner.execute("DELETE FROM dossiers_trailline WHERE chain = %s AND seq = 3", [world.dossier.pk])
        owner.execute("ALTER TABLE dossiers_trailline ENABLE TRIGGER ALL")
        owner.execute("UPDATE dossiers_jobdescription SET description = '\\x00' WHERE dossier_id = %s", [world.dossier.pk])
    file = tmp_path / "copy.bar"
    run("backup", str(file))
    said = StringIO()
    with pytest.raises(CommandError, match="cannot be relied on: 3 things"):
        call_command("restore_drill", str(file), stdout=said, stderr=said)
    assert f"letter {copy.stored_as} does not open" in said.getvalue()
    assert "1 values of dossiers_jobdescription.description do not open" in said.getvalue()
    assert "the trail:" in said.getvalue()
    settings.SEALING_KEYS = NEW
    with pytest.raises(CommandError, match="cannot be relied on"):
        call_command("restore_drill", str(file), stdout=said, stderr=said)
    assert "the keys of 2 dossiers do not open" in said.getvalue()


def test_a_missing_letter_is_said_and_the_rest_is_kept(world: World, tmp_path: Path) -> None:
    copy = LetterCopy.objects.filter(dossier=world.dossier).first()
    assert copy is not None
    storages["letters"].delete(copy.stored_as)
    file = tmp_path / "copy.bar"
    with pytest.raises(CommandError, match="1 letters are not in the storage"):
        run("backup", str(file))
    with pytest.raises(CommandError, match="1 things are wrong"):
        run("restore_drill", str(file))


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
