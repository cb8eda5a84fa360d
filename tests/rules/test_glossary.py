"""The glossary says what the screens say: its tables of steps and phases are held against the code."""

from pathlib import Path

from dossiers.parts import Role
from dossiers.rules.duties import DUTIES
from dossiers.rules.phases import Phase

ROWS = [
    tuple(cell.strip() for cell in line.strip("|\n ").split("|"))
    for line in (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
]
FIRST_CELLS = {name.strip() for row in ROWS for name in row[0].split(",")}

# Copied by hand from the vocabulary of the design.
VOCABULARY = [
    "Dossier",
    "Absence",
    "Assessment",
    "AreaFinding",
    "FactorFinding",
    "EmployeeView",
    "Possibilities",
    "Prognosis",
    "Advice",
    "Consultation",
    "Thread",
    "Post",
    "Part",
    "Act",
    "Role",
    "Seat",
    "Share",
    "SharePart",
    "Answer",
    "Grant",
    "Touch",
    "SectionDraft",
    "Opened",
    "Extract",
    "LetterCore",
    "Letter",
    "Step",
    "Trail",
]


def test_every_word_of_the_design_is_explained() -> None:
    assert set(VOCABULARY) <= FIRST_CELLS


def test_every_duty_stands_in_it_with_its_names_rule_and_source() -> None:
    rows = {row[0]: row for row in ROWS}
    for kind, duty in DUTIES.items():
        assert rows[kind] == (kind, duty.label, duty.plain, duty.rule, duty.source)


def test_every_phase_and_role_stands_in_it_with_its_names() -> None:
    for phase in Phase:
        assert any(row[0] == phase and row[2:] == (phase.label, phase.plain) for row in ROWS)
    for role in Role:
        assert any(row[:2] == (role, role.label) for row in ROWS)
