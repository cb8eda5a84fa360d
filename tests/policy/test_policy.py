"""The product against a second opinion: the same random events, and the same verdicts, whoever is asked and however.

A world is a list of events; after each of them the gate's answer to it is compared, and at the end everything: what an opening holds,
`has_perm`, the lists, and one request through the front door.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from bar.accounts.models import User
from consent import guard
from dossiers.models import TrailLine
from dossiers.parts import every_touch
from tests.access.test_matrix import INSIDE, address
from tests.policy.driver import CLOSED, FIRST_DAY, OPEN, REFUSED, STRANGER, Real
from tests.policy.model import DAY, Model, Seat, Share, can_be_shared
from tests.world import World, let_in, make_world
from tests.worlds import FULL, blank_paper

WORLDS = 2_000 if FULL else 25
ROLES = {
    "employee": "employee",
    "employer": "employer",
    "physician": "physician",
    "delegate": "delegate",
}
INVITED = {
    "labour_expert": "labour_expert",
    "second": "labour_expert",  # another labour expert: a share of one is none of the other
    "insurance_physician": "insurance_physician",
    "uwv_labour_expert": "uwv_labour_expert",
}
EVERYBODY = [*ROLES, "colleague", *INVITED, "outsider", "superuser"]
TOUCHES = [(part.value, act.value) for part, act in every_touch()]
DOORS = [(name, route, marker.needs) for name, route, marker in INSIDE if marker.needs is not None and route.count("<") == 1]


@dataclass
class Event:
    """Something that happens: in the model and in the product at once."""

    what: str
    who: str = ""
    number: int = 0
    person: str = ""
    dice: int = 0
    days: int = 0
    more_days: int = 0


events = st.builds(
    Event,
    what=st.sampled_from(
        [
            *("share", "answer", "answer", "withdraw", "stop", "days", "days"),
            *("paper", "account", "no_account", "end_delegate", "appoint", "cover", "end_cover", "hand_over", "switch", "close"),
        ]
    ),
    who=st.sampled_from(["right"] * 6 + EVERYBODY),
    number=st.integers(0, 3),
    person=st.sampled_from(list(INVITED)),
    dice=st.integers(0, 2**24 - 1),
    days=st.sampled_from([0, 0, 0, 1, 2, 3, 7, 30]),
    more_days=st.sampled_from([0, 1, 5, 40, 300]),
)
# Mostly a first share and its answer, so that the events after them have something to change.
worlds = st.tuples(
    st.lists(events, max_size=1),
    st.lists(
        st.builds(
            Event,
            what=st.just("share"),
            who=st.just("right"),
            person=st.sampled_from(list(INVITED)),
            dice=st.integers(0, 2**24 - 1),
            days=st.sampled_from([0, 0, 3]),
            more_days=st.sampled_from([0, 5, 40]),
        ),
        max_size=2,
    ),
    st.lists(
        st.builds(Event, what=st.sampled_from(["answer", "paper"]), who=st.just("right"), number=st.integers(0, 1), dice=st.integers(0, 2**24 - 1)),
        max_size=2,
    ),
    st.lists(events, max_size=8),
).map(lambda lists: [event for some in lists for event in some])


@pytest.fixture(scope="module")
def base(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One dossier without a visit or a share, with a second labour expert and a physician who can stand in."""
    with blank_paper(), django_db_blocker.unblock(), transaction.atomic():
        world = make_world(shares=False, finals=0)
        for key, like in (("second", "labour_expert"), ("colleague", "physician")):
            other = world.people[like]
            world.people[key] = User.objects.create_user(
                f"{key}@proef.test", name=f"Nog {key}", organisation=other.organisation, profession=other.profession, activated_at=other.activated_at
            )
        yield world
        transaction.set_rollback(True)


@settings(
    max_examples=WORLDS,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(happening=worlds, seed=st.integers(0, 2**32))
def test_the_product_and_the_page_agree_in_every_world(base: World, happening: list[Event], seed: int) -> None:
    with transaction.atomic(), time_machine.travel(0, tick=False) as clock:
        real, model = Real(base, clock), Model(FIRST_DAY, ROLES)
        for event in happening:
            real.tick()
            said, expected = Both(real, model).happens(event)
            assert said == expected, event
        real.tick()
        compare(real, model, random.Random(seed))  # noqa: S311 -- a fixed seed, not a secret
        transaction.set_rollback(True)


class Both:
    """The model and the product, side by side."""

    def __init__(self, real: Real, model: Model) -> None:
        self.real, self.model = real, model

    def happens(self, event: Event) -> tuple[str, str]:
        """Let it happen in both; gives how the gate answered, and how it should have."""
        return getattr(self, f"_{event.what}")(event)  # type: ignore[no-any-return]

    def _gate(self, who: str, part: str, act: str) -> str:
        if self.model.may(who, part, act):
            return OPEN
        return CLOSED if self.model.is_insider(who) else STRANGER

    def _right(self, event: Event, who: str) -> str:
        return who if event.who == "right" else event.who

    def _physician(self, event: Event) -> str:
        seated = next(row.person for row in self.model.seats if row.role == "physician" and not row.ended and not row.cover)
        return self._right(event, seated)

    def _row(self, event: Event) -> tuple[int, Share] | None:
        if not self.model.shares:
            return None
        number = event.number % len(self.model.shares)
        return number, self.model.shares[number]

    def _settle(self, said: str, expected: str) -> tuple[str, str]:
        """An action may have its own reasons to refuse; the gate is what is compared."""
        return (OPEN if said == REFUSED else said), expected

    def _days(self, event: Event) -> tuple[str, str]:
        self.real.days_pass(event.days)
        self.model.days_pass(event.days)
        return OPEN, OPEN

    def _share(self, event: Event) -> tuple[str, str]:
        who, role = self._physician(event), INVITED[event.person]
        can = can_be_shared(role)
        some = {part for place, part in enumerate(can) if event.dice >> place & 1} if event.dice % 3 else set(can)
        parts = {part: writes and bool(event.dice & 4) for part, writes in can.items() if part == "process" or part in some}
        first = self.model.today + DAY * event.days
        row = Share(event.person, role, parts, first, first + DAY * event.more_days)
        expected = self._gate(who, "sharing", "share")
        said = self.real.share(who, person=row.person, role=role, parts=parts, first_day=row.first_day, last_day=row.last_day)
        if said == OPEN:
            self.model.share(row)
        return said, expected

    def _answer(self, event: Event) -> tuple[str, str]:
        found, who = self._row(event), self._right(event, "employee")
        if found is None or (who == "employee" and not self.model.has_account):
            return OPEN, OPEN
        number, row = found
        rest = [part for part in row.parts if part != "process"] or ["process"]
        kind = event.dice % 4
        choices = {part: kind == 1 or (kind > 1 and bool(event.dice >> place + 2 & 1)) for place, part in enumerate(rest)}
        if kind == 3 and len(choices) > 2:  # only some of them
            choices = dict(list(choices.items())[: len(choices) // 2])
        expected = self._gate(who, "sharing", "answer")
        said = self.real.answer(who, number, choices)
        if expected == OPEN:
            self.model.answer(row, choices)
        return self._settle(said, expected)

    def _withdraw(self, event: Event) -> tuple[str, str]:
        found, who = self._row(event), self._right(event, "employee")
        if found is None or (who == "employee" and not self.model.has_account):
            return OPEN, OPEN
        number, row = found
        parts = set() if event.dice % 2 else {part for place, part in enumerate(row.parts) if event.dice >> place + 1 & 1}
        expected = self._gate(who, "sharing", "withdraw")
        said = self.real.withdraw(who, number, parts)
        if expected == OPEN:
            self.model.withdraw(row, parts)
        return said, expected

    def _stop(self, event: Event) -> tuple[str, str]:
        found, who = self._row(event), self._physician(event)
        if found is None:
            return OPEN, OPEN
        number, row = found
        expected = self._gate(who, "sharing", "stop")
        said = self.real.stop(who, number)
        if expected == OPEN:
            self.model.stop(row)
        return said, expected

    def _paper(self, event: Event) -> tuple[str, str]:
        found = self._row(event)
        if found is None or self.model.has_account:
            return OPEN, OPEN
        number, row = found
        who, other = ("delegate", self._physician(event)) if event.dice & 1 else (self._physician(event), "delegate")
        parts = {part for place, part in enumerate(row.parts) if event.dice >> place + 1 & 1} | set(list(row.parts)[:2])
        expected = self._gate(who, "sharing", "record_paper")
        if expected == OPEN:
            expected = self._gate(other, "sharing", "record_paper")
        said = self.real.paper(who, other, number, parts)
        if said == OPEN:
            self.model.paper_confirmed(row, parts, self.model.today)
        return self._settle(said, OPEN if said == REFUSED else expected)

    def _account(self, event: Event) -> tuple[str, str]:
        self.real.account(active=True)
        self.model.account(active=True)
        return OPEN, OPEN

    def _no_account(self, event: Event) -> tuple[str, str]:
        self.real.account(active=False)
        self.model.account(active=False)
        return OPEN, OPEN

    def _end_delegate(self, event: Event) -> tuple[str, str]:
        who = self._physician(event)
        expected = self._gate(who, "process", "appoint")
        said = self.real.end_delegate(who)
        if said == OPEN:
            self.model.end_seat("delegate")
        return (expected if said == REFUSED else said), expected

    def _appoint(self, event: Event) -> tuple[str, str]:
        who = self._physician(event)
        expected = self._gate(who, "process", "appoint")
        said = self.real.appoint_delegate(who)
        if said == OPEN:
            self.model.seat(Seat("delegate", "delegate", self.model.today))
        return self._settle(said, expected)

    def _cover(self, event: Event) -> tuple[str, str]:
        who = self._physician(event)
        first = self.model.today + DAY * event.days
        row = Seat("colleague", "physician", first, first + DAY * event.more_days, cover=True)
        expected = self._gate(who, "process", "cover")
        said = self.real.cover(who, first_day=row.start, last_day=first + DAY * event.more_days)
        if said == OPEN:
            self.model.end_seat("colleague")  # one that is past
            self.model.seat(row)
        return self._settle(said, expected)

    def _end_cover(self, event: Event) -> tuple[str, str]:
        who = self._right(event, "colleague")
        expected = self._gate(who, "process", "cover")
        said = self.real.end_cover(who)
        if said == OPEN:
            self.model.end_seat("colleague")
        return (expected if said == REFUSED else said), expected

    def _hand_over(self, event: Event) -> tuple[str, str]:
        who = self._physician(event)
        now = next(row.person for row in self.model.seats if row.role == "physician" and not row.ended and not row.cover)
        successor = "physician" if now == "colleague" else "colleague"
        expected = self._gate(who, "process", "hand_over")
        said = self.real.hand_over(who, successor)
        if said == OPEN:
            for person in ("physician", "colleague"):
                self.model.end_seat(person)
            self.model.seat(Seat(successor, "physician", self.model.today))
        return self._settle(said, expected)

    def _switch(self, event: Event) -> tuple[str, str]:
        who = self._right(event, "employee")
        part = "employee_judgement" if event.dice & 1 else "employee_view"
        expected = self._gate(who, part, "switch")
        said = self.real.switch(who, part, on=bool(event.dice & 2))
        if said == OPEN:
            self.model.switch(part, on=bool(event.dice & 2))
        return said, expected

    def _close(self, event: Event) -> tuple[str, str]:
        if event.dice % 4:  # not in every world
            return OPEN, OPEN
        who = self._physician(event)
        expected = self._gate(who, "process", "close")
        said = self.real.close(who)
        if said == OPEN:
            self.model.close()
        return said, expected


def compare(real: Real, model: Model, dice: random.Random) -> None:
    """Everything, for everybody; and a few questions asked in the other ways."""
    for who in EVERYBODY:
        expected = {(part, act) for part, act in TOUCHES if model.may(who, part, act)}
        found = real.everything_open(who)
        assert (found is None) is not model.is_insider(who), f"{who}: stranger or insider"
        if found or not expected:
            assert (found or set()) == expected, who
        else:
            assert ("process", "read") in expected, who  # never: it would have opened
    for who in dice.sample(EVERYBODY, 3 if FULL else 1):  # a long question, which tests/access/test_lists.py and test_states.py ask as well
        listed = real.world.dossier in guard.dossiers_of(real.world.people[who], today=timezone.localdate())
        assert listed is model.may(who, "process", "read"), f"{who}: the list"
    for who, (part, act) in zip(dice.choices(EVERYBODY, k=12), dice.choices(TOUCHES, k=12), strict=True):
        assert real.has_perm(who, part, act) is model.may(who, part, act), (who, part, act)
    _through_the_front_door(real, model, dice)


def _through_the_front_door(real: Real, model: Model, dice: random.Random) -> None:
    """One page, asked by one person: what the gate said stands in the trail, and the answer agrees with it."""
    (name, route, needs), who = dice.choice(DOORS), dice.choice(EVERYBODY)
    client = Client()
    let_in(client, real.world.people[who])
    lines = TrailLine.objects.filter(actor_id=real.world.people[who].pk).order_by("occurred_at", "seq")
    before = lines.last()
    status = client.get(address(name, route, real.world.number)).status_code
    line = (lines.filter(occurred_at__gt=before.occurred_at) if before else lines).first()
    case = f"{who} at {name}: {status}"
    assert line is not None and status < 500, case
    if model.may(who, needs.part.value, needs.act.value):
        assert line.outcome == 1, case
    else:
        assert line.outcome == 2, case
        assert status == (403 if model.is_insider(who) else 404), case
