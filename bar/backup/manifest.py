"""What a backup says about itself: how many rows in which table, which letters, which migrations, as of one moment of the database.

It travels inside the encrypted file. Counts, names of tables and files, hashes; no content.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from bar.accounts.actions.providers import place_of
from bar.accounts.actions.secrets import sealed_in
from bar.accounts.mfa_adapter import PLACE
from bar.backup.problem import BackupProblem

VERSION = 1
Connection = psycopg.Connection[tuple[Any, ...]]
# Every stored PDF that a row names: its name, the hash of its bytes, and the row and dossier that it opens with.
_PDFS = """
    SELECT stored_as, sha256, 'dossiers_lettercopy|pdf|' || id, dossier_id::text FROM dossiers_lettercopy WHERE stored_as <> ''
    UNION ALL
    SELECT stored_as, sha256, 'dossiers_labourreport|pdf|' || id, dossier_id::text FROM dossiers_labourreport WHERE stored_as <> ''
    ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """See the module docstring. `key_ids`: which keys of SEALING_KEYS are needed to read what is in it."""

    made_at: str
    server: int
    tables: Mapping[str, int]
    migrations: tuple[str, ...]
    letters: tuple[str, ...]
    key_ids: tuple[str, ...]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: int = VERSION

    @property
    def moment(self) -> dt.datetime:
        """When the database was as this backup has it, by the database's clock."""
        return dt.datetime.fromisoformat(self.made_at)

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()


def read(content: bytes) -> Manifest:
    """The manifest of a backup. Raises `BackupProblem` for one of another version of this format."""
    told = json.loads(content)
    if told.get("version") != VERSION:
        raise BackupProblem(f"This backup has format {told.get('version')}, and this version of the product reads format {VERSION}.")
    for name in ("migrations", "letters", "key_ids"):
        told[name] = tuple(told[name])
    return Manifest(**told)


def look(connection: Connection) -> Manifest:
    """What the database holds now. In a transaction of its caller, so that it is of one moment."""
    # now() is when the transaction began, so before the moment that it sees: whatever was kept outside by then is in it.
    (made_at, version) = _row(connection, "SELECT now(), current_setting('server_version_num')::int / 10000")
    migrations = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    ids = {name for (name,) in connection.execute("SELECT DISTINCT split_part(wrapped_key, ':', 1) FROM dossiers_dossier")}
    return Manifest(
        made_at=made_at.astimezone(dt.UTC).isoformat(),
        server=version,
        tables=counts(connection),
        migrations=tuple(name for (name,) in migrations),
        letters=tuple(name for name, *_ in pdfs(connection)),
        key_ids=tuple(sorted(ids | {value.partition(":")[0] for value, _place in secrets(connection)})),
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many rows every table holds."""
    names = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    return {name: _row(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))[0] for name in names}


def pdfs(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Every stored PDF: name, SHA-256, what it is bound to, dossier."""
    return [(name, sha256, place, dossier) for name, sha256, place, dossier in connection.execute(_PDFS).fetchall()]


def secrets(connection: Connection) -> list[tuple[str, str]]:
    """What the key ring itself seals, and what that is bound to: second steps of accounts, and how providers know us."""
    steps = connection.execute("SELECT data FROM mfa_authenticator").fetchall()
    providers = connection.execute("SELECT client_secret, id FROM accounts_identityprovider WHERE client_secret <> ''").fetchall()
    return [*((value, PLACE) for (data,) in steps for value in sealed_in(data)), *((value, place_of(pk)) for value, pk in providers)]


def _row(connection: Connection, query: Any) -> tuple[Any, ...]:
    found = connection.execute(query).fetchone()
    assert found is not None
    return found
