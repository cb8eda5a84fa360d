"""How a figure is measured: both sides in turns, so that a busy moment is shared, and the median of each.

A ratio of medians says something on any machine; seconds alone do not. Nothing of the product is known here.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Side:
    """One of two things to compare: `job` is measured inside `around`; what `before` does is not measured."""

    name: str
    job: Callable[[], object]
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    before: Callable[[], object] = lambda: None


def compared(figure: str, measured: Side, beside: Side, *, rounds: int, goal: float, **sizes: Any) -> dict[str, Any]:
    """The medians of both sides in seconds, and the ratio of the first to the second."""
    times: dict[str, list[float]] = {measured.name: [], beside.name: []}
    for place in range(rounds + 1):
        for side in (measured, beside):
            side.before()
            with side.around():
                began = time.perf_counter()
                side.job()
                spent = time.perf_counter() - began
            if place:  # the first time of each warms up
                times[side.name].append(spent)
    one, other = (statistics.median(times[side.name]) for side in (measured, beside))
    seconds = {f"{measured.name}_s": round(one, 4), f"{beside.name}_s": round(other, 4)}
    return {"figure": figure, **sizes, "rounds": rounds, **seconds, **verdict(one / other, goal)}


def verdict(ratio: float, goal: float) -> dict[str, Any]:
    """A ratio beside its goal."""
    return {"ratio": round(ratio, 2), "goal": goal, "within_goal": ratio <= goal}


def percentile(values: list[float], hundredths: int) -> float:
    """The value below which so many hundredths lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * hundredths // 100) - 1)]
