"""Text of somebody else in what leaves as lines: logs, mail. One event stays one line, one mail keeps its headers."""

import io
import json
import logging
from collections.abc import Iterator
from email.message import Message
from typing import Any, cast

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from django.utils.module_loading import import_string

from dossiers.actions.promises import sweep_by_clock
from dossiers.notices import Reason, tell
from tests.world import World

NASTY = 'naam\r\nERROR root Alles is goed\n\x1b[31mrood\x1b[0m\u2028regel\u2029regel\x85regel\x00\x0b\x0c"}{"level": "ERROR"}\u202e'
FORMS: list[dict[str, str]] = list(cast("Any", settings.LOGGING)["formatters"].values())
BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the product's own formatter makes of a logger, whichever form an installation chose for its lines."""
    written, told = io.StringIO(), logging.getLogger("bar.hostile")
    handlers = [logging.StreamHandler(written) for _ in FORMS]
    for handler, form in zip(handlers, FORMS, strict=True):
        handler.setFormatter(import_string(form["()"])())
        told.addHandler(handler)
    yield written
    for handler in handlers:
        told.removeHandler(handler)


def test_d7_one_event_is_one_line_whatever_is_in_it(lines: io.StringIO) -> None:
    log = logging.getLogger("bar.hostile")
    log.error("wie was dat: %s", NASTY)
    log.warning(NASTY)
    log.error("het ging mis: %s", NASTY, exc_info=ValueError(NASTY))
    found = lines.getvalue().splitlines()
    assert len(found) == 3 * len(FORMS)
    for line in found:
        assert line.isascii() and line.isprintable(), line
        if line.startswith("{"):
            assert isinstance(json.loads(line), dict), "a quote in a name ended the line's own text"
            assert json.loads(line).get("level", "").upper() in {"ERROR", "WARNING"}


def test_d7_what_an_error_says_is_not_in_the_line(lines: io.StringIO) -> None:
    logging.getLogger("bar.hostile").error("het ging mis", exc_info=ValueError("KANARIE in een fout"))
    assert "ValueError" in lines.getvalue()
    assert "KANARIE" not in lines.getvalue()


def test_d8_a_name_with_a_line_break_reaches_no_mail(world: World) -> None:
    """Headers are ours: a name, a subject or a dossier has no place in them."""
    person = world.people["employer"]
    person.name = "Gerda\r\nBcc: iedereen@kwaad.test\r\n\r\nHallo"
    person.save(update_fields=["name"])
    tell(person, Reason.OFFERED, now=timezone.now(), dossier=world.dossier)
    mail.outbox.clear()
    sweep_by_clock(now=timezone.now())
    sent = [one for one in mail.outbox if one.to == [person.email]]
    assert len(sent) == 1
    message: Message = sent[0].message()
    assert sorted(key.lower() for key in message) == sorted(
        ["content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id", "auto-submitted"]
    )
    assert "kwaad" not in message.as_string()


def test_d8_a_name_typed_with_a_line_break_is_one_line_or_refused(bare_world: World) -> None:
    client = bare_world.client("employer")
    client.post("/account/naam/", {"name": "Gerda\r\nBcc: iedereen@kwaad.test"})
    person = bare_world.people["employer"]
    person.refresh_from_db()
    assert not set(person.name) & set(BREAKS)
