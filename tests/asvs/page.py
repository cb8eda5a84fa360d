"""Reading docs/asvs.md: its rows, and what is wrong with them. Which requirements there are stands in `requirements.py`.

Tests are found by reading their files, never by running them.
"""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.asvs.requirements import LEVELS

ROOT = Path(__file__).resolve().parents[2]
STATES = ("met", "partly", "installation", "not met", "n/a")
ROW = re.compile(r"^\| *(\d+\.\d+\.\d+) *\| *(\d) *\|([^|]*)\|([^|]*)\|([^|]*)\|$")
QUOTED = re.compile(r"`([^`]+)`")
COUNT = re.compile(r"^\| *(met|partly|installation|not met|n/a) *\| *(\d+) *\| *(\d+) *\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement as the page answers it."""

    id: str
    level: int
    about: str
    state: str
    how: str

    @property
    def references(self) -> list[str]:
        """What stands between backticks and points somewhere: a test, a file, a heading."""
        return [
            found for found in QUOTED.findall(self.how) if ("/" in found and "://" not in found) or found.endswith((".py", ".md", ".toml", ".lock"))
        ]

    @property
    def reason(self) -> str:
        """What is said apart from the references."""
        return QUOTED.sub("", self.how).strip(" ;,.")


def rows_of(text: str) -> list[Row]:
    """Every row of every table of the page that begins with a number of a requirement."""
    found = (ROW.match(line) for line in text.splitlines())
    return [Row(one[1], int(one[2]), one[3].strip(), one[4].strip(), one[5].strip()) for one in found if one]


def problems(text: str) -> list[str]:
    """Everything that is wrong with a page, in words; nothing when it is right."""
    rows = rows_of(text)
    looks_like_one = [line for line in text.splitlines() if re.match(r"^\|\s*V?\d+\.\d+\.\d+", line)]
    told = [f"not a row of five cells: {line[:60]}" for line in looks_like_one if not ROW.match(line)]
    counted = Counter(row.id for row in rows)
    told += [f"{one} has no row" for one in LEVELS if one not in counted]
    told += [f"{one} has {times} rows" for one, times in counted.items() if times > 1]
    for row in rows:
        told += [f"{row.id}: {what}" for what in _wrong_with(row)]
    return told + _wrong_counts(text, rows)


def _wrong_with(row: Row) -> list[str]:
    told = []
    if row.id not in LEVELS:
        told.append("no requirement of level 1 or 2")
    elif LEVELS[row.id] != row.level:
        told.append(f"level {LEVELS[row.id]}, not {row.level}")
    if row.state not in STATES:
        told.append(f"{row.state!r} is no state")
    if len(row.about.split()) < 2:
        told.append("does not say what it is about")
    if row.state == "met" and not row.references:
        told.append("is met, and names no test, document or code")
    if row.state != "met" and len(row.reason.split()) < 3:
        told.append("does not say why")
    return told + [f"{found} does not exist" for found in row.references if not exists(found)]


def _wrong_counts(text: str, rows: list[Row]) -> list[str]:
    said = {state: (int(one), int(two)) for state, one, two in COUNT.findall(text)}
    real = {state: tuple(sum(row.state == state and row.level == level for row in rows) for level in (1, 2)) for state in STATES}
    return [f"counted {real[state]} of {state!r}, the page says {said.get(state)}" for state in STATES if said.get(state) != real[state]]


def exists(reference: str) -> bool:
    """Whether a reference leads somewhere: `tests/x.py::test_y`, `docs/x.md#heading`, `bar/x.py`, `bar/folder/`."""
    path, _, name = reference.partition("::")
    if name:
        return path.startswith("tests/") and name.startswith("test_") and name in functions_of(path)
    path, _, anchor = reference.partition("#")
    place = (ROOT / path).resolve()
    if not place.is_relative_to(ROOT) or not place.exists():
        return False
    return not anchor or (place.suffix == ".md" and anchor in anchors_of(path))


@cache
def functions_of(path: str) -> frozenset[str]:
    """The tests of a file: functions at its top, and of its classes."""
    place = ROOT / path
    if not place.is_file():
        return frozenset()
    tree = ast.parse(place.read_text(encoding="utf-8"))
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return frozenset(node.name for body in bodies for node in body if isinstance(node, ast.FunctionDef))


@cache
def anchors_of(path: str) -> frozenset[str]:
    """The headings of a page, as a link names them."""
    text = (ROOT / path).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings)
