"""Whether a restored database is what was backed up: rows, keys, sealed values, chains, letters. It reads, and says what is wrong.

Findings name tables, counts and ids; never what stands in a value.
"""

import hashlib
import uuid
from dataclasses import dataclass, field

from django.apps import apps
from psycopg import sql

from bar.backup import manifest as told
from bar.backup.manifest import Connection, Manifest
from dossiers.chains import verify
from dossiers.sealed import SealBroken, SealedField, unseal, unseal_text, unwrapped_key

VALUES = 200  # of every sealed column, how many are opened
SHOWN = 20


@dataclass(slots=True)
class Findings:
    """How much was looked at, and everything that is wrong."""

    rows: int = 0
    keys: int = 0
    secrets: int = 0
    values: int = 0
    lines: int = 0
    marks: int = 0
    letters: int = 0
    problems: list[str] = field(default_factory=list)


class Checker:
    """Looks at one restored database, as its owner."""

    def __init__(self, connection: Connection, manifest: Manifest) -> None:
        self.connection, self.manifest = connection, manifest
        self.found = Findings()
        self._keys: dict[str, bytes] = {}
        self._letters: dict[str, tuple[str, str, str]] = {}

    def database(self) -> None:
        """Everything but the letters."""
        self.connection.execute("SET statement_timeout = 0")
        self._count()
        self._open_keys()
        self._open_secrets()
        self._open_values()
        self._chains()
        self._letters = {name: (sha256, place, dossier) for name, sha256, place, dossier in told.pdfs(self.connection)}

    def letter(self, name: str, content: bytes) -> None:
        """One stored PDF: it opens with the key of its dossier and has the hash that its row says."""
        row = self._letters.pop(name, None)
        if row is None:
            return self._say(f"letter {name} belongs to no row")
        sha256, place, dossier = row
        try:
            pdf = unseal(self._keys[dossier], content, bound_to=place)
        except (SealBroken, KeyError):
            return self._say(f"letter {name} does not open")
        if hashlib.sha256(pdf).hexdigest() != sha256:
            return self._say(f"letter {name} is not the one that was stored")
        self.found.letters += 1
        return None

    def end(self) -> Findings:
        """What is left over is missing."""
        for name in list(self._letters)[:SHOWN]:
            self._say(f"letter {name} is not in the backup")
        return self.found

    def _say(self, problem: str) -> None:
        self.found.problems.append(problem)

    def _count(self) -> None:
        here = told.counts(self.connection)
        self.found.rows = sum(here.values())
        for name in sorted(set(here) | set(self.manifest.tables)):
            if here.get(name) != self.manifest.tables.get(name):
                self._say(f"table {name} has {here.get(name, 'no')} rows, and the backup was made of {self.manifest.tables.get(name, 'no')}")

    def _open_keys(self) -> None:
        broken: list[str] = []
        for pk, number, wrapped in self.connection.execute("SELECT id, number, wrapped_key FROM dossiers_dossier"):
            try:
                self._keys[str(pk)] = unwrapped_key(uuid.UUID(str(pk)), wrapped)
            except SealBroken:
                broken.append(number)
        self.found.keys = len(self._keys)
        if broken:
            self._say(f"the keys of {len(broken)} dossiers do not open with SEALING_KEYS: {', '.join(broken[:SHOWN])}")

    def _open_secrets(self) -> None:
        broken = 0
        for value, place in told.secrets(self.connection):
            try:
                unseal_text(value, bound_to=place)
                self.found.secrets += 1
            except SealBroken:
                broken += 1
        if broken:
            self._say(f"{broken} second steps or secrets of providers do not open with SEALING_KEYS")

    def _open_values(self) -> None:
        for model in apps.get_models():
            for one in model._meta.concrete_fields:
                if isinstance(one, SealedField):
                    self._open_column(model._meta.db_table, one.column or one.attname)

    def _open_column(self, table: str, column: str) -> None:
        query = "SELECT id::text, dossier_id::text, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY random() LIMIT {most}"
        asked = sql.SQL(query).format(column=sql.Identifier(column), table=sql.Identifier(table), most=sql.Literal(VALUES))
        broken = 0
        for pk, dossier, value in self.connection.execute(asked).fetchall():
            try:
                unseal(self._keys.get(dossier, b"\0" * 32), value, bound_to=f"{table}|{column}|{pk}")
                self.found.values += 1
            except SealBroken:
                broken += 1
        if broken:
            self._say(f"{broken} values of {table}.{column} do not open")

    def _chains(self) -> None:
        """Against the checkpoints that were kept before the backup was made."""
        report = verify(until=self.manifest.moment, connection=self.connection)
        self.found.lines, self.found.marks = report.lines, report.marks
        for one in report.breaks[:SHOWN]:
            self._say(f"the trail: {one}")
