"""The fixed sentences of letters: loaded from data, filled in with names, dates and amounts.

A released letter keeps the table it was made with; so nothing here may look a sentence up outside the core.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Final

from dossiers.rules.letter.document import Run, Runs

CURRENT: Final = "standaard-1"
"""The set that new letters are written with."""

_FORMATTER: Final = Formatter()


@cache
def sentence_set(version: str = CURRENT) -> Mapping[str, str]:
    """The sentences of one version by their key ("hours.now"). Raises FileNotFoundError for an unknown one."""
    raw = resources.files("dossiers.rules.letter").joinpath(f"{version}.toml").read_text("utf-8")
    table = tomllib.loads(raw)
    if table.pop("version") != version:
        raise ValueError(f"the file of {version} holds another version")
    return {f"{group}.{key}": text for group, texts in table.items() for key, text in texts.items()}


def lead(key: str) -> str:
    """The lead a letter prints before a field ("still_possible" gives "Dit kan:"), for the form to show."""
    return sentence_set()[f"lead.{key}"]


def fill(template: str, values: Mapping[str, str | Run]) -> Runs:
    """A sentence with its places filled in. Text becomes our own wording, a Run keeps its voice."""
    runs: list[Run] = []
    for text, field, _, _ in _FORMATTER.parse(template):
        if text:
            runs.append(Run(text))
        if field is not None:
            value = values[field]
            runs.append(value if isinstance(value, Run) else Run(value))
    return tuple(run for run in runs if run.text)
