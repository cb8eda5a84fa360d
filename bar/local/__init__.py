"""Embedded services: a real PostgreSQL and a real Valkey under var/, for who has no services at hand.

For the demo, development and tests only; a production installation sets DATABASE_URL and REDIS_URL and never comes here.
Nothing of Django may be imported in this package: it runs before the settings are read, because it fills the environment they read.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bar.local.problem import LocalProblem

__all__ = ["LocalProblem", "folder", "is_embedded", "is_given", "is_test", "services"]

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
    return var / "test" if is_test() else var


def is_test() -> bool:
    """Whether these are the services of a test run."""
    return os.environ.get("BAR_TEST_SERVICES") == "1"


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """Run with a database and a broker; yields the variables to add to the environment (none when they are given).

    The first to enter starts the servers, who comes later attaches, the last one out stops them.
    """
    if is_given():
        yield {}
        return
    try:
        from bar.local import embedded  # noqa: PLC0415 -- a real installation has no PostgreSQL and no Valkey in a package
    except ModuleNotFoundError as missing:
        raise LocalProblem("Set DATABASE_URL and REDIS_URL: the packages that bring their own services are not installed.") from missing
    home = folder()
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    with embedded.lease_of(home).held():
        yield embedded.environment(home)
