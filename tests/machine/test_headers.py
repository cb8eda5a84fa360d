"""Every kind of answer carries the same set of headers. The set is written out here by hand, from the security goals."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

EXPECTED = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
ANSWERS = [
    ("get", "/200", {}, 200),
    ("get", "/redirect", {}, 302),
    ("get", "/bad", {}, 400),
    ("get", "/suspicious", {}, 400),
    ("get", "/200", {"headers": {"host": "ergens.anders"}}, 400),
    ("get", "/forbidden", {}, 403),
    ("get", "/unmarked", {}, 403),
    ("post", "/typed", {"data": {"a": "b"}}, 403),  # without its CSRF token
    ("get", "/bestaat-niet", {}, 404),
    ("get", "/static/bestaat-niet.css", {}, 404),
    ("post", "/only-get", {}, 403),
    ("put", "/only-get", {}, 403),
    ("get", "/409", {}, 409),
    ("get", "/413", {}, 413),
    ("get", "/422", {}, 422),
    ("get", "/429", {}, 429),
    ("get", "/broken", {}, 500),
    ("get", "/503", {}, 503),
    ("get", "/pdf", {}, 200),
    ("get", "/stream", {}, 200),
    ("get", "/healthz", {}, 200),
]


@pytest.fixture
def visitor(settings: Settings) -> Client:
    settings.ROOT_URLCONF = "tests.machine.answers"
    client = Client(enforce_csrf_checks=True)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("method", "path", "extra", "status"), ANSWERS, ids=str)
def test_every_kind_of_answer_carries_the_headers(visitor: Client, method: str, path: str, extra: dict[str, object], status: int) -> None:
    response = getattr(visitor, method)(path, **extra)
    assert response.status_code == status
    assert {name: response.get(name) for name in EXPECTED} == EXPECTED
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cache-Control"] == "no-store"
    if status >= 400:
        assert b"gevoelig" not in response.content


def test_method_not_allowed_and_too_much_data(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.machine.answers"
    visitor = Client(raise_request_exception=False)
    too_many = {f"f{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answers = [
        visitor.post("/only-get"),
        visitor.post("/typed", too_many),
        visitor.post("/typed", {"a": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}),
    ]
    assert [answer.status_code for answer in answers] == [405, 413, 413]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert set(answer["Content-Security-Policy"].split("; ")) == POLICY


def test_static_files_may_be_kept_and_carry_the_other_headers(visitor: Client) -> None:
    name = next(Path(configured.BASE_DIR, "static").rglob("*.css")).relative_to(Path(configured.BASE_DIR, "static"))
    response = visitor.get(f"/static/{name}")
    assert response.status_code == 200
    assert {header: response.get(header) for header in EXPECTED} == EXPECTED
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert "no-store" not in response["Cache-Control"]


def test_signing_out_clears_the_browser_and_nothing_else_does(visitor: Client) -> None:
    assert "Clear-Site-Data" not in visitor.get("/200")
    assert "Clear-Site-Data" not in visitor.get("/remember")
    assert "Clear-Site-Data" not in visitor.get("/200")
    assert visitor.get("/sign-out")["Clear-Site-Data"] == '"cache", "storage"'


def test_over_https_the_browser_is_told_to_stay_there(visitor: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    moved = visitor.get("/200")
    assert (moved.status_code, moved["Location"]) == (301, "https://testserver/200")
    assert visitor.get("/200", secure=True)["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
