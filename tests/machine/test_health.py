"""/healthz asks, and says which one fails; nothing secret in it."""

import json

import psycopg
import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def ask(client: Client) -> tuple[int, dict[str, str]]:
    response = client.get("/healthz")
    return response.status_code, json.loads(response.content)


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.machine.answers"


def test_all_is_well(client: Client) -> None:
    assert ask(client) == (200, {"status": "ok", "database": "ok", "broker": "ok"})


def test_a_broker_that_is_gone_is_named(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://:geheim@127.0.0.1:1/0"
    assert ask(client) == (503, {"status": "failed", "database": "ok", "broker": "failed"})


def test_a_database_that_is_gone_is_named(client: Client, settings: Settings) -> None:
    settings.DATABASES = {"default": {**settings.DATABASES["default"], "PORT": "1"}}
    assert ask(client) == (503, {"status": "failed", "database": "failed", "broker": "ok"})


def test_the_database_is_asked_over_a_line_as_guarded_as_any_other(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = {"sslmode": "verify-full", "sslrootcert": "/a", "sslcert": "/b", "sslkey": "/c"}
    usual = settings.DATABASES["default"]
    settings.DATABASES = {"default": {**usual, "OPTIONS": {**usual["OPTIONS"], **tls}}}
    asked: list[dict[str, object]] = []

    def connect(**how: object) -> None:
        asked.append(how)
        raise psycopg.OperationalError

    monkeypatch.setattr("bar.health.psycopg.connect", connect)
    assert ask(client)[1]["database"] == "failed"
    assert len(asked) == 1 and tls.items() <= asked[0].items()


def test_only_safe_methods(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
