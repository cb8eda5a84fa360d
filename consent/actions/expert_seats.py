"""The seat of an expert: it follows the employee's yes to `process` and counts from the first day that `process` is open.

Until that day the person is a stranger (docs/access.md), so as long as a seat has not begun it is moved or taken back with the keys; one that
has begun stays, because after a withdrawal the person is told why. Called by whoever turns a key, with the share row locked.
"""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from consent.actions.seats import close_seat, seat_person
from consent.facts import shared_parts
from consent.models import AnswerState, Channel, Seat, Share
from dossiers import outbox
from dossiers.actions.turns import take_turns
from dossiers.errors import Refused
from dossiers.parts import Part, Role

EXPERT_SEATED = "expert_seated"  # the promise to tell, or invite, whoever got a seat by a share; kept in bar/sharing


def settle_seat(share: Share, *, by: Any, now: dt.datetime, may_make: bool) -> bool:
    """Make, move or take back the seat of the person this share is for, as the keys stand now. Who takes a key back makes no seat.

    Tells whether the person had a seat here that has begun: a newcomer is told by the promise of the new seat, on its first day.
    """
    take_turns(share.dossier_id)  # two shares to one person at once: one after the other
    today = timezone.localdate(now)
    seat = Seat.objects.filter(dossier_id=share.dossier_id, person_id=share.person_id, ended_at__isnull=True).first()
    if seat is not None and seat.role == share.role and seat.start <= today:
        return True
    first = _opens_first(share, today)
    if seat is None and not may_make:
        return False
    if may_make and seat is not None and first is not None and seat.role != share.role:
        raise Refused("Deze persoon heeft al een andere plaats in dit dossier.")
    if seat is not None and seat.role == share.role:
        if first is not None and seat.start == first[0]:
            return False
        close_seat(seat, by=by, now=now, follows=True)
        seat = None
    if seat is None and first is not None:
        start, opener = first
        new = seat_person(share.dossier, share.person, Role(share.role), name=opener.name, start=start, appointed_by=opener.made_by)
        # Until the first day the person is a stranger, and is told nothing.
        outbox.put(EXPERT_SEATED, new.pk, now=now, at=timezone.make_aware(dt.datetime.combine(start, dt.time.min)))
    return False


def _opens_first(share: Share, today: dt.date) -> tuple[dt.date, Share] | None:
    """From which day on `process` is open to this person, never before today, and by which share."""
    rows = shared_parts(
        part=Part.PROCESS,
        share__dossier_id=share.dossier_id,
        share__person_id=share.person_id,
        share__role=share.role,
        share__stopped_at__isnull=True,
        share__last_day__gte=today,
        state=AnswerState.GIVEN,
    ).select_related("share__made_by", "share__person")
    if share.dossier.employee.can_sign_in:
        rows = rows.exclude(Q(("channel", Channel.PAPER)))  # annotated by `shared_parts`
    days = [(max(row.share.first_day, row.counts_from, today), row.share.made_at, row.share) for row in rows]  # type: ignore[attr-defined]
    open_days = [(day, made, one) for day, made, one in days if day <= one.last_day]
    if not open_days:
        return None
    day, _, opener = min(open_days, key=lambda found: found[:2])
    return day, opener
