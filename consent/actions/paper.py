"""The employee's key on paper and by phone, written down by physician or delegate (docs/access.md, "Shares and consent").

A yes: on paper only, only without an active account, confirmed by another, and from the third working day after the letter. A no or a
withdrawal counts at once. Its words on screen: `views/paper.py`; that a yes on paper ends with an account is decided in `facts.py`.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from consent import guard
from consent.actions.answers import (
    CHANGED,
    key_of,
    left_behind,
    must_be_open,
    newest_answers,
    process_with,
    states_of,
    take_back_parts,
    tell_physicians,
    write_answer,
)
from consent.actions.expert_seats import settle_seat
from consent.actions.shares import lock_share
from consent.explain import holders
from consent.models import Answer, AnswerState, Channel, PaperAnswer, Share
from consent.wording import CURRENT
from dossiers.door import Opened, Touch
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.notices import Reason, tell, tell_all
from dossiers.parts import AUTHORS, Act, Part
from dossiers.rules.working_days import add_working_days
from dossiers.trail import Event, Line, Origin, action, append

WORKING_DAYS = 3  # after the day of the letter (docs/access.md)
LATEST_POST = dt.timedelta(days=7)  # the letter that confirms goes now, not some day
RECORD = Touch(Part.SHARING, Act.RECORD_PAPER)
HAS_ACCOUNT = "De werknemer heeft een account en geeft zelf antwoord. Een ja op papier kan dan niet meer."
NOT_ONESELF = "U schreef dit ja zelf op. Iemand anders moet het bevestigen."
GONE = "Dit ja op papier wacht niet meer. Laad de pagina opnieuw."


def waiting_of(opened: Opened, share: Share) -> PaperAnswer | None:
    """The yes on paper that waits to be confirmed."""
    opened.require_read(Part.SHARING)
    return PaperAnswer.objects.filter(share=share, confirmed_at__isnull=True, cancelled_at__isnull=True).select_related("recorded_by").first()


def confirmers_of(opened: Opened, *, but: Any) -> list[Any]:
    """Who else can confirm today: by the same decision as the gate."""
    found = holders(opened.dossier, opened.today)
    return [one.seat.person for one in found if one.role in AUTHORS and RECORD in one.open and one.seat.person.pk != but.pk]


def counts_from(posted_on: dt.date, share: Share, today: dt.date) -> dt.date:
    """The third working day after the letter; never before the share begins, and never before it is confirmed."""
    return max(add_working_days(posted_on, WORKING_DAYS), share.first_day, today)


# --- a signed form ------------------------------------------------------------------------------------


@action(Part.SHARING, Act.RECORD_PAPER)
def record_form(opened: Opened, *, share: Share, choices: Mapping[Part, bool], signed_on: dt.date, posted_on: dt.date | None, seen: str) -> None:
    """What stands on the signed form: every no counts at once, every yes waits for somebody else."""
    lock_share(share)
    if seen != key_of(share):
        raise Refused(CHANGED, status=409)
    must_be_open(share, opened.today)
    if share.dossier.employee.can_sign_in:
        raise Refused(HAS_ACCOUNT, status=409)
    if waiting_of(opened, share) is not None:
        raise Refused("Er wacht al een ja op papier op bevestiging. Haal dat eerst weg als het niet klopt.", status=409)
    if not timezone.localdate(share.made_at) <= signed_on <= opened.today:
        raise Refused("De dag van de handtekening kan niet. Kies een dag vanaf de dag van de vraag tot en met vandaag.")
    refused = _refuse(opened, share, {part for part, yes in choices.items() if not yes}, Channel.PAPER)
    states = states_of(newest_answers(share), share)
    yes = {part for part, said in choices.items() if said and states.get(part) not in (None, AnswerState.GIVEN)}
    if yes:
        _wait(opened, share, yes | {Part.PROCESS}, signed_on, posted_on)
    if refused:
        tell_physicians(share, Reason.SHARE_ANSWERED, opened=opened)
    opened.trail.note(Event.RECORD_PAPER, Part.SHARING, object_type="share", object_id=share.pk, parts=[*yes, *refused])


def _wait(opened: Opened, share: Share, yes: set[Part], signed_on: dt.date, posted_on: dt.date | None) -> None:
    if posted_on is None:
        raise Refused("Vul in op welke dag u de brief aan de werknemer op de post doet.")
    if not signed_on <= posted_on <= opened.today + LATEST_POST:
        raise Refused("De dag van de brief kan niet. Kies een dag na de handtekening, en hooguit een week na vandaag.")
    row = PaperAnswer.objects.create(
        dossier=opened.dossier,
        share=share,
        parts=[part.value for part in Part if part in yes],
        wording=CURRENT.version,
        signed_on=signed_on,
        posted_on=posted_on,
        recorded_by=opened.person,
        recorded_at=opened.now,
    )
    tell_all(confirmers_of(opened, but=opened.person), Reason.PAPER_TO_CONFIRM, now=opened.now, dossier=opened.dossier, object_id=row.pk)


@action(Part.SHARING, Act.RECORD_PAPER)
def confirm_paper(opened: Opened, *, share: Share, paper: uuid.UUID) -> dt.date:
    """Another person saw the signed form and the letter: now the yes becomes answers. Gives the day from which they count."""
    lock_share(share)
    row = _locked(share, paper)
    if row.recorded_by_id == opened.person.pk:
        raise Refused(NOT_ONESELF, status=403)
    must_be_open(share, opened.today)
    if share.dossier.employee.can_sign_in:
        raise Refused(HAS_ACCOUNT, status=409)
    if opened.today < row.posted_on:
        raise Refused("De brief aan de werknemer is nog niet op de post. Bevestig op de dag dat hij is gepost, of later.")
    first = counts_from(row.posted_on, share, opened.today)
    if first > share.last_day:
        raise Refused("Dit ja telt pas na de laatste dag van het delen. De bedrijfsarts kan opnieuw vragen.")
    newest = newest_answers(share)
    states = states_of(newest, share)
    for part in left_behind(newest, share) - {Part(value) for value in row.parts}:
        stopped = Answer(state=AnswerState.WITHDRAWN, day=row.signed_on, at=opened.now, by=row.recorded_by, channel=Channel.PAPER)
        stopped.counts_from, stopped.wording = opened.today, row.wording
        write_answer(share, part, stopped, newest[part])
    for part in (Part(value) for value in row.parts):
        if states[part] is not AnswerState.GIVEN:
            told = Answer(state=AnswerState.GIVEN, day=row.signed_on, at=opened.now, by=row.recorded_by, confirmed_by=opened.person)
            told.channel, told.counts_from, told.wording = Channel.PAPER, first, row.wording
            write_answer(share, part, told, newest[part])
    row.confirmed_by, row.confirmed_at = opened.person, opened.now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    settle_seat(share, by=opened.person, now=opened.now, may_make=True)
    tell_physicians(share, Reason.SHARE_ANSWERED, opened=opened)
    opened.trail.note(Event.CONFIRM_PAPER, Part.SHARING, object_type="share", object_id=share.pk, parts=[Part(value) for value in row.parts])
    return first


@action(Part.SHARING, Act.RECORD_PAPER)
def cancel_paper(opened: Opened, *, share: Share, paper: uuid.UUID) -> None:
    """A yes that was written down by mistake is taken away before anybody confirmed it."""
    lock_share(share)
    _cancel(_locked(share, paper), by=opened.person, now=opened.now)
    opened.trail.note(Event.CANCEL_PAPER, Part.SHARING, object_type="share", object_id=share.pk)


def _locked(share: Share, paper: uuid.UUID) -> PaperAnswer:
    rows = PaperAnswer.objects.select_for_update(of=("self",)).select_related("recorded_by")
    row = rows.filter(share=share, pk=paper, confirmed_at__isnull=True, cancelled_at__isnull=True).first()
    if row is None:
        raise Refused(GONE, status=409)
    return row


def _cancel(row: PaperAnswer, *, by: Any, now: dt.datetime) -> None:
    row.cancelled_by, row.cancelled_at = by, now
    row.save(update_fields=["cancelled_by", "cancelled_at"])
    note_closing(Closing.PAPER, row.pk, by=by)


# --- no, or taken back, by phone or paper ---------------------------------------------------------------


@action(Part.SHARING, Act.RECORD_PAPER)
def record_no(opened: Opened, *, share: Share, parts: Collection[Part], channel: Channel) -> None:
    """A no or a withdrawal by phone or paper, of some parts or (none named) of all. It counts at once, with an account too: who cannot sign in
    must be able to stop."""
    lock_share(share)
    must_be_open(share, opened.today)
    if channel is Channel.SCREEN:
        raise Refused("Kies of de werknemer belde of schreef.")
    newest = newest_answers(share)
    said_yes = {part for part, row in newest.items() if row is not None and row.state == AnswerState.GIVEN}
    changed = _refuse(opened, share, set(parts) or set(newest), channel)
    reason = Reason.SHARE_WITHDRAWN if said_yes & changed else Reason.SHARE_ANSWERED
    if changed:
        tell_physicians(share, reason, opened=opened)
    opened.trail.note(Event.RECORD_PAPER, Part.SHARING, object_type="share", object_id=share.pk, parts=changed)


def _refuse(opened: Opened, share: Share, parts: set[Part], channel: Channel) -> set[Part]:
    """No to these parts: what was given is withdrawn, what was asked is refused, and a yes that waits loses them. With the share locked."""
    waits = waiting_of(opened, share)
    if waits is not None and not _keep_waiting(waits, parts):
        _cancel(waits, by=opened.person, now=opened.now)
        waits = None
    newest = newest_answers(share)
    taken = take_back_parts(share, parts, opened=opened, channel=channel) if parts else set()
    states = states_of(newest, share) | dict.fromkeys(taken, AnswerState.WITHDRAWN)
    asked = [part for part in parts - {Part.PROCESS} if states.get(part) is AnswerState.ASKED]
    refused: dict[Part, AnswerState] = dict.fromkeys(asked, AnswerState.REFUSED)
    if not waits or Part.PROCESS in parts:
        refused |= {part: state for part, state in process_with({**states, **refused}).items() if state is not AnswerState.GIVEN}
    if len(newest) == 1 and Part.PROCESS in parts and states[Part.PROCESS] is AnswerState.ASKED:
        refused[Part.PROCESS] = AnswerState.REFUSED
    for part, state in refused.items():
        row = Answer(state=state, day=opened.today, at=opened.now, by=opened.person, channel=channel, counts_from=opened.today)
        write_answer(share, part, row, newest[part])
    return taken | set(refused)


def take_out_of_waiting(share: Share, parts: set[Part], *, by: Any, now: dt.datetime) -> bool:
    """A yes on paper that waits loses these parts; whether it had one of them. With the share locked, in the transaction of the caller."""
    waits = PaperAnswer.objects.filter(share=share, confirmed_at__isnull=True, cancelled_at__isnull=True).first()
    if waits is None or not {part.value for part in parts} & set(waits.parts):
        return False
    if not _keep_waiting(waits, parts):
        _cancel(waits, by=by, now=now)
    return True


def _keep_waiting(row: PaperAnswer, refused: set[Part]) -> bool:
    """A yes that waits goes on without these parts; false when nothing is left of it."""
    left = [part for part in row.parts if Part(part) not in refused]
    if Part.PROCESS in refused or not set(left) - {Part.PROCESS.value}:
        return False
    row.parts = left
    row.save(update_fields=["parts"])
    return True


# --- an account is taken into use ------------------------------------------------------------------------


def ask_again(employee: Any, *, now: dt.datetime, origin: Origin | None = None) -> int:
    """The employee took an account into use: a yes on paper counts no more (`facts.py` decides that by itself), so what stood ready for it goes,
    and the employee is told that something waits. In the transaction of the caller. Gives how many shares are asked again."""
    rows = Share.objects.filter(dossier__employee=employee, stopped_at__isnull=True).select_related("dossier__employee", "person")
    found = 0
    for share in rows.order_by("made_at", "pk"):
        lock_share(share)
        share.dossier.employee = employee
        waits = PaperAnswer.objects.filter(share=share, confirmed_at__isnull=True, cancelled_at__isnull=True).first()
        newest = newest_answers(share)
        given = [part for part, row in newest.items() if row is not None and row.state == AnswerState.GIVEN and row.channel == Channel.PAPER]
        if waits is None and not given:
            continue
        found += 1
        if waits is not None:
            _cancel(waits, by=employee, now=now)
        for share_part in share.parts.filter(part__in=[part.value for part in given]):
            guard.revoke(share_part=share_part)
            note_closing(Closing.ANSWER, share_part.pk, by=employee, detail=Channel.SCREEN)
        settle_seat(share, by=employee, now=now, may_make=False)
        if timezone.localdate(now) <= share.last_day:
            tell(employee, Reason.SHARE_ASKED, now=now, dossier=share.dossier, object_id=f"account:{share.pk}")
        append(_line(share, employee, origin))
    return found


def _line(share: Share, employee: Any, origin: Origin | None) -> Line:
    return Line(
        Event.CANCEL_PAPER,
        actor_id=employee.pk,
        object_type="share",
        object_id=str(share.pk),
        dossier_id=share.dossier_id,
        subject_id=employee.pk,
        parts=(Part.SHARING.value,),
        origin=origin or Origin(),
    )
