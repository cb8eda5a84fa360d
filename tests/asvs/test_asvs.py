"""docs/asvs.md answers every requirement of level 1 and 2, once, and names only what exists. The checks are tried on pages with one mistake."""

import pytest

from tests.asvs import page
from tests.asvs.page import ROOT, problems
from tests.asvs.requirements import LEVELS

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")


def test_the_standard_has_as_many_requirements_as_it_says() -> None:
    assert len(LEVELS) == 253
    assert sum(level == 1 for level in LEVELS.values()) == 70
    assert sum(level == 2 for level in LEVELS.values()) == 183


def test_every_requirement_has_one_row_that_leads_somewhere() -> None:
    assert not problems(PAGE), "\n".join(problems(PAGE))


def a_row(number: str) -> str:
    return next(line for line in PAGE.splitlines() if line.startswith(f"| {number} |"))


MISTAKES = [
    ("a row is missing", a_row("6.3.3") + "\n", "", "6.3.3 has no row"),
    ("a row stands there twice", a_row("6.3.3"), a_row("6.3.3") + "\n" + a_row("6.3.3"), "6.3.3 has 2 rows"),
    ("a number does not exist", "| 6.3.3 | 2 |", "| 6.3.9 | 2 |", "6.3.9: no requirement of level 1 or 2"),
    ("a level is wrong", "| 6.3.3 | 2 |", "| 6.3.3 | 1 |", "6.3.3: level 2, not 1"),
    ("a test is gone", "::test_there_is_one_place_to_sign_in`", "::test_there_was_one`", "::test_there_was_one does not exist"),
    ("a file is gone", "`docs/decisions/lock-out.md`", "`docs/decisions/lock-in.md`", "docs/decisions/lock-in.md does not exist"),
    ("a heading is gone", "`docs/inventories.md#sessions`", "`docs/inventories.md#session`", "docs/inventories.md#session does not exist"),
    ("a file outside the project", "`docs/decisions/lock-out.md`", "`../../etc/passwd`", "../../etc/passwd does not exist"),
    ("a helper is no test", "::test_there_is_one_place_to_sign_in`", "::type_password`", "::type_password does not exist"),
    ("a state is no state", "| two factors | met |", "| two factors | done |", "6.3.3: 'done' is no state"),
    ("what is met names nothing", a_row("6.3.3"), "| 6.3.3 | 2 | two factors | met | of course it is |", "is met, and names no test"),
    ("what does not apply gives no reason", a_row("4.3.1"), "| 4.3.1 | 2 | GraphQL cost | n/a | - |", "4.3.1: does not say why"),
    ("a cell is missing", a_row("6.3.3"), "| 6.3.3 | 2 | two factors |", "not a row of five cells"),
]


@pytest.mark.parametrize(("old", "new", "told"), [mistake[1:] for mistake in MISTAKES], ids=[mistake[0] for mistake in MISTAKES])
def test_a_page_with_a_mistake_is_refused(old: str, new: str, told: str) -> None:
    assert old in PAGE
    assert any(told in problem for problem in problems(PAGE.replace(old, new)))


def test_a_count_that_is_wrong_is_refused() -> None:
    counted = page.COUNT.findall(PAGE)
    assert [state for state, _, _ in counted] == list(page.STATES)
    state, one, two = counted[0]
    wrong = PAGE.replace(f"| {state} | {one} | {two} |", f"| {state} | {int(one) + 1} | {two} |", 1)
    assert any(f"of '{state}', the page says" in problem for problem in problems(wrong))
