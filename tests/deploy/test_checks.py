"""`manage.py check --deploy`: silent on the settings of docker-compose.yml, and it names each thing that is not safe."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from bar import checks
from tests.deploy import compose
from tests.deploy.test_files import GIVEN
from tests.machine.test_settings import PRODUCTION, manage

SAFE: dict[str, Any] = {
    "DEMO": False,
    "SECOND_FACTOR": True,
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "ALLOWED_HOSTS": ["dossier.example"],
    "BASE_URL": "https://dossier.example",
    "PROXIES": 1,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
}


def said(**changed: Any) -> set[str]:
    with override_settings(**(SAFE | changed)):
        return {message.id or "" for message in checks.installation(None)}


def test_the_settings_of_the_compose_file_are_silent(tmp_path: Path) -> None:
    given = compose.read(GIVEN)["services"]["web"]["environment"]
    secrets = {
        "SECRET_KEY": PRODUCTION["SECRET_KEY"],
        "SECRET_KEY_FALLBACKS": "",
        "SEALING_KEYS": PRODUCTION["SEALING_KEYS"],
        "METRICS_TOKEN": "w" * 40,
    }
    values = {name: str(value) for name, value in given.items() if not str(value).startswith("/run/")}
    for name in (name for name, value in given.items() if str(value).startswith("/run/")):
        (tmp_path / name).write_text(secrets.get(name.removesuffix("_FILE"), "iets-anders") + "\n", encoding="utf-8")
        values[name] = str(tmp_path / name)
    without = {name for name in PRODUCTION if f"{name}_FILE" in values}
    done = manage("check", "--deploy", "--fail-level", "WARNING", unset=without, **values)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("id", "changed"),
    [
        ("bar.E001", {"DEMO": True}),
        ("bar.E001", {"DEBUG": True}),
        ("bar.E002", {"ALLOWED_HOSTS": ["*"]}),
        ("bar.E002", {"ALLOWED_HOSTS": [".example"]}),
        ("bar.E003", {"ADMINS": [("A", "a@b.test")]}),
        ("bar.E004", {"MIDDLEWARE": ["django.middleware.cache.FetchFromCacheMiddleware"]}),
        ("bar.E004", {"MIDDLEWARE": ["django.middleware.gzip.GZipMiddleware"]}),
        ("bar.E005", {"SECOND_FACTOR": False}),
        ("bar.E005", {"SESSION_COOKIE_NAME": "sessionid"}),
        ("bar.E006", {"SECRET_KEY": "x" * 50, "HASH_KEY": "x" * 50}),
        ("bar.E007", {"DATA_UPLOAD_MAX_MEMORY_SIZE": None}),
        ("bar.E008", {"BASE_URL": "http://dossier.example"}),
        ("bar.W009", {"PROXIES": 0}),
        ("bar.E012", {"STATIC_ROOT": Path("/")}),
        ("bar.E013", {"ROOT_URLCONF": "tests.machine.answers"}),
    ],
)
def test_what_is_not_safe_is_named(settings: Any, id: str, changed: dict[str, Any]) -> None:  # noqa: A002
    assert said() == set()
    assert id in said(**changed)


@pytest.mark.parametrize("changed", [{"CONN_HEALTH_CHECKS": False}, {"CONN_MAX_AGE": 60}, {"OPTIONS": {}}])
def test_a_database_without_its_pool_or_health_checks_is_named(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "DATABASES", {"default": {**settings.DATABASES["default"], **changed}})
    assert "bar.E010" in said()


@pytest.mark.parametrize(
    ("host", "sslmode", "broker", "told"),
    [
        ("db.elders.example", "verify-full", "rediss://broker.elders.example/0?ssl_cert_reqs=required", set()),
        ("/run/postgresql", None, "redis://127.0.0.1:6379/0", set()),
        ("database", None, "redis://broker:6379/0", set()),
        ("db.elders.example", None, "redis://broker.elders.example/0", {"bar.W014", "bar.W015"}),
        ("10.0.0.7", "require", "rediss://10.0.0.8/0?ssl_cert_reqs=none", {"bar.W014", "bar.W015"}),
    ],
)
def test_a_way_to_another_machine_that_is_not_guarded_is_named(
    monkeypatch: pytest.MonkeyPatch, host: str, sslmode: str | None, broker: str, told: set[str]
) -> None:
    from django.conf import settings

    usual = settings.DATABASES["default"]
    monkeypatch.setattr(settings, "DATABASES", {"default": {**usual, "HOST": host, "OPTIONS": {**usual["OPTIONS"], "sslmode": sslmode}}})
    assert said(REDIS_URL=broker) == told


@pytest.mark.django_db
def test_a_server_that_logs_what_somebody_wrote_and_a_role_that_owns_are_named() -> None:
    assert {message.id for message in checks.server(None, databases=["default"])} == set()
    wrong = {**checks.SILENT, "log_min_duration_statement": "250"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "SILENT", wrong)
        assert {message.id for message in checks.server(None, databases=["default"])} == {"bar.W021"}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE pg_tables AS SELECT 'public' AS schemaname, current_user AS tableowner")
    assert {message.id for message in checks.server(None, databases=["default"])} == {"bar.E022"}
    assert not list(checks.server(None, databases=None)), "only asked when a database is named"
