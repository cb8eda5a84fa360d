"""`export_case`: one dossier out as a case file, as one person may read it.

Only a door: it opens the dossier for that person, and prints after the line in the trail stands.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from bar.accounts.models import User
from bar.cases.exporter import export_case
from bar.cases.schema import text
from consent.access import Stranger, opening
from dossiers.door import read
from dossiers.errors import Refused
from dossiers.models import Dossier
from dossiers.parts import Part

STRANGER = "Dit dossier bestaat niet, of deze persoon heeft er geen plaats in."
NOBODY = "Zeg met --as wie dit dossier leest. Alleen een oefendossier komt zonder naam."


class Command(BaseCommand):
    """See the module docstring."""

    help = "Print a dossier as a case file: what that person may read; of a training dossier everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As in case-format.md."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("dossier", metavar="DOSSIER", nargs="?")
        what.add_argument("--schema", action="store_true", help="print the JSON Schema of the format instead")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="who reads (default, for a training dossier only: its physician)")

    def handle(self, *args: Any, dossier: str, email: str | None, schema: bool, **options: Any) -> None:
        """Open, note, read, and only then print."""
        if schema:
            self.stdout.write(text(), ending="")
            return
        person = _reader(dossier, email)
        if person is None:
            raise CommandError(STRANGER)
        try:
            with opening(person, dossier, needs=read(Part.PROCESS), writing=True) as opened:
                told = export_case(opened)
        except Stranger as error:
            raise CommandError(STRANGER) from error
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))


def _reader(number: str, email: str | None) -> User | None:
    if email is not None:
        return User.objects.filter(email__iexact=email).first()
    dossier = Dossier.objects.filter(number=number).first()
    if dossier is not None and not dossier.training:
        raise CommandError(NOBODY)
    return User.objects.filter(pk=dossier.physician_id).first() if dossier else None
