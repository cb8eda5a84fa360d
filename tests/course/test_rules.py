"""The course as a value: every version is a column, picture and table say the same, nothing comes in that the sections do not hold."""

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.rules.compare import Arrow
from dossiers.rules.course import AreaState, Course, Visit, course
from dossiers.rules.course_picture import LEGEND, TALL, TALL_PLOT, WIDE, WORDS, area_bands, hours_plot, legend, sign_of
from instrument.library import by_name

BAR = by_name("bar/2.0")
OLD = by_name("bar/1.0")
FIRST = dt.date(2026, 2, 16)
TODAY = dt.date(2026, 11, 1)


def area(key: str, status: str = "attention", kilos: float | None = None, can: str = "", **more: str) -> dict[str, Any]:
    limit = {"limit": {"value": kilos, "unit": "kg", "per": "at_once"}} if kilos is not None else {}
    return {"item": key, "status": status, "still_possible": can, "condition": "", **limit, **more}


def visit(number: int, *areas: dict[str, Any], hours: float | None = None, steps: tuple[tuple[int, float], ...] = (), usable: str = "yes") -> Visit:
    """A visit two weeks after the one before; a step of the build-up is (days later, hours)."""
    day = FIRST + dt.timedelta(days=14 * (number - 1))
    build_up = [{"from": (day + dt.timedelta(days=later)).isoformat(), "hours_per_week": count, "kind": "practice"} for later, count in steps]
    possibilities = {"usable": usable, "hours_now": hours, "build_up": build_up} if hours is not None else {}
    return Visit(number, day, "", {"areas": list(areas), "possibilities": possibilities, "prognosis": {}}, BAR)


def whole(*visits: Visit) -> Course:
    return course(visits, contract_hours=36)


def marks(found: Course, key: str) -> list[Arrow | None]:
    return [cell.change for row in found.rows if row.key == key for cell in row.cells]


# --- by hand ---------------------------------------------------------------------------------------


def test_an_area_is_told_from_visit_to_visit() -> None:
    found = whole(
        visit(1, area("d430", kilos=5)),
        visit(2, area("d430", kilos=8)),
        visit(3, area("d430", kilos=8)),
        visit(4, area("d430", kilos=6)),
        visit(5, area("d430", kilos=6, can="Lichte dozen.")),
        visit(6, area("d430", "no_attention")),
        visit(7, area("d430", kilos=2)),
    )
    assert marks(found, "d430") == [None, Arrow.BETTER, Arrow.SAME, Arrow.WORSE, Arrow.CHANGED, Arrow.GONE, Arrow.NEW]
    (row,) = found.rows
    assert [cell.needed for cell in row.cells][:2] == ["Hooguit 5 kilo per keer.", "Hooguit 8 kilo per keer."]
    assert [(period.first.number, period.last.number) for period in row.periods] == [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6), (7, 7)]
    (band,) = area_bands(found)
    assert [cell.word for cell in band.lines[0].cells] == ["let op", "kan meer", "zelfde", "kan minder", "veranderd", "niet meer", "nieuw"]
    assert band.lines[0].text[0][1] == "Tillen en dragen" and [column.day for column in band.columns][:2] == ["16 feb", "2 mrt"]


def test_what_was_not_talked_about_is_compared_with_the_last_time_it_was() -> None:
    found = whole(visit(1, area("d430", kilos=5)), visit(2), visit(3, area("d430", "not_assessed")), visit(4, area("d430", kilos=5)))
    assert marks(found, "d430") == [None, None, None, Arrow.SAME]
    assert [cell.state_text for cell in found.rows[0].cells] == ["aandachtspunt", "niet besproken", "niet besproken", "aandachtspunt"]


def test_what_was_said_last_is_known_also_when_the_last_visit_was_silent() -> None:
    (row,) = whole(visit(1, area("d430", kilos=5)), visit(2, area("d430", kilos=8)), visit(3)).rows
    assert (row.known.last.number, row.known.cell.needed) == (2, "Hooguit 8 kilo per keer.")


def test_an_area_that_never_needed_attention_is_no_row() -> None:
    found = whole(visit(1, area("d430", "no_attention")), visit(2, area("d430", "not_assessed"), area("d450")))
    assert [row.key for row in found.rows] == ["d450"]
    assert area_bands(whole(visit(1), visit(2))) == ()


def test_hours_follow_the_build_up_until_the_next_visit() -> None:
    found = whole(
        visit(1, hours=4, steps=((7, 6), (21, 12))),
        visit(2, hours=8, steps=((7, 10),)),
        visit(3, hours=0, usable="not_now"),
        visit(4),
    )
    days = [(step.day - FIRST).days for step in found.hours]
    assert list(zip(days, (step.hours for step in found.hours), strict=True)) == [(0, 4), (7, 6), (14, 8), (21, 10), (28, 0)]
    plot = hours_plot(found, TODAY)
    assert plot is not None and plot.planned == "" and plot.contract is not None and plot.contract.text == "contract: 36 uur"
    assert [node.at_visit for node in plot.nodes] == [True, False, True, False, True]
    ahead = hours_plot(found, FIRST + dt.timedelta(days=15))
    assert ahead is not None and ahead.planned and ahead.today is not None
    assert [node.is_planned for node in ahead.nodes] == [False, False, False, True, True]
    assert hours_plot(whole(visit(1, hours=4), visit(2)), TODAY) is None, "one number is no line"


def test_a_build_up_that_begins_at_once_stands_beside_what_was_possible_now() -> None:
    found = whole(visit(1, hours=4, steps=((0, 6),)), visit(2, hours=8))
    assert [(step.hours, step.at_visit) for step in found.hours] == [(4, True), (6, False), (8, True)]


def test_a_version_of_the_same_day_takes_the_place_of_the_one_before() -> None:
    repaired = Visit(2, FIRST, "", visit(1, hours=6).sections, BAR, repairs=1)
    found = whole(visit(1, hours=4, steps=((7, 5),)), repaired)
    assert [(step.hours, step.version) for step in found.hours] == [(6, 2)]


def test_the_summary_counts_what_is_and_what_no_longer_is() -> None:
    found = whole(visit(1, area("d430"), area("d450"), hours=0), visit(2, area("d430"), area("d450", "no_attention"), hours=12))
    assert found.summary == (
        "2 gesprekken, van 16 februari 2026 tot en met 2 maart 2026.",
        "Bij het eerste gesprek kon 0 uur per week, bij het laatste 12 uur.",
        "Bij het laatste gesprek: 1 aandachtspunt. 1 eerder aandachtspunt is dat nu niet meer.",
    )


def test_an_older_instrument_goes_on_in_the_same_row() -> None:
    old = Visit(1, FIRST, "", {"areas": [area("d430", kilos=5)]}, OLD)
    found = course((old, visit(2, area("d430", kilos=8))), contract_hours=None)
    assert [row.key for row in found.rows] == ["d430"] and marks(found, "d430") == [None, Arrow.BETTER]


def test_sections_that_are_not_there_are_not_asked_after() -> None:
    bare = [Visit(number, FIRST, "", {}, BAR) for number in (1, 2, 3)]
    found = course(bare, contract_hours=None)
    assert (found.rows, found.hours, [line.answers for line in found.lines]) == ((), (), [(), (), ()])
    assert hours_plot(found, TODAY) is None


# --- by property -----------------------------------------------------------------------------------

KEYS = [item.key for item in BAR.items("areas")][8:14]
ROWS = st.builds(
    area,
    st.sampled_from(KEYS),
    st.sampled_from(["attention", "attention", "no_attention", "not_assessed"]),
    st.none() | st.sampled_from([1, 2, 5, 10]),
    st.sampled_from(["", "Lichte dozen.", "Zware dozen."]),
)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    visits = []
    for number in range(1, draw(st.integers(0, 14)) + 1):
        rows = draw(st.lists(ROWS, max_size=4, unique_by=lambda row: row["item"]))
        clean = [row if row["status"] == "attention" else area(row["item"], row["status"]) for row in rows]
        hours = draw(st.none() | st.integers(0, 40))
        steps = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), max_size=2)) if hours is not None else []
        visits.append(visit(number, *clean, hours=hours, steps=tuple(steps)))
    return course(visits, contract_hours=draw(st.none() | st.sampled_from([8, 36, 40])))


@settings(max_examples=60)
@given(courses(), st.integers(0, 700))
def test_every_version_is_one_column_and_picture_and_table_say_the_same(found: Course, later: int) -> None:
    for row in found.rows:
        assert len(row.cells) == len(found.visits)
        assert sum(period.visits for period in row.periods) == len(found.visits)
        spread = [period.cell.content for period in row.periods for _ in range(period.visits)]
        assert spread == [cell.content for cell in row.cells], "the table tells what the picture shows"
        assert any(cell.state is AreaState.ATTENTION for cell in row.cells)
    for shape in (WIDE, TALL):
        bands = area_bands(found, shape)
        assert [column.version for band in bands for column in band.columns] == (
            [f"versie {one.number}" for one in found.visits] if found.rows else []
        )
        for place, row in enumerate(found.rows):
            drawn = [cell for band in bands for cell in band.lines[place].cells]
            assert [cell.sign for cell in drawn] == [sign_of(cell) for cell in row.cells]
            words = [WORDS[cell.change] if cell.change else "let op" if cell.state is AreaState.ATTENTION else "" for cell in row.cells]
            assert [cell.word for cell in drawn] == words
        assert all(0 <= cell.x <= band.width and line.y <= band.height for band in bands for line in band.lines for cell in line.cells)
        assert all(band.width <= (1080 if shape is WIDE else 288) for band in bands)
    assert {sign for sign, _ in legend(found)} == {sign_of(cell) for row in found.rows for cell in row.cells} <= set(LEGEND)
    _plots_say_the_same(found, FIRST + dt.timedelta(days=later))


def _plots_say_the_same(found: Course, today: dt.date) -> None:
    assert [step.day for step in found.hours] == sorted(step.day for step in found.hours)
    for plot in (hours_plot(found, today), hours_plot(found, today, TALL_PLOT)):
        if plot is None:
            assert len(found.hours) < 2
            continue
        assert len(plot.nodes) == len(found.hours)
        assert all(plot.frame.left <= node.x <= plot.frame.width and plot.frame.top <= node.y <= plot.floor for node in plot.nodes)
        assert plot.nodes[-1].text, "what holds now is always told"
        assert {node.text.replace(",", ".") for node in plot.nodes if node.text} <= {str(step.hours) for step in found.hours}
        assert bool(plot.planned) == (found.hours[-1].day > today)


@settings(max_examples=20)
@given(courses())
def test_nothing_of_what_a_reader_may_not_know_comes_in(found: Course) -> None:
    """The sections above hold no explanation, so none can come out."""
    assert all(cell.explanation == "" for row in found.rows for cell in row.cells)
    assert all(line.explanations == () for line in found.lines)
