"""The embedded services, as a person meets them: nothing prepared, several commands at once, and processes that die.

Every test works in a folder of its own, with real servers; none touches the services of this test run. The normal run proves what is secret and
what is refused; what dies and comes back is for `make test-all`, for every test makes a PostgreSQL.
"""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bar.local import postgres

pytestmark = pytest.mark.machine

ROOT = Path(__file__).resolve().parents[2]
FILLED = {"BAR_DEMO", "BAR_SECURE", "BAR_EMBEDDED", "BAR_TEST_SERVICES", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
SECRETS = {"SECRET_KEY", "SEALING_KEYS", "HASH_KEY"}
SHOW = "import os; print(os.environ['DATABASE_URL']); print(os.environ['REDIS_URL'])"


def bare(home: Path, **extra: str) -> dict[str, str]:
    """The environment of somebody who has set nothing."""
    return {name: value for name, value in os.environ.items() if name not in FILLED | SECRETS} | {"BAR_VAR": str(home), **extra}


def run(home: Path, *command: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bar.local", *command], cwd=ROOT, env=bare(home, **extra), capture_output=True, text=True, timeout=120, check=False
    )


def python(home: Path, code: str) -> str:
    done = run(home, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def servers(home: Path) -> list[psutil.Process]:
    """The servers that live in this folder: PostgreSQL works in its data folder, Valkey listens on its port."""
    port = (home / "valkey.port").read_text() if (home / "valkey.port").exists() else "-"
    found = []
    for process in psutil.process_iter(["name", "cmdline", "cwd"]):
        is_database = process.info["name"] == "postgres" and process.info["cwd"] == str(home / "postgres" / "data")
        is_broker = process.info["name"] == "valkey-server" and f":{port}" in " ".join(process.info["cmdline"] or [])
        if is_database or is_broker:
            found.append(process)
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for services, below one that is closed to everybody else; nothing may be left running in it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "var"
    yield home
    left = servers(home)
    for process in left:
        process.kill()
    assert not left, f"left running: {left}"


def start_and_stay(home: Path) -> "subprocess.Popen[str]":
    """A command that says when it is up and stays."""
    staying = subprocess.Popen(
        [sys.executable, "-m", "bar.local", sys.executable, "-uc", f"{SHOW}; import time; time.sleep(300)"],
        cwd=ROOT,
        env=bare(home),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert staying.stdout is not None
    assert staying.stdout.readline().startswith("postgresql://bar_app:")
    assert {process.info["name"] for process in servers(home)} == {"postgres", "valkey-server"}
    return staying


def permissions(paths: set[Path]) -> dict[Path, tuple[int, int, int]]:
    return {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in paths}


def test_a_real_database_with_two_roles_and_a_broker(home: Path) -> None:
    code = """
import os, psycopg, redis
for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
    with psycopg.connect(os.environ[name]) as database:
        print(*database.execute("SELECT current_user, rolsuper, rolcreatedb, current_database(), pg_get_userbyid(datdba), getdatabaseencoding() "
              "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()").fetchone())
        print(*[row[0] for row in database.execute("SELECT extname FROM pg_extension ORDER BY 1")])
        print(*[database.execute(f"SHOW {name}").fetchone()[0] for name in
              ("log_parameter_max_length", "log_parameter_max_length_on_error", "log_min_error_statement", "log_error_verbosity", "fsync")])
print(redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
"""
    assert python(home, code).splitlines() == [
        "bar_app False False bar bar_owner UTF8",
        "btree_gist plpgsql",
        "0 0 panic terse on",
        "bar_owner False True bar bar_owner UTF8",
        "btree_gist plpgsql",
        "0 0 panic terse on",
        "True",
    ]
    assert not servers(home), "the last one out did not stop the services"


def test_i4_the_database_does_not_log_what_somebody_typed(home: Path) -> None:
    """An error that quotes its value, one that quotes its line, one whose detail shows the row, and one that took a while."""
    wrong = (
        ("SELECT %s::date", "KANARIE-9f3a"),
        ("SELECT '{}'::jsonb || %s::jsonb", '{"KANARIE-9f3a": }'),
        ("INSERT INTO kept (name, kind) VALUES (%s, NULL)", "KANARIE-9f3a"),
        ("SELECT pg_sleep(0.01), 1 / length(repeat('', length(%s)))", "KANARIE-9f3a"),
    )
    code = f"""
import os, psycopg
with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as database:
    database.execute("CREATE TABLE kept (name text, kind text NOT NULL)")
    for statement, typed in {wrong!r}:
        try:
            database.execute(statement, [typed])
        except psycopg.Error as problem:
            print("KANARIE-9f3a" in f"{{problem}} {{problem.diag.message_detail}}")
"""
    assert python(home, code).split() == ["True", "True", "True", "False"], "the first three tell their value to who asked"
    log = (home / "postgres" / "log").read_text("utf-8", errors="replace")
    assert "database system is ready" in log and "KANARIE" not in log


def test_nothing_that_is_secret_can_be_read_by_another_and_no_permission_changes(home: Path) -> None:
    program = postgres._program("postgres")
    watched = {*home.parents, *program.parents, *program.parent.iterdir(), *(program.parent.parent / "lib").iterdir()}
    before = permissions(watched)
    with_others = stat.S_IRWXG | stat.S_IRWXO
    run(home, "true")
    assert permissions(watched) == before
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert (home / "postgres").stat().st_mode & with_others == 0
    assert (home / "postgres" / "data").stat().st_mode & with_others == 0
    assert not (home / "postgres" / "password").exists()


def test_a_password_is_on_no_command_line_and_in_no_log(home: Path) -> None:
    staying = start_and_stay(home)
    try:
        lines = " ".join(" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))
        logs = (home / "valkey.log").read_text() + (home / "postgres" / "log").read_text()
        secrets = (home / "secrets.json").read_text().split('"')[3::4]
        assert len(secrets) == 8
        assert not [secret for secret in secrets if secret in lines + logs]
    finally:
        staying.terminate()
        staying.wait(60)


@pytest.mark.slow
def test_what_was_stored_is_there_the_next_time(home: Path) -> None:
    python(home, "import os, psycopg; psycopg.connect(os.environ['DATABASE_OWNER_URL'], autocommit=True).execute('CREATE TABLE kept (x int)')")
    assert (
        python(home, "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_OWNER_URL']).execute('SELECT * FROM kept').fetchall())")
        == "[]\n"
    )


@pytest.mark.slow
def test_a_second_command_attaches_and_the_last_one_out_stops(home: Path) -> None:
    first = start_and_stay(home)
    assert first.stdout is not None
    broker = first.stdout.readline()
    pids = {process.pid for process in servers(home)}
    assert python(home, SHOW).splitlines()[1] == broker.strip()
    assert pids <= {process.pid for process in servers(home)}, "the second command stopped what the first still uses"
    second = start_and_stay(home)
    first.terminate()
    first.wait(60)
    assert pids <= {process.pid for process in servers(home)}, "the first to come is not the one who decides"
    second.terminate()
    second.wait(60)
    assert not servers(home)


@pytest.mark.slow
def test_a_killed_starter_leaves_services_that_the_next_one_uses_and_stops(home: Path) -> None:
    first = start_and_stay(home)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(60)
    assert {process.info["name"] for process in servers(home)} == {"postgres", "valkey-server"}, "the servers went down with the one who started them"
    assert python(home, SHOW)
    assert not servers(home)


@pytest.mark.slow
def test_killed_servers_are_started_again(home: Path) -> None:
    first = start_and_stay(home)
    for process in servers(home):
        process.kill()
    until = time.monotonic() + 10
    while servers(home) and time.monotonic() < until:
        time.sleep(0.05)
    assert not servers(home)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(60)
    assert (home / "postgres" / "data" / "postmaster.pid").exists(), "no stale pid file: this test tests nothing"
    assert python(home, SHOW)


@pytest.mark.slow
def test_a_stop_signal_ends_the_command_and_the_services(home: Path) -> None:
    staying = start_and_stay(home)
    staying.send_signal(signal.SIGTERM)
    assert staying.wait(60) != 0
    assert not servers(home)


@pytest.mark.slow
def test_the_exit_code_is_that_of_the_command(home: Path) -> None:
    assert run(home, sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_half_an_environment_is_refused_in_words(home: Path) -> None:
    done = run(home, "true", DATABASE_URL="postgresql://a:b@127.0.0.1/c")
    assert done.returncode == 1
    assert "Set both DATABASE_URL and REDIS_URL" in done.stderr


@pytest.mark.slow
def test_data_of_another_version_is_refused_in_words(home: Path) -> None:
    run(home, "true")
    (home / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    done = run(home, "true")
    assert done.returncode == 1
    assert "made by PostgreSQL 9" in done.stderr
    assert "make demo-reset" in done.stderr


@pytest.mark.slow
def test_any_management_command_works_with_nothing_prepared(home: Path) -> None:
    for arguments in (["check"], ["migrate", "--verbosity=0"], ["migrate", "--check"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=bare(home), capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stderr
    assert not servers(home)


@pytest.mark.slow
def test_wiping_refuses_while_somebody_works_and_takes_only_what_is_ours(home: Path) -> None:
    wipe = [sys.executable, "-m", "bar.local.wipe"]
    staying = start_and_stay(home)
    (home / "of-somebody-else").write_text("x")
    done = subprocess.run(wipe, cwd=ROOT, env=bare(home), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Stop it first" in done.stderr
    os.killpg(staying.pid, signal.SIGKILL)  # leaves the servers running: wiping stops them first
    staying.wait(60)
    assert subprocess.run(wipe, cwd=ROOT, env=bare(home), timeout=60, check=False).returncode == 0
    assert {path.name for path in home.iterdir()} == {"of-somebody-else", "gate.lock", "lease.lock"}
    assert not servers(home)
