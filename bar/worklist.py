"""The dossiers of one person as plain values: who, which week, what now, how the BAR stands.

A constant number of queries, however many dossiers; no text of the BAR is opened. What the next step is, is decided in
`dossiers/next_step.py`, the same for a list and for the page of a dossier. No HTML and no request. What is shared with experts:
`shared_list.py`.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from bar.list_entry import Entry, Sort, plain_text, week_words
from bar.shared_list import shared_entries
from consent.access import decide, open_seats_by_duty
from consent.facts import Facts, sees_since, with_crossing
from consent.models import Seat, SeatKind
from dossiers.compiled import compiled
from dossiers.door import write
from dossiers.models import Dossier, Status
from dossiers.next_step import NextStep, Standing, Viewpoint, is_term_over, next_step_of, standings
from dossiers.parts import AUTHORS, Part, Role
from dossiers.rules.calendar import phase_on
from dossiers.rules.sick_weeks import is_recovered, week_of

__all__ = ["Entry", "Sort", "entries_of", "in_order", "matching", "own_entries"]

SOON = datetime.timedelta(days=14)


def entries_of(person: Any, *, today: datetime.date) -> list[Entry]:
    """Every dossier this person may open today, in no order."""
    return own_entries(person, today=today) + shared_entries(person, today=today)


def own_entries(person: Any, *, today: datetime.date) -> list[Entry]:
    """Every dossier this person may open today by duty, in no order."""
    seats = _own_seats(person.pk, today)
    standing = standings(seat.dossier_id for seat in seats)
    return [_entry(seat, seat.dossier, standing[seat.dossier_id], today) for seat in seats]


@compiled
def _own_seats(person_id: uuid.UUID, today: datetime.date) -> QuerySet[Seat]:
    return with_crossing(open_seats_by_duty(person_id, today)).prefetch_related("dossier__recoveries")


def _entry(seat: Seat, dossier: Dossier, standing: Standing, today: datetime.date) -> Entry:
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
        week_text="gesloten" if closed else week_words(week, recovered=is_recovered(absence, today)),
        phase=phase.plain if role in (Role.EMPLOYEE, Role.EMPLOYER) else phase.label,
        step=step,
        waits=_waits(role, step, today),
        bar_kind=kind,
        bar_text=text,
        bar_date=standing.newest_final.date if kind == "done" and standing.newest_final else None,
        to_give=standing.to_give if writes and role in AUTHORS else (),
    )


def _writes(seat: Seat, *, closed: bool, today: datetime.date) -> bool:
    covered = bool(seat.covered) and seat.role == Role.PHYSICIAN and seat.kind != SeatKind.COVER  # type: ignore[attr-defined]
    facts = Facts(Role(seat.role), seat.start, seat.until, covered=covered, closed=closed)
    return decide(facts, write(Part.CAPACITY), today=today).is_open


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


# --- choosing and ordering -----------------------------------------------------------------------


def matching(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries in which every word of the query stands: in the name, the employer or the number."""
    words = plain_text(query).split()
    return [entry for entry in entries if all(word in plain_text(f"{entry.name} {entry.employer} {entry.number}") for word in words)]


def in_order(entries: Iterable[Entry], sort: Sort) -> list[Entry]:
    """The entries in the chosen order; equal ones by name."""
    by_name = sorted(entries, key=lambda entry: (plain_text(entry.name), entry.number))
    match sort:
        case Sort.NAME:
            return by_name
        case Sort.EMPLOYER:
            return sorted(by_name, key=lambda entry: plain_text(entry.employer))
        case Sort.WEEK:
            return sorted(by_name, key=lambda entry: -entry.week)
        case Sort.FIRST:
            return sorted(by_name, key=_urgency)


def _urgency(entry: Entry) -> tuple[bool, bool, datetime.date]:
    due = entry.step.due if entry.step else None
    asks = entry.step is not None and due is None  # without a day: it waits already
    return not entry.waits, not entry.step, datetime.date.min if asks else due or datetime.date.max
