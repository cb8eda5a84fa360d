"""The trail in plain words: when, who, which part, what was done or refused; looks of one day folded into one line.

Presentation only: the lines are written in `trail.py`. Who visited as a stranger is never named here, to nobody.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from dossiers.models import Dossier, TrailLine
from dossiers.parts import Part, Role
from dossiers.rules.dutch import long_date
from dossiers.trail import COMMAND, Event, Outcome, trail_of

STRANGER = "stranger"  # the code in `TrailLine.sentence` (consent.access.opening)
SYSTEM = "worker"  # the actor role of what this system does by itself
_FOLDED_BY = ("day", "actor_id", "actor_role", "event_code", "outcome", "sentence", "parts")
# Whose line names what it is about; it also holds the part the act itself belongs to, which says nothing.
_ON_SHARING = (Event.SHARE, Event.ANSWER, Event.WITHDRAW, Event.STOP, Event.RECORD_PAPER, Event.CONFIRM_PAPER, Event.CANCEL_PAPER)
_ON_REQUESTS = (Event.ASK_REQUEST, Event.ANSWER_REQUEST, Event.ATTACH_STATEMENT)
_BELONGS_TO = dict.fromkeys(_ON_SHARING, Part.SHARING) | dict.fromkeys(_ON_REQUESTS, Part.REQUESTS)
_NAMES_PARTS = frozenset(_BELONGS_TO) | {Event.SAVE_SECTION}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants to see: one person (or this system), a first and a last day."""

    person: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line as components/trail_list.html draws it."""

    when: dt.datetime
    when_text: str
    who: str
    what: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day, newest first."""

    title: str
    lines: list[SpokenLine]


def folded(dossier_id: uuid.UUID, wanted: Filter, *, since: dt.datetime | None = None) -> "QuerySet[TrailLine, dict[str, Any]]":
    """What one person did on one day in one way with the same parts is one row, with how often, first and last moment."""
    rows = trail_of(dossier_id, since=since)
    if wanted.person == SYSTEM:
        rows = rows.filter(actor_id__isnull=True)
    elif wanted.person:
        rows = rows.filter(actor_id=uuid.UUID(wanted.person)).exclude(sentence=STRANGER)  # a visit as a stranger stays nameless
    rows = rows.annotate(day=TruncDate("occurred_at"))
    if wanted.first:
        rows = rows.filter(day__gte=wanted.first)
    if wanted.last:
        rows = rows.filter(day__lte=wanted.last)
    found: QuerySet[TrailLine, dict[str, Any]] = (
        rows.order_by()
        .values(*_FOLDED_BY)
        .annotate(times=Count("id"), since=Min("occurred_at"), until=Max("occurred_at"))
        .order_by("-until", "event_code")
    )
    return found


def spoken(rows: Iterable[Mapping[str, Any]], *, dossier_id: uuid.UUID, reader_id: uuid.UUID, plain: bool) -> list[Day]:
    """The rows as days with sentences. `plain`: the words for parts that the employee knows."""
    rows = list(rows)
    names = names_of((row["actor_id"] for row in rows), dossier_id)
    days: dict[dt.date, list[SpokenLine]] = {}
    for row in rows:
        days.setdefault(row["day"], []).append(_line(row, names, reader_id, plain))
    return [Day(long_date(day), lines) for day, lines in days.items()]


def people_in(dossier_id: uuid.UUID, *, since: dt.datetime | None = None) -> list[tuple[str, str]]:
    """Who stands in this trail by name, to choose from; strangers do not, this system does."""
    rows = trail_of(dossier_id, since=since).exclude(sentence=STRANGER).order_by()
    known = {row for row in rows.values_list("actor_id", flat=True).distinct() if row is not None}
    names = names_of(known, dossier_id)
    choices = sorted((str(pk), names.get(pk, _GONE)) for pk in known)
    return [*sorted(choices, key=lambda choice: choice[1]), (SYSTEM, "Dit systeem of een beheerder")]


_OF_THIS_DOSSIER = (Role.EMPLOYEE, Role.EMPLOYER)  # known here as they were typed, whatever an account says
_AT_THE_SERVER = "Een beheerder van dit systeem"
_GONE = "Iemand van wie de gegevens zijn verwijderd"


def names_of(ids: Iterable[uuid.UUID | None], dossier_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Name and organisation of the people who still exist, named as in this dossier where they have a seat in it."""
    people = get_user_model()._default_manager.select_related("organisation").filter(pk__in={pk for pk in ids if pk is not None})
    seats = Dossier.objects.filter(pk=dossier_id).exclude(seats=None).values_list("seats__person", "seats__name", "seats__role", "employer__name")
    here = {pk: f"{name}, {employer}" if role == Role.EMPLOYER else name for pk, name, role, employer in seats if role in _OF_THIS_DOSSIER}
    elsewhere = {person.pk: f"{person.name}, {person.organisation.name}" if person.organisation else person.name for person in people}
    return elsewhere | {pk: name for pk, name in here.items() if pk in elsewhere}


def _line(row: Mapping[str, Any], names: Mapping[uuid.UUID, str], reader_id: uuid.UUID, plain: bool) -> SpokenLine:
    event = Event(row["event_code"])
    is_self = row["actor_id"] == reader_id and row["sentence"] != STRANGER
    what = _what(event, row, plain)
    if is_self and what.startswith("is "):
        what = f"bent {what.removeprefix('is ')}"
    return SpokenLine(
        when=row["until"],
        when_text=_time(row["since"], row["until"]),
        who="U" if is_self else _who(row, names),
        what=what,
        refused=row["outcome"] == Outcome.REFUSED,
    )


def _who(row: Mapping[str, Any], names: Mapping[uuid.UUID, str]) -> str:
    if row["sentence"] == STRANGER:
        return "Iemand zonder plaats in dit dossier"
    if row["actor_id"] is None:
        return _AT_THE_SERVER if row["actor_role"] == COMMAND else "Dit systeem"
    name = names.get(row["actor_id"], _GONE)
    role = Role(row["actor_role"]).label if row["actor_role"] in list(Role) else ""
    return f"{name} ({role})" if role else name


def _what(event: Event, row: Mapping[str, Any], plain: bool) -> str:
    often = f" ({row['times']} keer)" if row["times"] > 1 else ""
    parts = _parts(row["parts"], plain, leave_out=_BELONGS_TO.get(event))
    if event is Event.VISIT:
        return f"{_of('heeft gekeken', parts)}{often}"
    if event is Event.REFUSED:
        return f"{_of('wilde kijken', parts) if row['sentence'] != STRANGER else 'wilde kijken'}{often}"
    if event is Event.RENDER and row["outcome"] == Outcome.ERROR:
        return f"kon een brief niet maken{often}"
    if event is Event.RENDER_REPORT and row["outcome"] == Outcome.ERROR:
        return f"kon een rapport niet maken{often}"
    return f"{event.label}{f': {parts}' if event in _NAMES_PARTS and parts else ''}{often}"


def _of(verb: str, parts: str) -> str:
    return f"{verb} bij {parts}" if parts else verb


def _parts(values: Iterable[str], plain: bool, *, leave_out: Part | None = None) -> str:
    members = [part for part in Part if part.value in set(values) and part is not leave_out]
    return ", ".join(dict.fromkeys(f"‘{part.plain if plain else part.label}’" for part in members))


def _time(since: dt.datetime, until: dt.datetime) -> str:
    first, last = (f"{timezone.localtime(moment):%H:%M}" for moment in (since, until))
    return first if first == last else f"tussen {first} en {last}"
