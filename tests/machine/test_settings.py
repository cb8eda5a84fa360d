"""Settings fail loudly: a missing or bad value stops the start with the name of the variable; production settings pass Django's own checks."""

import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from bar import env

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PATH": os.defpath,
    "SECRET_KEY": "k" * 10 + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP",
    "SEALING_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "HASH_KEY": "anything",
    "ALLOWED_HOSTS": "dossier.example",
    "DATABASE_URL": "postgresql://bar_app:x@127.0.0.1:1/bar?sslmode=verify-full",
    "REDIS_URL": "rediss://:x@127.0.0.1:1/0",
    "EMAIL_HOST": "mail.example",
}


def manage(*arguments: str, without: str = "", unset: Collection[str] = (), **extra: str) -> "subprocess.CompletedProcess[str]":
    given = {name: value for name, value in (PRODUCTION | extra).items() if name not in {without, *unset}}
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False)


def test_production_settings_pass_the_deployment_checks() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEALING_KEYS", "HASH_KEY", "EMAIL_HOST"])
def test_what_is_missing_stops_the_start_and_is_named(name: str) -> None:
    done = manage("check", without=name)
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 50 characters"),
        ("BAR_SECURE", "0", "BAR_SECURE=0 (http) is only for this machine"),
        ("BAR_DEMO", "1", "BAR_SECURE=0 (http) is only for this machine"),
        ("SECOND_FACTOR", "0", "SECOND_FACTOR=0 is for the demonstration only"),
        ("BAR_DEMO", "perhaps", "BAR_DEMO must be 1 or 0"),
        ("DATABASE_URL", "sqlite:///x", "DATABASE_URL must start with postgresql://"),
        ("EMAIL_SECURITY", "ssl", "EMAIL_SECURITY must be starttls, tls or none"),
        ("DEFAULT_FROM_EMAIL", "niemand", "DEFAULT_FROM_EMAIL must be an e-mail address"),
        ("DATABASE_POOL", "0", "DATABASE_POOL must be a whole number of at least 1"),
    ],
)
def test_a_bad_value_stops_the_start_and_is_named(name: str, value: str, words: str) -> None:
    done = manage("check", **{name: value})
    assert done.returncode != 0
    assert words in done.stderr


def test_cookies_are_bound_to_host_and_https_in_production() -> None:
    names = "SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG"
    hsts = "SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD, s.SECURE_SSL_REDIRECT"
    show = f"from django.conf import settings as s; print(s.{names}, s.{hsts})"
    done = manage("shell", "--verbosity", "0", "--command", show)
    *cookies, seconds, subdomains, preload, redirect = done.stdout.split() or pytest.fail(done.stderr)
    assert cookies == ["__Host-sessionid", "__Host-csrftoken", "True", "True", "False"]
    assert int(seconds) >= 31_536_000, "a year, as ASVS 3.4.1 asks"
    assert (subdomains, preload, redirect) == ("True", "True", "True")


def test_an_address_of_a_database_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://a%40b:p%2Fw@db:5433/name?sslmode=verify-full&sslrootcert=/ca.pem")
    read = env.database("X")
    assert {key: read[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "name",
        "USER": "a@b",
        "PASSWORD": "p/w",
        "HOST": "db",
        "PORT": "5433",
    }
    assert read["OPTIONS"]["sslmode"] == "verify-full"
    assert read["OPTIONS"]["sslrootcert"] == "/ca.pem"
    assert read["CONN_HEALTH_CHECKS"] is True
    assert read["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("value", ["postgresql://a@b/", "postgresql:///c", "postgresql://a@b/c?sslmod=disable", "mysql://a@b/c", ""])
def test_any_other_address_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="X"):
        env.database("X")
