"""Settings from files: every name may be NAME_FILE, one place only, and no message repeats what a file holds."""

from pathlib import Path
from ssl import VerifyMode

import pytest
from django.core.exceptions import ImproperlyConfigured
from kombu.utils.url import parse_url

from bar import env, local

SECRET = "een/heel+geheim=woord"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that X_FILE names."""
    place = tmp_path / "x"
    place.write_text(f"{SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("X_FILE", str(place))
    monkeypatch.delenv("X", raising=False)
    return place


def test_a_value_stands_in_a_file_without_the_end_of_its_line(file: Path) -> None:
    assert env.text("X") == env.text("X", "") == SECRET
    file.write_text("1", encoding="utf-8")
    assert (env.flag("X", False), env.number("X", 7), env.words("X", "a")) == (True, 1, ["1"])


def test_an_empty_file_is_a_value_that_is_not_set(file: Path) -> None:
    file.write_text("\n", encoding="utf-8")
    assert env.text("X", "") == ""
    with pytest.raises(ImproperlyConfigured, match="X is not set"):
        env.text("X")


def test_a_value_in_two_places_stops_the_start(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "iets")
    with pytest.raises(ImproperlyConfigured, match="X and X_FILE are both set"):
        env.text("X", "")


@pytest.mark.parametrize("holds", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_stops_the_start(file: Path, holds: bytes | None) -> None:
    file.unlink()
    if holds:
        file.write_bytes(holds)
    with pytest.raises(ImproperlyConfigured, match="X_FILE names a file that cannot be read"):
        env.text("X", "")


def test_a_wrong_value_from_a_file_is_not_repeated(file: Path) -> None:
    for read in (lambda: env.flag("X", True), lambda: env.number("X", 1), lambda: env.one_of("X", ("a", "b")), lambda: env.sender("X", "a@b")):
        with pytest.raises(ImproperlyConfigured) as told:
            read()
        assert SECRET not in str(told.value) and "X" in str(told.value)


def test_a_password_apart_from_its_address_is_put_in_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for address, password in (("postgresql://bar_app@db/bar", SECRET), ("postgresql://bar_app:eigen@db/bar", "eigen")):
        monkeypatch.setenv("Y", address)
        assert env.database("Y", "X")["PASSWORD"] == password
    for address, whole in (
        ("redis://broker:6379/0", "redis://:een%2Fheel%2Bgeheim%3Dwoord@broker:6379/0"),
        ("rediss://bar@broker/1?ssl_cert_reqs=required", "rediss://bar:een%2Fheel%2Bgeheim%3Dwoord@broker/1?ssl_cert_reqs=required"),
        ("redis://:eigen@broker/0", "redis://:eigen@broker/0"),
        ("rediss://:eigen@broker/0", "rediss://:eigen@broker/0?ssl_cert_reqs=required"),
        ("rediss://:eigen@broker/0?ssl_ca_certs=/x", "rediss://:eigen@broker/0?ssl_ca_certs=/x&ssl_cert_reqs=required"),
        ("rediss://:eigen@broker/0?ssl_cert_reqs=none", "rediss://:eigen@broker/0?ssl_cert_reqs=none"),
    ):
        monkeypatch.setenv("Y", address)
        assert env.broker("Y", "X") == whole


def test_celery_checks_the_certificate_of_a_broker_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("Y", "rediss://broker:6379/0")
    assert parse_url(env.broker("Y", "X_NOT"))["ssl"] == {"ssl_cert_reqs": VerifyMode.CERT_REQUIRED}


def test_services_whose_addresses_stand_in_files_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    assert not local.is_given()
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/secrets/a")
    with pytest.raises(local.LocalProblem, match="Set both"):
        local.is_given()
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/b")
    assert local.is_given()
