"""The real provider as tests see it, and a browser without a screen that walks its pages over HTTP."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.providers import add_provider
from bar.accounts.models import Assurance, IdentityProvider, OrganisationKind
from bar.openings import organisation
from tests.browsing import _end_with_parent as end_with_parent
from tests.oidc.install import installed, node

SCRIPT = Path(__file__).parent / "provider.mjs"
ONE, TWO, CARD = "urn:proef:een", "urn:proef:twee", "urn:proef:pas"
LEVELS = {ONE: Assurance.LOW, TWO: Assurance.SUBSTANTIAL, CARD: Assurance.HIGH}
SLUG = "proef"
BACK = f"/inloggen/organisatie/{SLUG}/terug/"


@dataclass(frozen=True)
class Registered:
    """This product as the provider knows it."""

    issuer: str
    client_id: str
    client_secret: str


@contextmanager
def running() -> Iterator[str]:
    """The provider, listening; its issuer."""
    place = installed()
    # At once in its place: another process may be starting what stands there.
    script = Path(shutil.copy(SCRIPT, place / f"{os.getpid()}.mjs")).replace(place / SCRIPT.name)
    process = subprocess.Popen(
        [node(), str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 -- one system call
    )
    assert process.stdout is not None
    issuer = process.stdout.readline().decode().strip()
    assert issuer.startswith("http://127.0.0.1:"), "the provider does not start"
    yield issuer
    process.kill()
    process.wait()


def register(issuer: str, host: str) -> Registered:
    """Make this product known there, at the address where it stands now."""
    told = {
        "redirect_uris": [f"{host}{BACK}"],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "client_secret_basic",
    }
    answer = httpx.post(f"{issuer}/reg", json=told, trust_env=False)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Registered(issuer, made["client_id"], made["client_secret"])


def make_provider(known: Registered, *, acr_values: str = TWO, slug: str = SLUG) -> IdentityProvider:
    """The provider of an arbodienst, as the command adds it."""
    return add_provider(
        organisation("Arbodienst De Proef", OrganisationKind.ARBODIENST),
        name="De Proef",
        slug=slug,
        issuer=known.issuer,
        client_id=known.client_id,
        client_secret=known.client_secret,
        levels=LEVELS,
        acr_values=acr_values,
        now=timezone.now(),
    )


def show_who(where: str, account: str, acr: str = TWO, *, http: httpx.Client | None = None, **typed: str) -> str:
    """Walk from the address where we send somebody to the address to which the provider sends them back."""
    walker = http or httpx.Client(trust_env=False)
    issuer = f"{urlsplit(where).scheme}://{urlsplit(where).netloc}"
    answer = walker.get(where)
    for _ in range(8):
        if answer.is_redirect:
            onwards = str(answer.next_request.url) if answer.next_request else ""
            if not onwards.startswith(issuer):
                return onwards
            answer = walker.get(onwards)
        else:
            assert "/interaction/" in str(answer.url), answer.text[:500]
            answer = walker.post(str(answer.url), data={"account": account, "acr": acr, **typed})
    raise AssertionError("the provider does not send anybody back")


def path_of(address: str) -> str:
    """Path and query of an address, for Django's client."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def sign_in(client: Client, account: str, acr: str = TWO, *, next: str = "", http: httpx.Client | None = None) -> Any:  # noqa: A002
    """There and back; the answer of our callback."""
    start = client.get(f"/inloggen/organisatie/{SLUG}/", {"next": next} if next else {})
    assert start.status_code == 302, start.content.decode()
    return client.get(path_of(show_who(start["Location"], account, acr, http=http)))


def kept_in(client: Client) -> str:
    """Everything in the session, as text."""
    return json.dumps(dict(client.session))
