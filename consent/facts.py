"""What a verdict depends on: plain values, and where they come from today.

Seats, shares, the newest answers, switches. Nothing is decided here; the table and the decision are in `access.py`.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.models import Answer, AnswerState, Channel, HandOver, HandOverAnswer, Seat, SeatKind, SharePart
from dossiers.compiled import compiled
from dossiers.models import Dossier, Switch
from dossiers.parts import EXPERTS, Labelled, Part, Role


@dataclass(frozen=True, slots=True)
class SharedPart:
    """One part of one share with the newest answer, as plain values."""

    share_id: uuid.UUID
    part: Part
    write: bool
    first_day: datetime.date
    last_day: datetime.date
    stopped: bool
    answer: AnswerState
    counts_from: datetime.date | None
    paper_void: bool = False  # a yes on paper counts only while the employee has no active account

    def key_state(self, today: datetime.date) -> "Why":
        """Whether both keys are turned today, and if not, which one is missing."""
        if self.stopped:
            return Why.STOPPED
        match self.answer:
            case AnswerState.ASKED:
                return Why.ASKED
            case AnswerState.REFUSED:
                return Why.REFUSED
            case AnswerState.WITHDRAWN:
                return Why.WITHDRAWN
            case AnswerState.GIVEN:
                if self.paper_void:
                    return Why.ASKED
            case _:
                assert_never(self.answer)
        since = self.since
        if since is None or today < since:
            return Why.NOT_YET
        return Why.OPEN if today <= self.last_day else Why.EXPIRED

    @property
    def since(self) -> datetime.date | None:
        """The later of both keys."""
        return None if self.counts_from is None else max(self.first_day, self.counts_from)


class Why(Labelled):
    """Why something is open or not, with the sentence an insider is told: what is missing and who can change it."""

    OPEN = "open", "U kunt dit zien."
    NEVER = "never", "Dit is niet voor uw rol in dit dossier. Ook met toestemming kan dit niet: niemand kan dit voor u openzetten."
    SEAT_NOT_YET = "seat_not_yet", "Uw plaats in dit dossier is nog niet begonnen. Vraag het de bedrijfsarts."
    SEAT_OVER = "seat_over", "Uw plaats in dit dossier is afgelopen. Vraag het de bedrijfsarts als u weer nodig bent."
    COVERED = "covered", "Een waarnemer werkt nu in dit dossier. U kunt lezen, maar niet schrijven. De waarnemer kan de waarneming eerder beëindigen."
    CLOSED = "closed", "Dit dossier is gesloten. Er kan niets meer worden veranderd. Vraag de bedrijfsarts als dat toch nodig is."
    NOT_SHARED = "not_shared", "De bedrijfsarts heeft dit niet met u gedeeld. De bedrijfsarts kan dit vragen aan de werknemer."
    ASKED = "asked", "De werknemer heeft hier nog geen antwoord op gegeven. Alleen de werknemer kan ja zeggen."
    REFUSED = "refused", "De werknemer wil dit niet met u delen. Alleen de werknemer kan dat veranderen."
    WITHDRAWN = "withdrawn", "De werknemer heeft de toestemming ingetrokken. Alleen de werknemer kan dat veranderen."
    STOPPED = "stopped", "De bedrijfsarts is gestopt met delen. De bedrijfsarts kan opnieuw om toestemming vragen."
    EXPIRED = "expired", "De tijd waarin u mocht kijken is voorbij. De bedrijfsarts kan opnieuw om toestemming vragen."
    NOT_YET = "not_yet", "De tijd waarin u mag kijken is nog niet begonnen. Vraag de bedrijfsarts naar de eerste dag."
    NOT_SWITCHED_ON = "not_switched_on", "De werknemer deelt dit nu niet. Alleen de werknemer kan dat veranderen."


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a verdict depends on, as plain values."""

    role: Role
    seat_start: datetime.date
    seat_until: datetime.date | None
    covered: bool = False
    closed: bool = False
    switched_on: Mapping[Part, datetime.date] = field(default_factory=dict)
    shared: tuple[SharedPart, ...] = ()


def covering(today: datetime.date) -> Q:
    """Cover seats that run today. Who can no longer sign in covers nobody: else nobody could write."""
    return Q(kind=SeatKind.COVER, ended_at__isnull=True, start__lte=today, until__gte=today, person__is_active=True)


def seats(person: AbstractBaseUser, today: datetime.date) -> QuerySet[Seat]:
    """Open seats of a person with their dossier, as `open_rows` tells them."""
    return open_rows(today).filter(person_id=person.pk)


def open_rows(today: datetime.date) -> QuerySet[Seat]:
    """Open seats with their dossier; `covered` tells whether somebody stands in today. Asked at every request, so it joins no more than that."""
    cover = Seat.objects.filter(covering(today), dossier=OuterRef("dossier"))
    seats = Seat.objects.filter(ended_at__isnull=True).annotate(covered=Exists(cover))
    return seats.select_related("dossier", "dossier__employee", "dossier__employer", "dossier__arbodienst")


def with_crossing(rows: QuerySet[Seat]) -> QuerySet[Seat]:
    """For lists: `crossed_at` tells when the dossier last came from another arbodienst, and `said` what the employee answered to that."""
    answers = HandOverAnswer.objects.filter(hand_over=OuterRef("pk")).order_by("-at", "-pk")
    crossed = HandOver.objects.filter(dossier=OuterRef("dossier")).exclude(from_organisation=F("to_organisation")).order_by("-made_at")
    return rows.annotate(
        crossed_at=Subquery(crossed.values("made_at")[:1]),
        said=Subquery(crossed.annotate(newest=Subquery(answers.values("state")[:1])).values("newest")[:1]),
    )


def sees_since(seat: Any) -> datetime.datetime | None:
    """From which moment on the holder of this seat reads what was written; None: everything. One query, only for a seat that may not read all.

    Only after a change of arbodienst, and only until the employee's yes (docs/access.md, "Versions").
    """
    if seat.sees_from is None:
        return None
    row: Any = seat if hasattr(seat, "crossed_at") else with_crossing(Seat.objects.filter(pk=seat.pk)).get()
    if row.said == AnswerState.GIVEN:
        return None
    moment: datetime.datetime | None = row.crossed_at
    return moment or timezone.make_aware(datetime.datetime.combine(seat.sees_from, datetime.time.min))


def shared_parts(**filters: Any) -> QuerySet[SharePart]:
    """Share parts with the newest answer beside them: `state`, `counts_from`, `channel`."""
    newest = Answer.objects.filter(share_part=OuterRef("pk")).order_by("-at", "-pk")
    return SharePart.objects.annotate(**{name: Subquery(newest.values(name)[:1]) for name in ("state", "counts_from", "channel")}).filter(**filters)


def plain_shared_part(row: Any, *, employee_signs_in: bool) -> SharedPart:
    """A share part with its newest answer, as a plain value."""
    return SharedPart(
        share_id=row.share_id,
        part=Part(row.part),
        write=row.write,
        first_day=row.share.first_day,
        last_day=row.share.last_day,
        stopped=row.share.stopped_at is not None,
        answer=AnswerState(row.state or AnswerState.ASKED),
        counts_from=row.counts_from,
        paper_void=row.channel == Channel.PAPER and employee_signs_in,
    )


def facts_of(seat: Seat, *, with_switches: bool) -> Facts:
    """What today's verdicts for this seat depend on (at most one query more). `with_switches`: the role has entries the employee shares."""
    shared: tuple[SharedPart, ...] = ()
    if Role(seat.role) in EXPERTS:
        shared = plain_shared_parts(_shared_with(seat.dossier_id, seat.person_id, seat.role), seat.dossier)
    return facts_from(seat, shared=shared, switched=switched_on(seat.dossier_id) if with_switches else {})


@compiled
def _shared_with(dossier_id: uuid.UUID, person_id: uuid.UUID, role: str) -> QuerySet[SharePart]:
    return shared_parts(dossier_id=dossier_id, share__person_id=person_id, share__role=role).select_related("share")


def facts_from(seat: Seat, *, shared: tuple[SharedPart, ...] = (), switched: Mapping[Part, datetime.date] | None = None) -> Facts:
    """The same, from what was fetched already: for an expert what is shared with that person in that role, for others the switches."""
    role = Role(seat.role)
    return Facts(
        role=role,
        seat_start=seat.start,
        seat_until=seat.until,
        covered=bool(getattr(seat, "covered", False)) and role is Role.PHYSICIAN and seat.kind != SeatKind.COVER,
        closed=seat.dossier.closed_on is not None,
        switched_on=switched or {},
        shared=shared,
    )


def plain_shared_parts(rows: Iterable[Any], dossier: Dossier) -> tuple[SharedPart, ...]:
    """Share parts of one dossier as plain values."""
    signs_in = dossier.employee.can_sign_in
    return tuple(plain_shared_part(row, employee_signs_in=signs_in) for row in rows)


def switched_on(dossier_id: uuid.UUID) -> dict[Part, datetime.date]:
    """The parts whose newest switch is on, with the day it was turned on."""
    return {Part(part): timezone.localdate(at) for part, on, at in _newest_switches(dossier_id) if on}


@compiled
def _newest_switches(dossier_id: uuid.UUID) -> QuerySet[Switch, tuple[str, bool, datetime.datetime]]:
    return Switch.objects.filter(dossier_id=dossier_id).order_by("part", "-at", "-pk").distinct("part").values_list("part", "on", "at")
