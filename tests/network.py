"""No test reaches the network: Python itself refuses every address that is not this machine.

An audit hook cannot be removed or patched away, so nothing under test can get around it from Python.
"""

import sys
from ipaddress import ip_address

NAMES = {"", "localhost", "testserver"}
WATCHED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.bind": 1}


class NetworkBlocked(RuntimeError):
    """A test tried to leave this machine."""


def block() -> None:
    """From now on, in this process, for good."""
    sys.addaudithook(_refuse_the_world)


def _refuse_the_world(event: str, arguments: tuple[object, ...]) -> None:
    place = WATCHED.get(event)
    if place is None:
        return
    address = arguments[place]
    host = address[0] if isinstance(address, tuple) else address
    by_name = event.startswith("socket.get")
    if (by_name or isinstance(address, tuple)) and not is_here(host):  # the address of a Unix socket is a path
        raise NetworkBlocked(f"{event} {host!r}: a test may not reach the network")


def is_here(host: object) -> bool:
    """Whether this is an address of this machine."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in NAMES:
        return True
    try:
        return ip_address(name.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False
