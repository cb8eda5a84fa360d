"""Every address × every member of the cast × methods, full page and fragment.

The list of addresses is generated from the URLconf and fails on a parameter it does not know; the expected verdict of the gate is parsed from
docs/access.md. The trail tells what the gate decided; the answer must agree with it, and a stranger's answer says nothing.
"""

import re
import time
from collections.abc import Iterator
from itertools import product
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from dossiers.door import Marker
from dossiers.models import TrailLine
from dossiers.parts import Basis, Role
from tests.access.test_table import EXPECTED
from tests.trail.nen import incomplete
from tests.world import CAST, SEATED, World, make_world
from tests.worlds import FULL, blank_paper

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") if FULL else ("GET", "POST")
PROVED_FOR = 120  # seconds: then everybody signs in again, because some pages ask for a sign-in of the last minutes
FRAGMENT = {"HTTP_HX_REQUEST": "true", "HTTP_X_REQUESTED_WITH": "fetch"}
# One value for each parameter an address may have; an address with another parameter fails here until it is added on purpose.
SAMPLES = {
    "version": "1",
    "section": "areas",
    "reader": "employer",
    "correction": "00000000-0000-4000-8000-000000000001",
    "seat": "00000000-0000-4000-8000-000000000003",
    "thread": "1",
    "report": "1",
    "remark": "00000000-0000-4000-8000-000000000007",
    "share": "00000000-0000-4000-8000-000000000006",
    "question": "00000000-0000-4000-8000-000000000004",
    "proposal": "00000000-0000-4000-8000-000000000002",
    "reset": "00000000-0000-4000-8000-000000000004",
    "invitation": "00000000-0000-4000-8000-000000000005",
}
PUBLIC = {"sign_in", "sign_out", "glossary", "accessibility", "privacy", "security_txt", "healthz", "livez", "readyz", "metrics"}
SIGNED_IN = {"home", "new_dossier", "letters_to_print"}
PUBLIC |= {"invitation", "renew_invitation", "accept_through_organisation", "demo_mail"}  # invitations and the demo's mail
PUBLIC |= {"still_here", "lost_password", "new_password"}  # sessions and passwords
SIGNED_IN |= {"devices", "end_device", "end_other_devices", "change_password"}
PUBLIC |= {"sign_in_help", "lost_factor", "lost_factor_asked", "reset_link"}  # organisations and resets
SIGNED_IN |= {
    "organisation",
    "organisation_details",
    "add_person",
    "organisation_person",
    "change_work",
    "invite_again",
    "end_person",
    "let_in_again",
}
SIGNED_IN |= {"own_resets", "ask_reset", "confirm_reset", "cancel_reset"}

PUBLIC |= {"account_login", "mfa_login_webauthn", "mfa_authenticate"}  # the second step
SIGNED_IN |= {"mfa_index", "prove_again", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_activate_totp", "mfa_deactivate_totp"}
SIGNED_IN |= {"mfa_view_recovery_codes", "keep_recovery_codes", "mfa_download_recovery_codes", "mfa_generate_recovery_codes"}
SAMPLES |= {"factor": "7"}
SAMPLES |= {"document": "version", "object": "00000000-0000-4000-8000-000000000011", "asked": "00000000-0000-4000-8000-000000000012"}  # requests
PUBLIC |= {"choose_organisation", "start_through_organisation", "back_from_organisation"}
SIGNED_IN |= {"identities", "prove_through_organisation", "link_identity", "unlink_identity"}
SAMPLES |= {"provider": "bestaat-niet", "identity": "00000000-0000-4000-8000-000000000003"}  # signing in through an organisation
SIGNED_IN |= {"cover_everywhere", "questions", "take_over"}  # seats, outside a dossier
SIGNED_IN |= {"account", "account_name", "account_address", "account_notices", "account_dates", "account_copy"}  # the own account


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, str, Marker]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, before + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            yield str(pattern.name), before + str(pattern.pattern), pattern.callback.door  # type: ignore[attr-defined]


ROUTES = list(routes())
INSIDE = [(name, route, marker) for name, route, marker in ROUTES if marker.kind == "dossier"]


def address(name: str, route: str, number: str) -> str:
    names = [parameter.split(":")[-1] for parameter in re.findall(r"<([^>]+)>", route)]
    unknown = set(names) - set(SAMPLES) - {"number"}
    assert not unknown, f"{name}: give a sample for {unknown}"
    return reverse(name, kwargs={parameter: number if parameter == "number" else SAMPLES[parameter] for parameter in names})


class Walk:
    """One world for the whole walk, with everybody signed in once; every request is rolled back."""

    def __init__(self) -> None:
        self.world = make_world(render=True)
        self.sign_in()

    def sign_in(self) -> None:
        """Everybody, just now: some pages ask for that."""
        self.clients = {who: self.world.client(who) for who in CAST}
        self.since = time.monotonic()

    def ask(self, who: str, method: str, where: str, extra: dict[str, str]) -> tuple[Any, TrailLine | None]:
        """The answer, and the first line the gate wrote for it."""
        if time.monotonic() - self.since > PROVED_FOR:
            self.sign_in()
        person = self.world.people.get(who)
        lines = TrailLine.objects.filter(actor_id=person.pk if person else None).order_by("occurred_at", "seq")
        last = lines.last()
        with transaction.atomic():
            response = self.clients[who].generic(method, where, **extra)  # type: ignore[arg-type]
            new = lines.filter(occurred_at__gt=last.occurred_at) if last else lines
            verdict = new.first()
            transaction.set_rollback(True)
        assert verdict is None or not incomplete(verdict), f"{who} {method} {where}: {incomplete(verdict)}"
        return response, verdict


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    with blank_paper(), django_db_blocker.unblock(), transaction.atomic():
        yield Walk()
        transaction.set_rollback(True)


def test_every_address_is_of_a_known_kind() -> None:
    assert {name for name, _, marker in ROUTES if marker.kind == "public"} == PUBLIC
    assert {name for name, _, marker in ROUTES if marker.kind == "signed_in"} == SIGNED_IN
    assert len(INSIDE) > 30
    names = [name for name, _, _ in ROUTES]
    assert len(names) == len(set(names))


def test_every_part_a_page_may_show_can_be_open_to_somebody_who_enters() -> None:
    for name, _, marker in INSIDE:
        roles = {role for role, touch in EXPECTED if touch == marker.needs}
        assert roles, name


def ways(name: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Everybody with every method, each as a page and as a fragment; outside BAR_FULL one of the four, another for each person and address."""
    for place, who in enumerate(CAST):
        every = list(product(METHODS, ({}, FRAGMENT)))
        chosen = every if FULL else every[(place + crc32(name.encode())) % len(every) :][:1]
        yield from ((who, method, extra) for method, extra in chosen)


@pytest.mark.parametrize(("name", "route", "marker"), INSIDE, ids=[name for name, _, _ in INSIDE])
def test_the_gate_lets_in_exactly_who_the_page_names(walk: Walk, name: str, route: str, marker: Marker) -> None:
    where = address(name, route, walk.world.number)
    nowhere = address(name, route, "D-BESTAATNIET")
    for who, method, extra in ways(name):
        case = f"{who} {method} {where} {'fragment' if extra else 'page'}"
        response, verdict = walk.ask(who, method, where, extra)
        assert response.status_code < 500, case
        if who == "nobody":
            assert response.status_code == (401 if extra else 302), case
        elif who not in SEATED:
            assert verdict is not None, f"{case} left no line"
            assert (verdict.outcome, verdict.checks, verdict.sentence) == (2, "FFFF", "stranger"), case
            _same_as_nowhere(response, walk.ask(who, method, nowhere, extra)[0], case)
        else:
            _agrees_with_the_page(walk.world, who, method, marker, response, verdict, case=case)


def _agrees_with_the_page(  # noqa: PLR0917
    world: World, who: str, method: str, marker: Marker, response: HttpResponse, verdict: TrailLine | None, *, case: str
) -> None:
    assert marker.needs is not None
    basis = EXPECTED.get((Role(who), marker.needs))
    may = basis in {Basis.DUTY, Basis.CONSENT}  # the employee has given everything and switched nothing on
    if verdict is None:  # autosave: the line of this quarter of an hour stood there already
        assert marker.folded, f"{case} left no line"
        assert method == "POST", case
        assert may, case
        return
    assert (verdict.outcome == 1) is may, f"{case}: the page says {basis}"
    assert verdict.actor_role == who, case
    if not may:
        assert response.status_code == 403, case
        assert world.people["employee"].name not in response.content.decode(errors="replace"), case


def _same_as_nowhere(response: HttpResponse, other: HttpResponse, case: str) -> None:
    """404≡: same status, same bytes, same headers as for a dossier that does not exist."""
    assert response.status_code == other.status_code == 404, case
    assert response.content == other.content, case
    assert dict(response.headers) == dict(other.headers), case
