"""The only table of who may do what, and the only decision.

Normative text: docs/access.md (the matrix test parses it). `decide()` is pure; `opening()` is the one way to get an `Opened`,
used by the gate, by commands and by tasks with a person. Verdicts are computed at every request: nothing is cached, copied or expired by a job.
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, assert_never

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from consent.facts import Facts, SharedPart, Why, facts_of, open_rows, sees_since
from consent.locks import lock
from consent.models import Answer, AnswerState, Channel, Seat
from dossiers.acting import Beyond, beyond
from dossiers.compiled import compiled
from dossiers.door import Ground, Opened, Touch
from dossiers.errors import Refused
from dossiers.models import Dossier
from dossiers.parts import EXPERTS, Act, Basis, Part, Role, permission
from dossiers.trail import Event, Line, Notebook, Origin, Outcome, seen_this_quarter, write_now

# --- the table ---------------------------------------------------------------------------------
# Columns in the order of Role: employee, employer, physician, delegate, labour expert, insurance physician, UWV labour expert.
# Two letters per cell, read and write: D duty, C consent, S shared by the employee's own switch, - never.

_ROWS: dict[Part, str] = {
    Part.PROCESS: "DD DD DD DD C- C- C-",
    Part.JOB: "D- DD DD DD C- C- C-",
    Part.WORK_FACTORS: "D- -- DD DD C- C- C-",
    Part.CAPACITY: "D- -- DD DD C- C- C-",
    Part.EXPLANATION: "D- -- DD DD C- C- C-",
    Part.CONTEXT: "D- -- DD DD -- C- --",
    Part.EMPLOYEE_VIEW: "DD -- DD DD C- C- C-",
    Part.ADVICE: "D- -- DD DD C- C- C-",
    Part.CONSULTATION: "D- -- DD D- CC CC CC",
    Part.LETTERS: "D- D- DD D- C- C- C-",
    Part.PROBLEM_ANALYSIS: "D- D- DD DD C- C- C-",
    Part.PLAN: "DD DD D- D- C- C- C-",
    Part.HOURS_WORKED: "DD DD D- D- C- C- C-",
    Part.EMPLOYEE_JUDGEMENT: "DD S- S- -- -- C- C-",
    Part.LABOUR_REPORT: "D- D- D- D- CC C- C-",
    Part.INSURANCE_REPORT: "D- -- D- -- -- CC --",
    Part.ATTACHMENTS: "DD DD DD DD CC C- C-",
    Part.IDENTITY: "DD -D -D -- -- -- --",
    Part.SHARING: "DD -- DD D- -- -- --",
    Part.REQUESTS: "DD -- DD D- -- -- --",
    Part.NOTES: "-- -- DD -- -- -- --",
    Part.TRAIL: "D- -- D- -- -- -- --",
}

_ACTS: dict[Touch, frozenset[Role]] = {
    Touch(Part.LETTERS, Act.OFFER): frozenset({Role.PHYSICIAN}),
    Touch(Part.LETTERS, Act.FINALISE): frozenset({Role.PHYSICIAN}),
    Touch(Part.LETTERS, Act.WITHDRAW_LETTER): frozenset({Role.PHYSICIAN}),
    Touch(Part.SHARING, Act.SHARE): frozenset({Role.PHYSICIAN}),
    Touch(Part.SHARING, Act.STOP): frozenset({Role.PHYSICIAN}),
    Touch(Part.SHARING, Act.ANSWER): frozenset({Role.EMPLOYEE}),
    Touch(Part.SHARING, Act.WITHDRAW): frozenset({Role.EMPLOYEE}),
    Touch(Part.SHARING, Act.RECORD_PAPER): frozenset({Role.PHYSICIAN, Role.DELEGATE}),
    Touch(Part.EMPLOYEE_VIEW, Act.SWITCH): frozenset({Role.EMPLOYEE}),
    Touch(Part.EMPLOYEE_JUDGEMENT, Act.SWITCH): frozenset({Role.EMPLOYEE}),
    Touch(Part.PROCESS, Act.CONFIRM_DAYS): frozenset({Role.PHYSICIAN}),
    Touch(Part.PROCESS, Act.APPOINT): frozenset({Role.PHYSICIAN}),
    Touch(Part.PROCESS, Act.COVER): frozenset({Role.PHYSICIAN}),
    Touch(Part.PROCESS, Act.HAND_OVER): frozenset({Role.PHYSICIAN}),
    Touch(Part.PROCESS, Act.CLOSE): frozenset({Role.PHYSICIAN}),
}

_BASES = {"D": Basis.DUTY, "C": Basis.CONSENT, "S": Basis.SHARED}


def _table() -> dict[tuple[Role, Touch], Basis]:
    table: dict[tuple[Role, Touch], Basis] = {}
    for part, cells in _ROWS.items():
        for role, cell in zip(Role, cells.split(), strict=True):
            for act, letter in zip((Act.READ, Act.WRITE), cell, strict=True):
                if letter != "-":
                    table[role, Touch(part, act)] = _BASES[letter]
    for touch, roles in _ACTS.items():
        table.update({(role, touch): Basis.DUTY for role in roles})
    return table


TABLE: Mapping[tuple[Role, Touch], Basis] = _table()
WHEN_CLOSED = frozenset({Touch(Part.SHARING, Act.WITHDRAW), Touch(Part.SHARING, Act.STOP)})  # the only writes in a closed dossier


def consentable(role: Role, part: Part, act: Act) -> bool:
    """Whether a share may hold this: only entries that are C in the table."""
    return TABLE.get((role, Touch(part, act))) is Basis.CONSENT


# --- the decision, over plain values -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """Open or not, why, and on what ground."""

    why: Why
    ground: Ground | None = None
    consent_id: uuid.UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.why is Why.OPEN


def decide(facts: Facts, touch: Touch, *, today: datetime.date) -> Verdict:
    """The verdict on one part and act, for one seat, on one day. What is not in the table is never."""
    basis = TABLE.get((facts.role, touch))
    if basis is None:
        return Verdict(Why.NEVER)
    if today < facts.seat_start:
        return Verdict(Why.SEAT_NOT_YET)
    if facts.seat_until is not None and today > facts.seat_until:
        return Verdict(Why.SEAT_OVER)
    if facts.closed and (basis is Basis.CONSENT or (touch.act is not Act.READ and touch not in WHEN_CLOSED)):
        return Verdict(Why.CLOSED)
    if facts.covered and touch.act is not Act.READ:
        return Verdict(Why.COVERED)
    match basis:
        case Basis.DUTY:
            return Verdict(Why.OPEN, Ground(basis, facts.seat_start, facts.seat_until))
        case Basis.SHARED:
            since = facts.switched_on.get(touch.part)
            return Verdict(Why.OPEN, Ground(basis, since)) if since else Verdict(Why.NOT_SWITCHED_ON)
        case Basis.CONSENT:
            return _decide_consent(facts.shared, touch, today)
        case _:
            assert_never(basis)


# Of several shares the best answer counts; the order says which refusal helps the reader most.
_HELPFUL = [Why.ASKED, Why.NOT_YET, Why.REFUSED, Why.WITHDRAWN, Why.STOPPED, Why.EXPIRED, Why.NOT_SHARED]


def _decide_consent(shared: tuple[SharedPart, ...], touch: Touch, today: datetime.date) -> Verdict:
    process = {row.share_id: row for row in shared if row.part is Part.PROCESS}
    opened: list[tuple[datetime.date, datetime.date, uuid.UUID]] = []
    found = [Verdict(Why.NOT_SHARED)]
    for row in shared:
        if row.part is not touch.part or (touch.act is not Act.READ and not row.write):
            continue
        why = row.key_state(today)
        first = process.get(row.share_id)
        if why is Why.OPEN:  # refusing `process` refuses all of that share
            why = first.key_state(today) if first else Why.NOT_SHARED
        if why is Why.OPEN and first and first.since and row.since:
            opened.append((row.last_day, max(row.since, first.since), row.share_id))
        found.append(Verdict(why, None, row.share_id))
    if opened:  # shares that overlap are one clear story: from the first of them through the last
        opened.sort(reverse=True)
        until, _, share_id = opened[0]
        ground = Ground(Basis.CONSENT, min(since for _, since, _ in opened), until, tuple(pk for _, _, pk in opened))
        return Verdict(Why.OPEN, ground, share_id)
    return min(found, key=lambda verdict: _HELPFUL.index(verdict.why))


_WITH_SWITCHES = frozenset(role for (role, _), basis in TABLE.items() if basis is Basis.SHARED)


def facts_today(seat: Seat) -> Facts:
    """What today's verdicts for this seat depend on."""
    return facts_of(seat, with_switches=Role(seat.role) in _WITH_SWITCHES)


def everything_open(facts: Facts, *, today: datetime.date) -> dict[Touch, Ground]:
    """Every touch that is open for this seat today, with its ground."""
    grounds = {touch: decide(facts, touch, today=today).ground for role, touch in TABLE if role is facts.role}
    return {touch: ground for touch, ground in grounds.items() if ground is not None}


# --- opening -------------------------------------------------------------------------------------


class Stranger(Exception):
    """No such dossier, or no seat in it: the person is told nothing (404)."""


class NotOpen(Refused):
    """A seat, but not open: the insider is told why and who can change it (403)."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.why.label, status=403)
        self.why, self.verdict = verdict.why, verdict


@contextmanager
def opening(
    person: AbstractBaseUser,
    number: str,
    *,
    needs: Touch,
    writing: bool = False,
    at: datetime.datetime | None = None,
    origin: Origin | None = None,
    object_id: str = "",
    folded: bool = False,
) -> Iterator[Opened]:
    """Open a dossier for a person, or raise `Stranger` or `NotOpen`; either way the visit stands in the trail first.

    With `writing`, the block runs in one transaction: the seat and share rows are locked, the verdict is made again, and the
    acts are written to the trail last. `at` replays an act of a case file on its own date. `folded` is for autosave.
    """
    now = at or timezone.now()
    today = timezone.localdate(now)
    blank = Line(Event.VISIT, actor_id=person.pk, object_type="dossier", object_id=object_id, parts=(needs.part.value,), origin=origin or Origin())
    seat = _seat(person, number, today)
    if seat is None:
        _note_stranger(blank, number)
        raise Stranger
    facts = facts_today(seat)
    line = replace(blank, actor_role=seat.role, dossier_id=seat.dossier_id, subject_id=seat.dossier.employee_id, relation_id=seat.pk)
    verdict = decide(facts, needs, today=today)
    if not verdict.is_open:
        note_refusal(line, verdict)
        raise NotOpen(verdict)
    line = replace(line, consent_id=verdict.consent_id)
    if not (folded and seen_this_quarter(line, now=timezone.now())):
        write_now(line)
    if not writing:
        prefetch_related_objects([seat.dossier], "recoveries")  # every page counts the weeks, some more than once
        yield _opened(seat, facts, person, now, Notebook(line), writing=False)
        return
    try:
        with transaction.atomic():
            lock(seat, needs)
            seat, facts = _decided_again(person, number, needs, today)
            opened = _opened(seat, facts, person, now, Notebook(line, folded=folded), writing=True)
            yield opened
            opened.trail.write()
    except Stranger:
        _note_stranger(blank, number)
        raise
    except Refused as refusal:  # undone by now; that somebody came stands in the trail, and so must that it was not open
        if refusal.status == HTTPStatus.FORBIDDEN:
            note_refusal(line, refusal.verdict if isinstance(refusal, NotOpen) else None)
        raise


def _decided_again(person: AbstractBaseUser, number: str, needs: Touch, today: datetime.date) -> tuple[Seat, Facts]:
    """What counts: the decision that is made while nobody can turn a key."""
    seat = _seat(person, number, today)
    if seat is None:
        raise Stranger
    facts = facts_today(seat)
    verdict = decide(facts, needs, today=today)
    if not verdict.is_open:
        raise NotOpen(verdict)
    return seat, facts


def _seat(person: AbstractBaseUser, number: str, today: datetime.date) -> Seat | None:
    found = _seat_in(person.pk, number, today) if person.pk and person.is_active else []  # at most one, so in no order
    seat = found[0] if found else None
    if seat is not None and Role(seat.role) in EXPERTS and today < seat.start:
        return None  # until the first day that `process` was open, an expert is a stranger
    return seat


@compiled
def _seat_in(person_id: uuid.UUID, number: str, today: datetime.date) -> QuerySet[Seat]:
    return open_rows(today).filter(person_id=person_id, dossier__number=number)[:1]


def _note_stranger(line: Line, number: str) -> None:
    with beyond(Beyond.STRANGER):
        tried = Dossier.objects.filter(number=number).values_list("pk", flat=True).first()
    refused = replace(line, event=Event.REFUSED, outcome=Outcome.REFUSED, checks="FFFF", dossier_id=tried, sentence="stranger")
    write_now(refused, chain=uuid.UUID(int=0))


def note_refusal(line: Line, verdict: Verdict | None = None) -> None:
    """Note that somebody with a seat was refused. No verdict: the door is open to this role, and what was tried behind it is not."""
    verdict = verdict or Verdict(Why.NEVER)
    consent = "F" if verdict.why not in (Why.NEVER, Why.SEAT_OVER, Why.SEAT_NOT_YET) else "T"
    refused = replace(line, event=Event.REFUSED, outcome=Outcome.REFUSED, checks=f"FT{consent}F")
    write_now(replace(refused, sentence=verdict.why.value, consent_id=verdict.consent_id))


def _opened(seat: Seat, facts: Facts, person: AbstractBaseUser, now: datetime.datetime, notebook: Notebook, *, writing: bool) -> Opened:
    today = timezone.localdate(now)
    return Opened(
        dossier=seat.dossier,
        person=person,
        role=facts.role,
        seat_id=seat.pk,
        today=today,
        now=now,
        writing=writing,
        open=everything_open(facts, today=today),
        sees_from=sees_since(seat),
        trail=notebook,
    )


def as_if_given(opened: Opened, *, person: Any, role: Role, shared: tuple[SharedPart, ...], day: datetime.date) -> Opened:
    """What an expert would read on a day with these keys, for the physician who is about to ask: the same decision, to read only, and never
    more than the asker reads. It opens nothing: no seat stands behind it, it cannot write and leaves no trail."""
    opened.require(Part.SHARING, Act.SHARE)
    facts = Facts(role=role, seat_start=day, seat_until=None, shared=shared)
    granted = everything_open(facts, today=day) if role in EXPERTS else {}
    open_to_both = {touch: ground for touch, ground in granted.items() if touch.act is Act.READ and opened.may(touch.part)}
    return replace(opened, person=person, role=role, writing=False, open=open_to_both, trail=None)


# --- the same verdict for lists and for Django's own question ---------------------------------------


def _yes_to_process(today: datetime.date) -> QuerySet[Answer]:
    """The yes to `process` of every share that both keys open today. An anti-join finds the newest answer, because the database can then look at
    all of them at once."""
    newer = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    return Answer.objects.filter(
        ~Q(channel=Channel.PAPER) | Q(dossier__employee__is_active=False) | Q(dossier__employee__activated_at__isnull=True),
        ~Exists(Answer.objects.filter(newer, share_part=OuterRef("share_part"))),
        share_part__part=Part.PROCESS,
        share_part__share__stopped_at__isnull=True,
        share_part__share__first_day__lte=today,
        share_part__share__last_day__gte=today,
        state=AnswerState.GIVEN,
        counts_from__lte=today,
    )


def process_open(today: datetime.date) -> QuerySet[Answer]:
    """The same for an outer query over seats of experts: of the shares to that person in that role, in that dossier."""
    return _yes_to_process(today).filter(
        share_part__share__dossier=OuterRef("dossier"), share_part__share__person=OuterRef("person"), share_part__share__role=OuterRef("role")
    )


def open_seats(person: AbstractBaseUser, today: datetime.date) -> QuerySet[Seat]:
    """The seats of a person that are open today; what "Mijn dossiers" lists. Experts: only while `process` is open."""
    return _counting(person.pk, today).filter(~Q(role__in=EXPERTS) | _both_keys(person, today))


def open_seats_by_duty(person_id: uuid.UUID, today: datetime.date) -> QuerySet[Seat]:
    """Of these only the seats that need no consent."""
    return _counting(person_id, today).exclude(role__in=EXPERTS)


def open_seats_of_expert(person: AbstractBaseUser, today: datetime.date) -> QuerySet[Seat]:
    """Of these only the seats by two keys: without the other kind beside them the database joins instead of asking seat by seat."""
    return _counting(person.pk, today).filter(_both_keys(person, today), role__in=EXPERTS)


@compiled
def seats_of_expert(person_id: uuid.UUID) -> QuerySet[Seat, uuid.UUID]:
    """Whether somebody has such a seat at all, open or not: one row or none, for who mostly has none."""
    return Seat.objects.filter(person_id=person_id, ended_at__isnull=True, role__in=sorted(EXPERTS)).values_list("pk", flat=True)[:1]


def _counting(person_id: uuid.UUID, today: datetime.date) -> QuerySet[Seat]:
    return (
        open_rows(today)
        .filter(person_id=person_id)
        .filter(Q(until__isnull=True) | Q(until__gte=today), start__lte=today, grants__permission__codename="open_dossier", grants__user=F("person"))
    )


def _both_keys(person: AbstractBaseUser, today: datetime.date) -> Q:
    """Seats of experts that both keys open. Asked of all shares to this person at once, not seat by seat: with 50,000 of them that counts."""
    opened = _yes_to_process(today).filter(share_part__share__person=person.pk)
    by_role = Q()
    for role in sorted(EXPERTS):
        by_role |= Q(role=role, dossier__in=opened.filter(share_part__share__role=role).values("dossier"))
    return by_role & Q(dossier__closed_on__isnull=True)


def may(person: AbstractBaseUser, perm: str, dossier: object) -> bool:
    """The gate's verdict for `dossiers.<act>_<part>` on a dossier, for every role and superusers alike; no trail, no entry."""
    if not isinstance(dossier, Dossier):
        return False
    touch = _TOUCHES.get(perm)
    if touch is None:
        return False
    today = timezone.localdate()
    seat = _seat(person, dossier.number, today)
    return seat is not None and decide(facts_today(seat), touch, today=today).is_open


def may_go_on(person: AbstractBaseUser, number: str) -> bool:
    """Whether somebody who was refused can go to the overview of this dossier: the way on of a refusal; no trail, no entry."""
    today = timezone.localdate()
    seat = _seat(person, number, today)
    return seat is not None and decide(facts_today(seat), Touch(Part.PROCESS, Act.READ), today=today).is_open


_TOUCHES: dict[str, Touch] = {f"dossiers.{permission(touch.part, touch.act)}": touch for _, touch in TABLE}
