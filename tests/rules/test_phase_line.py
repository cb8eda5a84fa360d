"""The picture of the two years: what is on it, that labels never cover each other, that it is safe markup."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.rules.calendar import Absence, Phase, Recovery, State, StepKind, Visit
from dossiers.rules.phase_labels import Anchor, Label, place_labels
from dossiers.rules.phase_line import WIDE, MarkKind, PhaseLine, phase_line

JOOST = Absence(date(2026, 1, 12))
VISITS = [Visit(date(2026, 2, 16)), Visit(date(2026, 3, 30))]
RECOVERED = Absence(JOOST.first_sick_day, (Recovery(date(2026, 3, 2), date(2026, 3, 16)),))


def names(line: PhaseLine) -> list[str]:
    return [place.mark.name for place in line.wide.marks]


def test_it_says_where_we_are_and_what_comes() -> None:
    line = phase_line(JOOST, date(2026, 4, 2), VISITS)
    assert (line.week_text, line.phase_text, line.phase) == ("Week 12 van 104", "Uitvoeren en evalueren", Phase.WORKING)
    assert line.description == ("Week 12 van 104. Fase: Uitvoeren en evalueren. Hierna: 42e-weeksmelding, uiterlijk 2 november 2026.")


def test_lying_upright_and_list_tell_the_same_in_the_same_order() -> None:
    line = phase_line(JOOST, date(2026, 4, 2), VISITS)
    expected = [
        "Eerste ziektedag", "Probleemanalyse", "Plan van aanpak", "Vandaag", "42e-weeksmelding",
        "Eerstejaarsevaluatie", "Actueel oordeel", "Eindevaluatie", "WIA-aanvraag", "Einde wachttijd",
    ]  # fmt: skip
    assert names(line) == expected == [place.mark.name for place in line.tall.marks]
    assert [entry.name for entry in line.entries if entry.name != "Bezoek aan de bedrijfsarts"] == expected
    assert [entry.day for entry in line.entries if entry.name == "Bezoek aan de bedrijfsarts"] == [visit.day for visit in VISITS]
    assert len(line.wide.visits) == len(line.tall.visits) == 2


def test_the_plain_line_has_no_word_for_professionals() -> None:
    shown = " ".join(names(phase_line(JOOST, date(2026, 4, 2), plain=True)))
    assert "Ziekte melden bij UWV" in shown
    assert not any(word in shown for word in ("Probleemanalyse", "Eindevaluatie", "wachttijd"))


def test_nothing_is_called_done_or_late_without_a_record() -> None:
    line = phase_line(JOOST, date(2027, 6, 1), VISITS)
    assert set(line.states) == {State.COMING, State.PASSED}
    done = {StepKind.ACTION_PLAN: date(2026, 3, 1)}
    line = phase_line(JOOST, date(2027, 6, 1), VISITS, done, recordable=frozenset({StepKind.PROBLEM_ANALYSIS}))
    assert set(line.states) == {State.COMING, State.PASSED, State.DONE, State.LATE}


def test_a_recovery_is_a_gap_and_open_dates_stand_still_during_it() -> None:
    during = phase_line(RECOVERED, date(2026, 3, 10))
    assert during.has_gaps
    assert State.PAUSED in during.states
    assert "datum staat stil" in {place.mark.detail for place in during.wide.marks}
    assert "hersteld · 10 maart 2026" in {place.mark.detail for place in during.wide.marks}
    after = phase_line(RECOVERED, date(2026, 3, 20))
    assert [entry.when for entry in after.entries if entry.name == "Hersteld"] == ["2 maart 2026 tot en met 15 maart 2026"]
    assert State.PAUSED not in after.states


def test_a_recovery_and_a_visit_after_today_are_not_drawn() -> None:
    line = phase_line(RECOVERED, date(2026, 2, 1), VISITS)
    assert not line.has_gaps
    assert not line.has_visits


def test_after_two_years_today_stands_at_the_end_and_keeps_its_week() -> None:
    line = phase_line(JOOST, date(2028, 6, 1))
    today = next(place for place in line.wide.marks if place.mark.kind is MarkKind.TODAY)
    assert today.x == max(place.x for place in line.wide.marks)
    assert line.week_text == "Week 125"
    assert line.wide.passed == line.wide.track_size


def test_today_stands_before_a_step_of_the_same_day() -> None:
    order = names(phase_line(JOOST, date(2026, 11, 2)))
    assert order.index("Vandaag") == order.index("42e-weeksmelding") - 1


@st.composite
def situations(draw: st.DrawFn) -> tuple[Absence, date, list[Visit], bool]:
    first = draw(st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 12, 31)))
    recoveries, at = [], first
    for _ in range(draw(st.integers(0, 5))):
        start = at + timedelta(draw(st.integers(1, 200)))
        at = start + timedelta(draw(st.integers(1, 27)))
        recoveries.append(Recovery(start, at))
    visits = [Visit(first + timedelta(day)) for day in draw(st.lists(st.integers(0, 800), max_size=6))]
    today = first + timedelta(draw(st.integers(-3, 900)))
    return Absence(first, tuple(recoveries)), today, visits, draw(st.booleans())


@given(situations())
def test_everything_stays_inside_and_no_label_covers_another(situation: tuple[Absence, date, list[Visit], bool]) -> None:
    absence, today, visits, plain = situation
    line = phase_line(absence, today, visits, plain=plain)
    labels = [place.label for place in line.wide.marks]
    assert all(0 <= label.left < label.right <= WIDE for label in labels)
    assert not any(one.covers(other) for one, other in combinations(labels, 2))
    assert all(0 < place.text_y < place.detail_y <= line.wide.height for place in line.wide.marks)
    assert all(0 <= x <= WIDE for x in line.wide.visits)
    heights = [place.y for place in line.tall.marks]
    assert heights == sorted(set(heights))
    assert 0 <= line.tall.passed <= line.tall.track_size < line.tall.height


def test_in_an_ordinary_absence_no_pole_runs_through_a_text_either() -> None:
    for offset in range(0, 728, 5):
        labels = [place.label for place in phase_line(JOOST, JOOST.first_sick_day + timedelta(offset), VISITS).wide.marks]
        assert not any(one.crosses(other) for one, other in combinations(labels, 2)), offset


def test_an_impossible_crowd_still_keeps_its_texts_apart() -> None:
    labels = place_labels([(500 + n % 3, "Een lange naam voor een stap", "week 1") for n in range(15)], 1080)
    assert not any(one.covers(other) for one, other in combinations(labels, 2))


@pytest.mark.parametrize(
    ("x", "crosses"),
    [(90, False), (100, False), (103, True), (150, True), (199, False), (250, False)],
)
def test_a_pole_may_stand_beside_a_nearer_text_and_not_in_it(x: int, crosses: bool) -> None:
    near = Label(x=100, left=100, right=200, anchor=Anchor.START, is_above=True, lane=0)
    far = Label(x=x, left=x, right=x + 100, anchor=Anchor.START, is_above=True, lane=1)
    assert near.crosses(far) is far.crosses(near) is crosses
