"""Reading a backup: first whole, to see that nothing is missing, and then into an empty database with its letters.

It fills a database and nothing else; what has to happen before people may use it again is in `restore.py`.
"""

import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from bar.backup import manifest as told
from bar.backup.make import DATABASE, LETTERS, MANIFEST, first_line
from bar.backup.manifest import Connection, Manifest
from bar.backup.problem import BackupProblem
from bar.backup.programs import environment_of, program
from bar.backup.stream import DAMAGED, Opening
from bar.database import UNFINISHED

RESTORE = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction")


def examine(path: Path) -> Manifest:
    """Read the whole file, so that one that was cut off is refused before anything is changed; gives what it says about itself."""
    with closing(_members(path)) as members:
        manifest = _manifest(members)
        parts = sum(1 for name, _ in members if name.startswith(DATABASE))
    if not parts:
        raise BackupProblem(DAMAGED)
    return manifest


def begin(connection: Connection) -> None:
    """Take this empty database for a restore, and say in it that one is under way until `restore.py` has closed everything. What a restore that
    was cut off left behind goes first: nobody had rights on it."""
    found = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s)), to_regnamespace(%s) IS NOT NULL", [UNFINISHED, UNFINISHED]).fetchone()
    if found is None or not found[0]:
        raise BackupProblem("Another restore into this database is under way.")
    if found[1]:
        empty(connection)
    must_be_empty(connection)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {UNFINISHED}")


def empty(connection: Connection) -> None:
    """Throw everything away again."""
    connection.execute("DROP SCHEMA public CASCADE")
    connection.execute("CREATE SCHEMA public")
    connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")  # as PostgreSQL makes it


def must_be_empty(connection: Connection) -> None:
    """Refuse a database that holds any table: nothing is ever overwritten."""
    found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if found != (0,):
        raise BackupProblem(
            "The database is not empty, and a restore never overwrites anything. Make a new, empty database of the same owner, name it in "
            "DATABASE_URL and DATABASE_OWNER_URL (a drill: --database), and try again."
        )


def pour(path: Path, database: Mapping[str, Any], *, name: str, then: Callable[[], None], letter: Callable[[str, bytes], None]) -> None:
    """Fill this (empty) database, call `then`, and give every letter to `letter`. In one transaction: it is filled whole or stays empty."""
    with closing(_members(path)) as members:
        manifest = _manifest(members)
        with tempfile.TemporaryFile() as said:
            command = [str(program("pg_restore", at_least=manifest.server)), *RESTORE, f"--dbname={name}"]
            place = environment_of({**database, "NAME": name})
            filling = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=place)  # noqa: S603 -- fixed program
            try:
                is_filled = False
                for member, content in members:
                    if member.startswith(DATABASE):
                        _feed(filling, content, said)
                    elif member.startswith(LETTERS):
                        if not is_filled:
                            _finish(filling, said)
                            then()
                        is_filled = True
                        letter(member.removeprefix(LETTERS), content)
                if not is_filled:
                    _finish(filling, said)
                    then()
            finally:
                if filling.poll() is None:
                    filling.kill()
                    filling.wait()


def _feed(filling: "subprocess.Popen[bytes]", content: bytes, said: IO[bytes]) -> None:
    assert filling.stdin is not None
    try:
        filling.stdin.write(content)
    except BrokenPipeError:
        _finish(filling, said)
        raise BackupProblem("pg_restore stopped before the end; nothing was restored.") from None


def _finish(filling: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
    assert filling.stdin is not None
    try:
        filling.stdin.close()
    except BrokenPipeError:
        pass
    if filling.wait() != 0:
        raise BackupProblem(f"pg_restore failed, so the database is still empty: {first_line(said)}")


def _members(path: Path) -> Generator[tuple[str, bytes]]:
    """Every member of the archive, with what it holds. Only reading fails here: what the caller does in between is no matter of the file."""
    try:
        with path.open("rb") as file, tarfile.open(fileobj=Opening(file), mode="r|") as archive:  # type: ignore[call-overload]
            for member in archive:
                content = archive.extractfile(member)
                assert content is not None
                yield member.name, content.read()
    except tarfile.TarError as problem:
        raise BackupProblem(DAMAGED) from problem
    except OSError as problem:
        raise BackupProblem(f"{path} cannot be read: {problem.strerror}.") from problem


def _manifest(members: Iterator[tuple[str, bytes]]) -> Manifest:
    name, content = next(members, ("", b""))
    if name != MANIFEST:
        raise BackupProblem(DAMAGED)
    return told.read(content)
