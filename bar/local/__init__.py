"""Embedded services: a real PostgreSQL and a real Valkey under var/, for who has no services at hand.

For the demo, development and tests only; a production installation sets DATABASE_URL and REDIS_URL and never comes here.
Nothing of Django may be imported in this package: it runs before the settings are read, because it fills the environment they read.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bar.local import keys, postgres, valkey
from bar.local.lease import Lease
from bar.local.problem import LocalProblem

__all__ = ["LocalProblem", "folder", "is_embedded", "is_given", "lease_of", "services"]

ROOT = Path(__file__).resolve().parent.parent.parent


def is_given() -> bool:
    """Whether the environment names a database and a broker; naming one of the two is a mistake."""
    named = [bool(os.environ.get(name) or os.environ.get(f"{name}_FILE")) for name in ("DATABASE_URL", "REDIS_URL")]
    if any(named) and not all(named):
        raise LocalProblem("Set both DATABASE_URL and REDIS_URL, or neither: then PostgreSQL and Valkey are started under var/.")
    return all(named)


def is_embedded() -> bool:
    """Whether the services of this process are the embedded ones, started here or by a process above."""
    return os.environ.get("BAR_EMBEDDED") == "1"


def folder() -> Path:
    """Where the services live: var/ (or BAR_VAR), for tests the folder test/ in it."""
    var = Path(os.environ.get("BAR_VAR", ROOT / "var")).absolute()
    return var / "test" if _is_test() else var


def _is_test() -> bool:
    return os.environ.get("BAR_TEST_SERVICES") == "1"


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """Run with a database and a broker; yields the variables to add to the environment (none when they are given).

    The first to enter starts the servers, who comes later attaches, the last one out stops them.
    """
    if is_given():
        yield {}
        return
    home = folder()
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    with lease_of(home).held():
        yield _environment(home, keys.load(home / "secrets.json"))


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
        postgres.start(home, secrets, durable=not _is_test())
    if not valkey.is_running(home, secrets):
        valkey.start(home, secrets)


def _stop(home: Path, secrets: keys.Secrets) -> None:
    valkey.stop(home, secrets)
    postgres.stop(home, secrets)


def _environment(home: Path, secrets: keys.Secrets) -> dict[str, str]:
    test = _is_test()
    defaults = {
        "SECRET_KEY": secrets.secret_key,
        "SEALING_KEYS": secrets.sealing_keys,
        "HASH_KEY": secrets.hash_key,
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
