"""The two embedded services together: who starts them, and the environment that a process finds them by.

Imported only when there are no services at hand: it needs the packages of the extra `local`.
"""

import os
import sys
from pathlib import Path

from bar.local import is_test, keys, postgres, valkey
from bar.local.lease import Lease


def lease_of(home: Path) -> Lease:
    """The shared use of the services in this folder."""
    secrets = keys.load(home / "secrets.json")
    return Lease(
        home,
        is_running=lambda: postgres.is_running(home, secrets) and valkey.is_running(home, secrets),
        start=lambda: _start(home, secrets),
        stop=lambda: _stop(home, secrets),
    )


def _start(home: Path, secrets: keys.Secrets) -> None:
    if os.isatty(sys.stderr.fileno()):
        print("Starting PostgreSQL and Valkey …", file=sys.stderr)
    if not postgres.is_running(home, secrets):
        postgres.start(home, secrets, durable=not is_test())
    if not valkey.is_running(home, secrets):
        valkey.start(home, secrets)


def _stop(home: Path, secrets: keys.Secrets) -> None:
    valkey.stop(home, secrets)
    postgres.stop(home, secrets)


def environment(home: Path) -> dict[str, str]:
    """What to add to the environment."""
    secrets = keys.load(home / "secrets.json")
    test = is_test()
    defaults = {
        "SECRET_KEY": secrets.secret_key,
        "SEALING_KEYS": secrets.sealing_keys,
        "HASH_KEY": secrets.hash_key,
        "BACKUP_KEY": secrets.backup_key,
        "BAR_VAR": str(home),
        # Embedded means invented people on this machine. Tests look at the product without the banner, but over http.
        "BAR_DEMO": "0" if test else "1",
        "BAR_SECURE": "0",
    }
    return {
        **{name: os.environ.get(name, value) for name, value in defaults.items()},
        **({"BAR_VAR": str(home)} if test else {}),
        "BAR_EMBEDDED": "1",
        "DATABASE_URL": postgres.url(home, secrets, "bar_app"),
        "DATABASE_OWNER_URL": postgres.url(home, secrets, "bar_owner"),
        "REDIS_URL": valkey.url(home, secrets),
    }
