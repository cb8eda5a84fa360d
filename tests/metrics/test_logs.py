"""Log lines: one event is one JSON object that says who and which page by id and name, and never what somebody typed."""

import io
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bar import working
from bar.logs import JSONLine, OneLine
from dossiers.models import TrailLine
from tests.world import World

MASK = "KANARIE"


@pytest.fixture
def lines() -> Iterator[Any]:
    """Everything that is logged from here, as a real installation would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONLine())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def one_line(name: str, message: object, *arguments: object, error: BaseException | None = None, **more: object) -> dict[str, Any]:
    """What a call of this logger becomes."""
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, arguments, (type(error), error, error.__traceback__) if error else None)
    record.__dict__.update(more)
    written = JSONLine().format(record)
    assert "\n" not in written and written.isascii()
    return dict(json.loads(written))


@pytest.mark.parametrize(
    ("message", "arguments", "said"),
    [
        ("Not Found: %s", (f"/dossier/{MASK}/",), "Not Found: …"),
        ("Task %(name)s[%(id)s] raised: %(exc)r", ({"name": MASK, "id": "7", "exc": MASK},), "Task …[…] raised: …"),
        ("sent %d of %.1f %% to %s", (3, 4.5, MASK), "sent 3 of 4.5 % to …"),
        (f"Invalid HTTP_HOST header: '{MASK}'. You may need to add {MASK}", (), "Invalid HTTP_HOST header: …"),
        (f"The file '{MASK}' is {MASK}", (), "The file …"),
        ("nothing to fill in", (), "nothing to fill in"),
    ],
)
def test_of_what_others_log_only_numbers_are_kept(message: str, arguments: tuple[object, ...], said: str) -> None:
    line = one_line("celery.app.trace", message, *arguments)
    assert MASK not in json.dumps(line)
    assert line["message"] == said


def test_what_we_log_ourselves_is_said_in_full_on_one_line() -> None:
    line = one_line("bar.celery", "the doorbell did not ring: %s", "Timeout\nERROR root vervalst \x1b[31m\u2028")
    assert line["message"] == "the doorbell did not ring: Timeout\nERROR root vervalst \x1b[31m\u2028"


def test_of_an_error_the_kind_and_the_place_are_kept_and_never_the_text() -> None:
    with pytest.raises(ValueError, match=MASK) as caught:
        int(f"{MASK} kan niet tillen")
    found = caught.value
    line = one_line("django.request", "Internal Server Error: %s", f"/{MASK}", error=found, status_code=500)
    assert (line["error"], line["status"]) == ("ValueError", 500)
    assert "tests/metrics/test_logs.py:" in line["at"]
    assert MASK not in json.dumps(line)
    record = logging.LogRecord("other", logging.ERROR, "x.py", 1, "%s\nERROR", (MASK,), (type(found), found, found.__traceback__))
    assert OneLine().format(record).startswith("ERROR other \\u2026\\nERROR [ValueError at")


def test_a_warning_of_python_says_where_and_not_what() -> None:
    line = one_line("py.warnings", "%s", f"/a/b.py:7: UserWarning: {MASK} is verkeerd\n  warn({MASK!r})")
    assert line["message"] == "/a/b.py:7: UserWarning"


def test_a_request_is_one_line_with_the_name_of_the_page_and_the_id_of_the_trail(world: World, settings: Settings, lines: Any) -> None:
    settings.LOG_REQUESTS = True
    world.client("physician").get(f"/dossier/{world.dossier.number}/?zoek={MASK}")
    (line,) = [one for one in lines() if one["message"] == "request"]
    assert (line["view"], line["method"], line["status"]) == ("overview", "GET", 200)
    assert uuid.UUID(line["person"]) == world.people["physician"].pk
    assert TrailLine.objects.filter(request_id=line["request"], dossier_id=world.dossier.pk).exists()
    assert world.dossier.number not in json.dumps(line) and MASK not in json.dumps(line)


def test_what_somebody_types_reaches_no_log(world: World, settings: Settings, lines: Any) -> None:
    settings.LOG_REQUESTS = True
    client = Client(raise_request_exception=False)
    for path in (f"/uitnodiging/{MASK}/", f"/dossier/{MASK}/", f"/{MASK}", f"/{MASK}\r\nERROR/", f"/herstel/{MASK}/"):
        client.get(path, headers={"User-Agent": MASK, "Referer": f"https://x/{MASK}", "X-Forwarded-For": MASK})
    client.post("/inloggen/", {"login": f"{MASK}@x.test", "password": MASK})
    client.get("/", headers={"Host": MASK})
    world.client("physician").post(f"/dossier/{world.dossier.number}/versies/1/{MASK}/", {"note": MASK})
    written = lines()
    assert len(written) >= 8
    assert MASK not in json.dumps(written)


def test_lines_of_a_task_say_which_task_they_are_about(settings: Settings, lines: Any) -> None:
    settings.LOG_REQUESTS = True

    class Task:
        name = "dossiers.tasks.do_outbox"

    working.begin(task_id="t-1", task=Task)
    logging.getLogger("dossiers.actions.promises").error("a promise (%s) failed: %s", "notice", "OSError")
    working.end(task_id="t-1", task=Task, state="SUCCESS")
    logging.getLogger("dossiers").error("after it")
    during, ended, after = lines()
    assert {(one["task"], one["task_id"]) for one in (during, ended)} == {("dossiers.tasks.do_outbox", "t-1")}
    assert (ended["message"], ended["state"]) == ("task", "SUCCESS")
    assert "task" not in after
