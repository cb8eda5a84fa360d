"""A yes on paper, written down by one and confirmed by another, as the product's own actions do it."""

from typing import Any

from consent.actions.answers import newest_answers, settle_seat, write_answer
from consent.models import Answer, AnswerState, Channel, PaperAnswer, Share
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.parts import Part
from dossiers.rules.working_days import add_working_days
from dossiers.trail import Event


def record(opened: Opened, *, share: Share, parts: tuple[Part, ...]) -> PaperAnswer:
    share.refresh_from_db()
    if share.dossier.employee.can_sign_in or share.stopped_at or opened.today > share.last_day:
        raise Refused("x")
    PaperAnswer.objects.filter(share=share, confirmed_at=None).update(cancelled_at=opened.now, cancelled_by=opened.person)
    opened.trail.note(Event.RECORD_PAPER, Part.SHARING)
    return PaperAnswer.objects.create(
        dossier=opened.dossier,
        share=share,
        parts=list(parts),
        wording="x",
        signed_on=opened.today,
        posted_on=opened.today,
        recorded_by=opened.person,
        recorded_at=opened.now,
    )


def confirm(opened: Opened, *, waiting: Any) -> None:
    share = Share.objects.select_related("dossier__employee", "person").get(pk=waiting.share_id)
    if waiting.recorded_by_id == opened.person.pk:
        raise Refused("x")
    waiting.confirmed_by, waiting.confirmed_at = opened.person, opened.now
    waiting.save()
    newest = newest_answers(share)
    for part in waiting.parts:
        row = Answer(
            state=AnswerState.GIVEN,
            day=opened.today,
            at=opened.now,
            by=waiting.recorded_by,
            confirmed_by=opened.person,
            channel=Channel.PAPER,
            counts_from=add_working_days(waiting.posted_on, 3),
        )
        write_answer(share, Part(part), row, newest[Part(part)])
    settle_seat(share, by=opened.person, now=opened.now, may_make=True)
    opened.trail.note(Event.CONFIRM_PAPER, Part.SHARING)
