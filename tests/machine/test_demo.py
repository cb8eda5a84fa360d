"""`make demo` as a person meets it: up, standing up again, ending clean, twice in a row, and a port that is taken."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from tests.machine.test_local import ROOT, bare, servers

Start = Callable[[], "subprocess.Popen[str]"]
pytestmark = [pytest.mark.machine, pytest.mark.slow]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("demo") / "var"
    yield home
    for process in servers(home):
        process.kill()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo(home: Path, port: int) -> Iterator[Start]:
    """Starts the demonstration; whatever a test leaves running is ended."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        started.append(start_demo(home, port))
        return started[-1]

    yield start
    for running in started:
        if running.poll() is None:
            running.terminate()
            running.wait(60)


def start_demo(home: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=bare(home, PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def until_told(running: "subprocess.Popen[str]") -> str:
    """All it said until it says where to look."""
    assert running.stdout is not None
    said = ""
    for line in running.stdout:
        said += line
        if line.startswith("Open http"):
            return said
    raise AssertionError(said)


def is_well(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(json.load(answer) == {"status": "ok", "database": "ok", "broker": "ok"})
    except (URLError, OSError):
        return False


def serving(running: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Web, worker and clock; the broker may be a child as well."""
    lines = {
        child.pid: line for child in psutil.process_iter(["ppid", "cmdline"]) if child.info["ppid"] == running.pid and (line := child.info["cmdline"])
    }
    return [psutil.Process(pid) for pid, line in lines.items() if re.search("gunicorn|celery", " ".join(line))]


def ended(running: "subprocess.Popen[str]", number: int) -> int:
    """Ask it to end; nothing it started may be left."""
    family = psutil.Process(running.pid).children(recursive=True)
    assert len(family) >= 6, "web with two workers, worker with its children and clock should be separate processes"
    running.send_signal(number)
    code = running.wait(60)
    gone, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert gone
    return code


def test_up_twice_in_a_row_and_each_time_down_without_a_trace(home: Path, port: int, demo: Start) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        running = demo()
        said = until_told(running)
        assert f"http://localhost:{port}" in said
        assert is_well(port)
        assert ended(running, number) == 0
        assert not servers(home)


def test_what_falls_over_stands_up_again_and_nothing_that_serves_knows_the_owner(port: int, demo: Start) -> None:
    running = demo()
    until_told(running)
    children = serving(running)
    assert len(children) == 3
    for child in children:
        assert "DATABASE_OWNER_URL" not in child.environ()
        assert "DATABASE_URL" in child.environ()
    web, clock = (next(child for child in children if word in child.cmdline()) for word in ("gunicorn", "beat"))
    web.kill()
    clock.kill()
    until = time.monotonic() + 60
    while time.monotonic() < until and not (len(serving(running)) == 3 and is_well(port)):
        time.sleep(0.2)
    assert is_well(port)
    assert ended(running, signal.SIGINT) == 0


def test_killed_outright_it_takes_its_children_along(home: Path, demo: Start) -> None:
    running = demo()
    until_told(running)
    kept = [process.pid for process in servers(home)]  # servers may outlive us: the next command stops them
    family = [one for one in psutil.Process(running.pid).children(recursive=True) if one.pid not in kept]
    assert len(family) >= 3, "web, worker and clock"
    os.kill(running.pid, signal.SIGKILL)
    running.wait(10)
    _gone, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
    done = subprocess.run([sys.executable, "-m", "bar.local", "true"], cwd=ROOT, env=bare(home), timeout=60, check=False)
    assert done.returncode == 0  # attaches to what was left running, and stops it


def test_a_port_that_is_taken_is_said_in_words(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start_demo(home, port)
        assert running.wait(120) == 1
        assert running.stdout is not None
        assert f"Port {port} is in use" in running.stdout.read()
