"""Keeps the processes of the demonstration together: starts them, restarts what falls over, ends all of them.

For the demonstration on one machine; a real installation has its own (docker-compose.yml). It knows commands, not what they do.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

GRACE = 15.0  # seconds to end in, before being killed
LONGEST_WAIT = 30.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    falls: int = 0
    start_at: float = 0.0
    started_at: float = field(default=0.0)

    def is_alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches us alone; if we are killed, it ends too."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 -- one system call, and no threads here
        )

    def note_fall(self, now: float) -> None:
        """It ended by itself: start again, each time a little later when it keeps falling."""
        self.falls = self.falls + 1 if now - self.started_at < 60 else 1
        self.start_at = now + min(2.0 ** (self.falls - 1), LONGEST_WAIT)
        code = self.process.returncode if self.process else None
        self.process = None
        print(f"{self.name} ended (exit {code}) and is started again.", file=sys.stderr, flush=True)

    def signal_group(self, number: int) -> None:
        """Send a signal to it and all it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass


class _Stop(Exception):
    """Somebody asked us to stop."""


def supervise(children: Sequence[Child], environment: Mapping[str, str], *, when_up: Callable[[], bool]) -> None:
    """Keep the children alive until Ctrl-C or SIGTERM; calls `when_up` again and again until it says it is done."""
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    done = False
    try:
        while True:
            now = time.monotonic()
            for child in children:
                if child.process is not None and not child.is_alive():
                    child.note_fall(now)
                if child.process is None and now >= child.start_at:
                    child.start(environment)
            done = done or when_up()
            time.sleep(0.2)
    except _Stop:
        pass
    finally:
        end(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def end(children: Sequence[Child]) -> None:
    """Ask every child to end, wait, and kill what is left, grandchildren included. A second Ctrl-C shortens the wait."""
    try:
        for child in children:
            if child.is_alive() and child.process is not None:
                child.process.terminate()
        until = time.monotonic() + GRACE
        while any(child.is_alive() for child in children) and time.monotonic() < until:
            time.sleep(0.05)
    except _Stop:
        pass
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.signal_group(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


def _end_with_parent() -> None:
    """In the child, before exec: end when the supervisor is gone, however it went (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
