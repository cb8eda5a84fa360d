"""Who uses the embedded services: the first one starts them, the last one out stops them.

Built on flock, which the kernel lets go when a process dies, however it dies. Nothing here knows what the services are.
"""

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bar.local.problem import LocalProblem


@dataclass(frozen=True)
class Lease:
    """Shared use of something that is started and stopped, by processes that do not know each other.

    Two files: `gate.lock` is held for the moment of coming or going, `lease.lock` is held shared for as long as one stays.
    """

    home: Path
    is_running: Callable[[], bool]
    start: Callable[[], None]
    stop: Callable[[], None]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stay for the length of this block."""
        lease = os.open(self.home / "lease.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._gate():
                if not self.is_running():
                    self.start()
                fcntl.flock(lease, fcntl.LOCK_SH)
            try:
                yield
            finally:
                with undisturbed(), self._gate():
                    self._leave(lease)
        finally:
            os.close(lease)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have it for oneself, stopped, for the length of this block; raises LocalProblem when somebody uses it."""
        lease = os.open(self.home / "lease.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._gate():
                try:
                    fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise LocalProblem("The demonstration is running, or another command is. Stop it first (Ctrl-C).") from None
                self.stop()
                yield
        finally:
            os.close(lease)

    def _leave(self, lease: int) -> None:
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody stays
        self.stop()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        gate = os.open(self.home / "gate.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield
        finally:
            os.close(gate)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C and SIGTERM for a moment: a second Ctrl-C must not leave a server behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
