"""The statutory calendar, against the test vectors of the domain research (chapter 1.2, 1.4 and 6.5)."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.rules.calendar import (
    LETTER_KINDS,
    Absence,
    Actor,
    Phase,
    Recovery,
    State,
    Step,
    StepKind,
    Visit,
    date_of_week_end,
    nearest_step,
    phase_on,
    steps,
    week_of,
)
from dossiers.rules.duties import DUTIES
from dossiers.rules.phases import phase_of_week
from dossiers.rules.readability import flesch_douma, words
from dossiers.rules.sick_weeks import (
    date_after_week,
    date_of_sick_day,
    date_of_week_start,
    is_over,
    is_recovered,
    known_on,
    recovery_problem,
)

JOOST = Absence(date(2026, 1, 12))
FIRST_VISIT, SECOND_VISIT = Visit(date(2026, 2, 16)), Visit(date(2026, 3, 30))


def step_of(found: tuple[Step, ...], kind: StepKind) -> Step:
    (step,) = [step for step in found if step.kind is kind]
    return step


def day(text: str) -> date:
    return date.fromisoformat(text)


# First sick day, then: end of 6, of 8, notice, start of 46, end of 52, of 58, start of 88, end of 91, of 93,
# of 104, first possible day of the WIA. Copied by hand from the research.
VECTORS = [
    "2024-01-01 2024-02-11 2024-02-25 2024-10-21 2024-11-11 2024-12-29 2025-02-09 2025-09-01 2025-09-28 2025-10-12 2025-12-28 2025-12-29",
    "2024-07-03 2024-08-13 2024-08-27 2025-04-23 2025-05-14 2025-07-01 2025-08-12 2026-03-04 2026-03-31 2026-04-14 2026-06-30 2026-07-01",
    "2025-03-03 2025-04-13 2025-04-27 2025-12-22 2026-01-12 2026-03-01 2026-04-12 2026-11-02 2026-11-29 2026-12-13 2027-02-28 2027-03-01",
    "2025-03-08 2025-04-18 2025-05-02 2025-12-29 2026-01-17 2026-03-06 2026-04-17 2026-11-07 2026-12-04 2026-12-18 2027-03-05 2027-03-06",
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[:10])
def test_every_date_of_the_test_vectors(vector: str) -> None:
    ezd, *expected = map(day, vector.split())
    absence = Absence(ezd)
    found = steps(absence, ezd)
    assert expected == [
        step_of(found, StepKind.PROBLEM_ANALYSIS).due,
        step_of(found, StepKind.ACTION_PLAN).due,
        step_of(found, StepKind.NOTICE_WEEK_42).due,
        step_of(found, StepKind.FIRST_YEAR_EVALUATION).starts,
        step_of(found, StepKind.FIRST_YEAR_EVALUATION).due,
        date_of_week_end(absence, 58),
        step_of(found, StepKind.WIA_APPLICATION).starts,
        step_of(found, StepKind.FINAL_EVALUATION).due,
        step_of(found, StepKind.WIA_APPLICATION).due,
        step_of(found, StepKind.END_OF_WAITING).due,
        date_after_week(absence, 104),
    ]


def test_the_days_we_advise_lie_before_the_last_day() -> None:
    found = steps(JOOST, date(2026, 1, 12))
    assert step_of(found, StepKind.NOTICE_WEEK_42).target == date(2026, 1, 12) + timedelta(280)
    wia = step_of(found, StepKind.WIA_APPLICATION)
    assert (wia.due, wia.target) == (date(2027, 10, 24), date(2027, 10, 22))  # Sunday, Friday


def test_a_break_of_21_days_moves_the_end_by_21_days() -> None:
    assert date_after_week(Absence(date(2022, 1, 3)), 104) == date(2024, 1, 1)
    broken = Absence(date(2022, 1, 3), (Recovery(date(2022, 5, 2), date(2022, 5, 23)),))
    assert date_after_week(broken, 104) == date(2024, 1, 22)


def test_a_break_of_27_days_goes_on_and_of_28_days_is_a_new_dossier() -> None:
    start = date(2026, 3, 2)
    Absence(JOOST.first_sick_day, (Recovery(start, start + timedelta(27)),))
    with pytest.raises(ValueError, match="nieuw dossier"):
        Absence(JOOST.first_sick_day, (Recovery(start, start + timedelta(28)),))


@pytest.mark.parametrize(
    ("recoveries", "position"),
    [
        ([Recovery(date(2026, 1, 12), date(2026, 1, 14))], 0),  # not one sick day
        ([Recovery(date(2025, 12, 1), date(2025, 12, 8))], 0),
        ([Recovery(date(2026, 3, 2), date(2026, 3, 2))], 0),
        ([Recovery(date(2026, 3, 2), date(2026, 3, 1))], 0),
        ([Recovery(date(2026, 3, 2), date(2026, 3, 9)), Recovery(date(2026, 3, 8))], 1),
        ([Recovery(date(2026, 3, 2), date(2026, 3, 9)), Recovery(date(2026, 3, 9))], 1),  # touch
        ([Recovery(date(2026, 3, 2)), Recovery(date(2026, 4, 6))], 1),  # after "still recovered"
    ],
)
def test_recoveries_that_cannot_be_true_are_refused(recoveries: list[Recovery], position: int) -> None:
    problem = recovery_problem(JOOST.first_sick_day, recoveries)
    assert problem is not None
    assert problem.position == position
    with pytest.raises(ValueError, match=problem.sentence[:10]):
        Absence(JOOST.first_sick_day, tuple(recoveries))


def test_recovered_for_four_weeks_is_over_and_one_day_less_is_not() -> None:
    absence = Absence(JOOST.first_sick_day, (Recovery(date(2026, 3, 2)),))
    assert not is_over(absence, date(2026, 3, 29))
    assert is_over(absence, date(2026, 3, 30))
    assert not is_over(JOOST, date(2026, 3, 30))


@pytest.mark.parametrize(
    ("on", "week"),
    [("2026-01-11", 0), ("2026-01-12", 1), ("2026-01-18", 1), ("2026-01-19", 2),
     ("2026-02-16", 6), ("2026-03-30", 12), ("2026-11-01", 42), ("2026-11-02", 43),
     ("2028-01-09", 104), ("2028-01-10", 105)],
)  # fmt: skip
def test_the_week_of_a_day(on: str, week: int) -> None:
    assert week_of(JOOST, day(on)) == week


def test_recovered_days_are_not_counted_and_keep_the_week_they_began_in() -> None:
    # Docent-a: recovered for two weeks from the first day of week 28.
    saskia = Absence(date(2024, 11, 25), (Recovery(date(2025, 6, 2), date(2025, 6, 16)),))
    weeks = [week_of(saskia, day(on)) for on in ("2025-06-01", "2025-06-02", "2025-06-15", "2025-06-16")]
    assert weeks == [27, 27, 27, 28]
    assert week_of(saskia, date(2025, 10, 20)) == 46


def test_a_leap_day_counts_and_clock_changes_do_not() -> None:
    assert date_of_week_end(Absence(date(2024, 2, 26)), 1) == date(2024, 3, 3)
    assert date_of_week_end(Absence(date(2028, 2, 29)), 52) == date(2029, 2, 26)
    # The nights of 29 March and 25 October 2026 have 23 and 25 hours.
    assert [week_of(Absence(date(2026, 3, 23)), date(2026, 3, 29 + n)) for n in (0, 1)] == [1, 2]
    assert [week_of(Absence(date(2026, 10, 19)), date(2026, 10, 25 + n)) for n in (0, 1)] == [1, 2]


def test_a_relapse_is_not_known_beforehand() -> None:
    absence = Absence(JOOST.first_sick_day, (Recovery(date(2026, 3, 2), date(2026, 3, 16)),))
    assert known_on(absence, date(2026, 3, 1)).recoveries == ()
    assert known_on(absence, date(2026, 3, 15)).recoveries == (Recovery(date(2026, 3, 2)),)
    assert known_on(absence, date(2026, 3, 16)) == absence


def test_while_recovered_open_dates_stand_still_and_old_ones_do_not() -> None:
    absence = Absence(JOOST.first_sick_day, (Recovery(date(2026, 3, 2)),))
    found = steps(absence, date(2026, 3, 10))
    assert step_of(found, StepKind.PROBLEM_ANALYSIS).state is State.PASSED
    assert step_of(found, StepKind.NOTICE_WEEK_42).state is State.PAUSED
    assert nearest_step(absence, date(2026, 3, 10), [Visit(date(2026, 3, 10))]) is None


def test_a_recovery_after_the_42nd_week_does_not_move_the_notice() -> None:
    starts_on_the_last_day = Recovery(date(2026, 11, 2), date(2026, 11, 16))
    absence = Absence(JOOST.first_sick_day, (starts_on_the_last_day,))
    found = steps(absence, date(2026, 12, 1))
    assert step_of(found, StepKind.NOTICE_WEEK_42).due == date(2026, 11, 2)
    assert step_of(found, StepKind.FIRST_YEAR_EVALUATION).due == date(2027, 1, 24)


# What is done, and what is late ---------------------------------------------------------------------


def test_nothing_is_done_or_late_without_a_record() -> None:
    states = {step.state for step in steps(JOOST, date(2028, 6, 1), [FIRST_VISIT, SECOND_VISIT])}
    assert states == {State.PASSED}


@pytest.mark.parametrize(
    ("recorded", "state"),
    [("2026-03-08", State.DONE), ("2026-03-09", State.DONE_LATE), ("2026-06-02", State.LATE)],
)
def test_a_recorded_date_says_done_in_time_or_not(recorded: str, state: State) -> None:
    plan = {StepKind.ACTION_PLAN: day(recorded)}
    today = date(2026, 6, 1)  # a record of tomorrow is none
    found = steps(JOOST, today, done=plan, recordable=frozenset({StepKind.ACTION_PLAN}))
    assert step_of(found, StepKind.ACTION_PLAN).state is state
    assert step_of(found, StepKind.PROBLEM_ANALYSIS).state is State.PASSED


@pytest.mark.parametrize(
    ("today", "state"),
    [("2026-02-21", State.COMING), ("2026-02-22", State.NOW), ("2026-03-08", State.NOW),
     ("2026-03-09", State.PASSED)],
)  # fmt: skip
def test_a_step_without_a_start_is_up_two_weeks_before_its_date(today: str, state: State) -> None:
    assert step_of(steps(JOOST, day(today)), StepKind.ACTION_PLAN).state is state


def test_a_step_with_a_start_is_up_from_that_day() -> None:
    for today, state in (("2026-11-22", State.COMING), ("2026-11-23", State.NOW)):
        found = steps(JOOST, day(today))
        assert step_of(found, StepKind.FIRST_YEAR_EVALUATION).state is state


def test_the_plan_is_due_two_weeks_after_a_recorded_analysis() -> None:
    found = steps(JOOST, date(2026, 2, 20), done={StepKind.PROBLEM_ANALYSIS: date(2026, 2, 16)})
    assert step_of(found, StepKind.ACTION_PLAN).due == date(2026, 3, 2)


def test_evaluations_follow_every_six_weeks_and_after_the_last_recorded_one() -> None:
    def due(today: str, **recorded: str) -> date:
        done = {StepKind(kind): day(on) for kind, on in recorded.items()}
        return step_of(steps(JOOST, day(today), done=done), StepKind.EVALUATION).due

    assert due("2026-03-30") == date_of_week_end(JOOST, 14) == date(2026, 4, 19)
    assert due("2026-04-19") == date(2026, 4, 19)
    assert due("2026-04-20") == date_of_week_end(JOOST, 20)
    assert due("2026-03-30", action_plan="2026-03-02") == date(2026, 4, 13)
    assert due("2026-08-01", evaluation="2026-04-15") == date(2026, 5, 27)  # missed, not hidden


# The step a letter names ----------------------------------------------------------------------------


def test_the_second_letter_of_magazijn_names_the_changed_plan() -> None:
    step = nearest_step(JOOST, SECOND_VISIT.day, [FIRST_VISIT, SECOND_VISIT])
    assert step is not None
    assert (step.kind, step.due, step.actor) == (StepKind.PLAN_CHANGE, date(2026, 4, 13), Actor.TOGETHER)
    assert not step.hard
    assert step.duty.task == "zet de nieuwe uren en taken in het plan van aanpak"
    notice = step_of(steps(JOOST, SECOND_VISIT.day), StepKind.NOTICE_WEEK_42)
    assert (notice.due, notice.actor, notice.hard) == (date(2026, 11, 2), Actor.EMPLOYER, True)


def test_the_first_letter_of_magazijn_leaves_the_plan_to_the_action_that_names_it() -> None:
    step = nearest_step(JOOST, FIRST_VISIT.day, [FIRST_VISIT])
    assert step is not None
    assert step.kind is StepKind.ACTION_PLAN
    actions = ["Zet de inpaktafel op de goede hoogte.", "Maak samen het Plan van Aanpak."]
    assert nearest_step(JOOST, FIRST_VISIT.day, [FIRST_VISIT], action_texts=actions) is None
    assert nearest_step(JOOST, FIRST_VISIT.day, [FIRST_VISIT], action_texts=actions[:1]) == step


def test_an_unchanged_visit_asks_for_an_evaluation_and_not_for_a_new_plan() -> None:
    unchanged = SECOND_VISIT._replace(changes_plan=False)
    step = nearest_step(JOOST, unchanged.day, [FIRST_VISIT, unchanged])
    assert step is not None
    assert step.kind is StepKind.EVALUATION


def test_without_capacity_no_plan_is_asked_and_two_weeks_after_it_returns_it_is() -> None:
    without = FIRST_VISIT._replace(has_capacity=False)
    step = nearest_step(JOOST, without.day, [without])
    assert step is not None
    assert step.kind is StepKind.NOTICE_WEEK_42
    step = nearest_step(JOOST, SECOND_VISIT.day, [without, SECOND_VISIT])
    assert step is not None
    assert (step.kind, step.due) == (StepKind.ACTION_PLAN, date(2026, 4, 13))


def test_a_later_visit_record_or_recovery_changes_nothing_in_an_older_letter() -> None:
    later = Absence(JOOST.first_sick_day, (Recovery(date(2026, 4, 6), date(2026, 4, 20)),))
    visits = [FIRST_VISIT, SECOND_VISIT, Visit(date(2026, 5, 11))]
    recorded = {StepKind.PLAN_CHANGE: date(2026, 4, 2)}
    before = nearest_step(JOOST, SECOND_VISIT.day, visits[:2])
    assert nearest_step(later, SECOND_VISIT.day, visits, recorded) == before


# Tables -------------------------------------------------------------------------------------------


def test_every_kind_has_a_duty_and_every_letter_kind_a_task() -> None:
    assert set(DUTIES) == set(StepKind)
    assert all(DUTIES[kind].task and DUTIES[kind].documents for kind in LETTER_KINDS)
    assert all(duty.rule.endswith(".") and duty.source for duty in DUTIES.values())


def test_phases_cover_every_week_once() -> None:
    in_order = list(Phase)
    assert in_order[0].first_week == 1
    for before, after in itertools.pairwise(in_order):
        assert after.first_week == before.last_week + 1


@pytest.mark.parametrize(
    ("week", "phase"),
    [(0, Phase.ANALYSIS), (6, Phase.ANALYSIS), (7, Phase.PLAN), (9, Phase.WORKING), (12, Phase.WORKING),
     (42, Phase.FIRST_YEAR), (53, Phase.SECOND_YEAR), (88, Phase.BENEFIT), (104, Phase.BENEFIT),
     (105, Phase.AFTER), (900, Phase.AFTER)],
)  # fmt: skip
def test_the_phase_of_a_week(week: int, phase: Phase) -> None:
    assert phase_of_week(week) is phase


def test_phase_lines_are_easy_to_read() -> None:
    lines = [line.format(employee="Joost") for phase in Phase for line in phase.lines]
    assert all(len(words(line)) <= 16 and line.count(",") <= 1 for line in lines)
    assert flesch_douma("\n".join(lines)) >= 80


def test_the_phase_on_a_day_follows_the_sick_week() -> None:
    assert phase_on(JOOST, SECOND_VISIT.day) is Phase.WORKING


# Properties ---------------------------------------------------------------------------------------


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    """Any absence with up to four recoveries, the last one perhaps still going on."""
    first = at = draw(st.dates(min_value=date(2018, 1, 1), max_value=date(2032, 12, 31)))
    recoveries: list[Recovery] = []
    for _ in range(draw(st.integers(0, 4))):
        start = at + timedelta(draw(st.integers(1, 300)))
        at = start + timedelta(draw(st.integers(1, 27)))
        recoveries.append(Recovery(start, at))
    is_still_recovered: bool = draw(st.booleans())
    if recoveries and is_still_recovered:
        recoveries[-1] = Recovery(recoveries[-1].start)
    return Absence(first, tuple(recoveries))


OFFSETS = st.integers(-30, 1200)


@given(absences(), OFFSETS)
def test_weeks_never_go_back_and_grow_one_at_a_time(absence: Absence, offset: int) -> None:
    today = absence.first_sick_day + timedelta(offset)
    assert week_of(absence, today + timedelta(1)) - week_of(absence, today) in (0, 1)


@given(absences(), st.integers(1, 800))
def test_a_sick_day_has_a_date_on_which_the_employee_is_ill(absence: Absence, number: int) -> None:
    found = date_of_sick_day(absence, number)
    if any(recovery.until is None and recovery.start <= found for recovery in absence.recoveries):
        return  # still recovered: the day is not known yet
    assert not is_recovered(absence, found)
    assert week_of(absence, found) == (number - 1) // 7 + 1
    assert found < date_of_sick_day(absence, number + 1)


@given(absences(), st.integers(1, 110))
def test_dates_move_by_exactly_the_recovered_days_before_them(absence: Absence, week: int) -> None:
    end = date_of_week_end(absence, week)
    recovered = sum(recovery.days for recovery in absence.recoveries if recovery.start <= end)
    assert end == date_of_week_end(Absence(absence.first_sick_day), week) + timedelta(recovered)
    assert date_of_week_start(absence, week) <= end


@given(absences(), OFFSETS, st.lists(st.tuples(OFFSETS, st.booleans(), st.booleans()), max_size=4))
def test_steps_are_in_order_and_the_nearest_is_never_in_the_past(absence: Absence, offset: int, drawn: list[tuple[int, bool, bool]]) -> None:
    today = absence.first_sick_day + timedelta(offset)
    visits = [Visit(absence.first_sick_day + timedelta(at), *flags) for at, *flags in drawn]
    found = steps(absence, today, visits)
    assert [step.due for step in found] == sorted(step.due for step in found)
    assert len({step.kind for step in found}) == len(found)
    nearest = nearest_step(absence, today, visits)
    if nearest:
        assert nearest.due >= today
        assert nearest.kind in LETTER_KINDS
        assert not is_recovered(absence, today)
