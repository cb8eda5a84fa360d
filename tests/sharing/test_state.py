"""The state of a share in a word, held against the gate's own decision over every mix of answers and days."""

import datetime as dt
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.access import decide, everything_open
from consent.facts import Facts, SharedPart, Why
from consent.models import AnswerState
from consent.share_state import RUNNING, YES, ShareState, counts, opens, state_of
from dossiers.door import read
from dossiers.parts import Part, Role

DAY = dt.date(2026, 3, 2)
SHARE = uuid.UUID(int=1)
PARTS = (Part.PROCESS, Part.CAPACITY, Part.ADVICE)


@st.composite
def one_share(draw: st.DrawFn) -> tuple[SharedPart, ...]:
    """One share to a labour expert, `process` always in it, with any answers."""
    first = DAY + dt.timedelta(days=draw(st.integers(-3, 3)))
    last = first + dt.timedelta(days=draw(st.integers(0, 4)))
    stopped, void = draw(st.booleans()), draw(st.booleans())
    rows = []
    for part in PARTS:
        answer = draw(st.sampled_from(AnswerState))
        counts_from = None if answer is AnswerState.ASKED else DAY + dt.timedelta(days=draw(st.integers(-3, 3)))
        rows.append(SharedPart(SHARE, part, False, first, last, stopped=stopped, answer=answer, counts_from=counts_from, paper_void=void))
    return tuple(rows)


def open_parts(parts: tuple[SharedPart, ...], today: dt.date, *, closed: bool) -> set[Part]:
    facts = Facts(Role.LABOUR_EXPERT, DAY - dt.timedelta(days=30), None, closed=closed, shared=parts)
    return {touch.part for touch in everything_open(facts, today=today)}


@given(parts=one_share(), ahead=st.integers(-5, 8), closed=st.booleans())
@settings(max_examples=400)
def test_the_word_and_the_gate_agree(parts: tuple[SharedPart, ...], ahead: int, closed: bool) -> None:
    today = DAY + dt.timedelta(days=ahead)
    state = state_of(parts, today, closed=closed)
    found = open_parts(parts, today, closed=closed)
    assert state in YES or not found, "nothing is open behind any other word"
    assert bool(found) is (state in YES and opens(parts, today) and not closed)
    if found:
        process = next(row for row in parts if row.part is Part.PROCESS)
        assert process.key_state(today) is Why.OPEN
        later = {row.part for row in parts if row.key_state(today) is Why.NOT_YET}
        assert (found | later == set(PARTS)) is (state is ShareState.GIVEN)
    if counts(parts, today) and not closed:
        assert state in RUNNING


@given(parts=one_share(), ahead=st.integers(-5, 8))
@settings(max_examples=200)
def test_an_end_stays_an_end(parts: tuple[SharedPart, ...], ahead: int) -> None:
    """Without a new answer no day brings a share back, and closing the dossier never opens one."""
    today = DAY + dt.timedelta(days=ahead)
    state = state_of(parts, today)
    if state not in RUNNING:
        assert state_of(parts, today + dt.timedelta(days=400)) is state
    assert state_of(parts, today, closed=True) not in RUNNING
    if any(row.stopped for row in parts):
        assert state is state_of(parts, today, closed=True) is ShareState.STOPPED


def test_every_word_occurs() -> None:
    def share(answers: str, **fields: object) -> tuple[SharedPart, ...]:
        letters = {"a": AnswerState.ASKED, "g": AnswerState.GIVEN, "r": AnswerState.REFUSED, "w": AnswerState.WITHDRAWN}
        values = {"stopped": False, **fields}
        return tuple(
            SharedPart(SHARE, part, False, DAY, DAY, answer=letters[letter], counts_from=DAY, **values)  # type: ignore[arg-type]
            for part, letter in zip(PARTS, answers, strict=True)
        )

    after = DAY + dt.timedelta(days=1)
    assert state_of(share("aaa"), DAY) is ShareState.ASKED
    assert state_of(share("ggg"), DAY) is ShareState.GIVEN
    assert state_of(share("grg"), DAY) is ShareState.PARTLY
    assert state_of(share("rrr"), DAY) is ShareState.REFUSED
    assert state_of(share("www"), DAY) is ShareState.WITHDRAWN
    assert state_of(share("ggg", stopped=True), DAY) is ShareState.STOPPED
    assert state_of(share("ggg"), after) is ShareState.ENDED
    assert state_of(share("aaa"), after) is ShareState.ENDED
    assert state_of(share("rrr"), after) is ShareState.REFUSED
    assert state_of(share("ggg"), DAY, closed=True) is ShareState.CLOSED
    assert state_of(share("ggg", paper_void=True), DAY) is ShareState.ASKED, "asked again: the employee has an account now"
    facts = Facts(Role.LABOUR_EXPERT, DAY, None, shared=share("wgg"))
    assert state_of(share("wgg"), DAY) is ShareState.WITHDRAWN
    assert not decide(facts, read(Part.CAPACITY), today=DAY).is_open
