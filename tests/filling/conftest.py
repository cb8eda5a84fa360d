"""A real browser and a real server that a test may kill: Chromium, and Gunicorn on the test database.

Sessions are made by Django's own client and handed over as a cookie, so that signing in is tried only where a test is about it.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.world import World

CHROMIUM = "/usr/bin/chromium"
START_SECONDS = 40
PR_SET_PDEATHSIG = 1


class Server:
    """Gunicorn on one port, killed and started again at will."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "bar.wsgi", "--bind", f"127.0.0.1:{self.port}", "--threads", "4", "--log-level", "error"]
        environment = {**os.environ, "DATABASE_URL": _test_database(os.environ["DATABASE_URL"]), "DJANGO_SETTINGS_MODULE": "bar.settings"}
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: PLW1509 -- one system call
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
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _end_with_parent() -> None:
    """In the child, before exec: a test run that is killed leaves no server behind (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _test_database(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="/" + settings.DATABASES["default"]["NAME"]))


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """A running server on this test's database."""
    running = Server()
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module."""
    # Playwright's own loop makes Django think that its calls are asynchronous; they are not.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """`browse(world, who, path)`: a page of this person, in a browser window of its own. A script error fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(world: World, who: str, path: str, **options: object) -> Page:
        context = chromium.new_context(base_url=server.address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        client: Client = world.client(who)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
