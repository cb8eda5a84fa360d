"""Restoring a backup into an empty database, and what must happen before people may use it: rights, no sessions, and the ledger replayed.

The order is that of safety: nothing is changed before the whole file was read, and nobody is signed in before every later closing is closed again.
"""

import datetime as dt
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from bar.accounts.actions.sessions import end_by_command
from bar.backup.checks import Checker, Findings
from bar.backup.load import examine, must_be_empty, pour
from bar.backup.make import connect, owner_settings
from bar.backup.manifest import Connection, Manifest
from bar.backup.problem import BackupProblem
from bar.backup.replay import Replay, replay
from bar.database import let_go
from dossiers import checkpoints, ledger
from dossiers.ledger import Ledger
from dossiers.trail import COMMAND, GENERAL, Event, Line, append


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored and closed again. `set_aside`: where the checkpoints of after the backup were put, if there were any."""

    manifest: Manifest
    findings: Findings
    replay: Replay
    ledger: Ledger
    set_aside: Path | None


def restore(path: Path, *, ledgers: Iterable[Path]) -> Restored:
    """Restore into the empty database of this installation. Raises `BackupProblem`; then the database is still empty."""
    told = ledger.read(ledgers)  # before anything else: without it consents would come back
    manifest = examine(path)
    _must_be_known(manifest)
    database = owner_settings()
    if database["NAME"] != settings.DATABASES["default"]["NAME"]:
        raise BackupProblem("DATABASE_URL and DATABASE_OWNER_URL name two databases. Let both name the empty one.")
    with connect(database) as connection:
        must_be_empty(connection)
        checker = Checker(connection, manifest)

        def keep(name: str, content: bytes) -> None:
            checker.letter(name, content)
            _keep_letter(name, content)

        pour(path, database, name=str(database["NAME"]), then=checker.database, letter=keep)
        findings = checker.end()
        set_aside = _set_checkpoints_aside(manifest.moment, connection)
    let_go()
    call_command("migrate", verbosity=0)  # newer tables, and the rights of the application
    end_by_command(None)  # a session that was ended later would live again
    closed = replay(told.entries, since=manifest.moment)
    with transaction.atomic():
        append(Line(Event.RESTORE, actor_role=COMMAND, object_type="backup", object_id=manifest.id))
    return Restored(manifest, findings, closed, told, set_aside)


def _must_be_known(manifest: Manifest) -> None:
    """A backup of a newer version of the product has tables that this one does not understand."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = {f"{app}.{name}" for app, name in loader.disk_migrations or {}}
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown:
        raise BackupProblem(f"This backup was made by a newer version of the product ({unknown[-1]}). Install that version first.")


def _keep_letter(name: str, content: bytes) -> None:
    storage = storages["letters"]
    if storage.exists(name):
        storage.delete(name)
    kept = storage.save(name, ContentFile(content))
    if kept != name:
        raise BackupProblem(f"Letter {name} could not be stored under its name.")


def _set_checkpoints_aside(moment: dt.datetime, connection: Connection) -> Path | None:
    """The file of checkpoints tells of lines that are lost now: it is kept whole beside itself, and goes on from what the backup knows."""
    path: Path = settings.TRAIL_CHECKPOINTS
    if not path.exists():
        return None
    asked = "SELECT object_id FROM dossiers_trailline WHERE chain = %s AND event_code = %s"
    known = {signature for (signature,) in connection.execute(asked, [GENERAL, Event.CHECKPOINT.value])}
    with checkpoints.held(path):
        lines = path.read_bytes().splitlines(keepends=True)
        keep = checkpoints.how_many(lines, until=moment, known=known)
        if keep == len(lines):
            return None
        aside = path.with_name(f"{path.name}.before-restore-{timezone.now():%Y%m%dT%H%M%S}")
        shutil.copy2(path, aside)
        with path.open("r+b") as file:
            file.truncate(sum(len(line) for line in lines[:keep]))
    return aside
