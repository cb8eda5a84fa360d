"""The second key, the employee's: answer, take back, and the notes of who does not answer yet. On paper and by phone: `paper.py`.

Whoever turns a key locks the share row FOR UPDATE; writers that depend on it hold it FOR SHARE (`access.opening`).
`answer` and `withdraw` write exactly what they are told (a case file); `answer_questions` and `take_back` are what the employee does on screen.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.http import Http404
from django.utils.crypto import salted_hmac

from consent import guard
from consent.actions.expert_seats import EXPERT_SEATED, settle_seat
from consent.actions.seats import responsible_people
from consent.actions.shares import lock_share
from consent.models import Answer, AnswerState, Channel, NoteKind, Share, ShareNote, SharePart
from consent.wording import CURRENT
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.notices import Reason, tell, tell_all
from dossiers.parts import Act, Part
from dossiers.trail import Event, action

__all__ = ["EXPERT_SEATED", "WORDING", "answer", "answer_questions", "key_of", "note", "share_of", "take_back", "withdraw"]

WORDING = CURRENT.version  # the version of the text the employee was shown
OVER = "Deze vraag is niet meer open. U hoeft niets te doen."
CHANGED = "Er is intussen iets veranderd aan deze vraag. Hier staat hoe het nu is. Kies opnieuw als u dat wilt."
_A_MOMENT = dt.timedelta(microseconds=1)


def share_of(opened: Opened, pk: Any) -> Share:
    """One share that this reader may know of, or 404. After a change of arbodienst: what is older only after the employee's yes."""
    opened.require_read(Part.SHARING)
    rows = Share.objects.filter(dossier=opened.dossier, pk=pk).select_related("person", "made_by", "dossier__employee")
    row = (rows if opened.sees_from is None else rows.filter(made_at__gte=opened.sees_from)).first()
    if row is None:
        raise Http404
    return row


# --- where every part stands -----------------------------------------------------------------------


def newest_answers(share: Share) -> dict[Part, Answer | None]:
    """The newest answer to each part of a share, in the order of the parts."""
    rows = SharePart.objects.filter(share=share).prefetch_related("answers__by", "answers__confirmed_by")
    found = {Part(row.part): max(row.answers.all(), key=lambda one: (one.at, one.pk), default=None) for row in rows}
    return {part: found[part] for part in Part if part in found}


def state_of(newest: Answer | None, share: Share) -> AnswerState:
    """What an answer says today: a yes on paper says nothing any more once the employee has an account."""
    if newest is None or (newest.state == AnswerState.GIVEN and newest.channel == Channel.PAPER and share.dossier.employee.can_sign_in):
        return AnswerState.ASKED
    return AnswerState(newest.state)


def states_of(newest: Mapping[Part, Answer | None], share: Share) -> dict[Part, AnswerState]:
    """What every part says today. A yes that stayed behind when `process` was taken back is not a yes: it is asked for anew."""
    found = {part: state_of(row, share) for part, row in newest.items()}
    return found | dict.fromkeys(left_behind(newest, share), AnswerState.WITHDRAWN)


def left_behind(newest: Mapping[Part, Answer | None], share: Share) -> set[Part]:
    """Parts that still say yes while `process` does not: a yes to `process` may not open these again by itself."""
    if state_of(newest.get(Part.PROCESS), share) is AnswerState.GIVEN:
        return set()
    return {part for part, row in newest.items() if part is not Part.PROCESS and state_of(row, share) is AnswerState.GIVEN}


def key_of(share: Share) -> str:
    """The one-time key of a form about this share: good until the next answer, so that an old yes cannot be sent again."""
    newest = ":".join(str(row.pk) if row else "-" for row in newest_answers(share).values())
    return salted_hmac("consent.answer", f"{share.pk}:{newest}", algorithm="sha256").hexdigest()


# --- on screen -------------------------------------------------------------------------------------


@action(Part.SHARING, Act.ANSWER)
def answer_questions(opened: Opened, *, share: Share, choices: Mapping[Part, bool], seen: str) -> None:
    """What the employee chose, per part. `process` is given with the first yes and refused when everything is no."""
    lock_share(share)
    if seen != key_of(share):
        raise Refused(CHANGED, status=409)
    must_be_open(share, opened.today)
    if not choices:
        raise Refused("Kies ja of nee.")
    newest = newest_answers(share)
    states = states_of(newest, share)
    changes = {part: told for part, yes in choices.items() if part in states and (told := _told(states[part], yes=yes)) is not None}
    changes |= process_with({**states, **changes})
    if changes.get(Part.PROCESS) is AnswerState.GIVEN:
        changes |= {part: AnswerState.WITHDRAWN for part in left_behind(newest, share) if part not in changes}
    for part in changes:
        _write(opened, share, part, changes[part], newest[part])
    knows = settle_seat(share, by=opened.person, now=opened.now, may_make=True)
    if knows and changes.get(Part.PROCESS) is AnswerState.GIVEN and share.first_day <= opened.today:
        tell(share.person, Reason.SEATED, now=opened.now, dossier=opened.dossier, object_id=share.pk)  # open again
    taken_back = AnswerState.WITHDRAWN in changes.values() and AnswerState.GIVEN not in changes.values()
    tell_physicians(share, Reason.SHARE_WITHDRAWN if taken_back else Reason.SHARE_ANSWERED, opened=opened)
    opened.trail.note(Event.ANSWER, Part.SHARING, object_type="share", object_id=share.pk, parts=changes)


@action(Part.SHARING, Act.WITHDRAW)
def take_back(opened: Opened, *, share: Share, parts: Collection[Part] = ()) -> None:
    """The employee takes a yes back, for some parts or for all; it counts at the very next request, and twice is once."""
    lock_share(share)
    taken = take_back_parts(share, parts, opened=opened)
    if taken:
        tell_physicians(share, Reason.SHARE_WITHDRAWN, opened=opened)
    opened.trail.note(Event.WITHDRAW, Part.SHARING, object_type="share", object_id=share.pk, parts=taken)


def take_back_parts(share: Share, parts: Collection[Part], *, opened: Opened, channel: Channel = Channel.SCREEN) -> set[Part]:
    """Withdraw what is given of these parts (none named: of all), and `process` with the last of them. With the share locked."""
    newest = newest_answers(share)
    given = {part for part, row in newest.items() if row is not None and row.state == AnswerState.GIVEN}
    taken = {part for part in given if not parts or part in parts}
    if Part.PROCESS in taken:
        taken = given
    elif taken and not {part for part in given - taken - {Part.PROCESS} if state_of(newest[part], share) is AnswerState.GIVEN}:
        taken |= given & {Part.PROCESS}
    for part in taken:
        _write(opened, share, part, AnswerState.WITHDRAWN, newest[part], channel=channel)
    settle_seat(share, by=opened.person, now=opened.now, may_make=False)
    return taken


@action(Part.SHARING, Act.ANSWER)
def note(opened: Opened, *, share: Share, kind: NoteKind) -> None:
    """Not yet: the question stays open. Who wants to talk first: the physician is told."""
    lock_share(share)
    must_be_open(share, opened.today)
    if AnswerState.ASKED not in {state_of(row, share) for row in newest_answers(share).values()}:
        raise Refused("U heeft hier al antwoord op gegeven. U kunt uw antwoord altijd veranderen.", status=409)
    row = ShareNote.objects.create(dossier=opened.dossier, share=share, kind=kind, at=opened.now, by=opened.person)
    if kind is NoteKind.DISCUSS:
        tell_physicians(share, Reason.SHARE_ANSWERED, opened=opened, about=row.pk)
    opened.trail.note(Event.NOTE_ON_SHARE, Part.SHARING, object_type="share", object_id=share.pk)


def must_be_open(share: Share, today: dt.date) -> None:
    """Refuse when the share was stopped or its last day is past. With the share locked."""
    if share.stopped_at is not None or today > share.last_day:
        raise Refused(OVER, status=409)


def process_with(states: Mapping[Part, AnswerState]) -> dict[Part, AnswerState]:
    """What `process` becomes with these answers to the rest; empty when it stays as it is."""
    process = states.get(Part.PROCESS)
    rest = [state for part, state in states.items() if part is not Part.PROCESS]
    if process is None or not rest:
        return {}
    if AnswerState.GIVEN in rest:
        return {} if process is AnswerState.GIVEN else {Part.PROCESS: AnswerState.GIVEN}
    if process is AnswerState.GIVEN:
        return {Part.PROCESS: AnswerState.WITHDRAWN}
    return {Part.PROCESS: AnswerState.REFUSED} if process is AnswerState.ASKED and AnswerState.ASKED not in rest else {}


def _told(state: AnswerState, *, yes: bool) -> AnswerState | None:
    """The answer to write for a choice; none when it stood so already. A yes after a withdrawal is a new answer."""
    if yes:
        return None if state is AnswerState.GIVEN else AnswerState.GIVEN
    if state is AnswerState.GIVEN:
        return AnswerState.WITHDRAWN
    return AnswerState.REFUSED if state is AnswerState.ASKED else None


def tell_physicians(share: Share, reason: Reason, *, opened: Opened, about: object = None) -> None:
    """Whoever is responsible reads that something was answered; what, only on the page."""
    people = [person for person in responsible_people(opened.dossier, opened.today) if person.pk != opened.person.pk]
    tell_all(people, reason, now=opened.now, dossier=opened.dossier, object_id=about or share.pk)


# --- exactly as told -------------------------------------------------------------------------------


@action(Part.SHARING, Act.ANSWER)
def answer(opened: Opened, *, share: Share, answers: Mapping[Part, AnswerState]) -> None:
    """The employee's key, per part. A yes to any part needs a yes to `process`; the first yes makes the expert's seat."""
    lock_share(share)
    if share.stopped_at is not None or opened.today > share.last_day:
        raise Refused("Deze vraag is niet meer open.")
    given = {part for part, state in answers.items() if state is AnswerState.GIVEN}
    if given and Part.PROCESS not in given:
        raise Refused("Zegt u ja tegen een onderdeel? Dan hoort ‘Wie, wat en wanneer’ daarbij.")
    newest = newest_answers(share)
    for part, state in answers.items():
        if part in newest and state is not AnswerState.ASKED:
            _write(opened, share, part, state, newest[part])
    settle_seat(share, by=opened.person, now=opened.now, may_make=True)
    opened.trail.note(Event.ANSWER, Part.SHARING, object_type="share", object_id=share.pk, parts=answers)


@action(Part.SHARING, Act.WITHDRAW)
def withdraw(opened: Opened, *, share: Share, parts: Iterable[Part] = ()) -> None:
    """The employee takes the key back, for some parts or for all; it counts at the very next request."""
    lock_share(share)
    named = set(parts)
    for part, newest in newest_answers(share).items():
        if newest is not None and newest.state == AnswerState.GIVEN and (not named or part in named):
            _write(opened, share, part, AnswerState.WITHDRAWN, newest)
    settle_seat(share, by=opened.person, now=opened.now, may_make=False)
    opened.trail.note(Event.WITHDRAW, Part.SHARING, object_type="share", object_id=share.pk, parts=named)


# --- rows ------------------------------------------------------------------------------------------


def _write(opened: Opened, share: Share, part: Part, state: AnswerState, newest: Answer | None, *, channel: Channel = Channel.SCREEN) -> None:
    row = Answer(state=state, day=opened.today, at=opened.now, by=opened.person, channel=channel, counts_from=opened.today)
    write_answer(share, part, row, newest)


def write_answer(share: Share, part: Part, row: Answer, newest: Answer | None) -> None:
    """Store one answer and the Grants that go with it. It stands after every earlier one: who waited for the lock began before whoever held it."""
    share_part = share.parts.select_related("share").get(part=part)
    row.dossier_id, row.share_part, row.wording = share.dossier_id, share_part, row.wording or WORDING
    if newest is not None:
        row.at = max(row.at, newest.at + _A_MOMENT)
    row.save(force_insert=True)
    if row.state in (AnswerState.WITHDRAWN, AnswerState.REFUSED):
        note_closing(Closing.ANSWER, share_part.pk, by=row.by, detail=row.channel)
    guard.revoke(share_part=share_part)
    if row.state == AnswerState.GIVEN:
        guard.grant_share_part(share_part)
