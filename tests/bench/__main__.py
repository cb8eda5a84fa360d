"""`make bench`: what the product costs, one JSON line per figure: a ratio of medians measured in one run on this machine, with the sizes used.

Not a test: no time is asserted. Every subject works in a database of its own, a copy of the migrated template, which is dropped at the end.
`make bench ONLY="letters load"` measures only these subjects; BENCH_SIZE, BENCH_LARGE, BENCH_ROUNDS and BENCH_LINES change how much.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import django


def main() -> int:
    """Measure what is asked for, and tell."""
    os.environ.setdefault("BAR_TEST_SESSION", str(os.getpid()))
    django.setup()
    from dossiers.acting import COMMAND, this_process_is
    from tests.bench import letters, lists, load, pages, verify_trail
    from tests.bench.product import for_real

    for_real()
    this_process_is(COMMAND)
    subjects: Mapping[str, Callable[[], Iterator[dict[str, Any]]]] = {
        "letters": letters.figures,
        "finalise": letters.finalise_figure,
        "worklist": lists.growth_figure,
        "gate": pages.gate_figure,
        "autosave": pages.autosave_figure,
        "trail": verify_trail.figures,
        "filter": lists.filter_figures,
        "load": load.figures,
    }
    chosen = os.environ.get("BENCH_ONLY", "").split() or list(subjects)
    unknown = set(chosen) - subjects.keys()
    if unknown:
        print(f"There is no figure {', '.join(sorted(unknown))}; there are {', '.join(subjects)}.", file=sys.stderr)
        return 2
    for name in chosen:
        began = time.monotonic()
        for line in subjects[name]():
            print(json.dumps(line), flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
