"""Is this process of the product alive? `python -m bar.probe web|worker|clock`, for the health checks of containers: exit 0 or 1.

Small on purpose, and without Django: it runs every half minute. Worker and clock touch a file whenever they come around; web is asked.
"""

import http.client
import os
import sys
import tempfile
import time
from pathlib import Path

LONGEST = {"worker": 60, "clock": 90}  # seconds without a sign of life; the clock comes around every fifteen, the worker every two
PATIENCE = 5


def sign_of(name: str) -> Path:
    """The file that a living process touches."""
    return Path(tempfile.gettempdir()) / f"bar-{name}.alive"


def touch(name: str) -> None:
    """This process came around."""
    sign_of(name).touch(mode=0o600)


def main(arguments: list[str]) -> int:
    """The exit code, and one sentence when it is not well."""
    if len(arguments) != 1 or arguments[0] not in {"web", *LONGEST}:
        print("usage: python -m bar.probe web|worker|clock", file=sys.stderr)
        return 2
    problem = _web() if arguments[0] == "web" else _sign(arguments[0])
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def _sign(name: str) -> str:
    try:
        age = time.time() - sign_of(name).stat().st_mtime
    except OSError:
        return f"the {name} has given no sign of life yet"
    return f"the {name} has given no sign of life for {age:.0f} seconds" if age > LONGEST[name] else ""


def _web() -> str:
    """Whether it can serve. The name of the site is sent along: an unknown one is refused."""
    port = int(os.environ.get("WEB_BIND", "127.0.0.1:8000").rpartition(":")[2])
    name = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",", maxsplit=1)[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as problem:
        return f"web does not answer ({type(problem).__name__})"
    finally:
        connection.close()
    return "" if status == 200 else f"web is not ready ({status})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
