"""`verify_trail`: whether the trail is still what was written, for who watches over the installation.

Only a door: `dossiers.chains` looks, `dossiers.actions.checkpoints` notes that somebody looked and keeps a checkpoint. Ids and numbers, no content.
"""

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from dossiers.actions.checkpoints import accept_breaks, note_checkpoint, note_verified
from dossiers.chains import Report, verify
from dossiers.models import Dossier
from dossiers.trail import COMMAND, GENERAL


class Command(BaseCommand):
    """See the module docstring."""

    help = "Check every line of the trail and the checkpoints outside the database. Exit status 1 when anything is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to look at."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dossier", metavar="NUMBER", help="only the chain of this dossier")
        what.add_argument("--chain", metavar="UUID", type=uuid.UUID, help=f"only this chain; what belongs to no opened dossier is in {GENERAL}")
        parser.add_argument("--since-checkpoint", action="store_true", help="only the newest checkpoint of every chain and what came after it")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--checkpoints", metavar="FILE", type=Path, help="another copy of the checkpoints (default: TRAIL_CHECKPOINTS)")
        which.add_argument("--accept", action="store_true", help="go on from here, after finding out why: what is broken now is not told again")

    def handle(
        self,
        *args: Any,
        dossier: str | None,
        chain: uuid.UUID | None,
        since_checkpoint: bool,
        checkpoints: Path | None,
        accept: bool,
        **options: Any,
    ) -> None:
        """Look, tell, note."""
        if dossier is not None:
            chain = _chain_of(dossier)
        if checkpoints is not None and not checkpoints.is_file():
            raise CommandError(f"There is no file {checkpoints}.")
        try:
            report = verify(chain=chain, since_checkpoint=since_checkpoint, path=checkpoints)
        except OSError as problem:
            raise CommandError(f"The checkpoints cannot be read ({type(problem).__name__}): {checkpoints or settings.TRAIL_CHECKPOINTS}") from problem
        note_verified(report, by=COMMAND)
        for line in _words(report):
            self.stdout.write(line)
        for one in report.breaks:
            self.stderr.write(str(one))
        self._keep(report, accept=accept)
        if report.breaks and not accept:
            raise CommandError(f"The trail is broken in {len(report.breaks)} places. What to do stands in docs/operate.md, under Trail.")
        self.stdout.write(f"{len(report.breaks)} breaks were accepted." if report.breaks else "The trail is whole.")

    def _keep(self, report: Report, *, accept: bool) -> None:
        place = settings.TRAIL_CHECKPOINTS
        try:
            if accept and report.breaks:
                accept_breaks(report, by=COMMAND)
            else:
                self.stdout.write(f"Checkpoint {note_checkpoint(by=COMMAND).number} was added to {place}.")
        except OSError as problem:
            if accept:
                raise CommandError(f"Nothing was accepted: {place} cannot be written here ({type(problem).__name__}).") from problem
            self.stderr.write(f"No checkpoint was added: {place} cannot be written here ({type(problem).__name__}).")


def _chain_of(number: str) -> uuid.UUID:
    found = Dossier.objects.filter(number=number).values_list("pk", flat=True).first() if "\x00" not in number else None
    if found is None:
        raise CommandError("There is no dossier with this number.")
    return found


def _words(report: Report) -> list[str]:
    torn = f", {report.torn} unfinished" if report.torn else ""
    return [
        f"lines:        {report.lines} in {report.seconds:.2f} s ({report.lines_per_second} per second)",
        f"chains:       {report.chains}",
        f"checkpoints:  {report.checkpoints}{torn}, with {report.marks} marks on these chains",
    ]
