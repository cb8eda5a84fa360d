"""Every attack of the list is tried by a test that carries its number, or has a row in docs/security.md that says what covers it.

The numbers are written out here by hand. Rows that name a test are followed: a test that is gone takes its row with it.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# How many attacks each letter has; those of G, J and K stand in the document as far as there is something to say.
MUST = {"A": 22, "B": 12, "C": 9, "D": 12, "E": 10, "F": 14, "H": 8, "I": 15}
MAY = {"G": 12, "J": 7, "K": 7}
NUMBERED = re.compile(r"test_([a-k]\d{1,2})_", re.IGNORECASE)
DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
ROW = re.compile(r"^\|\s*([A-Z]+\d+)\s*\|\s*(.*?)\s*\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def ids(counts: dict[str, int]) -> set[str]:
    return {f"{letter}{number}" for letter, highest in counts.items() for number in range(1, highest + 1)}


@cache
def known_tests() -> dict[str, set[str]]:
    """The names of the tests of each file."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found[str(path.relative_to(ROOT))] = set(DEFINED.findall(path.read_text(encoding="utf-8")))
    return found


@cache
def rows() -> list[tuple[str, str]]:
    """The rows of the document: a number, and what stands beside it."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return ROW.findall(text)


def carried() -> set[str]:
    """The numbers that tests carry in their names."""
    names = (name for found in known_tests().values() for name in found)
    return {match[1].upper() for name in names if (match := NUMBERED.match(name))}


def test_every_attack_of_the_list_has_a_test_or_a_row() -> None:
    missing = ids(MUST) - carried() - {number for number, _ in rows()}
    assert not missing, f"neither a test nor a row: {', '.join(sorted(missing, key=lambda one: (one[0], int(one[1:]))))}"


def test_every_row_is_about_an_attack_of_the_list_and_says_something() -> None:
    known = ids(MUST) | ids(MAY)
    assert not {number for number, _ in rows()} - known
    assert not {number for number in carried() if number not in known}
    assert not [number for number, said in rows() if len(said) < 20]
    assert not [number for number, count in Counter(number for number, _ in rows()).items() if count > 1]


def test_every_test_that_a_row_names_exists() -> None:
    for number, said in rows():
        for path, name in TEST.findall(said):
            assert name in known_tests().get(path, set()), f"{number}: {path}::{name}"
        assert said.count("tests/") == len(TEST.findall(said)), f"{number}: name a test as `tests/…/test_x.py::test_y`"


def test_no_number_stands_both_in_a_name_and_in_a_row_that_says_it_does_not_apply() -> None:
    for number, said in rows():
        assert number not in carried() or TEST.search(said), f"{number} is tried: its row must not say that it does not apply"
