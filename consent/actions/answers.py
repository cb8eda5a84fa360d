"""The second key, the employee's: answer and withdraw. On paper and by phone: `paper.py`.

Whoever turns a key locks the share row FOR UPDATE; writers that depend on it hold it FOR SHARE (`access.opening`).
"""

import datetime
from collections.abc import Mapping

from django.utils import timezone

from consent import guard
from consent.actions.seats import close_seat, seat_person
from consent.actions.shares import lock_share
from consent.models import Answer, AnswerState, Seat, Share, SharePart
from dossiers import outbox
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.parts import Act, Part, Role
from dossiers.trail import Event, action

EXPERT_SEATED = "expert_seated"  # the promise to tell, or invite, whoever got a seat by a share; kept in bar/sharing
WORDING = "toestemming-1"  # the version of the text the employee was shown


@action(Part.SHARING, Act.ANSWER)
def answer(opened: Opened, *, share: Share, answers: Mapping[Part, AnswerState]) -> None:
    """The employee's key, per part. A yes to any part needs a yes to `process`; the first yes makes the expert's seat."""
    lock_share(share)
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
    lock_share(share)
    for row in share.parts.all():
        newest = row.answers.order_by("-at", "-pk").first()
        if newest is not None and newest.state == AnswerState.GIVEN and (not parts or Part(row.part) in parts):
            _write_answer(opened, row, AnswerState.WITHDRAWN)
    seat = Seat.objects.filter(dossier=opened.dossier, person=share.person, ended_at__isnull=True, start__gt=opened.today).first()
    if seat is not None:  # never open for a day: the person stays a stranger
        close_seat(seat, by=opened.person, now=opened.now)
    opened.trail.note(Event.WITHDRAW, Part.SHARING, object_type="share", object_id=share.pk, parts=parts)


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
        seat = seat_person(opened.dossier, share.person, Role(share.role), name=share.name, start=start, appointed_by=share.made_by)
        outbox.put(EXPERT_SEATED, seat.pk, now=opened.now, at=_midnight(start))  # until the first day the person is a stranger, and is told nothing
    elif seat.role != share.role:
        raise Refused("Deze persoon heeft al een andere plaats in dit dossier.")


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
