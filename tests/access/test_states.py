"""The whole matrix: role × part × act × share × answer × dossier. The expected side is the table of docs/access.md and the sentences below it.

Over the pure decision completely; against the database, with `has_perm` and the gate, for a seeded sample (all of it with BAR_FULL).
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from bar.accounts.models import User
from consent import guard
from consent.access import NotOpen, Stranger, decide, opening
from consent.facts import Facts, SharedPart
from consent.models import Answer, AnswerState, Channel, Grant, Seat, SeatKind, Share, SharePart
from dossiers.door import Touch
from dossiers.models import Dossier, Switch
from dossiers.parts import EXPERTS, Act, Basis, Part, Role, every_touch, permission
from tests.access.test_table import EXPECTED
from tests.world import CAST, SEATED, World, make_world
from tests.worlds import FULL

DAY = dt.timedelta(days=1)
TOUCHES = [Touch(part, act) for part, act in every_touch()]
SAMPLE = None if FULL else 4  # states of the dossier and the share, against the database


@dataclass(frozen=True)
class Keys:
    """The physician's key, in days from today, and what its state is called. `None`: nothing was shared."""

    name: str
    days: tuple[int, int] | None
    stopped: bool = False
    process: str = "like the part"
    turned: bool = False  # whether this key is turned today


@dataclass(frozen=True)
class Said:
    """The employee's key. `counts` in days from today; `account`: whether the employee has one in use."""

    name: str
    state: AnswerState | None
    channel: Channel = Channel.SCREEN
    counts: int = -3
    account: bool = True
    turned: bool = False


@dataclass(frozen=True)
class Life:
    """The state of the dossier."""

    name: str
    covered: bool = False
    closed: bool = False


SHARES = [
    Keys("none", None),
    Keys("made, and not yet running", (1, 30)),
    Keys("first day", (0, 30), turned=True),
    Keys("running", (-10, 10), turned=True),
    Keys("last day", (-10, 0), turned=True),
    Keys("past", (-10, -1)),
    Keys("stopped", (-10, 10), stopped=True),
    Keys("process refused", (-10, 10), process="refused"),
    Keys("process not answered", (-10, 10), process="asked"),
]
ANSWERS = [
    Said("asked", None),
    Said("given", AnswerState.GIVEN, turned=True),
    Said("given today", AnswerState.GIVEN, counts=0, turned=True),
    Said("refused", AnswerState.REFUSED),
    Said("withdrawn", AnswerState.WITHDRAWN),
    Said("on paper, not yet the third working day", AnswerState.GIVEN, Channel.PAPER, counts=1, account=False),
    Said("on paper", AnswerState.GIVEN, Channel.PAPER, account=False, turned=True),
    Said("on paper, and an account since", AnswerState.GIVEN, Channel.PAPER, account=True),
]
LIVES = [Life("open"), Life("covered", covered=True), Life("closed", closed=True), Life("covered and closed", covered=True, closed=True)]
SWITCHED = [frozenset(), frozenset({Part.EMPLOYEE_JUDGEMENT})]
STATES = list(product(SHARES, ANSWERS, LIVES, [False, True], SWITCHED))  # the boolean: shared to write too


def expected(role: Role, touch: Touch, keys: Keys, said: Said, life: Life, *, write: bool, switched: frozenset[Part]) -> bool:
    """What the page says, sentence by sentence."""
    basis = EXPECTED.get((role, touch))
    if basis is None:
        return False  # what is not in the table is never
    if basis is Basis.CONSENT:
        asked = touch.act is Act.READ or (write and (role, Touch(touch.part, Act.WRITE)) in EXPECTED)
        return asked and keys.turned and said.turned and not life.closed  # both keys; shares end at closing
    if life.closed and touch.act is not Act.READ and touch not in {Touch(Part.SHARING, Act.WITHDRAW), Touch(Part.SHARING, Act.STOP)}:
        return False  # closed: no writes except withdraw and stop
    if life.covered and role is Role.PHYSICIAN and touch.act is not Act.READ:
        return False  # the responsible physician reads and does not write
    return basis is Basis.DUTY or touch.part in switched


# --- the pure decision: everything ----------------------------------------------------------------


def facts(role: Role, keys: Keys, said: Said, life: Life, *, write: bool, switched: frozenset[Part], today: dt.date) -> Facts:
    shared: list[SharedPart] = []
    if keys.days is not None and role in EXPERTS:
        first, last = (today + days * DAY for days in keys.days)
        parts = [part for part in Part if EXPECTED.get((role, Touch(part, Act.READ))) is Basis.CONSENT]
        shared = [_plain(part, role, keys, said, first, last, write=write, today=today) for part in parts]
    return Facts(
        role=role,
        seat_start=today - 20 * DAY,
        seat_until=None,
        covered=life.covered and role is Role.PHYSICIAN,
        closed=life.closed,
        switched_on=dict.fromkeys(switched, today),
        shared=tuple(shared),
    )


def _plain(part: Part, role: Role, keys: Keys, said: Said, first: dt.date, last: dt.date, *, write: bool, today: dt.date) -> SharedPart:  # noqa: PLR0917
    state = said.state
    if part is Part.PROCESS and keys.process != "like the part":
        state = AnswerState.REFUSED if keys.process == "refused" else None
    return SharedPart(
        share_id=uuid.UUID(int=7),
        part=part,
        write=write and (role, Touch(part, Act.WRITE)) in EXPECTED,
        first_day=first,
        last_day=last,
        stopped=keys.stopped,
        answer=state or AnswerState.ASKED,
        counts_from=None if state is None else today + said.counts * DAY,
        paper_void=said.channel is Channel.PAPER and said.account,
    )


def test_the_decision_says_what_the_page_says_in_every_state() -> None:
    today, asked, opened = dt.date(2026, 6, 15), 0, 0
    for role, (keys, said, life, write, switched) in product(Role, STATES):
        found = facts(role, keys, said, life, write=write, switched=switched, today=today)
        for touch in TOUCHES:
            should = expected(role, touch, keys, said, life, write=write, switched=switched)
            assert decide(found, touch, today=today).is_open is should, (role, str(touch), keys.name, said.name, life.name, write, switched)
            asked, opened = asked + 1, opened + should
    assert asked == len(Role) * len(STATES) * len(TOUCHES) > 400_000
    assert 0.1 < opened / asked < 0.5


# --- against the database -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One dossier without a share, the experts seated, and a colleague who can stand in."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(shares=False, finals=0)
        today = timezone.localdate()
        for role in EXPERTS:
            person = world.people[role.value]
            Seat.objects.create(dossier=world.dossier, person=person, name=person.name, role=role, start=today - 20 * DAY)
        physician = world.people["physician"]
        world.people["colleague"] = User.objects.create_user(
            "colleague@proef.test", name="Col Lega", organisation=physician.organisation, profession="physician", activated_at=physician.activated_at
        )
        yield world
        transaction.set_rollback(True)


def put(world: World, keys: Keys, said: Said, life: Life, *, write: bool, switched: frozenset[Part]) -> None:
    """The rows of one state, as they stand when that state has come about."""
    today, now = timezone.localdate(), timezone.now()
    dossier, physician, employee = world.dossier, world.people["physician"], world.people["employee"]
    User.objects.filter(pk=employee.pk).update(activated_at=now if said.account else None)
    if life.covered:
        person = world.people["colleague"]
        Seat.objects.create(dossier=dossier, person=person, name="Col Lega", role=Role.PHYSICIAN, kind=SeatKind.COVER, start=today, until=today)
    Dossier.objects.filter(pk=dossier.pk).update(closed_on=today if life.closed else None, closed_by=physician if life.closed else None)
    for part in switched:
        Switch.objects.create(dossier=dossier, part=part, on=True, at=now, by=employee)
    for role in EXPERTS if keys.days is not None else ():
        assert keys.days is not None
        first, last = (today + days * DAY for days in keys.days)
        row = Share(dossier=dossier, person=world.people[role.value], role=role, purpose="Meedenken.", first_day=first, last_day=last)
        row.made_by, row.made_at = physician, now
        if keys.stopped:
            row.stopped_at, row.stopped_by = now, physician
        row.save()
        for part in Part:
            if EXPECTED.get((role, Touch(part, Act.READ))) is Basis.CONSENT:
                _answered(row, _plain(part, role, keys, said, first, last, write=write, today=today), said, world)


def _answered(share: Share, plain: SharedPart, said: Said, world: World) -> None:
    part = SharePart.objects.create(dossier_id=share.dossier_id, share=share, part=plain.part, write=plain.write)
    if plain.answer is AnswerState.ASKED or plain.counts_from is None:
        return
    physician, delegate, employee = (world.people[who] for who in ("physician", "delegate", "employee"))
    paper = said.channel is Channel.PAPER
    Answer.objects.create(
        dossier_id=share.dossier_id,
        share_part=part,
        state=plain.answer,
        day=timezone.localdate(),
        at=timezone.now(),
        by=delegate if paper else employee,
        confirmed_by=physician if paper and plain.answer is AnswerState.GIVEN else None,
        wording="toestemming-1",
        channel=said.channel,
        counts_from=plain.counts_from,
    )


def chosen() -> list[tuple[Keys, Said, Life, bool, frozenset[Part]]]:
    """A seeded sample, in which every state of each kind occurs."""
    if SAMPLE is None:
        return STATES
    dice = random.Random("2026-11")  # noqa: S311 -- a fixed seed, not a secret
    sample = [(keys, ANSWERS[1], LIVES[0], True, SWITCHED[place % 2]) for place, keys in enumerate(SHARES)]
    sample += [(SHARES[3], said, LIVES[0], True, SWITCHED[0]) for said in ANSWERS[2:]]
    sample += [(SHARES[3], ANSWERS[1], life, True, SWITCHED[1]) for life in LIVES[1:]]
    return dice.sample(sample, len(sample)) + dice.sample(STATES, SAMPLE)


def test_has_perm_and_the_gate_say_what_the_page_says(base: World) -> None:
    """Every role, part and act: `user.has_perm` == the gate == the page; the superuser and the outsider: never."""
    dice = random.Random("gate")  # noqa: S311 -- a fixed seed, not a secret
    for keys, said, life, write, switched in chosen():
        with transaction.atomic(), time_machine.travel(timezone.now(), tick=False):  # rows and questions of one day
            put(base, keys, said, life, write=write, switched=switched)
            dossier = Dossier.objects.get(pk=base.dossier.pk)
            for who in CAST[:-1]:
                should = {
                    touch for touch in TOUCHES if who in SEATED and expected(Role(who), touch, keys, said, life, write=write, switched=switched)
                }
                case = (who, keys.name, said.name, life.name, write, switched)
                assert _open_to(base, who) == (should if Touch(Part.PROCESS, Act.READ) in should else set()), case
                for touch in dice.sample(TOUCHES, 12 if FULL else 1):
                    may = base.people[who].has_perm(f"dossiers.{permission(touch.part, touch.act)}", dossier)
                    assert may is (touch in should), (*case, str(touch))
                for touch in dice.sample(TOUCHES, 1):
                    assert _enters(base, who, touch) is (touch in should), (*case, str(touch))
            transaction.set_rollback(True)


def _open_to(world: World, who: str) -> set[Touch]:
    try:
        with opening(world.people[who], world.number, needs=Touch(Part.PROCESS, Act.READ)) as opened:
            return set(opened.open)
    except (Stranger, NotOpen):
        return set()


def _enters(world: World, who: str, touch: Touch) -> bool:
    try:
        with opening(world.people[who], world.number, needs=touch, writing=touch.act is not Act.READ):
            return True
    except (Stranger, NotOpen):
        return False


def test_a_grant_without_its_row_opens_nothing(base: World) -> None:
    """guardian's rows stand behind a verdict; they are never one."""
    with transaction.atomic():
        put(base, SHARES[3], next(said for said in ANSWERS if said.name == "withdrawn"), LIVES[0], write=True, switched=SWITCHED[0])
        for part in SharePart.objects.filter(share__role=Role.LABOUR_EXPERT).select_related("share"):
            guard.grant_share_part(part)
        person = base.people["labour_expert"]
        guard.grant_seat(Seat.objects.get(dossier=base.dossier, person=person))
        assert Grant.objects.filter(user=person, permission__codename="read_process").exists()
        assert not any(person.has_perm(f"dossiers.{permission(touch.part, touch.act)}", base.dossier) for touch in TOUCHES)
        assert not guard.dossiers_of(person, today=timezone.localdate()).exists()
        transaction.set_rollback(True)
