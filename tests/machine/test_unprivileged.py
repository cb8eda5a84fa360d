"""PostgreSQL does not run as root. As root we lend it a number of its own and, at most, one capability."""

import os
import subprocess
from pathlib import Path

import pytest

from bar.local.problem import LocalProblem
from bar.local.unprivileged import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, NUMBER, before_exec, runner

LOOK = """
import os
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(os.getuid(), os.getgid(), os.getgroups(), int(status["CapEff"], 16), int(status["CapPrm"], 16), os.access(os.environ["FILE"], os.R_OK))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A readable file below a folder that is closed to others."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    file = closed / "file"
    file.write_text("x")
    file.chmod(0o644)
    return file


def looked(file: Path, *, passes: tuple[Path, ...]) -> str:
    who = runner(file.parent / "home", passes=passes)
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", LOOK],
        env={"PATH": os.defpath, "FILE": str(file)},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=before_exec(who),
    )
    return done.stdout.strip()


def test_as_root_the_server_has_a_number_of_its_own_and_passes_closed_folders_only_where_there_are_any(file: Path) -> None:
    if os.geteuid() != 0:
        assert runner(file.parent / "home", passes=(file,)) is None  # only root lends a number
        return
    assert looked(file, passes=(Path("/usr/bin/env"),)) == f"{NUMBER} {NUMBER} [] 0 0 False"
    allowed = {f"{NUMBER} {NUMBER} [] {1 << one} {1 << one} True" for one in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE)}
    assert looked(file, passes=(file,)) in allowed


def test_a_number_that_somebody_has_is_not_taken(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("bar.local.unprivileged.NUMBER", 1)
    with pytest.raises(LocalProblem, match="number 1 is taken"):
        runner(file.parent / "home", passes=())


def test_an_ordinary_user_runs_the_server_as_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert runner(file.parent / "home", passes=(file,)) is None
