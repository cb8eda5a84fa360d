#!/usr/bin/env python
"""The command line. Without DATABASE_URL and REDIS_URL every command brings its own PostgreSQL and Valkey (`bar/local`).

Nothing is decided here: it only makes sure that a command finds its services, and that they stop with it.
"""

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

from bar.local import LocalProblem, folder, services

if TYPE_CHECKING:
    from dossiers.sealed import SealBroken

OURS = {"bar", "consent", "dossiers", "instrument"}
NEED_NO_DATA = {"demo", "drill", "migrate", "restore", "restore_drill"}  # they bring the database up to date themselves, or want an empty one


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bar.settings")
    signal.signal(signal.SIGTERM, _end)
    if sys.argv[1:2] == ["drill"]:
        os.environ["BAR_VAR"] = str(folder() / "drill")  # it breaks things: never in a folder that somebody uses
    try:
        with services() as environment:
            os.environ.update(environment)
            _run(sys.argv)
    except LocalProblem as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


def _run(arguments: list[str]) -> None:
    # Django reads the environment when it is imported, so not before the services have filled it.
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedTable

    from bar.database import is_migrated, let_go
    from dossiers.acting import COMMAND, this_process_is

    this_process_is(COMMAND)
    try:
        _prepare(arguments)
        execute_from_command_line(arguments)
    except ProgrammingError as error:
        if isinstance(error.__cause__, UndefinedTable) and not is_migrated():
            sys.exit("The database is empty or out of date. Run `python manage.py migrate` first.")
        raise
    except Exception as error:
        from dossiers.sealed import SealBroken

        if isinstance(error, SealBroken):
            _tell_broken(error)
        raise
    finally:
        let_go()


def _tell_broken(broken: "SealBroken") -> None:
    """A value that does not open ends a command with a sentence, and stands in the trail of its dossier."""
    from dossiers.broken import by_system, note_broken
    from dossiers.trail import COMMAND

    note_broken(broken, by_system(role=COMMAND))
    sys.exit("Something that is stored does not open with the keys in SEALING_KEYS. Which dossier it is stands in the log and in its trail.")


def _prepare(arguments: list[str]) -> None:
    """Our own commands work on data: give them an up-to-date database."""
    import django
    from django.core.management import CommandError, get_commands

    from bar.database import ready

    if len(arguments) < 2 or {"-h", "--help"} & set(arguments):
        return
    django.setup()
    home = str(get_commands().get(arguments[1], "")).split(".", maxsplit=1)[0]
    if home in OURS and arguments[1] not in NEED_NO_DATA:
        try:
            ready()
        except CommandError as error:
            sys.exit(str(error))


def _end(_number: int, _frame: FrameType | None) -> None:
    """End as after Ctrl-C: whatever is open gets closed."""
    sys.exit(143)


if __name__ == "__main__":
    main()
