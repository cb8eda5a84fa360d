"""What people do with keys: share, answer, withdraw, stop.

Whoever turns a key locks the share row FOR UPDATE; writers that depend on it hold it FOR SHARE (`access.opening`).
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction

from consent import guard
from consent.access import consentable
from consent.actions.seats import close_seat, seat_person
from consent.models import Answer, AnswerState, Seat, Share, SharePart
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.trail import Event, action

WORDING = "toestemming-1"  # the version of the text the employee was shown


@dataclass(frozen=True, slots=True)
class SharePlan:
    """What a physician wants to open to one named person."""

    person: Any
    role: Role
    read: tuple[Part, ...]
    write: tuple[Part, ...]
    purpose: str
    first_day: datetime.date
    last_day: datetime.date


class ShareProblem(NamedTuple):
    """What is wrong with which field of a `SharePlan`."""

    field: str
    sentence: str


@action(Part.SHARING, Act.SHARE)
def share(opened: Opened, *, plan: SharePlan) -> Share:
    """The physician's key. The employee is asked per part; nothing is open before the answer."""
    _check(plan)
    row = Share.objects.create(
        dossier=opened.dossier,
        person=plan.person,
        role=plan.role,
        purpose=plan.purpose,
        first_day=plan.first_day,
        last_day=plan.last_day,
        made_by=opened.person,
        made_at=opened.now,
    )
    for part in plan.read:
        SharePart.objects.create(dossier=opened.dossier, share=row, part=part, write=part in plan.write)
    opened.trail.note(Event.SHARE, Part.SHARING, object_type="share", object_id=row.pk, parts=plan.read)
    return row


def _check(plan: SharePlan) -> None:
    for problem in share_problems(plan):
        raise Refused(problem.sentence)


def share_problems(plan: SharePlan) -> Iterator[ShareProblem]:
    """Everything that cannot be shared like this, field by field."""
    if plan.role not in EXPERTS:
        yield ShareProblem("person", "Delen kan alleen met een arbeidsdeskundige, een verzekeringsarts of UWV.")
    if Part.PROCESS not in plan.read:
        yield ShareProblem("read", "Het onderdeel ‘Proces’ hoort altijd bij delen. Voeg het toe.")
    for part in plan.read:
        if not consentable(plan.role, part, Act.READ):
            yield ShareProblem("read", f"‘{part.label}’ kan nooit worden gedeeld met deze persoon. Haal het weg.")
    for part in plan.write:
        if part not in plan.read or not consentable(plan.role, part, Act.WRITE):
            yield ShareProblem("write", f"In ‘{part.label}’ kan deze persoon niet schrijven. Haal het weg.")
    if plan.last_day < plan.first_day:
        yield ShareProblem("last_day", "De laatste dag ligt voor de eerste dag. Kies een latere dag.")
    elif plan.last_day >= a_year_after(plan.first_day):
        yield ShareProblem("last_day", "Delen kan voor hooguit een jaar. Kies een eerdere laatste dag.")


def a_year_after(day: datetime.date) -> datetime.date:
    """The same day next year; 1 March after 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return datetime.date(day.year + 1, 3, 1)


@action(Part.SHARING, Act.ANSWER)
def answer(opened: Opened, *, share: Share, answers: Mapping[Part, AnswerState]) -> None:
    """The employee's key, per part. A yes to any part needs a yes to `process`; the first yes makes the expert's seat."""
    _lock(share)
    if share.stopped_at is not None or opened.today > share.last_day:
        raise Refused("Deze vraag is niet meer open.")
    given = {part for part, state in answers.items() if state is AnswerState.GIVEN}
    if given and Part.PROCESS not in given:
        raise Refused("Zegt u ja tegen een onderdeel? Dan hoort ‘Wie, wat en wanneer’ daarbij.")
    for row in share.parts.all():
        state = answers.get(Part(row.part))
        if state is None or state is AnswerState.ASKED:
            continue
        _write_answer(opened, row, state)
    if Part.PROCESS in given:
        _seat_expert(opened, share)
    opened.trail.note(Event.ANSWER, Part.SHARING, object_type="share", object_id=share.pk, parts=answers)


@action(Part.SHARING, Act.WITHDRAW)
def withdraw(opened: Opened, *, share: Share, parts: tuple[Part, ...] = ()) -> None:
    """The employee takes the key back, for some parts or for all; it counts at the very next request."""
    _lock(share)
    for row in share.parts.all():
        newest = row.answers.order_by("-at", "-pk").first()
        if newest is not None and newest.state == AnswerState.GIVEN and (not parts or Part(row.part) in parts):
            _write_answer(opened, row, AnswerState.WITHDRAWN)
    seat = Seat.objects.filter(dossier=opened.dossier, person=share.person, ended_at__isnull=True, start__gt=opened.today).first()
    if seat is not None:  # never open for a day: the person stays a stranger
        close_seat(seat, by=opened.person, now=opened.now)
    opened.trail.note(Event.WITHDRAW, Part.SHARING, object_type="share", object_id=share.pk, parts=parts)


@action(Part.SHARING, Act.STOP)
def stop(opened: Opened, *, share: Share, reason: str = "") -> None:
    """The physician takes the key back, with a reason."""
    _lock(share)
    if share.stopped_at is None:
        share.stopped_at, share.stopped_by, share.stop_reason = opened.now, opened.person, reason
        share.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
        for row in share.parts.all():
            guard.revoke(share_part=row)
    opened.trail.note(Event.STOP, Part.SHARING, object_type="share", object_id=share.pk)


def _lock(share: Share) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("turning a key needs a transaction")
    locked = Share.objects.select_for_update().get(pk=share.pk)
    share.stopped_at = locked.stopped_at


def _write_answer(opened: Opened, row: SharePart, state: AnswerState) -> None:
    Answer.objects.create(
        dossier=opened.dossier,
        share_part=row,
        state=state,
        day=opened.today,
        at=opened.now,
        by=opened.person,
        wording=WORDING,
        counts_from=opened.today,
    )
    guard.revoke(share_part=row)
    if state is AnswerState.GIVEN:
        guard.grant_share_part(row)


def _seat_expert(opened: Opened, share: Share) -> None:
    seat = Seat.objects.filter(dossier=opened.dossier, person=share.person, ended_at__isnull=True).first()
    if seat is None:
        start = max(opened.today, share.first_day)
        seat_person(opened.dossier, share.person, Role(share.role), start=start, appointed_by=share.made_by)
    elif seat.role != share.role:
        raise Refused("Deze persoon heeft al een andere plaats in dit dossier.")
