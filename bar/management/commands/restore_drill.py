"""`restore_drill FILE`: whether a backup can be restored, tried in a database of its own. Only a door: see `bar/backup/drill.py`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from bar.backup.drill import drill
from bar.backup.problem import BackupProblem


class Command(BaseCommand):
    """See the module docstring."""

    help = "Restore a backup into a database of its own, check rows, keys, chains and letters, and drop that. Exit status 1 on anything wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--database", metavar="NAME", default="", help="an empty database of the same owner to try in (default: one is made)")

    def handle(self, *args: Any, file: Path, database: str, **options: Any) -> None:
        """Try, and tell."""
        try:
            done = drill(file.absolute(), into=database)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        found = done.findings
        self.stdout.write(f"backup:   {done.manifest.id} of {done.manifest.made_at}")
        self.stdout.write(f"rows:     {found.rows} in {len(done.manifest.tables)} tables")
        self.stdout.write(f"keys:     {found.keys} dossiers open, {found.secrets} other secrets; {found.values} sealed values of all columns opened")
        self.stdout.write(f"trail:    {found.lines} lines, held against {found.marks} marks of checkpoints")
        self.stdout.write(f"letters:  {found.letters} opened, each with the hash of its row")
        self.stdout.write(f"seconds:  {done.seconds:.1f}")
        for one in found.problems:
            self.stderr.write(one)
        if found.problems:
            raise CommandError(f"This backup cannot be relied on: {len(found.problems)} things are wrong.")
        self.stdout.write("This backup can be restored.")
