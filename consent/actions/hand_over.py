"""A lasting change of the responsible physician: within the arbodienst at once; to another arbodienst by asking, and accepting there.

What moves is told in docs/decisions/hand-over.md. Whether an e-mail address is known here is never told: a question to an unknown one looks
the same and is never answered.
"""

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from consent.actions.seats import close_seat, covers, from_outside, responsible_seat, seat_person
from consent.models import AnswerState, HandOver, HandOverAnswer, HandOverQuestion, QuestionState, Seat, SeatKind
from dossiers.acting import Beyond, beyond
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.models import Assessment, Dossier, Status
from dossiers.models.contact import ContactRequest, ContactRequestState
from dossiers.notices import Reason, tell, tell_all
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.trail import Event, Origin, action, append

WORDING = "overdracht-1"  # the version of the text the employee was shown
DAYS_TO_ACCEPT = 30
NOT_NOW = "U kunt dit dossier nu niet overnemen. Bel de bedrijfsarts die het u vroeg."


# --- within the arbodienst ---------------------------------------------------------------------------


@action(Part.PROCESS, Act.HAND_OVER)
def hand_over(opened: Opened, *, successor: Any) -> HandOver:
    """A colleague of the same arbodienst becomes the responsible physician today. Undone by handing back."""
    row = _inside(opened.dossier, successor, by=opened.person, now=opened.now)
    opened.trail.note(Event.HAND_OVER, Part.PROCESS, object_type="seat", object_id=row.seat_id)
    return row


def hand_over_inside(dossier: Dossier, *, successor: Any, by: Any, now: dt.datetime, origin: Origin | None = None) -> HandOver:
    """The same from outside the dossier, when the physician leaves. In a transaction of the caller."""
    lock_author_seats(dossier)
    row = _inside(dossier, successor, by=by, now=now)
    append(from_outside(dossier, Event.HAND_OVER, row.seat, by=by, origin=origin))
    return row


def _inside(dossier: Dossier, successor: Any, *, by: Any, now: dt.datetime) -> HandOver:
    if successor.profession != Role.PHYSICIAN or not successor.is_active or successor.organisation_id != dossier.arbodienst_id:
        raise Refused("Kies een bedrijfsarts van uw arbodienst.")
    old = _responsible(dossier)
    if old.person_id == successor.pk:
        raise Refused(f"{old.name} is al de bedrijfsarts van dit dossier. Kies iemand anders.")
    _end([old, *covers(dossier)], by=by, now=now)  # who stood in, stood in for who leaves
    row = _seat_successor(dossier, old, successor, to_organisation_id=dossier.arbodienst_id, sees_from=old.sees_from, by=by, now=now)
    tell_all([dossier.employee, successor], Reason.HANDED_OVER, now=now, dossier=dossier, object_id=row.pk)
    return row


def seat_after(old: Seat, successor: Any, *, by: Any, now: dt.datetime) -> HandOver:
    """The same hand-over once more, after a restore: from this seat to this successor, who from another arbodienst reads nothing older."""
    dossier = old.dossier
    _end([old, *covers(dossier)], by=by, now=now)
    sees_from = old.sees_from if successor.organisation_id == dossier.arbodienst_id else timezone.localdate(now)
    return _seat_successor(dossier, old, successor, to_organisation_id=successor.organisation_id, sees_from=sees_from, by=by, now=now)


def _responsible(dossier: Dossier) -> Seat:
    old = responsible_seat(dossier)
    if old is None:
        raise Refused("Dit dossier heeft nu geen bedrijfsarts. Bel uw arbodienst.")
    return old


def _end(rows: list[Seat], *, by: Any, now: dt.datetime) -> None:
    for seat in rows:
        close_seat(Seat.objects.select_for_update().get(pk=seat.pk), by=by, now=now)


def _seat_successor(
    dossier: Dossier, old: Seat, successor: Any, *, to_organisation_id: uuid.UUID, sees_from: dt.date | None, by: Any, now: dt.datetime
) -> HandOver:
    today = timezone.localdate(now)
    from_organisation_id = dossier.arbodienst_id
    dossier.arbodienst_id = to_organisation_id
    dossier.save(update_fields=["arbodienst"])
    seat = seat_person(dossier, successor, Role.PHYSICIAN, start=today, sees_from=sees_from, appointed_by=by)
    Assessment.objects.filter(dossier=dossier).exclude(status=Status.FINAL).update(author=successor)  # a draft that runs is the successor's
    withdraw_questions(dossier, by=by, now=now)
    note_closing(Closing.HANDED_OVER, old.pk, by=by, detail=str(successor.pk))
    return HandOver.objects.create(
        dossier=dossier,
        from_person=old.person,
        to_person=successor,
        seat=seat,
        from_organisation_id=from_organisation_id,
        to_organisation_id=to_organisation_id,
        day=today,
        made_at=now,
        made_by=by,
    )


# --- to another arbodienst -----------------------------------------------------------------------------


@action(Part.PROCESS, Act.HAND_OVER)
def ask_elsewhere(opened: Opened, *, address: str, name: str, organisation: str, told: bool) -> HandOverQuestion:
    """Ask a physician of another arbodienst to take over. Known or not, the row and the answer look the same.

    `name` and `organisation` are as typed: that is what the employee reads about who takes over, before anything counts.
    """
    if not told:
        raise Refused("Vertel eerst de werknemer wie het dossier overneemt en wat er meegaat.")
    if Assessment.objects.filter(dossier=opened.dossier).exclude(status=Status.FINAL).exists():
        raise Refused("Er is nog een versie van de BAR in bewerking. Maak die eerst af, of gooi het concept weg.")
    if open_question(opened.dossier, opened.now) is not None:
        raise Refused("Er is al een verzoek verstuurd. Trek dat eerst in.", status=409)
    withdraw_questions(opened.dossier, by=opened.person, now=opened.now)  # one whose time is over
    person = _physician_elsewhere(address, opened.dossier)
    row = HandOverQuestion.objects.create(
        dossier=opened.dossier,
        address=address,
        name=name,
        organisation_name=organisation,
        person=person,
        made_at=opened.now,
        made_by=opened.person,
        open_until=opened.today + dt.timedelta(days=DAYS_TO_ACCEPT),
    )
    tell(opened.dossier.employee, Reason.HANDED_OVER, now=opened.now, dossier=opened.dossier, object_id=f"asked:{row.pk}")
    if person is not None:
        tell(person, Reason.HANDED_OVER, now=opened.now, object_id=f"asked:{row.pk}")  # without a dossier: not yet a place in it
    opened.trail.note(Event.ASK_HAND_OVER, Part.PROCESS, object_type="question", object_id=row.pk)
    return row


def _physician_elsewhere(address: str, dossier: Dossier) -> Any:
    person = get_user_model()._default_manager.filter(email__iexact=address, profession=Role.PHYSICIAN, is_active=True).first()
    is_elsewhere = person is not None and person.organisation_id not in (None, dossier.arbodienst_id)
    return person if is_elsewhere else None


@action(Part.PROCESS, Act.HAND_OVER)
def withdraw_elsewhere(opened: Opened) -> None:
    """Take the question back before it is accepted."""
    if not withdraw_questions(opened.dossier, by=opened.person, now=opened.now):
        raise Refused("Er staat geen verzoek meer open. Laad de pagina opnieuw.", status=409)
    opened.trail.note(Event.STOP_HAND_OVER, Part.PROCESS, object_type="question")


def withdraw_questions(dossier: Dossier, *, by: Any, now: dt.datetime) -> int:
    """Close what is asked and not answered."""
    for question in HandOverQuestion.objects.filter(dossier=dossier, state=QuestionState.OPEN):
        note_closing(Closing.QUESTION, question.pk, by=by)
    rows = HandOverQuestion.objects.filter(dossier=dossier, state=QuestionState.OPEN)
    return rows.update(state=QuestionState.WITHDRAWN, closed_at=now, closed_by=by)


def open_question(dossier: Dossier, now: dt.datetime) -> HandOverQuestion | None:
    """The question that can still be accepted."""
    return HandOverQuestion.objects.filter(dossier=dossier, state=QuestionState.OPEN, open_until__gte=timezone.localdate(now)).first()


@beyond(Beyond.FROM_ELSEWHERE)
def questions_to(person: Any, now: dt.datetime) -> list[HandOverQuestion]:
    """What this physician is asked to take over."""
    rows = HandOverQuestion.objects.filter(person_id=person.pk, state=QuestionState.OPEN, open_until__gte=timezone.localdate(now))
    return list(rows.select_related("dossier", "dossier__arbodienst", "made_by").order_by("made_at"))


@beyond(Beyond.FROM_ELSEWHERE)
def accept_from_elsewhere(person: Any, question_id: uuid.UUID, *, now: dt.datetime, origin: Origin | None = None) -> HandOver:
    """The physician of another arbodienst takes over: process, job and released letters at once, the rest after the employee's yes."""
    with transaction.atomic():
        seats = lock_author_seats(_question_to(person, question_id, now).dossier)
        question = _question_to(person, question_id, now, lock=True)
        dossier = question.dossier  # as it stands under the locks: it may have been closed
        if Assessment.objects.filter(dossier=dossier).exclude(status=Status.FINAL).exists() or dossier.closed_on is not None:
            raise Refused(NOT_NOW, status=409)
        question.state, question.closed_at, question.closed_by = QuestionState.ACCEPTED, now, person
        question.save(update_fields=["state", "closed_at", "closed_by"])
        old = _responsible(dossier)
        _end(seats, by=person, now=now)
        _close_requests(dossier, by=person, now=now)
        row = _seat_successor(dossier, old, person, to_organisation_id=person.organisation_id, sees_from=timezone.localdate(now), by=person, now=now)
        tell(dossier.employee, Reason.HANDED_OVER, now=now, dossier=dossier, object_id=row.pk)
        tell(old.person, Reason.HANDED_OVER, now=now, object_id=row.pk)
        for seat in seats:
            append(from_outside(dossier, Event.END_SEAT, seat, by=person, origin=origin))
        append(from_outside(dossier, Event.HAND_OVER, row.seat, by=person, origin=origin))
    return row


def _close_requests(dossier: Dossier, *, by: Any, now: dt.datetime) -> None:
    """A question to the physician of before is not the new one's to read; the employee can ask again."""
    for row in ContactRequest.objects.select_for_update(of=("self",)).filter(dossier=dossier, state=ContactRequestState.OPEN):
        row.state, row.answered_at, row.answered_by = ContactRequestState.DECLINED, now, by
        row.reason = "Uw dossier is naar een andere arbodienst gegaan. Wilt u dit nog? Vraag het dan opnieuw."
        row.save(update_fields=["state", "answered_at", "answered_by", "reason"])


@beyond(Beyond.FROM_ELSEWHERE)
def decline_from_elsewhere(person: Any, question_id: uuid.UUID, *, now: dt.datetime, origin: Origin | None = None) -> None:
    """The physician of another arbodienst does not take over."""
    with transaction.atomic():
        question = _question_to(person, question_id, now, lock=True)
        question.state, question.closed_at, question.closed_by = QuestionState.DECLINED, now, person
        question.save(update_fields=["state", "closed_at", "closed_by"])
        note_closing(Closing.QUESTION, question.pk, by=person)
        old = _responsible(question.dossier)
        tell(old.person, Reason.HANDED_OVER, now=now, dossier=question.dossier, object_id=f"declined:{question.pk}")
        append(from_outside(question.dossier, Event.STOP_HAND_OVER, old, by=person, origin=origin))


def _question_to(person: Any, question_id: uuid.UUID, now: dt.datetime, *, lock: bool = False) -> HandOverQuestion:
    rows = HandOverQuestion.objects.filter(pk=question_id, person_id=person.pk, state=QuestionState.OPEN, open_until__gte=timezone.localdate(now))
    rows = rows.select_for_update(of=("self",)) if lock else rows
    question = rows.select_related("dossier", "dossier__employee").first()
    fits = person.is_active and person.profession == Role.PHYSICIAN and person.organisation_id is not None
    if question is None or not fits or person.organisation_id == question.dossier.arbodienst_id:
        raise Refused("Dit verzoek is niet meer open. Bel de bedrijfsarts die het u vroeg.", status=404)
    return question


def lock_author_seats(dossier: Dossier) -> list[Seat]:
    """Every open seat of physicians and delegates, locked; writes under way through them come first. Physicians first (see `seats`)."""
    rows = Seat.objects.filter(dossier=dossier, role__in=AUTHORS, ended_at__isnull=True)
    ids = [row.pk for row in sorted(rows, key=lambda row: (row.role != Role.PHYSICIAN, row.kind == SeatKind.COVER, row.pk))]
    locked = [Seat.objects.select_for_update().get(pk=pk) for pk in ids]
    return [row for row in locked if row.ended_at is None]


# --- what the new arbodienst may read of before: the employee's own answer --------------------------------


def crossing(dossier: Dossier) -> HandOver | None:
    """The newest change of arbodienst."""
    rows = HandOver.objects.filter(dossier=dossier).select_related("to_person", "to_organisation", "from_person", "from_organisation")
    return rows.filter(seat__sees_from__isnull=False).exclude(from_organisation=F("to_organisation")).order_by("-made_at").first()


def answer_state(row: HandOver) -> AnswerState:
    """What the employee answered last."""
    newest = row.answers.order_by("-at", "-pk").first()
    return AnswerState(newest.state) if newest else AnswerState.ASKED


@action(Part.SHARING, Act.ANSWER)
def answer_hand_over(opened: Opened, *, hand_over: HandOver, yes: bool) -> None:
    """The employee says whether the new arbodienst may read what was written before. It counts at the very next request."""
    _answer(opened, hand_over, AnswerState.GIVEN if yes else AnswerState.REFUSED)


@action(Part.SHARING, Act.WITHDRAW)
def withdraw_hand_over(opened: Opened, *, hand_over: HandOver) -> None:
    """The employee takes the yes back."""
    if answer_state(hand_over) is not AnswerState.GIVEN:
        raise Refused("Dit stond al uit. Laad de pagina opnieuw.", status=409)
    _answer(opened, hand_over, AnswerState.WITHDRAWN)


def _answer(opened: Opened, row: HandOver, state: AnswerState) -> None:
    locked = HandOver.objects.select_for_update(of=("self",)).get(pk=row.pk)
    HandOverAnswer.objects.create(dossier=opened.dossier, hand_over=locked, state=state, at=opened.now, by=opened.person, wording=WORDING)
    if state is not AnswerState.GIVEN:
        note_closing(Closing.HAND_OVER_ANSWER, row.pk, by=opened.person)
    opened.trail.note(Event.ANSWER_HAND_OVER, Part.SHARING, object_type="hand_over", object_id=f"{row.pk}:{state.value}")
