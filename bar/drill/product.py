"""The product that is drilled: started as `manage.py demo` in a data folder of its own, and everything that can be done to its processes.

It knows processes, not dossiers; what must hold afterwards is asked in `work.py`.
"""

import os
import shelve
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psutil
import redis
from django.conf import settings

from bar.database import let_go
from bar.local import keys, postgres, valkey
from bar.management.commands.demo import HOST, is_well

START_SECONDS = 300
ROOM = 24 * 1024 * 1024  # bytes of the small disk for letters


class DrillFailed(Exception):
    """The drill itself could not be done."""


class Product:
    """Web, worker and clock under the supervisor of the demonstration."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.home: Path = settings.VAR
        self.secrets = keys.load(self.home / "secrets.json")
        self.log = self.home / "drill.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.has_small_disk = False

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @contextmanager
    def running(self) -> Iterator["Product"]:
        """The product, up and answering, for the length of this block."""
        with self._small_disk(), self.log.open("wb") as log:
            command = [sys.executable, "manage.py", "demo", "--port", str(self.port)]
            environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
            self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
            try:
                self.until(lambda: is_well(self.port), START_SECONDS)
                yield self
            finally:
                self.process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(60)
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)

    def until(self, holds: Callable[[], bool], seconds: float, every: float = 0.1) -> float:
        """Wait until this holds; the seconds it took. Raises `DrillFailed` when it never does."""
        begin = time.monotonic()
        while not holds():
            if self.process is not None and self.process.poll() is not None:
                raise DrillFailed(f"the product ended by itself; {self.log} says why")
            if time.monotonic() - begin > seconds:
                raise DrillFailed(f"nothing happened within {seconds:.0f} seconds; {self.log} may say why")
            time.sleep(every)
        return time.monotonic() - begin

    # --- processes ---------------------------------------------------------------------------

    def main_of(self, word: str) -> psutil.Process:
        """The process that the supervisor keeps alive with this word in its command: gunicorn, worker or beat."""
        for child in self._children():
            if word in child.cmdline():
                return child
        raise DrillFailed(f"no process of {word} was found")

    def is_up(self, word: str) -> bool:
        """Whether that process is there."""
        return any(word in child.cmdline() for child in self._children())

    def _children(self) -> list[psutil.Process]:
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if child.status() != psutil.STATUS_ZOMBIE:
                    found.append(child)
        return found

    def worker_at_work(self, seconds: float = 60) -> psutil.Process:
        """A child of the worker that is drawing a letter at this moment: it has a child of its own."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(psutil.Error, DrillFailed):
                for child in self.main_of("worker").children():
                    if child.children():
                        return child
            time.sleep(0.005)
        raise DrillFailed("no letter was being drawn")

    @contextmanager
    def worker_asleep(self) -> Iterator[None]:
        """The worker and its children do nothing for the length of this block."""
        main = self.main_of("worker")
        everybody = [main, *main.children(recursive=True)]
        for one in everybody:
            one.suspend()
        try:
            yield
        finally:
            for one in everybody:
                with suppress(psutil.NoSuchProcess):
                    one.resume()

    # --- services ----------------------------------------------------------------------------

    @contextmanager
    def without_broker(self) -> Iterator[None]:
        """The broker is stopped, and started again where it was."""
        valkey.stop(self.home, self.secrets)
        try:
            yield
        finally:
            valkey.start_again(self.home, self.secrets)

    @contextmanager
    def silent_broker(self) -> Iterator[None]:
        """The broker accepts connections and never answers: it is frozen, and the kernel goes on accepting for it."""
        broker = self._broker()
        broker.suspend()
        try:
            yield
        finally:
            broker.resume()

    def flush_broker(self) -> int:
        """Throw away everything in the broker; how many messages waited there."""
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
            queued = int(client.llen("celery"))
            client.flushall()
        return queued

    def _broker(self) -> psutil.Process:
        port = int((self.home / "valkey.port").read_text(encoding="ascii"))
        for process in psutil.process_iter(["name"]):
            with suppress(psutil.Error):
                if process.info["name"] == "valkey-server" and any(one.laddr.port == port for one in process.net_connections() if one.laddr):
                    return process
        raise DrillFailed("the broker was not found")

    def database_falls(self) -> None:
        """PostgreSQL ends as after a power cut."""
        postgres.fall(self.home)

    def database_stands_up(self) -> None:
        """PostgreSQL starts again; returns when it takes connections. The connection of the drill itself died with it."""
        postgres.stand_up(self.home)
        let_go()

    # --- the disk for letters ----------------------------------------------------------------

    @contextmanager
    def _small_disk(self) -> Iterator[None]:
        """Letters go to a small file system of their own, so that it can be filled. Needs root; without it, that one drill is not done."""
        folder = Path(settings.STORAGES["letters"]["OPTIONS"]["location"])
        folder.mkdir(mode=0o700, exist_ok=True)
        done = subprocess.run(  # noqa: S603
            ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "bar-drill", str(folder)],  # noqa: S607
            check=False,
            capture_output=True,
        )
        self.has_small_disk = done.returncode == 0
        try:
            yield
        finally:
            if self.has_small_disk:
                subprocess.run(["umount", "--lazy", str(folder)], check=False)  # noqa: S603, S607

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Not one byte more fits where letters are stored."""
        filler = Path(settings.STORAGES["letters"]["OPTIONS"]["location"]) / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
        try:
            yield
        finally:
            filler.unlink()

    # --- the clock ---------------------------------------------------------------------------

    def clock_missed(self, days: int) -> float:
        """Kill the clock and have it start as if it last ran so many days ago; seconds until it is up again."""
        clock = self.main_of("beat")
        clock.suspend()  # so that it writes nothing down while its diary is changed
        _set_back(self.home / "clock" / "schedule", timedelta(days=days))
        clock.kill()
        clock.wait(10)
        return self.until(lambda: self.is_up("beat"), 60)


def _set_back(diary: Path, by: timedelta) -> None:
    """Change in the clock's own diary when each task was last sent."""
    with shelve.open(str(diary), writeback=True) as kept:  # noqa: S301 -- written by our own clock, in our own folder
        for entry in kept["entries"].values():
            if entry.last_run_at is not None:
                entry.last_run_at -= by
