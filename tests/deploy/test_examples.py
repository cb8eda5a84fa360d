"""The examples for whoever runs an installation do what the manuals promise: the nightly backup, the settings and the command for Debian."""

import datetime as dt
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy import compose
from tests.deploy.compose import ROOT
from tests.deploy.test_files import GIVEN, names_read, plain

EXAMPLES = ROOT / "docs/examples"
# Stand-ins for an engine and for another machine. What an engine is asked to make is made, unless it is said to fail.
DOCKER = """#!/bin/sh
case "$*" in
    "compose run --rm -T manage python manage.py backup /backups/"*) [ -n "$NOTHING" ] || : > "$BAR_BACKUPS/${9##*/}"; exit "${ENDS:-0}" ;;
    "compose exec -T worker sh -c if [ -e /"*) echo "$7" ;;
    *) exit 99 ;;
esac
"""
RSYNC = """#!/bin/sh
[ -z "$AWAY" ] && cp "$2" "$3"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folders of a night, with a backup of five weeks ago and one of yesterday."""
    for name in ("bin", "here", "elsewhere"):
        (tmp_path / name).mkdir()
    for name, script in (("docker", DOCKER), ("rsync", RSYNC)):
        (tmp_path / "bin" / name).write_text(script, encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    for name, days in (("bar-old.bar", 40), ("bar-new.bar", 1)):
        then = (dt.datetime.now() - dt.timedelta(days=days)).timestamp()
        (tmp_path / "here" / name).touch()
        os.utime(tmp_path / "here" / name, (then, then))
    return tmp_path


def night(place: Path, *what: str, **more: str) -> int:
    given = {"BAR_HOME": str(place), "BAR_BACKUPS": str(place / "here"), "BAR_ELSEWHERE": str(place / "elsewhere")}
    path = f"{place}/bin:{os.defpath}"
    return subprocess.run(["sh", EXAMPLES / "bar-backup", *what], env={"PATH": path, **given, **more}, timeout=60, check=False).returncode


def files(folder: Path) -> list[str]:
    return sorted(re.sub(r"\d{4}-\d\d-\d\d-\d{4}", "TONIGHT", path.name) for path in folder.iterdir())


@pytest.mark.parametrize("ends", [0, 1])
def test_a_night_makes_a_backup_copies_it_and_forgets_what_is_too_old(place: Path, ends: int) -> None:
    """1: a letter is missing in it. It is made and copied like any other, and whoever looks after it is told."""
    assert night(place, ENDS=str(ends)) == ends
    assert files(place / "elsewhere") == ["bar-TONIGHT.bar"]
    assert files(place / "here") == ["bar-TONIGHT.bar", "bar-new.bar"]


@pytest.mark.parametrize("wrong", [{"NOTHING": "1", "ENDS": "1"}, {"AWAY": "1"}])
def test_a_night_that_fails_says_so_and_removes_nothing(place: Path, wrong: dict[str, str]) -> None:
    assert night(place, **wrong) != 0
    assert {"bar-old.bar", "bar-new.bar"} <= set(files(place / "here"))


def test_what_was_closed_and_the_checkpoints_are_copied_from_where_they_are_written(place: Path) -> None:
    assert night(place, "small") == 0
    given = compose.read(GIVEN)["services"]["worker"]["environment"]
    for name in ("CONSENT_LEDGER", "TRAIL_CHECKPOINTS"):
        assert f"cat {given[name]};" in (place / "elsewhere" / Path(given[name]).name).read_text(encoding="utf-8")
    assert "rsync --append " in (EXAMPLES / "bar-backup").read_text(encoding="utf-8"), "what is there is never written over"


def test_the_settings_for_debian_are_those_of_the_containers() -> None:
    said = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (EXAMPLES / "env.debian").read_text(encoding="utf-8"), re.MULTILINE))
    assert {plain(name) for name in said} <= names_read()
    web = compose.read(GIVEN)["services"]["web"]["environment"]
    empty = {name for name, value in web.items() if str(value).startswith("/run/secrets/") and name not in said}
    assert empty == {"S3_SECRET_KEY_FILE"}, "only for a bucket"
    secrets = {name: value for name, value in said.items() if name.endswith("_FILE")}
    assert secrets == {name: str(web[name]).replace("/run/", "/etc/bar/") for name in secrets}
    assert said.keys() >= {"ALLOWED_HOSTS", "BASE_URL", "BAR_VAR", "STATIC_ROOT", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST"}


def test_on_debian_what_serves_cannot_read_what_only_the_owner_may_know() -> None:
    services = compose.read(GIVEN)["services"]
    every = {secret for service in services.values() for secret in service.get("secrets", [])}
    apart = every - set(services["web"]["secrets"])
    manual = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    for act in ("chown root:root", "chmod 0400"):
        assert set(re.findall(rf"{act} (.+?)(?: &&|'|$)", manual, re.MULTILINE)) == {" ".join(sorted(apart))}
    handed = set(re.findall(r"LoadCredential=(\w+):/etc/bar/secrets/\1 ", (EXAMPLES / "bar-manage").read_text(encoding="utf-8")))
    assert handed == set(services["manage"]["secrets"]) - set(services["web"]["secrets"])
    assert not apart & set(re.findall(r"secrets/(\w+)", (EXAMPLES / "env.debian").read_text(encoding="utf-8")))
