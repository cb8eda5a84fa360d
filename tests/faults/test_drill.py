"""`manage.py drill` refuses to break what somebody uses; what it judges is judged the same for every drill. F4 is drilled here too, once and only in
`make test-all`; all drills at full size: `make drill`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from pytest_django import Settings

from bar.drill.drills import DRILLS, LONGEST, Found
from bar.drill.work import complaints
from dossiers.models import LetterCopy
from tests.machine.test_local import ROOT, bare, servers
from tests.world import make_world

NAMES = {
    "worker-child",
    "worker-main",
    "broker-down",
    "broker-silent",
    "broker-flushed",
    "database-restart",
    "disk-full",
    "clock-missed",
    "saves",
}


def test_it_refuses_where_people_are_real(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="unset DATABASE_URL"):
        call_command("drill")


def test_it_refuses_a_database_that_was_given(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = True
    monkeypatch.setenv("BAR_EMBEDDED", "0")
    with pytest.raises(CommandError, match="unset DATABASE_URL"):
        call_command("drill")


def test_it_refuses_the_folder_of_a_demonstration_that_somebody_uses(settings: Settings) -> None:
    assert os.environ["BAR_EMBEDDED"] == "1"
    settings.DEMO, settings.VAR = True, Path("/somewhere/var")
    with pytest.raises(CommandError, match="a data folder of its own"):
        call_command("drill")


def test_what_is_no_drill_is_named(settings: Settings) -> None:
    settings.DEMO, settings.VAR = True, Path("/somewhere/var/drill")
    with pytest.raises(CommandError, match="Not a drill: aardbeving"):
        call_command("drill", "aardbeving")


def test_every_fault_that_is_promised_has_its_drill() -> None:
    assert set(DRILLS) == NAMES


@pytest.mark.parametrize(
    "changed",
    [{"complaints": ["a confirmed text is not stored"]}, {"seconds": LONGEST + 0.1}, {"not_done": "no room"}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_drill_is_well_only_when_nothing_is_lost_doubled_slow_or_left_out(changed: dict[str, object]) -> None:
    assert Found("saves", "so many saves").is_well
    assert not Found("saves", "so many saves", **changed).is_well  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_count_afterwards_sees_a_letter_that_is_lost_and_one_that_is_doubled() -> None:
    world = make_world(shares=False, render=True)
    assert complaints([world.dossier]) == []
    copy = LetterCopy.objects.filter(letter__dossier=world.dossier).first()
    assert copy is not None
    storages["letters"].save(f"{copy.pk}/another.sealed", ContentFile(b"x"))
    assert any("stored 2 times" in line for line in complaints([world.dossier]))
    LetterCopy.objects.filter(pk=copy.pk).update(state="waiting")
    assert any("is lost" in line for line in complaints([world.dossier]))
    storages["letters"].delete(f"{copy.pk}/another.sealed")


@pytest.mark.slow
@pytest.mark.machine
def test_f4_a_worker_that_is_killed_in_mid_render_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """A real worker, killed with SIGKILL while a child of it draws: first that child, then the worker itself."""
    command = [sys.executable, "manage.py", "drill", "worker-child", "worker-main", "--times", "1", "--json"]
    try:
        done = subprocess.run(command, cwd=ROOT, env=bare(tmp_path / "var"), capture_output=True, text=True, timeout=900, check=False)
    finally:
        for process in servers(tmp_path / "var" / "drill"):
            process.kill()
    assert done.returncode == 0, done.stdout + done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(one["name"], one["is_well"], one["figures"]["kills"]) for one in told] == [("worker-child", True, 1), ("worker-main", True, 1)]
