"""A real browser and a real server, for every test that looks at the product from outside: one Chromium and one Gunicorn per process.

A plugin, loaded by conftest; `make screenshots` uses its parts as well. What is looked at belongs in the tests, not here.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError, sync_playwright

from bar.accounts.models import User
from bar.database import let_go
from tests.world import World, let_in

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# The browser looks up no name and calls nobody on its own behalf: only this machine can be reached.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
START_SECONDS = 60
PR_SET_PDEATHSIG = 1


class Server:
    """Gunicorn on one port, killed and started again at will."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # Bound and never listening: nobody else is given this port before Gunicorn, which sets SO_REUSEADDR too, listens on it, or while it is down.
        self.held = socket.socket()
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.held.bind(("127.0.0.1", 0))
        self.port = int(self.held.getsockname()[1])
        self.environment = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "bar.settings"}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Have it running: start it when it is not, and wait until it answers."""
        if self.process is not None:
            return
        command = [sys.executable, "-m", "gunicorn", "bar.wsgi", "--bind", f"127.0.0.1:{self.port}", "--threads", "4", "--log-level", "error"]
        # A line that the server lets go of in the very moment a test asks something on it is an error. The control socket is one file for all.
        self.process = begin([*command, "--keep-alive", "600", "--no-control-socket"], self.environment)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.address}/privacy/"):  # noqa: S310 -- our own address
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the server does not answer")

    def kill(self) -> None:
        """As a power cut: no goodbye."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Let it say goodbye to its database."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            self.kill()


def begin(command: list[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process in a group of its own that ends with us, also when we are killed."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: PLW1509 -- one system call


def _end_with_parent() -> None:
    """In the child, before exec (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def of_this_run() -> dict[str, str]:
    """Where a server or worker finds this process's database, and a broker number that no other process of the run rings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw13")
    return {
        "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + settings.DATABASES["default"]["NAME"])),
        "REDIS_URL": urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{int(worker.removeprefix('gw')) % 14 + 1}")),
    }


class Watch:
    """What no page may do, in any window: a script error, a refused policy, a file that is missing, a call to elsewhere."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch every page of this window."""
        context.on("weberror", self._script)
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("response", self._response)
        return context

    def _script(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx or 5xx is in the console too; whether it belongs there is for the test, and for `_response`.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in {"document", "fetch", "xhr"}:
            self.complaints.append(f"missing: {response.status} {response.url}")


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    # Playwright's own loop makes Django think that its calls are asynchronous; they are not.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
        let_go()  # what Django opened inside Playwright's loop can be closed inside it only


def hand_over_session(context: BrowserContext, person: User, address: str) -> None:
    """Sign somebody in without the sign-in page: a session made by Django's own client, given as a cookie."""
    client = Client()
    let_in(client, person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def standing_server(django_db_setup: None) -> Iterator[Server]:
    """One server for all tests of a process, on its test database."""
    running = Server(of_this_run())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def server(transactional_db: None, standing_server: Server) -> Server:
    """The server on this test's database; a test may kill it."""
    standing_server.start()
    return standing_server


@pytest.fixture
def watch(standing_server: Server) -> Iterator[Watch]:
    """A script error, a refused policy or a call to elsewhere in any watched window fails the test."""
    watching = Watch(standing_server.address)
    yield watching
    assert watching.complaints == []


@pytest.fixture
def browse(chromium: Browser, server: Server, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`browse(world, who, path)`: a page of this person, in a browser window of its own."""
    contexts: list[BrowserContext] = []

    def open_page(world: World, who: str, path: str, **options: object) -> Page:
        context = watch.over(chromium.new_context(base_url=server.address, **options))  # type: ignore[arg-type]
        contexts.append(context)
        hand_over_session(context, world.people[who], server.address)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
