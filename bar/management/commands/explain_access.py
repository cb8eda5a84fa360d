"""`explain_access`: who may read and write what in one dossier now, and why, for who works at the command line.

Only a door: the rows come from `consent.explain`, made by the gate's own decision; that somebody asked is a line in the trail.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from consent.explain import Row, who_may
from dossiers.models import Dossier
from dossiers.parts import Act, Part, Role
from dossiers.trail import COMMAND, Event, Line, append

NO_DOSSIER = "Er is geen dossier met dit nummer."
HEADINGS = ("Wie", "Rol", "Onderdeel", "Mag", "Omdat", "Sinds", "Tot en met")


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "Print who may read and write what in a dossier now, and why: a table, or with --json one object. A person is told by e-mail address; "
        "somebody without one (letters on paper) by the name in this dossier. Exit status 2 when there is no such dossier."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which dossier, and how."""
        parser.add_argument("dossier", metavar="DOSSIER")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON instead of a table")

    def handle(self, *args: Any, dossier: str, as_json: bool, **options: Any) -> None:
        """Note, and only then print."""
        found = Dossier.objects.filter(number=dossier).first() if "\x00" not in dossier else None
        if found is None:
            raise CommandError(NO_DOSSIER, returncode=2)
        names = dict(found.seats.filter(ended_at__isnull=True).values_list("person_id", "name"))
        rows = [row for row in who_may(found, timezone.localdate()) if row.act in (Act.READ, Act.WRITE)]
        _note(found)
        if as_json:
            told = {"dossier": found.number, "rows": [_value(row, names) for row in rows]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for line in _table([HEADINGS, *(_words(row, names) for row in rows)]):
            self.stdout.write(line)


def _note(dossier: Dossier) -> None:
    with transaction.atomic():
        append(
            Line(
                Event.VISIT,
                actor_role=COMMAND,
                responsible_id=dossier.physician_id,
                responsible_role=Role.PHYSICIAN.value,
                object_type="explain",
                dossier_id=dossier.pk,
                subject_id=dossier.employee_id,
                parts=(Part.SHARING.value,),
            )
        )


def _person(row: Row, names: dict[Any, str]) -> str:
    return str(row.person.email or names[row.person.pk])


def _value(row: Row, names: dict[Any, str]) -> dict[str, str | None]:
    return {
        "person": _person(row, names),
        "role": row.role.value,
        "part": row.part.value,
        "act": row.act.value,
        "basis": row.basis.value,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }


def _words(row: Row, names: dict[Any, str]) -> tuple[str, ...]:
    until = row.until.isoformat() if row.until else "geen einde"
    return (_person(row, names), row.role.label, row.part.label, row.act.label, row.basis.label, row.since.isoformat(), until)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
