"""`python -m bar.local COMMAND …`: any command with the embedded services and their environment.

Only passes on: signals to the command, its exit code to the caller.
"""

import os
import signal
import subprocess
import sys
from types import FrameType

from bar.local import LocalProblem, services


def main(command: list[str]) -> int:
    """Run the command inside the services; its exit code is ours."""
    if not command:
        print("usage: python -m bar.local COMMAND [ARGUMENT …]", file=sys.stderr)
        return 2
    try:
        with services() as environment:
            child = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603

            def pass_on(number: int, _frame: FrameType | None) -> None:
                child.send_signal(number)

            signal.signal(signal.SIGTERM, pass_on)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends Ctrl-C to the command as well
            return child.wait()
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
