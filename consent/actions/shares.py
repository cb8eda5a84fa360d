"""The first key, the physician's: share and stop.

Whoever turns a key locks the share row FOR UPDATE; writers that depend on it hold it FOR SHARE (`access.opening`).
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction

from consent import guard
from consent.access import consentable
from consent.actions.expert_seats import settle_seat
from consent.models import Seat, Share, SharePart
from consent.share_state import counts, opens
from consent.share_story import plain_parts_of
from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.models import Dossier
from dossiers.notices import Reason, tell
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.trail import Event, action

OTHER_PLACE = "Deze persoon heeft al een andere plaats in dit dossier. Iedereen heeft één rol. Kies iemand anders."


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
    name: str = ""  # as typed; empty: as in the account
    organisation_name: str = ""
    moment: str = ""  # a Moment, for UWV
    renews: Share | None = None
    key: uuid.UUID | None = None  # of the form it was asked with: the same form sent twice makes one share


class ShareProblem(NamedTuple):
    """What is wrong with which field of a `SharePlan`."""

    field: str
    sentence: str


@action(Part.SHARING, Act.SHARE)
def share(opened: Opened, *, plan: SharePlan) -> Share:
    """The physician's key. The employee is asked per part, and told that something waits; nothing is open before the answer."""
    _check(plan)
    key = plan.key or uuid.uuid4()
    if plan.key is not None:
        take_turns(opened.dossier.pk)  # the same form twice at once: the second one waits, and finds it
        made = Share.objects.filter(dossier=opened.dossier, pk=key).first()
        if made is not None:
            opened.trail.note(Event.SHARE, Part.SHARING, object_type="share", object_id=made.pk)
            return made
    if holds_other_place(opened.dossier, plan.role, opened.today, person=plan.person):
        raise Refused(OTHER_PLACE)
    row = Share.objects.create(
        id=key,
        dossier=opened.dossier,
        person=plan.person,
        name=plan.name or plan.person.name,
        organisation_name=plan.organisation_name or (plan.person.organisation.name if plan.person.organisation else ""),
        role=plan.role,
        moment=plan.moment,
        renews=plan.renews,
        purpose=plan.purpose,
        first_day=plan.first_day,
        last_day=plan.last_day,
        made_by=opened.person,
        made_at=opened.now,
    )
    for part in plan.read:
        SharePart.objects.create(dossier=opened.dossier, share=row, part=part, write=part in plan.write)
    tell(opened.dossier.employee, Reason.SHARE_ASKED, now=opened.now, dossier=opened.dossier, object_id=row.pk)
    opened.trail.note(Event.SHARE, Part.SHARING, object_type="share", object_id=row.pk, parts=plan.read)
    return row


def holds_other_place(dossier: Dossier, role: Role, today: datetime.date, **who: Any) -> bool:
    """Whether somebody has another role here, by a seat or by a question that still counts. One person, one role. `who` finds the person by
    any field (`person`, `person__email__iexact`), with the same look-ups whether or not there is anybody."""
    seats = Seat.objects.filter(dossier=dossier, ended_at__isnull=True, **who).exclude(role=role)
    others = Share.objects.filter(dossier=dossier, stopped_at__isnull=True, last_day__gte=today, **who).exclude(role=role)
    parts = plain_parts_of(dossier)
    return seats.exists() or any(counts(parts[row.pk], today) for row in others)


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


@action(Part.SHARING, Act.STOP)
def stop(opened: Opened, *, share: Share, reason: str = "") -> None:
    """The physician takes the key back, with a reason that the employee reads. Stopping twice is stopping once."""
    lock_share(share)
    if share.stopped_at is None:
        parts = plain_parts_of(opened.dossier)
        was_open = opens(parts[share.pk], opened.today) and opened.dossier.closed_on is None
        share.stopped_at, share.stopped_by, share.stop_reason = opened.now, opened.person, reason
        share.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
        note_closing(Closing.SHARE, share.pk, by=opened.person)
        for row in share.parts.all():
            guard.revoke(share_part=row)
        tell(opened.dossier.employee, Reason.SHARE_STOPPED, now=opened.now, dossier=opened.dossier, object_id=share.pk)
        if was_open and _seat_of(opened, share) is not None:
            tell(share.person, Reason.SHARE_STOPPED, now=opened.now, dossier=opened.dossier, object_id=share.pk)
        settle_seat(share, by=opened.person, now=opened.now, may_make=False)
    opened.trail.note(Event.STOP, Part.SHARING, object_type="share", object_id=share.pk)


def _seat_of(opened: Opened, share: Share) -> Seat | None:
    return Seat.objects.filter(dossier=opened.dossier, person=share.person, role=share.role, ended_at__isnull=True).first()


def lock_share(share: Share) -> None:
    """The lock of whoever turns a key: after every write under way that depends on this share."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("turning a key needs a transaction")
    locked = Share.objects.select_for_update().get(pk=share.pk)
    share.stopped_at = locked.stopped_at
