"""Making a backup: one moment of the database and its letters, streamed into one encrypted file. Nothing lies on a disk unencrypted on the way.

The file appears under its name when it is whole. Who may make one, and when, does not belong here.
"""

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.core.files.storage import storages

from bar.backup import manifest as told
from bar.backup.manifest import Manifest
from bar.backup.problem import BackupProblem
from bar.backup.programs import TLS, environment_of, program
from bar.backup.stream import Sealing, keys
from bar.database import OWNER
from dossiers.appended import keep_name

PART = 4 << 20  # bytes of the dump in one member of the archive
MANIFEST, DATABASE, LETTERS = "manifest.json", "database/", "letters/"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. `missing`: letters that a row names and the storage does not have."""

    manifest: Manifest
    size: int
    missing: tuple[str, ...]


def owner_settings() -> Mapping[str, Any]:
    """How the owner of the schema reaches the database: only the owner may read, and make, everything."""
    if OWNER not in settings.DATABASES:
        raise BackupProblem("DATABASE_OWNER_URL is not set: only the owner of the schema can make or restore a backup.")
    found: Mapping[str, Any] = settings.DATABASES[OWNER]
    return found


def connect(database: Mapping[str, Any], *, name: str = "") -> told.Connection:
    """A connection outside Django, as this database's user."""
    options = database.get("OPTIONS", {})
    try:
        return psycopg.connect(
            host=database["HOST"] or None,
            port=database["PORT"] or None,
            user=database["USER"],
            password=database["PASSWORD"] or None,
            dbname=name or database["NAME"],
            connect_timeout=10,
            autocommit=True,
            **{key: options[key] for key in TLS if key in options},
        )
    except psycopg.OperationalError as problem:
        raise BackupProblem(f"The database does not answer ({database['HOST']}). Is it running, and is DATABASE_OWNER_URL right?") from problem


def make(target: Path) -> Made:
    """Write a backup to a file that does not exist yet. Raises `BackupProblem`; then there is no file."""
    keys()  # before anything is read: without a key nothing is written
    if target.exists():
        raise BackupProblem(f"{target} exists already. A backup never overwrites another: choose a new name.")
    database = owner_settings()
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # 0600
    except OSError as problem:
        raise BackupProblem(f"{target.parent} cannot be written to: {problem.strerror}.") from problem
    try:
        with os.fdopen(handle, "wb") as file:
            made = _fill(file, database)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)  # fails when somebody else made it meanwhile
    except OSError as problem:
        raise BackupProblem(f"The backup could not be written: {problem.strerror}.") from problem
    finally:
        with suppress(FileNotFoundError):
            Path(draft).unlink()
    keep_name(target.parent)
    return Made(made.manifest, target.stat().st_size, made.missing)


def _fill(file: IO[bytes], database: Mapping[str, Any]) -> Made:
    sealing = Sealing(file)
    with connect(database) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits while the dump is made
        found = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert found is not None
        manifest = told.look(connection)
        with tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]
            _add(archive, MANIFEST, manifest.as_json())
            _add_database(archive, database, manifest.server, snapshot=found[0])
            missing = [name for name in manifest.letters if not _add_letter(archive, name)]
        connection.execute("ROLLBACK")
    sealing.close()
    return Made(manifest, 0, tuple(missing))


def _add_database(archive: tarfile.TarFile, database: Mapping[str, Any], server: int, *, snapshot: str) -> None:
    """The dump of that same moment, in members of a few megabytes, because nobody knows beforehand how long it will be."""
    command = [str(program("pg_dump", at_least=server)), "--format=custom", "--compress=gzip:1", "--no-comments", f"--snapshot={snapshot}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment_of(database)) as dump:  # noqa: S603 -- fixed program
            assert dump.stdout is not None
            number = 0
            while piece := dump.stdout.read(PART):
                number += 1
                _add(archive, f"{DATABASE}{number:08}", piece)
        if dump.returncode != 0:
            raise BackupProblem(f"pg_dump failed, so there is no backup: {first_line(said)}")


def _add_letter(archive: tarfile.TarFile, name: str) -> bool:
    try:
        with storages["letters"].open(name, "rb") as stored:
            content = stored.read()
    except OSError:
        return False
    _add(archive, f"{LETTERS}{name}", content)
    return True


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def first_line(said: IO[bytes]) -> str:
    """What a program complained about, without the lines that may quote a row."""
    said.seek(0)
    lines = [line for line in said.read(4000).decode(errors="replace").splitlines() if line and not line.startswith(("DETAIL", "CONTEXT"))]
    return lines[0] if lines else "it said nothing"
