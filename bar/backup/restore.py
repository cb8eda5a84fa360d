"""Restoring a backup into an empty database, and what must happen before people may use it: rights, no sessions, and the ledger replayed.

The order is that of safety: nothing is changed before the whole file was read, and nobody is signed in before every later closing is closed again.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateOnly
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from bar.accounts.actions.resets import cancel_every_by_command
from bar.accounts.actions.sessions import end_by_command
from bar.backup.checks import Checker, Findings
from bar.backup.load import begin, examine, pour
from bar.backup.make import connect, owner_settings
from bar.backup.manifest import Manifest
from bar.backup.problem import BackupProblem
from bar.backup.replay import Replay, replay
from bar.database import UNFINISHED, as_owner, let_go
from bar.management.commands.migrate import grant
from bar.wall.policies import raise_wall
from dossiers import checkpoints, ledger
from dossiers.chains import told_of
from dossiers.ledger import Ledger
from dossiers.trail import COMMAND, Event, Line, append


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored and closed again. `set_aside`: where the checkpoints of after the backup were put, if there were any."""

    manifest: Manifest
    findings: Findings
    replay: Replay
    ledger: Ledger
    set_aside: Path | None


def restore(path: Path, *, ledgers: Iterable[Path]) -> Restored:
    """Restore into the empty database of this installation. Raises `BackupProblem`; then the database is empty, or says that a restore
    is unfinished: `migrate` gives nobody rights on it, and the next restore empties it first."""
    told = ledger.read(ledgers)  # before anything else: without it consents would come back
    if told.lost:
        raise BackupProblem(
            f"These lines hold a closing that cannot be read, so a withdrawn consent would come back: {', '.join(told.lost)}. Make them whole in a "
            "copy of the file, or take them out and close by hand what they tell of. Nothing was changed."
        )
    manifest = examine(path)
    _must_be_known(manifest)
    database = owner_settings()
    if database["NAME"] != settings.DATABASES["default"]["NAME"]:
        raise BackupProblem("DATABASE_URL and DATABASE_OWNER_URL name two databases. Let both name the empty one.")
    with connect(database) as connection:
        begin(connection)
        checker = Checker(connection, manifest)

        def keep(name: str, content: bytes) -> None:
            checker.letter(name, content)
            _keep_letter(name, content)

        pour(path, database, name=str(database["NAME"]), then=checker.database, letter=keep)
        findings = checker.end()
        let_go()
        with as_owner():  # the application has no right on any table before all is closed
            closed = _close_all(told, since=manifest.moment)
            known = set(told_of(connection))
            set_aside = checkpoints.set_aside(settings.TRAIL_CHECKPOINTS, until=manifest.moment, known=known, now=timezone.now())
            _let_in(manifest)
    return Restored(manifest, findings, closed, told, set_aside)


def _close_all(told: Ledger, *, since: dt.datetime) -> Replay:
    """Newer tables first; then nothing lives on that was ended, stopped or withdrawn later."""
    call_command(MigrateOnly(), verbosity=0)
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        raise_wall(cursor, settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])  # the trail is written by way of its functions
    end_by_command(None)
    cancel_every_by_command(now=timezone.now())  # or the clock would do it
    return replay(told.entries, since=since)


def _let_in(manifest: Manifest) -> None:
    """In one moment: the rights of the application, and no more word of an unfinished restore."""
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        append(Line(Event.RESTORE, actor_role=COMMAND, object_type="backup", object_id=manifest.id))
        grant(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])
        cursor.execute(f"DROP SCHEMA {UNFINISHED}")


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
    try:
        if storage.exists(name):
            storage.delete(name)
        kept = storage.save(name, ContentFile(content))
    except OSError as problem:
        raise BackupProblem(f"Letter {name} could not be stored: {problem.strerror}. Mend that, and restore again.") from problem
    if kept != name:
        raise BackupProblem(f"Letter {name} could not be stored under its name.")
