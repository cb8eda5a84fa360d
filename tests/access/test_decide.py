"""The pure decision: every reason there is, and properties that hold for all facts."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.access import TABLE, decide
from consent.facts import Facts, SharedPart, Why
from consent.models import AnswerState
from dossiers.door import Touch, read, write
from dossiers.parts import EXPERTS, Act, Basis, Part, Role
from tests.access.test_table import EXPECTED

TODAY = dt.date(2026, 6, 15)
DAY = dt.timedelta(days=1)
SHARE = uuid.UUID(int=7)


def part(which: Part = Part.CAPACITY, **fields: object) -> SharedPart:
    plain = SharedPart(
        share_id=SHARE,
        part=which,
        write=False,
        first_day=TODAY - 10 * DAY,
        last_day=TODAY + 10 * DAY,
        stopped=False,
        answer=AnswerState.GIVEN,
        counts_from=TODAY - 5 * DAY,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def expert(*shared: SharedPart, role: Role = Role.LABOUR_EXPERT, closed: bool = False) -> Facts:
    return Facts(role=role, seat_start=TODAY - 5 * DAY, seat_until=None, closed=closed, shared=shared)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, Why.OPEN),
        ({"answer": AnswerState.ASKED}, Why.ASKED),
        ({"answer": AnswerState.REFUSED}, Why.REFUSED),
        ({"answer": AnswerState.WITHDRAWN}, Why.WITHDRAWN),
        ({"stopped": True}, Why.STOPPED),
        ({"last_day": TODAY}, Why.OPEN),  # open through the last day
        ({"last_day": TODAY - DAY}, Why.EXPIRED),
        ({"first_day": TODAY}, Why.OPEN),
        ({"first_day": TODAY + DAY}, Why.NOT_YET),
        ({"counts_from": TODAY + DAY}, Why.NOT_YET),  # a yes on paper counts from the third working day
        ({"paper_void": True}, Why.ASKED),  # the employee has an account now: asked again
    ],
)
def test_both_keys_must_be_turned_today(change: dict[str, object], why: Why) -> None:
    facts = expert(part(Part.PROCESS), part(Part.CAPACITY, **change))
    assert decide(facts, read(Part.CAPACITY), today=TODAY).why is why


@pytest.mark.parametrize("state", [AnswerState.ASKED, AnswerState.REFUSED, AnswerState.WITHDRAWN])
def test_without_a_yes_to_process_nothing_of_that_share_is_open(state: AnswerState) -> None:
    facts = expert(part(Part.PROCESS, answer=state), part(Part.CAPACITY))
    assert not decide(facts, read(Part.CAPACITY), today=TODAY).is_open
    assert decide(expert(part(Part.PROCESS), part(Part.CAPACITY)), read(Part.CAPACITY), today=TODAY).is_open


def test_a_yes_to_process_in_another_share_does_not_help() -> None:
    other = uuid.UUID(int=8)
    facts = expert(part(Part.PROCESS, share_id=other), part(Part.CAPACITY))
    assert not decide(facts, read(Part.CAPACITY), today=TODAY).is_open


def test_reading_does_not_imply_writing_and_writing_implies_reading() -> None:
    reads = expert(part(Part.PROCESS), part(Part.CONSULTATION))
    writes = expert(part(Part.PROCESS), part(Part.CONSULTATION, write=True))
    assert decide(reads, read(Part.CONSULTATION), today=TODAY).is_open
    assert not decide(reads, write(Part.CONSULTATION), today=TODAY).is_open
    assert decide(writes, read(Part.CONSULTATION), today=TODAY).is_open
    assert decide(writes, write(Part.CONSULTATION), today=TODAY).is_open


def test_of_several_shares_the_open_one_counts() -> None:
    old = uuid.UUID(int=9)
    facts = expert(
        part(Part.PROCESS, share_id=old, last_day=TODAY - DAY),
        part(Part.CAPACITY, share_id=old, last_day=TODAY - DAY),
        part(Part.PROCESS),
        part(Part.CAPACITY),
    )
    verdict = decide(facts, read(Part.CAPACITY), today=TODAY)
    assert verdict.is_open
    assert verdict.ground is not None
    assert (verdict.ground.since, verdict.ground.until) == (TODAY - 5 * DAY, TODAY + 10 * DAY)


def test_what_is_never_stays_never_whatever_is_shared() -> None:
    facts = expert(part(Part.PROCESS), part(Part.CONTEXT))
    assert decide(facts, read(Part.CONTEXT), today=TODAY).why is Why.NEVER


def test_a_closed_dossier_can_be_read_by_duty_and_ends_every_share() -> None:
    physician = Facts(role=Role.PHYSICIAN, seat_start=TODAY, seat_until=None, closed=True)
    assert decide(physician, read(Part.CAPACITY), today=TODAY).is_open
    assert decide(physician, write(Part.CAPACITY), today=TODAY).why is Why.CLOSED
    assert decide(physician, Touch(Part.SHARING, Act.STOP), today=TODAY).is_open
    employee = Facts(role=Role.EMPLOYEE, seat_start=TODAY, seat_until=None, closed=True)
    assert decide(employee, Touch(Part.SHARING, Act.WITHDRAW), today=TODAY).is_open
    assert decide(expert(part(Part.PROCESS), closed=True), read(Part.PROCESS), today=TODAY).why is Why.CLOSED


def test_while_a_cover_works_the_responsible_physician_reads_and_does_not_write() -> None:
    facts = Facts(role=Role.PHYSICIAN, seat_start=TODAY, seat_until=None, covered=True)
    assert decide(facts, read(Part.CAPACITY), today=TODAY).is_open
    assert decide(facts, write(Part.CAPACITY), today=TODAY).why is Why.COVERED


def test_the_switch_opens_the_judgement_and_nothing_else() -> None:
    for role in (Role.EMPLOYER, Role.PHYSICIAN):
        off = Facts(role=role, seat_start=TODAY, seat_until=None)
        on = replace(off, switched_on={Part.EMPLOYEE_JUDGEMENT: TODAY, Part.EMPLOYEE_VIEW: TODAY})
        assert decide(off, read(Part.EMPLOYEE_JUDGEMENT), today=TODAY).why is Why.NOT_SWITCHED_ON
        assert decide(on, read(Part.EMPLOYEE_JUDGEMENT), today=TODAY).is_open
        assert not decide(replace(on, role=Role.DELEGATE), read(Part.EMPLOYEE_JUDGEMENT), today=TODAY).is_open
    employer = Facts(role=Role.EMPLOYER, seat_start=TODAY, seat_until=None, switched_on={Part.EMPLOYEE_VIEW: TODAY})
    assert decide(employer, read(Part.EMPLOYEE_VIEW), today=TODAY).why is Why.NEVER


days = st.dates(TODAY - 40 * DAY, TODAY + 40 * DAY)
shared_parts = st.builds(
    SharedPart,
    share_id=st.sampled_from([uuid.UUID(int=1), uuid.UUID(int=2)]),
    part=st.sampled_from(Part),
    write=st.booleans(),
    first_day=days,
    last_day=days,
    stopped=st.booleans(),
    answer=st.sampled_from(AnswerState),
    counts_from=st.none() | days,
    paper_void=st.booleans(),
)
facts = st.builds(
    Facts,
    role=st.sampled_from(Role),
    seat_start=days,
    seat_until=st.none() | days,
    covered=st.booleans(),
    closed=st.booleans(),
    switched_on=st.dictionaries(st.sampled_from(Part), days),
    shared=st.lists(shared_parts, max_size=8).map(tuple),
)
touches = st.sampled_from([Touch(part, act) for part in Part for act in Act])


@given(facts, touches)
def test_nothing_opens_that_the_page_does_not_allow(found: Facts, touch: Touch) -> None:
    verdict = decide(found, touch, today=TODAY)
    if verdict.is_open:
        basis = EXPECTED[found.role, touch]
        assert verdict.ground is not None
        assert verdict.ground.basis is basis
        assert found.seat_start <= TODAY
    assert verdict.is_open == (verdict.ground is not None)


@given(facts, touches)
def test_an_expert_needs_two_turned_keys_for_the_part_and_for_process(found: Facts, touch: Touch) -> None:
    if found.role not in EXPERTS or not decide(found, touch, today=TODAY).is_open:
        return
    opens = [row for row in found.shared if row.key_state(TODAY) is Why.OPEN]
    with_process = {row.share_id for row in opens if row.part is Part.PROCESS}
    assert any(row.part is touch.part and (row.write or touch.act is Act.READ) and row.share_id in with_process for row in opens)
    assert not found.closed


@given(facts, touches)
def test_taking_a_key_back_never_opens_anything(found: Facts, touch: Touch) -> None:
    less = replace(found, shared=found.shared[1:], switched_on={})
    if decide(less, touch, today=TODAY).is_open:
        assert decide(found, touch, today=TODAY).is_open


def test_every_refusal_says_something_an_insider_can_use() -> None:
    for why in Why:
        assert why.label.endswith(".")
        assert len(why.label) > 10


def test_no_duty_hides_behind_a_role_that_is_not_in_the_table() -> None:
    assert {role for role, _ in TABLE} == set(Role)
    assert Basis.SHARED in TABLE.values()
