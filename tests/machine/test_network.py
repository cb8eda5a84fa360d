"""No test reaches the network; this machine itself is reachable."""

import socket
import urllib.request

import pytest

from tests.network import NetworkBlocked, is_here


@pytest.mark.parametrize("address", [("93.184.216.34", 80), ("10.0.0.1", 80), ("0.0.0.0", 80)])
def test_other_machines_are_refused(address: tuple[str, int]) -> None:
    with socket.socket() as plug, pytest.raises(NetworkBlocked):
        plug.connect(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug, pytest.raises(NetworkBlocked):
        plug.sendto(b"x", address)


def test_names_are_not_even_looked_up() -> None:
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(NetworkBlocked):
        urllib.request.urlopen("https://example.org/")


def test_this_machine_is_reachable() -> None:
    with socket.socket() as server, socket.socket() as plug:
        server.bind(("127.0.0.1", 0))
        server.listen()
        plug.connect(server.getsockname())
    assert is_here("::1")
    assert not is_here("localhost.example.org")
