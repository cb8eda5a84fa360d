"""Giving a seat and ending one: delegates, cover for a period, and whoever takes the place of somebody who leaves.

Whoever ends a seat locks its row FOR UPDATE; writers hold it FOR SHARE (`access.opening`). Seats are locked before the dossier, physicians
before delegates, so that nobody waits in a circle.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent import guard
from consent.models import Seat, SeatKind
from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.models import Dossier
from dossiers.notices import Reason, tell, tell_all
from dossiers.parts import Act, Part, Role
from dossiers.trail import Event, Line, Origin, action, append

LONGEST_COVER = dt.timedelta(days=366)


def seat_person(
    dossier: Dossier,
    person: Any,
    role: Role,
    *,
    start: dt.date,
    name: str = "",
    kind: str = SeatKind.PLAIN,
    function: str = "",
    until: dt.date | None = None,
    sees_from: dt.date | None = None,
    appointed_by: Any = None,
) -> Seat:
    """Give a person a seat. One person never holds two seats in a dossier. Called inside an action that leaves the trail."""
    _clear_past(dossier, person, start)
    if Seat.objects.filter(dossier=dossier, person=person, ended_at__isnull=True).exists():
        raise Refused(f"{name or person.name} heeft al een plaats in dit dossier. Kies iemand anders.")
    seat = Seat.objects.create(
        dossier=dossier,
        person=person,
        name=name or person.name,
        role=role,
        kind=kind,
        function=function,
        start=start,
        until=until,
        sees_from=sees_from,
        appointed_by=appointed_by,
    )
    guard.grant_seat(seat)
    if role is Role.PHYSICIAN and kind != SeatKind.COVER and dossier.physician_id != person.pk:
        dossier.physician = person
        dossier.save(update_fields=["physician"])
    return seat


def _clear_past(dossier: Dossier, person: Any, start: dt.date) -> None:
    """A seat whose last day is past (a cover of last summer) does not stand in the way: it ended with that day."""
    for seat in Seat.objects.filter(dossier=dossier, person=person, ended_at__isnull=True, until__lt=start):
        assert seat.until is not None
        midnight = timezone.make_aware(dt.datetime.combine(seat.until + dt.timedelta(days=1), dt.time.min))
        if midnight <= timezone.now():
            close_seat(seat, by=seat.appointed_by or person, now=midnight, follows=True)


def close_seat(seat: Seat, *, by: Any, now: dt.datetime, follows: bool = False) -> None:
    """End a seat: nothing is open to it from the next request on. Called with the row locked, inside an action that leaves the trail.

    `follows`: it ends because of a day or a key, which say so themselves; only what somebody decided stands in the ledger."""
    seat.ended_at, seat.ended_by = now, by
    seat.save(update_fields=["ended_at", "ended_by"])
    if not follows:
        note_closing(Closing.SEAT, seat.pk, by=by)
    guard.revoke(seat=seat)


def lock_seat(seat: Seat) -> Seat:
    """The seat, after every write under way through it; refused when somebody else ended it meanwhile."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("ending a seat needs a transaction")
    locked = Seat.objects.select_for_update(of=("self",)).select_related("dossier", "person").filter(pk=seat.pk, ended_at__isnull=True).first()
    if locked is None:
        raise Refused("Deze plaats is al beëindigd. Laad de pagina opnieuw.", status=409)
    return locked


def responsible_seat(dossier: Dossier) -> Seat | None:
    """The seat of the responsible physician."""
    rows = Seat.objects.filter(dossier=dossier, role=Role.PHYSICIAN, ended_at__isnull=True).exclude(kind=SeatKind.COVER)
    return rows.select_related("person").first()


def responsible_people(dossier: Dossier, today: dt.date) -> list[Any]:
    """Who must be told of what waits for the physician: the responsible one, and whoever covers today."""
    rows = Seat.objects.filter(dossier=dossier, role=Role.PHYSICIAN, ended_at__isnull=True, start__lte=today).select_related("person")
    return [row.person for row in rows if row.until is None or row.until >= today]


# --- delegates -------------------------------------------------------------------------------------


@action(Part.PROCESS, Act.APPOINT)
def appoint_delegate(opened: Opened, *, person: Any, kind: SeatKind) -> Seat:
    """The physician has somebody of the own arbodienst work on this dossier. The employee reads who, and as what."""
    if person.profession != Role.DELEGATE:
        raise Refused("Alleen een taakgedelegeerde kan worden aangewezen. Kies iemand anders.")
    if kind in (SeatKind.PLAIN, SeatKind.COVER):
        raise Refused("Kies als wat deze persoon werkt.")
    _must_be_colleague(opened.dossier, person)
    seat = seat_person(
        opened.dossier, person, Role.DELEGATE, start=opened.today, kind=kind, sees_from=_sees_from(opened.dossier), appointed_by=opened.person
    )
    tell(person, Reason.DELEGATE_APPOINTED, now=opened.now, dossier=opened.dossier, object_id=seat.pk)
    opened.trail.note(Event.APPOINT, Part.PROCESS, object_type="seat", object_id=seat.pk)
    return seat


@action(Part.PROCESS, Act.APPOINT)
def end_delegate(opened: Opened, *, seat: Seat) -> None:
    """The delegate works here no more. What the delegate wrote stays in the dossier."""
    seat = lock_seat(seat)
    if seat.role != Role.DELEGATE or seat.dossier_id != opened.dossier.pk:
        raise Refused("Dit is geen taakgedelegeerde van dit dossier. Laad de pagina opnieuw.")
    close_seat(seat, by=opened.person, now=opened.now)
    opened.trail.note(Event.END_SEAT, Part.PROCESS, object_type="seat", object_id=seat.pk)


def _must_be_colleague(dossier: Dossier, person: Any) -> None:
    if not person.is_active or person.organisation_id != dossier.arbodienst_id:
        raise Refused(f"{person.name} werkt niet bij uw arbodienst. Kies iemand uit de lijst.")


def _sees_from(dossier: Dossier) -> dt.date | None:
    """Who joins the physician of a new arbodienst sees what that physician sees."""
    seat = responsible_seat(dossier)
    return seat.sees_from if seat else None


# --- cover for a period ------------------------------------------------------------------------------


@action(Part.PROCESS, Act.COVER)
def start_cover(opened: Opened, *, person: Any, first_day: dt.date, last_day: dt.date) -> Seat:
    """A colleague stands in for a period, with all of the role; during it the responsible physician reads and does not write."""
    if person.profession != Role.PHYSICIAN:
        raise Refused("Alleen een bedrijfsarts kan waarnemen. Kies iemand anders.")
    _must_be_colleague(opened.dossier, person)
    if first_day < opened.today:
        raise Refused("De eerste dag is al voorbij. Kies vandaag of een latere dag.")
    if last_day < first_day:
        raise Refused("De laatste dag ligt voor de eerste dag. Kies een latere dag.")
    if last_day - first_day > LONGEST_COVER:
        raise Refused("Waarnemen kan voor hooguit een jaar. Kies een eerdere laatste dag, of draag het dossier over.")
    take_turns(opened.dossier.pk)  # two covers at once: one after the other
    overlap = covers(opened.dossier).filter(start__lte=last_day, until__gte=first_day).first()
    if overlap is not None:
        raise Refused(f"In deze dagen neemt {overlap.name} al waar. Kies andere dagen, of beëindig die waarneming eerst.")
    seat = seat_person(
        opened.dossier,
        person,
        Role.PHYSICIAN,
        start=first_day,
        until=last_day,
        kind=SeatKind.COVER,
        sees_from=_sees_from(opened.dossier),
        appointed_by=opened.person,
    )
    tell_all([person, opened.dossier.employee], Reason.COVER_STARTED, now=opened.now, dossier=opened.dossier, object_id=seat.pk)
    opened.trail.note(Event.COVER, Part.PROCESS, object_type="seat", object_id=seat.pk)
    return seat


@action(Part.PROCESS, Act.COVER)
def end_cover(opened: Opened, *, seat: Seat) -> None:
    """A cover ends before its last day, or before its first. While it runs only the cover physician can: the other one reads."""
    seat = lock_seat(seat)
    if seat.kind != SeatKind.COVER or seat.dossier_id != opened.dossier.pk:
        raise Refused("Dit is geen waarneming van dit dossier. Laad de pagina opnieuw.")
    close_seat(seat, by=opened.person, now=opened.now)
    others = [one for one in (seat.person, opened.dossier.physician, opened.dossier.employee) if one.pk != opened.person.pk]
    tell_all(others, Reason.COVER_STARTED, now=opened.now, dossier=opened.dossier, object_id=f"end:{seat.pk}")
    opened.trail.note(Event.END_SEAT, Part.PROCESS, object_type="seat", object_id=seat.pk)


def covers(dossier: Dossier) -> Any:
    """The covers of a dossier that nobody ended, in order."""
    return Seat.objects.filter(dossier=dossier, kind=SeatKind.COVER, ended_at__isnull=True).select_related("person").order_by("start")


# --- somebody leaves an organisation: called by its administrator, who opens no dossier ---------------


def end_seat(seat: Seat, *, by: Any, now: dt.datetime, origin: Origin | None = None) -> None:
    """End one seat from outside the dossier, with its line in the trail. In a transaction of the caller."""
    seat = lock_seat(seat)
    close_seat(seat, by=by, now=now)
    append(from_outside(seat.dossier, Event.END_SEAT, seat, by=by, origin=origin))


def replace_seat(seat: Seat, *, successor: Any, name: str = "", by: Any, now: dt.datetime, origin: Origin | None = None) -> Seat:
    """Somebody else takes over the seat of a delegate or of a contact of the employer: same role, kind and function, from today.

    A contact's successor reads every letter, because letters belong to the employer. For a physician: `hand_over_inside`.
    """
    seat = lock_seat(seat)
    dossier, role = seat.dossier, Role(seat.role)
    if role not in (Role.DELEGATE, Role.EMPLOYER):
        raise Refused("Deze plaats kan niet zo worden overgenomen. Draag het dossier over.")
    if role is Role.DELEGATE and (successor.profession != Role.DELEGATE or successor.organisation_id != dossier.arbodienst_id):
        raise Refused("Kies een taakgedelegeerde van dezelfde arbodienst.")
    close_seat(seat, by=by, now=now)
    is_delegate = role is Role.DELEGATE
    new = seat_person(
        dossier,
        successor,
        role,
        name=name,
        start=timezone.localdate(now),
        kind=(successor.delegate_kind or seat.kind) if is_delegate else seat.kind,
        function="" if is_delegate else seat.function,
        sees_from=seat.sees_from,
        appointed_by=by,
    )
    tell(successor, Reason.DELEGATE_APPOINTED if is_delegate else Reason.SEATED, now=now, dossier=dossier, object_id=new.pk)
    tell(dossier.employee, Reason.CONTACT_CHANGED, now=now, dossier=dossier, object_id=new.pk)
    append(from_outside(dossier, Event.END_SEAT, seat, by=by, origin=origin))
    append(from_outside(dossier, Event.SEAT, new, by=by, origin=origin))
    return new


def from_outside(dossier: Dossier, event: Event, seat: Seat, *, by: Any, origin: Origin | None) -> Line:
    """The trail line of an act on a seat by somebody who did not open the dossier."""
    return Line(
        event,
        actor_id=by.pk,
        object_type="seat",
        object_id=str(seat.pk),
        dossier_id=dossier.pk,
        subject_id=dossier.employee_id,
        parts=(Part.PROCESS.value,),
        origin=origin or Origin(),
    )
