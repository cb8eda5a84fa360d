"""The dossiers of one person as plain values: who, which week, what now, how the BAR stands.

A constant number of queries, however many dossiers; no text of the BAR is opened. What the next step is, is decided in
`dossiers/next_step.py`, the same for a list and for the page of a dossier. No HTML and no request.
"""

import datetime
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import reverse

from consent.access import decide, open_seats
from consent.facts import Facts, Why, plain_shared_part, sees_since, shared_parts
from consent.guard import dossiers_of
from consent.models import Seat, SeatKind
from dossiers.door import write
from dossiers.models import Dossier, Status
from dossiers.next_step import NextStep, Standing, Unsent, Viewpoint, is_term_over, next_step_of, standings
from dossiers.parts import AUTHORS, EXPERTS, Part, Role
from dossiers.rules.calendar import phase_on
from dossiers.rules.sick_weeks import WAITING_WEEKS, is_recovered, week_of
from dossiers.sealed import remember_key

SOON = datetime.timedelta(days=14)


class Sort(StrEnum):
    """The orders of the list; the first one is used when nothing is chosen."""

    FIRST = "eerst"
    NAME = "naam"
    EMPLOYER = "werkgever"
    WEEK = "week"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _SORT_LABELS[self]


_SORT_LABELS: Mapping[Sort, str] = {
    Sort.FIRST: "Wat het eerst moet",
    Sort.NAME: "Naam",
    Sort.EMPLOYER: "Werkgever",
    Sort.WEEK: "Langst ziek",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """Why an expert was let in: what is asked, and through which day."""

    purpose: str
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Entry:
    """One dossier in the list of one person."""

    number: str
    url: str
    role: Role
    name: str
    employer: str
    week: int
    week_text: str
    phase: str
    step: NextStep | None
    waits: bool
    bar_kind: str
    bar_text: str
    bar_date: datetime.date | None = None
    shared: tuple[Shared, ...] = ()
    to_give: tuple[Unsent, ...] = ()  # letters on paper that this reader can print and send

    @property
    def by(self) -> str:
        """When the next step must be done, as one phrase with its owner."""
        return ", ".join(filter(None, (self.step.who, self.step.by))) if self.step else ""


def entries_of(person: Any, *, today: datetime.date) -> list[Entry]:
    """Every dossier this person may open today, in no order."""
    dossiers = {row.pk: row for row in dossiers_of(person, today=today).select_related("employee", "employer").prefetch_related("recoveries")}
    seats = [seat for seat in open_seats(person, today) if seat.dossier_id in dossiers]
    standing = standings(dossiers)
    shares = _shares([seat for seat in seats if seat.role in EXPERTS], dossiers, today)
    return [_entry(seat, dossiers[seat.dossier_id], standing[seat.dossier_id], shares.get(seat.dossier_id, ()), today) for seat in seats]


def _entry(seat: Seat, dossier: Dossier, standing: Standing, shared: tuple[Shared, ...], today: datetime.date) -> Entry:
    role, absence, closed = Role(seat.role), dossier.absence, dossier.closed_on is not None
    week, phase = week_of(absence, today), phase_on(absence, today)
    writes = _writes(seat, closed=closed, today=today)
    view = Viewpoint(
        role, dossier.number, absence, standing, today, closed=closed, writes=writes, sees_from=sees_since(seat), person_id=seat.person_id
    )
    step = next_step_of(view)
    kind, text = _bar_state(standing, today) if role in AUTHORS else ("", "")
    return Entry(
        number=dossier.number,
        url=reverse("overview", args=[dossier.number]),
        role=role,
        name=dossier.employee_name,
        employer=dossier.employer.name,
        week=week,
        week_text="gesloten" if closed else _week_text(week, recovered=is_recovered(absence, today)),
        phase=phase.plain if role in (Role.EMPLOYEE, Role.EMPLOYER) else phase.label,
        step=step,
        waits=_waits(role, step, today),
        bar_kind=kind,
        bar_text=text,
        bar_date=standing.newest_final.date if kind == "done" and standing.newest_final else None,
        shared=shared,
        to_give=standing.to_give if writes and role in AUTHORS else (),
    )


def _writes(seat: Seat, *, closed: bool, today: datetime.date) -> bool:
    covered = bool(seat.covered) and seat.role == Role.PHYSICIAN and seat.kind != SeatKind.COVER  # type: ignore[attr-defined]
    facts = Facts(Role(seat.role), seat.start, seat.until, covered=covered, closed=closed)
    return decide(facts, write(Part.CAPACITY), today=today).is_open


def _week_text(week: int, *, recovered: bool) -> str:
    if recovered:
        return "hersteld"
    return f"week {week} van {WAITING_WEEKS}" if week <= WAITING_WEEKS else f"week {week}"


def _waits(role: Role, step: NextStep | None, today: datetime.date) -> bool:
    """Whether the reader must do something now or within two weeks; a delegate also sees what waits for the physician."""
    if step is None:
        return False
    asked = step.who == Role.PHYSICIAN.label if role in AUTHORS else step.mine
    return asked and (step.due is None or step.due <= today + SOON)


def _bar_state(standing: Standing, today: datetime.date) -> tuple[str, str]:
    """How the newest version stands: kind and words for `components/state.html`."""
    if standing.failed_letters:
        return "late", "brief mislukt"
    version = standing.open_version
    if version is None:
        newest = standing.newest_final
        return ("done", f"versie {newest.number}") if newest else ("plain", "nog geen BAR")
    if version.status is Status.DRAFT:
        return "busy", f"versie {version.number} concept"
    return (
        ("attention", f"versie {version.number}: leestijd voorbij")
        if is_term_over(version, today)
        else ("plain", f"versie {version.number} aangeboden")
    )


def _shares(seats: Iterable[Seat], dossiers: Mapping[uuid.UUID, Dossier], today: datetime.date) -> dict[uuid.UUID, tuple[Shared, ...]]:
    """The open shares behind the seats of an expert. A purpose is sealed: the keys came along with the dossiers."""
    by_dossier = {seat.dossier_id: seat for seat in seats}
    found: dict[uuid.UUID, list[Shared]] = defaultdict(list)
    if not by_dossier:
        return {}
    person = next(iter(by_dossier.values())).person_id
    for row in shared_parts(dossier_id__in=list(by_dossier), share__person_id=person, part=Part.PROCESS):
        dossier = dossiers[row.dossier_id]
        plain = plain_shared_part(row, employee_signs_in=dossier.employee.can_sign_in)
        if row.share.role == by_dossier[row.dossier_id].role and plain.key_state(today) is Why.OPEN:
            remember_key(dossier.pk, dossier.wrapped_key)
            found[row.dossier_id].append(Shared(row.share.purpose, row.share.last_day))
    return {pk: tuple(rows) for pk, rows in found.items()}


# --- choosing and ordering -----------------------------------------------------------------------


def matching(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries in which every word of the query stands: in the name, the employer or the number."""
    words = _plain(query).split()
    return [entry for entry in entries if all(word in _plain(f"{entry.name} {entry.employer} {entry.number}") for word in words)]


def in_order(entries: Iterable[Entry], sort: Sort) -> list[Entry]:
    """The entries in the chosen order; equal ones by name."""
    by_name = sorted(entries, key=lambda entry: (_plain(entry.name), entry.number))
    match sort:
        case Sort.NAME:
            return by_name
        case Sort.EMPLOYER:
            return sorted(by_name, key=lambda entry: _plain(entry.employer))
        case Sort.WEEK:
            return sorted(by_name, key=lambda entry: -entry.week)
        case Sort.FIRST:
            return sorted(by_name, key=_urgency)


def _urgency(entry: Entry) -> tuple[bool, bool, datetime.date]:
    due = entry.step.due if entry.step else None
    asks = entry.step is not None and due is None  # without a day: it waits already
    return not entry.waits, not entry.step, datetime.date.min if asks else due or datetime.date.max


def _plain(text: str) -> str:
    """For comparing: without case and accents."""
    apart = unicodedata.normalize("NFKD", text[:400].casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
