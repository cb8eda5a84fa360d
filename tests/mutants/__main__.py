"""`make mutants`: breaks named guards of the product one by one, in a copy, and expects a test to notice each.

    python -m tests.mutants [--working] [part of a name …]

Works on a copy of what is committed (`--working`: of what is on disk), never on the working tree, with services of its own. Exit code 1 when a
mutant survives, when a text no longer fits, or when the tests are not green to begin with.
"""

import argparse
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from bar.local import LocalProblem, services
from tests.mutants.guard import ROOT, DoesNotFit, Guard, missing_tests
from tests.mutants.guards import GUARDS

LONGEST = 300  # seconds for the tests of one mutant; one that hangs is not a test that turns red
GREEN, RED = 0, 1  # pytest's own exit codes


def main() -> int:
    """Break what was asked for; the exit code."""
    asked = argparse.ArgumentParser(prog="make mutants", description="Break named guards one by one; each must turn a test red.")
    asked.add_argument("--working", action="store_true", help="what is on disk, not what is committed")
    asked.add_argument("names", nargs="*", help="only guards with this in their name")
    given = asked.parse_args()
    guards = [guard for guard in GUARDS if not given.names or any(name in guard.name for name in given.names)]
    if not guards:
        print("No guard has that in its name.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the copy and its services go when somebody stops this
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "tree"
        copy_tree(copy, working=given.working)
        os.environ.update({"BAR_TEST_SERVICES": "1", "BAR_VAR": f"{folder}/var", "BAR_TEST_SESSION": str(os.getpid())})
        try:
            with services() as environment:
                return run(guards, copy, {**os.environ, **environment})
        except LocalProblem as problem:
            print(problem, file=sys.stderr)
            return 1


def copy_tree(copy: Path, *, working: bool) -> None:
    """The tree as it is committed, or as it stands on disk without what git ignores."""
    copy.mkdir()
    if working:
        listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
        for name in filter(None, listed):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).write_bytes((ROOT / name).read_bytes())
        return
    with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", "HEAD"))) as archive:
        archive.extractall(copy, filter="data")


def run(guards: Sequence[Guard], copy: Path, environment: Mapping[str, str]) -> int:
    """First everything green, then one mutant after another."""
    troubles = [f"{guard.name}: there is no {test}" for guard in guards for test in missing_tests(guard, copy)]
    if troubles:
        print("\n".join(troubles))
        return 1
    started = time.monotonic()
    every = sorted({test for guard in guards for test in guard.tests})
    code, words = tested(every, copy, environment, longest=10 * LONGEST)
    if code != GREEN:
        print(f"Not green before anything was broken:\n{words}")
        return 1
    print(f"{len(every)} tests are green before anything is broken ({time.monotonic() - started:.0f} s).", flush=True)
    failed = [guard for guard in guards if not noticed(guard, copy, environment)]
    print(f"{len(guards) - len(failed)} of {len(guards)} broken guards turned a test red ({time.monotonic() - started:.0f} s).")
    return 1 if failed else 0


def noticed(guard: Guard, copy: Path, environment: Mapping[str, str]) -> bool:
    """Whether a test fails without this guard; says so on a line of its own."""
    path, started = copy / guard.file, time.monotonic()
    text = path.read_text("utf-8")
    try:
        path.write_text(guard.broken(text), "utf-8")
        code, words = tested(guard.tests, copy, environment, longest=LONGEST)
    except DoesNotFit as problem:
        print(f"FITS NOT   {problem}", flush=True)
        return False
    finally:
        path.write_text(text, "utf-8")
    red = [line.removeprefix("FAILED ").split(" - ")[0] for line in words.splitlines() if line.startswith("FAILED ")]
    # A mutant that breaks the start, or hangs, proves nothing about the test that should notice it.
    verdict = "red       " if code == RED and red else "SURVIVED  " if code == GREEN else "BROKEN    "
    print(f"{verdict} {guard.name}: {red[0] if red else ', '.join(guard.tests)} ({time.monotonic() - started:.0f} s)", flush=True)
    if verdict.startswith("BROKEN"):
        print(words[-2000:])
    return verdict.startswith("red")


def tested(tests: Sequence[str], copy: Path, environment: Mapping[str, str], *, longest: int) -> tuple[int, str]:
    """pytest's exit code and what it said; -1 when it took too long. Without compiled files: a mutant is as old and often as long as the original."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "--tb=short", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env={**environment, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, timeout=longest, check=False
        )
    except subprocess.TimeoutExpired:
        return -1, f"took longer than {longest} seconds"
    return done.returncode, done.stdout + done.stderr


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
