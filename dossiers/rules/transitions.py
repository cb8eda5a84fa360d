"""The life of a version, as a table a lawyer can read aloud."""

from typing import Final

# From each status, the statuses that may follow. Draft → final is offering and finalising in one act, after talking it through.
NEXT: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"offered", "final"}),
    "offered": frozenset({"draft", "final"}),
    "final": frozenset(),
}


def may_follow(now: str, then: str) -> bool:
    """Whether a version may go from one status to another; an unknown status may go nowhere."""
    return then in NEXT.get(now, frozenset())
