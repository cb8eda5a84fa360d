"""`backup FILE`: the database and the letters in one encrypted file. Only a door: `bar/backup` makes it, and the trail says that it was made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from bar.backup.make import make
from bar.backup.problem import BackupProblem
from bar.management.sizes import in_words
from dossiers.trail import COMMAND, Event, Line, append


class Command(BaseCommand):
    """See the module docstring."""

    help = "Write the database and the letters to FILE, encrypted with BACKUP_KEY. Safe while people work. Exit status 1 when anything is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Note that a copy is made, and make it."""
        with transaction.atomic():
            append(Line(Event.BACKUP, actor_role=COMMAND, object_type="backup"))
        try:
            made = make(file.absolute())
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        manifest = made.manifest
        self.stdout.write(
            f"{file}: {in_words(made.size)}, {sum(manifest.tables.values())} rows, {len(manifest.letters) - len(made.missing)} letters."
        )
        self.stdout.write(f"As of {manifest.made_at}. It opens with BACKUP_KEY; its contents also need SEALING_KEYS ({', '.join(manifest.key_ids)}).")
        if made.missing:
            named = ", ".join(made.missing[:10])
            raise CommandError(
                f"The backup was made, but {len(made.missing)} letters are not in the storage: {named}. Look for them before they are needed."
            )
