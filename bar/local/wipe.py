"""`python -m bar.local.wipe`: throw the embedded database and all that belongs to it away, for a fresh demonstration.

Removes what this project puts there, name by name, and nothing else; refuses while something is running.
"""

import shutil
import sys

from bar.local import folder
from bar.local.embedded import lease_of
from bar.local.problem import LocalProblem

OURS = ("postgres", "postgres.port", "valkey.port", "valkey.log", "letters", "clock", "static", "secrets.json")


def main() -> int:
    """Wipe, or say why not."""
    home = folder()
    if not (home / "secrets.json").exists():
        return 0  # nothing of ours here
    try:
        with lease_of(home).alone():
            for name in OURS:
                path = home / name
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
