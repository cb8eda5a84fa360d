"""Keys turned while somebody reads, writes or answers, over two connections of PostgreSQL.

Nothing commits, and no verdict is made, after the turning was answered. What came first is read from the chain of the dossier, which is
written last in every transaction. Each test counts the overlaps it achieved: one that never overlaps proves nothing, and fails.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.utils import timezone

from consent.access import NotOpen, Stranger, opening
from consent.actions import SharePlan, answer, share, stop
from consent.actions.answers import answer_questions, key_of, newest_answers, state_of, take_back
from consent.models import AnswerState, Grant, Share
from dossiers.door import Touch, read, write
from dossiers.errors import Refused
from dossiers.models import TrailLine
from dossiers.parts import Act, Part, Role
from dossiers.trail import Event
from tests.world import World, at, make_world
from tests.worlds import FULL

pytestmark = pytest.mark.django_db(transaction=True)
EXPERT = Role.LABOUR_EXPERT
RACES = 1_000 if FULL else 15
FEWER = 1_000 if FULL else 5
PARTS = (Part.PROCESS, Part.CAPACITY, Part.CONSULTATION)


@dataclass
class Told:
    """When something began and was answered, on one clock, and whether it was let through."""

    began: float = 0.0
    answered: float = 0.0
    done: bool = False
    reads: list[tuple[float, float, bool]] = field(default_factory=list)

    def overlaps(self, other: "Told") -> bool:
        """Whether both were under way at one moment."""
        return self.began < other.answered and other.began < self.answered


def at_once(*jobs: Callable[[], object]) -> None:
    """Run these in threads with a connection of their own."""
    trouble: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 -- told to the test below
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    assert not trouble, trouble


def timed(told: Told, job: Callable[[], object]) -> Callable[[], None]:
    """Note when a job began and was answered; a refusal is an answer."""

    def run() -> None:
        told.began = time.monotonic()
        try:
            job()
            told.done = True
        except (Refused, Stranger):
            pass
        told.answered = time.monotonic()

    return run


def shared(world: World, *, given: bool = True) -> Share:
    """A few parts, to read and, in a thread, to write."""
    today = timezone.localdate()
    plan = SharePlan(world.people[EXPERT], EXPERT, PARTS, (Part.CONSULTATION,), "Meedenken.", today, today)
    with opening(world.people["physician"], world.number, needs=Touch(Part.SHARING, Act.SHARE), writing=True, at=at(today, 0)) as opened:
        row = share(opened, plan=plan)
    if given:
        give_again(world, row)
    return row


def withdraw_it(world: World, row: Share) -> None:
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        take_back(opened, share=row)


def stop_it(world: World, row: Share) -> None:
    with opening(world.people["physician"], world.number, needs=Touch(Part.SHARING, Act.STOP), writing=True) as opened:
        stop(opened, share=row, reason="Klaar.")


def give_again(world: World, row: Share) -> None:
    given = dict.fromkeys(PARTS, AnswerState.GIVEN)
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.ANSWER), writing=True) as opened:
        answer(opened, share=row, answers=given)


@pytest.mark.parametrize(("close", "event"), [(withdraw_it, Event.WITHDRAW), (stop_it, Event.STOP)], ids=["withdraw", "stop"])
def test_b4_no_write_commits_after_a_key_was_turned(close: Callable[[World, Share], None], event: Event) -> None:
    """A write under way comes first; one that comes later finds the door shut."""
    world = make_world(finals=0, shares=False)
    overlaps = late = 0
    for _ in range(RACES):
        row = shared(world)
        entered, begun, marker = threading.Event(), threading.Event(), uuid.uuid4()
        waited: list[bool] = []

        def writer(entered: threading.Event = entered, begun: threading.Event = begun, marker: uuid.UUID = marker) -> None:
            try:
                with opening(world.people[EXPERT], world.number, needs=write(Part.CONSULTATION), writing=True) as opened:
                    entered.set()
                    waited.append(begun.wait(1))  # noqa: B023 -- read in the same round
                    opened.trail.note(Event.VISIT, Part.CONSULTATION, object_type="race", object_id=marker)
            except (Stranger, NotOpen):
                entered.set()

        def closer(entered: threading.Event = entered, begun: threading.Event = begun, row: Share = row) -> None:
            entered.wait(5)
            begun.set()
            close(world, row)

        at_once(writer, closer)
        assert not world.people[EXPERT].has_perm("dossiers.write_consultation", world.dossier)
        written = TrailLine.objects.filter(object_type="race", object_id=str(marker)).first()
        closed = TrailLine.objects.get(event_code=event, object_id=str(row.pk))
        overlaps += waited == [True]
        late += written is not None and written.seq > closed.seq
    assert late == 0
    assert overlaps >= RACES // 2, f"only {overlaps} of {RACES} races overlapped"


def test_no_verdict_is_made_open_after_a_withdrawal_was_answered() -> None:
    """Somebody keeps reading while the key is turned: from the answer on, every look that begins is refused."""
    world = make_world(finals=0, shares=False)
    row = shared(world)
    overlaps = after = 0
    for _ in range(RACES):
        reading, closing, begun = Told(), Told(), threading.Event()

        def reader(reading: Told = reading, closing: Told = closing, begun: threading.Event = begun) -> None:
            looks = 0
            while looks < 2:  # at least two that begin after the answer
                began = time.monotonic()
                looks += 0 < closing.answered < began
                try:
                    with opening(world.people[EXPERT], world.number, needs=read(Part.CAPACITY)):
                        is_open = True
                except (Stranger, NotOpen):
                    is_open = False
                reading.reads.append((began, time.monotonic(), is_open))
                begun.set()

        def closer(closing: Told = closing, begun: threading.Event = begun) -> None:
            begun.wait(5)
            timed(closing, lambda: withdraw_it(world, row))()

        at_once(reader, closer)
        assert reading.reads[0][2], "the key was turned when it began"
        overlaps += any(began < closing.answered and closing.began < ended for began, ended, _ in reading.reads)
        after += sum(is_open for began, _, is_open in reading.reads if began > closing.answered)
        give_again(world, row)
    assert after == 0
    assert overlaps >= RACES // 2, f"only {overlaps} of {RACES} races overlapped"


def test_of_two_answers_from_one_form_exactly_one_counts() -> None:
    """Yes in one window and no in another at the same moment: the one that was late is told so, and nothing is half."""
    world = make_world(finals=0, shares=False)
    overlaps = 0
    for _ in range(FEWER):
        row = shared(world, given=False)
        seen, told = key_of(row), {yes: Told() for yes in (True, False)}

        def say(yes: bool, row: Share = row, seen: str = seen) -> None:
            choices = {Part.CAPACITY: yes, Part.CONSULTATION: yes}
            with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.ANSWER), writing=True) as opened:
                answer_questions(opened, share=row, choices=choices, seen=seen)

        at_once(timed(told[True], lambda: say(True)), timed(told[False], lambda: say(False)))
        assert [told[True].done, told[False].done].count(True) == 1
        assert _said(row) == {AnswerState.GIVEN if told[True].done else AnswerState.REFUSED}
        assert Grant.objects.filter(share_part__share=row).exists() is told[True].done
        overlaps += told[True].overlaps(told[False])
        stop_it(world, row)
    assert overlaps >= FEWER // 2, f"only {overlaps} of {FEWER} races overlapped"


def test_an_answer_and_a_withdrawal_at_once_end_as_the_last_of_them_says() -> None:
    """Whoever waited for the lock may have begun first: what counts is the order in which they were answered."""
    world = make_world(finals=0, shares=False)
    row = shared(world)
    overlaps = 0
    ends: set[AnswerState] = set()
    for place in range(FEWER * 6):
        if place >= FEWER and len(ends) == 2:  # both orders were seen
            break
        told = Told(), Told()
        jobs = [timed(told[0], lambda: give_again(world, row)), timed(told[1], lambda: withdraw_it(world, row))]
        at_once(*(jobs if place % 2 else reversed(jobs)))
        last = TrailLine.objects.filter(event_code__in=[Event.ANSWER, Event.WITHDRAW], object_id=str(row.pk)).latest("seq")
        said = AnswerState.GIVEN if last.event_code == Event.ANSWER else AnswerState.WITHDRAWN
        assert _said(row) == {said}
        is_open = said is AnswerState.GIVEN
        assert world.people[EXPERT].has_perm("dossiers.read_capacity", world.dossier) is is_open
        assert Grant.objects.filter(share_part__share=row).exists() is is_open
        overlaps += told[0].overlaps(told[1])
        ends.add(said)
        if not is_open:
            give_again(world, row)
    assert overlaps >= FEWER // 2, f"only {overlaps} of {FEWER} races overlapped"
    assert len(ends) == 2, "both orders must be seen"


def _said(row: Share) -> set[AnswerState]:
    return {state_of(newest, row) for newest in newest_answers(Share.objects.get(pk=row.pk)).values()}
