"""One log line per event, without content: JSON in a real installation, a short line on one's own machine.

A traceback may carry what somebody typed, so only the place and the kind of an error are written. Loggers that are not ours may put anything in
their arguments (an address with a dossier number, a row, a piece of text): of those only numbers are kept. Nothing here may log values.
"""

import datetime
import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

OURS = ("bar", "consent", "dossiers", "instrument")
LONGEST = 300  # characters of a message
HIDDEN = "…"
# A place for a value in a message with %: "%s", "%(name)r", "%.2f"; "%%" is a percent sign.
PLACE = re.compile(r"%(?:%|(?:\((?P<name>[^)]*)\))?[-#0 +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[hlL]?(?P<kind>[a-zA-Z]))")

VALUE = re.compile(r"(?<=: ).+|['\"].*", re.DOTALL)

# What this thread or task is working on: ids and names of our own making, added to every line.
_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**facts: str) -> Iterator[None]:
    """Within this block every line says what it is about: ids and names of tasks only."""
    token = _about.set({**_about.get(), **facts})
    try:
        yield
    finally:
        _about.reset(token)


def facts_of(record: logging.LogRecord) -> dict[str, object]:
    """Everything a line may say about an event."""
    facts: dict[str, object] = {
        "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": message_of(record),
        **_about.get(),
        **getattr(record, "facts", {}),
    }
    request = getattr(record, "request", None)  # Django's own lines carry it; its address may not be written, its name may
    if request is not None and getattr(request, "resolver_match", None) is not None:
        facts["view"] = request.resolver_match.view_name
    if isinstance(status := getattr(record, "status_code", None), int):
        facts["status"] = status
    return facts | _error(record)


def message_of(record: logging.LogRecord) -> str:
    """The message; of a logger that is not ours, with the values left out that are not numbers."""
    if record.name.split(".", maxsplit=1)[0] in OURS:
        return record.getMessage()[:LONGEST]
    if record.name == "py.warnings":  # logging.captureWarnings: "file:line: Kind: text", and a text may hold anything
        return ": ".join(record.getMessage().split(": ")[:2])[:LONGEST]
    return _without_values(str(record.msg), record.args)[:LONGEST]


def _without_values(template: str, args: object) -> str:
    if not args:  # made before it came here: what stands behind a colon or in quotes may be anybody's
        return VALUE.sub(HIDDEN, template, count=1)
    values = iter(args) if isinstance(args, tuple) else iter(())

    def fill(place: "re.Match[str]") -> str:
        if place["kind"] is None:
            return "%"
        value = args.get(place["name"]) if isinstance(args, Mapping) else next(values, None)
        return str(value) if isinstance(value, int | float) else HIDDEN

    return PLACE.sub(fill, template)


def _error(record: logging.LogRecord) -> dict[str, object]:
    """The kind of an error and the place where it was raised; never its text."""
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    error = record.exc_info[1]
    frames = traceback.extract_tb(error.__traceback__)
    spot = f"{'/'.join(frames[-1].filename.split('/')[-3:])}:{frames[-1].lineno}" if frames else "?"
    return {"error": type(error).__name__, "at": spot}


class OneLine(logging.Formatter):
    """`LEVEL logger message key=value [Kind at file:line]`, with control characters escaped so that one event is one line."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        first = f"{facts.pop('level')} {facts.pop('logger')} {facts.pop('message')}"
        facts.pop("time")
        where = f" [{facts.pop('error')} at {facts.pop('at')}]" if "error" in facts else ""
        rest = "".join(f" {name}={value}" for name, value in facts.items())
        return f"{first}{rest}{where}".encode("unicode_escape").decode("ascii")


class JSONLine(logging.Formatter):
    """One JSON object per event on one line, in ASCII: no control character can begin a new line or colour a screen."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts_of(record), ensure_ascii=True, default=lambda value: type(value).__name__)
