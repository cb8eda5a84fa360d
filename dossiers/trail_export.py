"""The list of who looked as a file: a calm PDF, and rows for a spreadsheet. What the page shows, and nothing more.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (security.md D6); quoting follows RFC 4180.
"""

import csv
import io
from collections.abc import Iterable

from django.utils import timezone

from dossiers.door import Opened
from dossiers.parts import Role
from dossiers.rules.dutch import long_date
from dossiers.rules.printed import Block, Chapter, Printed
from dossiers.trail_words import Day, Filter

COLUMNS = ("Dag", "Tijd", "Wie", "Wat", "Toegelaten")
MOST_PRINTED = 1_500  # lines; more would not be made in the time a PDF gets
# What a spreadsheet may read as the beginning of a formula, the wide forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_of(days: Iterable[Day]) -> bytes:
    """The lines for a spreadsheet: semicolons and a mark in front, as a Dutch Excel opens them."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for day in days:
        for line in day.lines:
            cells = (timezone.localdate(line.when).isoformat(), line.when_text, line.who, line.what, "nee" if line.refused else "ja")
            writer.writerow([safe_cell(cell) for cell in cells])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def safe_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def printed_trail(opened: Opened, days: Iterable[Day], wanted: Filter, person: str) -> Printed:
    """The lines as a document. `person`: the words of the filter, if there was one."""
    dossier = opened.dossier
    whose = "uw dossier" if opened.role is Role.EMPLOYEE else "dit dossier"
    return Printed(
        title="Wie heeft gekeken",
        house=dossier.arbodienst.name,
        reference=f"Dossier {dossier.number}",
        day_iso=opened.today.isoformat(),
        day_words=long_date(opened.today),
        intro=(f"Elke keer dat iemand in {whose} keek of iets deed. Het nieuwste staat bovenaan.", _filter_words(wanted, person)),
        chapters=tuple(
            Chapter(day.title, (Block(items=tuple(_line(line.when_text, line.who, line.what, line.refused) for line in day.lines)),)) for day in days
        ),
    )


def _line(when: str, who: str, what: str, refused: bool) -> str:
    return f"{when}: {who} {what}{' (niet toegelaten)' if refused else ''}"


def _filter_words(wanted: Filter, person: str) -> str:
    """What was chosen on the page, so that the paper says what is not in it."""
    if wanted == Filter():
        return "Alles staat erin."
    words = [person] if person else []
    words += [f"vanaf {long_date(wanted.first)}"] if wanted.first else []
    words += [f"tot en met {long_date(wanted.last)}"] if wanted.last else []
    return f"Alleen: {', '.join(words)}."
