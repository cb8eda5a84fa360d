"""The whole product on this machine, with invented people: web, worker and clock under one supervisor.

`make demo` calls this. Everything is brought up to date first; running it twice in a row changes nothing.
"""

import json
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from bar import demo
from bar.database import let_go
from bar.local import is_embedded
from bar.supervisor import Child, supervise

ROOT_IS_FINE = "ignore:You're running the worker:Warning"  # on one's own machine
HOST = "127.0.0.1"  # where we listen: this machine only
NAME = "localhost"  # what we call it: browsers keep a passkey for a name, never for a number
GUNICORN = ("--workers=2", "--threads=4", "--graceful-timeout=10", "--no-control-socket", "--log-level=warning")


class Command(BaseCommand):
    """See the module docstring."""

    help = "Show the product with invented people, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--prepare`: bring everything up to date and stop there."""
        parser.add_argument("--prepare", action="store_true", help="make the database and load the invented people, then stop")
        parser.add_argument("--port", type=int, default=_port(), help="where to serve (default: PORT, or 8000)")

    def handle(self, *args: Any, prepare: bool, port: int, **options: Any) -> None:
        """Refuse where it does not belong, prepare, serve."""
        if not (settings.DEMO and is_embedded()):
            raise CommandError("The demonstration brings its own services: unset DATABASE_URL, REDIS_URL and BAR_DEMO.")
        if not prepare and not is_free(port):
            raise CommandError(f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1} make demo")
        self.stdout.write("Preparing the database and the invented people …")
        call_command("migrate", verbosity=0)
        demo.load()
        if not prepare:
            let_go()
            self.serve(port)

    def serve(self, port: int) -> None:
        """Until Ctrl-C."""
        folder = settings.VAR / "clock"
        folder.mkdir(mode=0o700, exist_ok=True)
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        # What serves has no business with the owner's password.
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        environment["BASE_URL"] = f"http://{NAME}:{port}"
        supervise(processes(port, folder / "schedule"), environment, when_up=lambda: self.is_told(port))
        self.stdout.write("Stopped.")

    def is_told(self, port: int) -> bool:
        """Say where to look, once it is there to look at."""
        if not is_well(port):
            return False
        rows = [("role", "name", "e-mail", "password"), *demo.sign_ins()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        self.stdout.write("\n".join(["", "Sign in with:", *lines, "", f"Open http://{NAME}:{port}  (Ctrl-C stops everything)", ""]))
        self.stdout.flush()
        return True


def processes(port: int, schedule: object) -> list[Child]:
    """Web, worker and clock."""
    python = sys.executable
    celery = [python, "-W", ROOT_IS_FINE, "-m", "celery", "--app", "bar.celery", "--quiet"]
    quiet = ["--loglevel", "WARNING"]
    return [
        Child("web", [python, "-m", "gunicorn", "bar.wsgi", f"--bind={HOST}:{port}", *GUNICORN]),
        Child("worker", [*celery, "worker", "--concurrency=2", "--without-gossip", "--without-mingle", *quiet]),
        Child("clock", [*celery, "beat", "--schedule", str(schedule), "--pidfile=", *quiet]),
    ]


def is_free(port: int) -> bool:
    """Whether we can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_well(port: int) -> bool:
    """Whether the product answers, and says that its database and broker do."""
    try:
        with urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except (URLError, OSError, ValueError):
        return False


def _port() -> int:
    value = os.environ.get("PORT", "") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CommandError(f"PORT must be a number between 1 and 65535, not {value!r}.")
    return int(value)
