"""What a mutant is: one guard of the product, how it is broken, and the tests that must notice.

A value and how it fits the code; which guards there are stands in access.py, walls.py and kept.py, breaking them is for __main__.py.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class DoesNotFit(Exception):
    """The text of a mutant stands in its file not at all, or more than once: the guard moved, and its row must follow."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: `old` stands exactly once in `file`; with `new` in its place each of `tests` is expected to turn red, or one of them."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def broken(self, text: str) -> str:
        """The file without this guard. Raises DoesNotFit."""
        found = text.count(self.old)
        if found != 1:
            raise DoesNotFit(f"{self.name}: its text stands {found} times in {self.file}, not once")
        return text.replace(self.old, self.new)


def missing_tests(guard: Guard, root: Path = ROOT) -> Iterator[str]:
    """The tests of a guard that do not exist (any more)."""
    for test in guard.tests:
        file, _, name = test.partition("::")
        path = root / file
        if not path.exists() or name.partition("[")[0] not in _functions(path):
            yield test


def _functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
