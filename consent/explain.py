"""Who can see this and why, as values: for pages, made by the same decision as the gate.

Nothing is decided here; a test compares every row with `has_perm`. What a reader may know about others is cut in `colleagues`.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from consent.access import everything_open
from consent.facts import facts_from, open_rows, plain_shared_parts, shared_parts, switched_on
from consent.models import Answer, AnswerState, Channel, Seat, SeatKind
from dossiers.door import Ground, Opened, Touch
from dossiers.models import Dossier
from dossiers.parts import AUTHORS, EXPERTS, Act, Basis, Part, Role
from dossiers.people import authors_of_released


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that one person may do today, and why. `share_id`: behind which share, when it is by consent."""

    person: Any
    role: Role
    part: Part
    act: Act
    basis: Basis
    since: dt.date
    until: dt.date | None
    share_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """One seat that counts today, with everything that is open to it."""

    seat: Seat
    role: Role
    open: dict[Touch, Ground]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in a dossier, as another may know of that person."""

    name: str
    role: str
    organisation: str
    function: str
    phone: str
    is_self: bool


def organisation_of(seat: Seat) -> Any:
    """Where somebody works, in this dossier: the employer's people work for its employer, whatever an account says."""
    if seat.role == Role.EMPLOYEE:
        return None
    return seat.dossier.employer if seat.role == Role.EMPLOYER else seat.person.organisation


def holders(dossier: Dossier, today: dt.date) -> list[Holder]:
    """Everybody with a seat in this dossier for whom the gate would open it, in the order of roles. Three queries, however many seats."""
    rows = list(open_rows(today).filter(dossier=dossier, person__is_active=True).select_related("person__organisation"))
    shared: dict[tuple[Any, str], list[Any]] = {}
    for row in shared_parts(dossier_id=dossier.pk).select_related("share") if any(Role(seat.role) in EXPERTS for seat in rows) else ():
        shared.setdefault((row.share.person_id, row.share.role), []).append(row)
    switched = switched_on(dossier.pk)
    found = [holder for seat in rows if (holder := _holder(seat, shared.get((seat.person_id, seat.role), []), switched, today)) is not None]
    order = list(Role)
    return sorted(found, key=lambda holder: (order.index(holder.role), holder.seat.kind == SeatKind.COVER, holder.seat.name))


def _holder(seat: Any, shared: list[Any], switched: Mapping[Part, dt.date], today: dt.date) -> Holder | None:
    """The same way in as `access.opening`: an active person, a seat that counts, and an expert only once let in."""
    if Role(seat.role) in EXPERTS and seat.start > today:
        return None
    facts = facts_from(seat, shared=plain_shared_parts(shared, seat.dossier), switched=switched)
    granted = everything_open(facts, today=today)
    return Holder(seat, Role(seat.role), granted) if granted else None


def who_may(dossier: Dossier, today: dt.date) -> list[Row]:
    """Who may do what in this dossier today, and why."""
    return [row for holder in holders(dossier, today) for row in rows_of(holder)]


def rows_of(holder: Holder) -> list[Row]:
    """Everything one person may do today."""
    return [
        Row(holder.seat.person, holder.role, touch.part, touch.act, ground.basis, ground.since, ground.until, next(iter(ground.share_ids), None))
        for touch, ground in holder.open.items()
    ]


@dataclass(frozen=True, slots=True)
class Keys:
    """Both keys behind what is open by consent: who shared and when, when the employee said yes, and who wrote a yes on paper down."""

    shared_by: str
    shared_on: dt.date
    answered_on: dt.date
    on_paper: bool
    recorded_by: str
    confirmed_by: str
    since: dt.date  # the later of both


def keys_of(dossier: Dossier) -> dict[tuple[uuid.UUID, Part], Keys]:
    """The newest yes to each part of each share of this dossier, with who turned the keys."""
    yes = Answer.objects.filter(dossier=dossier, state=AnswerState.GIVEN).select_related("share_part__share__made_by", "by", "confirmed_by")
    return {(row.share_part.share_id, Part(row.share_part.part)): _keys(row) for row in yes.order_by("at", "pk")}


def _keys(row: Answer) -> Keys:
    share = row.share_part.share
    return Keys(
        shared_by=share.made_by.name,
        shared_on=timezone.localdate(share.made_at),
        answered_on=row.day,
        on_paper=row.channel == Channel.PAPER,
        recorded_by=row.by.name,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
        since=max(share.first_day, row.counts_from),
    )


# Of others, these roles may know that they are there (docs/access.md, "The employer never reads the instrument"). The employer also knows a
# labour expert with a released report, by person (`_seats_known_to`).
_KNOWN_TO: dict[Role, frozenset[Role]] = {
    Role.EMPLOYEE: frozenset(Role),
    Role.EMPLOYER: frozenset({Role.EMPLOYEE, Role.EMPLOYER, Role.PHYSICIAN, Role.DELEGATE}),
    Role.PHYSICIAN: frozenset(Role),
    Role.DELEGATE: frozenset(Role),
    # An expert cannot read `sharing`, so no other expert either, of the same role neither; oneself is added by person.
    **{role: frozenset({Role.EMPLOYEE, Role.EMPLOYER, Role.PHYSICIAN, Role.DELEGATE}) for role in EXPERTS},
}


def colleagues(opened: Opened) -> list[Colleague]:
    """The people in this dossier, as this reader may know of them."""
    opened.require_read(Part.PROCESS)
    with_kind = opened.role in AUTHORS or opened.role is Role.EMPLOYEE
    return [_colleague(seat, opened, with_kind=with_kind) for seat in _seats_known_to(opened)]


def _seats_known_to(opened: Opened) -> list[Seat]:
    """For the employer also who wrote a released report, and then whatever became of the share: that it ended is not for the employer to see."""
    known = _KNOWN_TO[opened.role]
    found = [holder.seat for holder in holders(opened.dossier, opened.today) if holder.role in known or holder.seat.person_id == opened.person.pk]
    authors = authors_of_released(opened) if opened.role is Role.EMPLOYER else frozenset()
    if not authors:
        return found
    rows = Seat.objects.filter(dossier=opened.dossier, role=Role.LABOUR_EXPERT, person__in=authors, ended_at__isnull=True, start__lte=opened.today)
    return [*found, *rows.exclude(until__lt=opened.today).select_related("person__organisation", "dossier").order_by("name")]


def _colleague(seat: Seat, opened: Opened, *, with_kind: bool) -> Colleague:
    person, organisation = seat.person, organisation_of(seat)
    return Colleague(
        name=seat.name,
        role=role_words(seat, with_kind=with_kind),
        organisation=organisation.name if organisation else "",
        function=seat.function,
        phone=organisation.phone if organisation else "",
        is_self=person.pk == opened.person.pk,
    )


def role_words(seat: Seat, *, with_kind: bool = True) -> str:
    """The role of a seat, with its kind where a reader may know it: "bedrijfsarts (waarnemer)"."""
    kind = SeatKind(seat.kind)
    shown = kind.label if kind is SeatKind.COVER or (with_kind and kind is not SeatKind.PLAIN) else ""
    role = Role(seat.role).label
    return f"{role} ({shown})" if shown else role
