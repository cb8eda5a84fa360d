"""The table of mutants keeps up with the code: every text still stands in its file exactly once, and every named test exists."""

import ast

import pytest

from tests.mutants.guard import ROOT, DoesNotFit, Guard, missing_tests
from tests.mutants.guards import GUARDS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_the_text_of_every_mutant_stands_in_its_file_once_and_its_tests_exist(guard: Guard) -> None:
    broken = guard.broken((ROOT / guard.file).read_text("utf-8"))
    ast.parse(broken)
    assert list(missing_tests(guard)) == []


def test_no_guard_is_named_twice_and_there_are_enough_of_them() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS) >= 30


def test_a_guard_that_moved_is_said() -> None:
    guard = Guard("moved", "consent/gate.py", "x", "y", ("tests/mutants/test_fit.py::test_that_is_not_there",))
    with pytest.raises(DoesNotFit, match="stands 2 times"):
        guard.broken("x x")
    with pytest.raises(DoesNotFit, match="stands 0 times"):
        guard.broken("")
    assert list(missing_tests(guard)) == ["tests/mutants/test_fit.py::test_that_is_not_there"]
