"""The real thing, driven by the same plain events as the model: the product's own actions, on PostgreSQL, with the clock turned by hand.

What an event means is told in `model.py`; here it is only carried out. Gives back how the gate answered.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

import time_machine
from django.utils import timezone

from bar.accounts.models import User
from consent.access import NotOpen, Stranger, opening
from consent.actions import SharePlan, share, stop
from consent.actions.answers import answer_questions, key_of, take_back
from consent.actions.hand_over import hand_over
from consent.actions.paper import ask_again, confirm_paper, record_form
from consent.actions.seats import appoint_delegate, end_cover, end_delegate, start_cover
from consent.models import PaperAnswer, Seat, SeatKind, Share
from dossiers.actions.process import close_dossier
from dossiers.actions.words import switch_view
from dossiers.door import Opened, Touch
from dossiers.errors import Refused
from dossiers.models import Switch
from dossiers.parts import Act, Part, Role
from tests.world import World

OPEN, CLOSED, STRANGER, REFUSED = "open", "closed", "stranger", "refused by the action"
FIRST_DAY = dt.date(2026, 3, 30)  # Easter, King's Day, Ascension and Pentecost are near


class Real:
    """One dossier of the product, inside a transaction of the caller."""

    def __init__(self, world: World, clock: time_machine.Traveller) -> None:
        self.world, self.clock = world, clock
        self.shares: list[Share] = []
        self.clock.move_to(dt.datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 12, tzinfo=timezone.get_default_timezone()))

    def days_pass(self, days: int) -> None:
        """Noon, so many days later."""
        noon = dt.datetime.combine(timezone.localdate() + dt.timedelta(days=days), dt.time(12), timezone.get_default_timezone())
        self.clock.move_to(max(noon, timezone.now()))

    def tick(self) -> None:
        """A minute goes by between two events."""
        self.clock.shift(60)

    def do(self, who: str, part: Part, act: Act, verb: Callable[[Opened], Any]) -> str:
        """One action through the one way in."""
        try:
            with opening(self.world.people[who], self.world.number, needs=Touch(part, act), writing=True) as opened:
                verb(opened)
        except Stranger:
            return STRANGER
        except NotOpen:
            return CLOSED
        except Refused:
            return REFUSED
        return OPEN

    # --- what happens -------------------------------------------------------------------------------

    def share(self, who: str, *, person: str, role: str, parts: Mapping[str, bool], first_day: dt.date, last_day: dt.date) -> str:
        """The physician's key."""
        plan = SharePlan(
            person=self.world.people[person],
            role=Role(role),
            read=tuple(Part(part) for part in parts),
            write=tuple(Part(part) for part, writes in parts.items() if writes),
            purpose="Meedenken over werk.",
            first_day=first_day,
            last_day=last_day,
        )
        return self.do(who, Part.SHARING, Act.SHARE, lambda opened: self.shares.append(share(opened, plan=plan)))

    def answer(self, who: str, number: int, choices: Mapping[str, bool]) -> str:
        """The employee's key, on the page as it is now."""
        row = Share.objects.get(pk=self.shares[number].pk)
        chosen = {Part(part): yes for part, yes in choices.items()}
        return self.do(who, Part.SHARING, Act.ANSWER, lambda opened: answer_questions(opened, share=row, choices=chosen, seen=key_of(row)))

    def withdraw(self, who: str, number: int, parts: Collection[str]) -> str:
        """The employee takes it back."""
        row, chosen = Share.objects.get(pk=self.shares[number].pk), {Part(part) for part in parts}
        return self.do(who, Part.SHARING, Act.WITHDRAW, lambda opened: take_back(opened, share=row, parts=chosen))

    def stop(self, who: str, number: int) -> str:
        """The physician takes it back."""
        return self.do(who, Part.SHARING, Act.STOP, lambda opened: stop(opened, share=self.shares[number], reason="Klaar."))

    def paper(self, who: str, other: str, number: int, parts: Collection[str]) -> str:
        """A yes on paper, written down by one and confirmed by another on the day that the letter goes."""
        row = Share.objects.get(pk=self.shares[number].pk)
        yes, today = {Part(part): True for part in parts}, timezone.localdate()

        def record(opened: Opened) -> None:
            record_form(opened, share=row, choices=yes, signed_on=today, posted_on=today, seen=key_of(row))

        outcome = self.do(who, Part.SHARING, Act.RECORD_PAPER, record)
        waiting = PaperAnswer.objects.filter(share=row, confirmed_at__isnull=True, cancelled_at__isnull=True).first()
        if outcome != OPEN or waiting is None:
            return REFUSED if outcome == OPEN else outcome
        return self.do(other, Part.SHARING, Act.RECORD_PAPER, lambda opened: confirm_paper(opened, share=row, paper=waiting.pk))

    def account(self, *, active: bool) -> None:
        """The employee accepts an invitation, or goes on on paper."""
        person = User.objects.get(pk=self.world.people["employee"].pk)
        person.activated_at = timezone.now() if active else None
        person.save(update_fields=["activated_at"])
        if active:
            ask_again(person, now=timezone.now())

    def end_delegate(self, who: str) -> str:
        """The delegate's seat ends."""
        seat = self.seat_of("delegate")
        return REFUSED if seat is None else self.do(who, Part.PROCESS, Act.APPOINT, lambda opened: end_delegate(opened, seat=seat))

    def appoint_delegate(self, who: str) -> str:
        """The delegate is asked (again)."""
        person = self.world.people["delegate"]
        return self.do(who, Part.PROCESS, Act.APPOINT, lambda opened: appoint_delegate(opened, person=person, kind=SeatKind.POB))

    def cover(self, who: str, *, first_day: dt.date, last_day: dt.date) -> str:
        """The colleague stands in."""
        person = self.world.people["colleague"]
        return self.do(who, Part.PROCESS, Act.COVER, lambda opened: start_cover(opened, person=person, first_day=first_day, last_day=last_day))

    def end_cover(self, who: str) -> str:
        """The colleague stands in no more."""
        seat = self.seat_of("colleague")
        return REFUSED if seat is None else self.do(who, Part.PROCESS, Act.COVER, lambda opened: end_cover(opened, seat=seat))

    def hand_over(self, who: str, successor: str) -> str:
        """Another physician of the arbodienst takes over."""
        return self.do(who, Part.PROCESS, Act.HAND_OVER, lambda opened: hand_over(opened, successor=self.world.people[successor]))

    def switch(self, who: str, part: str, *, on: bool) -> str:
        """The employee's own switch."""

        def turn(opened: Opened) -> None:
            if part == Part.EMPLOYEE_VIEW:
                switch_view(opened, on=on)
            else:  # the page with this switch comes with the calendar; the row is the same
                Switch.objects.create(dossier=opened.dossier, part=part, on=on, at=opened.now, by=opened.person)

        return self.do(who, Part(part), Act.SWITCH, turn)

    def close(self, who: str) -> str:
        """The dossier is closed."""
        return self.do(who, Part.PROCESS, Act.CLOSE, close_dossier)

    def seat_of(self, who: str) -> Seat | None:
        """The seat somebody holds, if any."""
        return Seat.objects.filter(dossier=self.world.dossier, person=self.world.people[who], ended_at__isnull=True).first()

    # --- the questions ------------------------------------------------------------------------------

    def everything_open(self, who: str) -> set[tuple[str, str]] | None:
        """All that is open to somebody, as one opening holds it; None: a stranger; an empty set when the door stays shut."""
        try:
            with opening(self.world.people[who], self.world.number, needs=Touch(Part.PROCESS, Act.READ)) as opened:
                return {(touch.part.value, touch.act.value) for touch in opened.open}
        except Stranger:
            return None
        except NotOpen:
            return set()

    def has_perm(self, who: str, part: str, act: str) -> bool:
        """Django's own question."""
        return self.world.people[who].has_perm(f"dossiers.{act}_{part}", self.world.dossier)
