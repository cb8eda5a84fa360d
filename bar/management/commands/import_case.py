"""`import_case`: case files in, one JSON line per file out.

Only a door: it reads bytes and arguments, calls one function per file, and tells what became of it.
"""

import json
import os
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from bar.accounts.models import User
from bar.cases.importer import import_case
from bar.cases.letters import LetterFailed, write_letters
from bar.cases.messages import CaseRefused, Message, Problem
from instrument.text import MAX_JSON_BYTES

REFUSED, LETTER_FAILED = 1, 2


class Command(BaseCommand):
    """See the module docstring."""

    help = "Import case files. Exit status: 0; 1 when a file was refused; 2 when a letter failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As in case-format.md."""
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--letters", metavar="DIR", type=Path, help="write the letters of the last final assessment here")
        parser.add_argument("--today", metavar="D", type=date.fromisoformat, help="the last day on which an act may have happened (default: today)")
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--training", action="store_true", help="a training dossier: consents and switches count as written")
        who.add_argument("--as", dest="email", metavar="EMAIL", help="the physician who imports")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        """Every file by itself; the worst of what happened is the exit status."""
        folder: Path | None = options["letters"]
        if folder is not None:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise CommandError(f"{folder}: {error.strerror}") from error
        done = [self._one(file, folder, options) for file in files]
        if status := next((code for code in (REFUSED, LETTER_FAILED) if code in done), 0):
            sys.exit(status)

    def _one(self, file: str, folder: Path | None, options: dict[str, Any]) -> int:
        told: dict[str, Any] = {"file": os.fsencode(file).decode("utf-8", "replace")}
        status = 0
        try:
            by = User.objects.filter(email__iexact=options["email"]).first() if options["email"] else None
            dossier = import_case(_content(file), today=options["today"] or timezone.localdate(), training=options["training"], by=by)
        except CaseRefused as refusal:
            told["errors"] = [problem._asdict() for problem in refusal.problems]
            status = REFUSED
        else:
            told |= {"dossier": dossier.number, "assessments": dossier.assessments.count(), "letters": []}
            try:
                told["letters"] = [str(path) for path in write_letters(dossier, folder)] if folder is not None else []
            except (LetterFailed, OSError) as error:
                self.stderr.write(f"{dossier.number}: a letter failed ({type(error).__name__})")
                status = LETTER_FAILED
        self.stdout.write(json.dumps(told, ensure_ascii=False))
        return status


def _content(file: str) -> bytes:
    try:
        with Path(file).open("rb") as source:
            return source.read(MAX_JSON_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise CaseRefused([Problem("", Message.UNREADABLE)]) from error
