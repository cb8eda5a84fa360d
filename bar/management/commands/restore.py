"""`restore FILE`: a backup back into an empty database, with everything that was closed since closed again.

Only a door: the work is in `bar/backup/restore.py`.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from bar.backup.problem import BackupProblem
from bar.backup.restore import Restored, restore
from dossiers.actions.replay import Replayed


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "Restore a backup into the empty database that DATABASE_OWNER_URL names, check it, and close again what the ledger says was closed later. "
        "Stop web, worker and clock first. Exit status 1 when anything is wrong, or left for a person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and with which ledgers."""
        parser.add_argument("file", metavar="FILE", type=Path)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--ledger", metavar="FILE", type=Path, action="append", help="a ledger, or a log with its lines; more than once")
        what.add_argument("--without-ledger", action="store_true", help="there is no ledger any more: what was closed since the backup opens again")

    def handle(self, *args: Any, file: Path, ledger: list[Path] | None, without_ledger: bool, **options: Any) -> None:
        """Restore, and tell."""
        ledgers = [] if without_ledger else ledger or [settings.CONSENT_LEDGER]
        gone = [str(path) for path in ledgers if not path.is_file()]
        if gone:
            raise CommandError(
                f"There is no ledger {', '.join(gone)}. Without it withdrawn consents would come back. "
                "Name the file with --ledger, or say --without-ledger."
            )
        try:
            done = restore(file.absolute(), ledgers=ledgers)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        self.tell(done)
        if done.findings.problems or done.replay.left:
            raise CommandError("The backup was restored. Before people use it, look at what stands above.")

    def tell(self, done: Restored) -> None:
        """What there is, what was closed again, and what is left to do."""
        found, closed = done.findings, done.replay
        self.stdout.write(
            f"Restored as of {done.manifest.made_at}: {found.rows} rows, {found.keys} keys, {found.lines} trail lines, {found.letters} letters."
        )
        self.stdout.write("Everybody is signed out.")
        for what in Replayed:
            if closed.became[what]:
                self.stdout.write(f"{closed.became[what]} entries of the ledger: {what}.")
        if closed.unsure:
            self.stdout.write(f"Of those, {closed.unsure} were perhaps not finished when the machine stopped. They are closed: the safe side.")
        if done.ledger.unreadable:
            self.stdout.write(f"{done.ledger.unreadable} lines hold no closing: never finished, or other lines of a log.")
        if done.set_aside:
            self.stdout.write(f"The checkpoints of after the backup tell of lines that are lost. They are kept in {done.set_aside}.")
        for problem in found.problems:
            self.stderr.write(problem)
        for one in closed.left:
            self.stderr.write(f"left for a person: {one}")
