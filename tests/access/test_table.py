"""The table in code is the table in docs/access.md, cell by cell; the expected side is parsed from there and never printed by the code."""

import re
from pathlib import Path

import pytest

from consent.access import TABLE
from dossiers.door import Touch
from dossiers.parts import SPECIAL_TOUCHES, Act, Basis, Part, Role

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
LETTERS = {"D": Basis.DUTY, "C": Basis.CONSENT, "S": Basis.SHARED}


def rows_under(heading: str) -> list[list[str]]:
    after = PAGE.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in after.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|- ")]


def expected_table() -> dict[tuple[Role, Touch], Basis]:
    header, *rows = rows_under("Table")
    roles = [Role(name) for name in header[1:]]
    assert roles == list(Role)
    table = {}
    for part, *cells in rows:
        for role, cell in zip(roles, cells, strict=True):
            for act, letter in re.findall(r"([rw]) ([A-Z])", cell):
                table[role, Touch(Part(part), Act.READ if act == "r" else Act.WRITE)] = LETTERS[letter]
    _, *rows = rows_under("Acts of one role")
    for acts, parts, roles_cell in rows:
        for act in acts.split(", "):
            for part in parts.split(", "):
                for name in roles_cell.split(", "):
                    table[Role(name), Touch(Part(part), Act(act))] = Basis.DUTY
    return table


EXPECTED = expected_table()


def test_the_page_has_a_row_for_every_part() -> None:
    assert [row[0] for row in rows_under("Table")[1:]] == [part.value for part in Part]
    assert len(EXPECTED) > 150


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("part", list(Part))
def test_every_cell_of_the_table_says_what_the_page_says(role: Role, part: Part) -> None:
    for act in Act:
        touch = Touch(part, act)
        assert TABLE.get((role, touch)) == EXPECTED.get((role, touch)), f"{role} {act} {part}"


def test_nothing_is_in_the_table_that_the_page_does_not_name() -> None:
    assert dict(TABLE) == EXPECTED


def test_special_acts_are_those_of_the_page() -> None:
    assert set(SPECIAL_TOUCHES) == {(touch.part, touch.act) for _, touch in EXPECTED if touch.act not in {Act.READ, Act.WRITE}}
