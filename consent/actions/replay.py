"""Closing again, after a backup was restored, what the ledger says was closed later: consents, shares, seats, questions.

Called by the restore, without a person, through the same rows, locks and grants as when people do it. Every function can run any number of times
with one effect. What is newer than the closing stays: who said yes again before the backup was made has said yes.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from consent import guard
from consent.actions.answers import newest_answers, state_of, write_answer
from consent.actions.expert_seats import settle_seat
from consent.actions.hand_over import WORDING, seat_after
from consent.actions.paper import take_out_of_waiting
from consent.actions.seats import close_seat
from consent.actions.shares import lock_share
from consent.models import (
    Answer,
    AnswerState,
    Channel,
    HandOver,
    HandOverAnswer,
    HandOverQuestion,
    PaperAnswer,
    QuestionState,
    Seat,
    SeatKind,
    Share,
    SharePart,
)
from dossiers.actions.replay import Replayed, note_again, who_closed
from dossiers.ledger import Closing, Entry, note_closing
from dossiers.parts import Part, Role

NO_REASON = "Het delen was al gestopt. De reden is niet bewaard: de gegevens zijn teruggezet uit een reservekopie."


def close_answer(entry: Entry) -> Replayed:
    """The employee's no counts again: a yes is withdrawn, a question refused, and a yes on paper that waits loses this part."""
    row = SharePart.objects.select_related("share__dossier__employee").filter(pk=entry.object_id).first()
    if row is None:
        return Replayed.GONE
    share, part = row.share, Part(row.part)
    with transaction.atomic():
        lock_share(share)
        by = who_closed(entry, otherwise=share.dossier.employee)
        waited = take_out_of_waiting(share, {part}, by=by, now=timezone.now())
        newest = newest_answers(share)[part]
        state = AnswerState(newest.state) if newest is not None else AnswerState.ASKED
        is_newer = newest is not None and newest.at > entry.at
        if not waited and (is_newer or state not in (AnswerState.GIVEN, AnswerState.ASKED)):
            return Replayed.WAS
        if not is_newer and state in (AnswerState.GIVEN, AnswerState.ASKED):
            said = AnswerState.WITHDRAWN if state is AnswerState.GIVEN else AnswerState.REFUSED
            day = timezone.localdate(entry.at)
            channel = entry.detail if entry.detail in Channel.values else Channel.SCREEN
            answer = Answer(state=said, day=day, at=entry.at, by=by, channel=channel, counts_from=day)
            write_answer(share, part, answer, newest)
        if part is Part.PROCESS or not _something_given(share):
            _close_the_rest(share, entry, by=by)
        settle_seat(share, by=by, now=timezone.now(), may_make=False)
        note_again(share.dossier, entry, part)
    return Replayed.CLOSED


def _something_given(share: Share) -> bool:
    return any(state_of(row, share) is AnswerState.GIVEN for part, row in newest_answers(share).items() if part is not Part.PROCESS)


def _close_the_rest(share: Share, entry: Entry, *, by: Any) -> None:
    """Nothing is open without `process`, and `process` is not open for nothing; so it is on screen, so it is here."""
    for part, row in newest_answers(share).items():
        if row is not None and row.state == AnswerState.GIVEN and row.at <= entry.at:
            day = timezone.localdate(entry.at)
            write_answer(share, part, Answer(state=AnswerState.WITHDRAWN, day=day, at=entry.at, by=by, counts_from=day), row)


def close_share(entry: Entry) -> Replayed:
    """The physician's key is taken back again."""
    with transaction.atomic():
        share = (
            Share.objects.select_for_update(of=("self",)).select_related("dossier__physician", "dossier__employee").filter(pk=entry.object_id).first()
        )
        if share is None:
            return Replayed.GONE
        if share.stopped_at is not None:
            return Replayed.WAS
        share.stopped_at, share.stopped_by, share.stop_reason = entry.at, who_closed(entry, otherwise=share.dossier.physician), NO_REASON
        share.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
        note_closing(Closing.SHARE, share.pk, by=share.stopped_by)
        for row in share.parts.all():
            guard.revoke(share_part=row)
        settle_seat(share, by=share.stopped_by, now=timezone.now(), may_make=False)
        note_again(share.dossier, entry, Part.SHARING)
    return Replayed.CLOSED


def close_paper(entry: Entry) -> Replayed:
    """A yes on paper that was taken away does not wait again."""
    found = PaperAnswer.objects.select_related("share__dossier__employee", "share__dossier__physician").filter(pk=entry.object_id).first()
    if found is None:
        return Replayed.GONE
    with transaction.atomic():
        lock_share(found.share)
        row = PaperAnswer.objects.select_for_update().get(pk=found.pk)
        if row.cancelled_at is not None or row.confirmed_at is not None:
            return Replayed.WAS
        dossier = found.share.dossier
        row.cancelled_at, row.cancelled_by = entry.at, who_closed(entry, otherwise=dossier.physician)
        row.save(update_fields=["cancelled_by", "cancelled_at"])
        note_closing(Closing.PAPER, row.pk, by=row.cancelled_by)
        note_again(dossier, entry, Part.SHARING)
    return Replayed.CLOSED


def close_seat_again(entry: Entry) -> Replayed:
    """A seat ends again. That of the responsible physician only goes to who comes after (`hand_over_again`): a dossier is never without."""
    with transaction.atomic():
        seat = Seat.objects.select_for_update(of=("self",)).select_related("dossier__physician").filter(pk=entry.object_id).first()
        if seat is None:
            return Replayed.GONE
        if seat.ended_at is not None:
            return Replayed.WAS
        if seat.role == Role.PHYSICIAN and seat.kind != SeatKind.COVER:
            return Replayed.LEFT
        close_seat(seat, by=who_closed(entry, otherwise=seat.dossier.physician), now=timezone.now())
        note_again(seat.dossier, entry, Part.PROCESS)
    return Replayed.CLOSED


def hand_over_again(entry: Entry) -> Replayed:
    """The dossier goes to the same successor again. One who came after the backup is not there: then an administrator hands it over."""
    with transaction.atomic():
        seat = Seat.objects.select_for_update(of=("self",)).select_related("dossier", "person").filter(pk=entry.object_id).first()
        if seat is None:
            return Replayed.GONE
        if seat.ended_at is not None:
            return Replayed.WAS
        successor = get_user_model()._default_manager.filter(pk=entry.detail, is_active=True, profession=Role.PHYSICIAN).first()
        if successor is None or Seat.objects.filter(dossier=seat.dossier, person=successor, ended_at__isnull=True).exists():
            return Replayed.LEFT
        seat_after(seat, successor, by=who_closed(entry, otherwise=successor), now=timezone.now())
        note_again(seat.dossier, entry, Part.PROCESS)
    return Replayed.CLOSED


def close_hand_over_answer(entry: Entry) -> Replayed:
    """What is older stays closed to the arbodienst that took over."""
    with transaction.atomic():
        row = HandOver.objects.select_for_update(of=("self",)).select_related("dossier__employee").filter(pk=entry.object_id).first()
        if row is None:
            return Replayed.GONE
        newest = row.answers.order_by("-at", "-pk").first()
        if newest is not None and (newest.state != AnswerState.GIVEN or newest.at > entry.at):
            return Replayed.WAS
        state = AnswerState.WITHDRAWN if newest is not None else AnswerState.REFUSED
        by = who_closed(entry, otherwise=row.dossier.employee)
        HandOverAnswer.objects.create(dossier=row.dossier, hand_over=row, state=state, at=entry.at, by=by, wording=WORDING)
        note_closing(Closing.HAND_OVER_ANSWER, row.pk, by=by)
        note_again(row.dossier, entry, Part.SHARING)
    return Replayed.CLOSED


def close_question(entry: Entry) -> Replayed:
    """A question to another arbodienst that was taken back or declined cannot be accepted any more."""
    with transaction.atomic():
        rows = HandOverQuestion.objects.select_for_update(of=("self",)).select_related("dossier__physician")
        row = rows.filter(pk=entry.object_id).first()
        if row is None:
            return Replayed.GONE
        if row.state != QuestionState.OPEN:
            return Replayed.WAS
        row.state, row.closed_at, row.closed_by = QuestionState.WITHDRAWN, entry.at, who_closed(entry, otherwise=row.dossier.physician)
        row.save(update_fields=["state", "closed_at", "closed_by"])
        note_closing(Closing.QUESTION, row.pk, by=row.closed_by)
        note_again(row.dossier, entry, Part.PROCESS)
    return Replayed.CLOSED
