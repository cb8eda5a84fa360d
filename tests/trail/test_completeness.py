"""Every address leaves its line, with all mandatory fields; the few that do not are named here, one by one, and show nothing of anybody.

The addresses of a dossier are walked in tests/access/test_matrix.py, which asks every line the same.
"""

import re
from collections.abc import Iterator
from zlib import crc32

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from dossiers.models import TrailLine
from tests.access.test_matrix import FRAGMENT, INSIDE, METHODS, ROUTES, SAMPLES, Walk
from tests.trail.nen import incomplete
from tests.world import CAST, World
from tests.worlds import FULL, blank_paper

NOBODYS = "00000000-0000-4000-8000-000000000009"
SIGNED_IN = [(name, route) for name, route, marker in ROUTES if marker.kind == "signed_in"]
# Looking at these leaves no line: nobody is known yet, and nothing of anybody stands on them. What is done through them does leave one
# (tests/sessions, factors, invitations, oidc, resets). Beside these: static files, which WhiteNoise gives before any view, and the sign-in page
# that somebody who is signed out gets in the place of another page.
NOT_LOGGED = {
    "healthz",
    "livez",
    "readyz",
    "metrics",
    "security_txt",
    "glossary",
    "accessibility",
    "privacy",
    "demo_mail",
    "sign_in",
    "sign_out",
    "sign_in_help",
    "account_login",
    "mfa_login_webauthn",
    "mfa_authenticate",
    "still_here",
    "lost_password",
    "new_password",
    "lost_factor",
    "lost_factor_asked",
    "reset_link",
    "invitation",
    "renew_invitation",
    "accept_through_organisation",
    "choose_organisation",
    "start_through_organisation",
    "back_from_organisation",
}


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    with blank_paper(), django_db_blocker.unblock(), transaction.atomic():
        yield Walk()
        transaction.set_rollback(True)


def test_the_addresses_that_leave_no_line_are_those_that_are_named() -> None:
    """A new public address fails here until it is looked at: it may show nothing of anybody."""
    assert {name for name, _, marker in ROUTES if marker.kind == "public"} == NOT_LOGGED


def test_h4_a_page_of_ones_own_leaves_a_line_for_everybody_and_every_method(walk: Walk) -> None:
    for name, route in SIGNED_IN:
        where = reverse(name, kwargs={parameter: SAMPLES.get(parameter, NOBODYS) for parameter in re.findall(r"<(?:\w+:)?(\w+)>", route)})
        for place, who in enumerate(CAST[:-1]):
            every = [(method, extra) for method in METHODS for extra in ({}, FRAGMENT)]
            start = (place + crc32(name.encode())) % len(every)
            for method, extra in every if FULL else every[start : start + 1] if place == crc32(name.encode()) % len(CAST[:-1]) else []:
                _, line = walk.ask(who, method, where, extra)
                case = f"{who} {method} {where} {'fragment' if extra else 'page'}"
                assert line is not None, f"{case} left no line"
                assert not incomplete(line), f"{case}: {incomplete(line)}"


READS = {
    "a look ahead": ("get", {"HTTP_PURPOSE": "prefetch", "HTTP_SEC_PURPOSE": "prefetch;prerender"}),
    "only the head": ("head", {}),
    "what is allowed": ("options", {}),
    "only if it changed": ("get", {"HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 2100 00:00:00 GMT", "HTTP_IF_NONE_MATCH": "*"}),
    "a range": ("get", {"HTTP_RANGE": "bytes=0-10"}),
    "a fragment": ("get", FRAGMENT),
}


@pytest.mark.parametrize("way", READS)
def test_h4_no_way_of_reading_goes_without_a_line_or_around_the_page(world: World, way: str) -> None:
    method, headers = READS[way]
    client = world.client("physician")
    for name in ("overview", "letters", "trail"):
        where = reverse(name, args=[world.number])
        before = TrailLine.objects.filter(chain=world.dossier.pk).count()
        response = getattr(client, method)(where, **headers)
        assert response.status_code in {200, 405}, where  # never 304 or 206: nothing is kept by a browser that it could be compared with
        assert TrailLine.objects.filter(chain=world.dossier.pk).count() == before + 1
        assert "ETag" not in response
        assert "no-store" in response["Cache-Control"]


def test_a_static_file_and_the_health_check_leave_no_line(world: World) -> None:
    before = TrailLine.objects.count()
    client = Client()
    assert client.get(reverse("healthz")).status_code in {200, 503}
    assert client.get("/static/css/tokens.css").status_code == 200
    assert client.get(reverse("sign_in")).status_code == 200
    assert client.get(f"/dossier/{world.number}/").status_code == 302
    assert TrailLine.objects.count() == before


def test_nobody_sees_anything_of_a_dossier_at_an_address_that_leaves_no_line(walk: Walk) -> None:
    names = [person.name for person in walk.world.people.values()]
    client = Client()
    for name, route, marker in ROUTES:
        if marker.kind == "public" and "<" not in route:
            shown = client.get(reverse(name)).content.decode(errors="replace")
            assert not [one for one in ["KANARIE", walk.world.number, *names] if one in shown], name


def test_there_is_an_address_for_every_kind_of_page() -> None:
    assert len(INSIDE) > 60
    assert len(SIGNED_IN) > 20
