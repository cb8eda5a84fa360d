"""One real provider per test process, and people who have an account there. A plugin's worth of set-up; what must hold is in the tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.utils import timezone

from bar.accounts.models import Identity, IdentityProvider, User
from dossiers.models import TrailLine
from tests.oidc.forger import CLIENT_ID, SECRET, Forger
from tests.oidc.provider import Registered, make_provider, register, running
from tests.world import let_in


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The package oidc-provider, listening on this machine."""
    with running() as address:
        yield address


@pytest.fixture(scope="session")
def known(issuer: str) -> Registered:
    """This product, registered there as Django's test client sees it."""
    return register(issuer, "http://testserver")


@dataclass
class Place:
    """A provider, and a physician who is linked there as "anna"; the colleague has an account here that is not linked."""

    provider: IdentityProvider
    anna: User
    colleague: User
    client: Client = field(default_factory=Client)

    def signed_in(self, person: User, **how: int) -> Client:
        """A browser in which this person passed both steps."""
        client = Client()
        let_in(client, person, **how)
        return client

    def failures(self) -> list[str]:
        """The codes of every sign-in that was refused, in order."""
        return list(TrailLine.objects.filter(event_code="sign_in_failed").order_by("seq").values_list("sentence", flat=True))


def make_place(known: Registered, **how: str) -> Place:
    """People, a provider, one linked account."""
    now = timezone.now()
    provider = make_provider(known, **how)
    anna = User.objects.create_user("anna@proef.test", name="Anna Arts", organisation=provider.organisation, activated_at=now)
    colleague = User.objects.create_user("collega@proef.test", name="Co Collega", organisation=provider.organisation, activated_at=now)
    Identity.objects.create(person=anna, provider=provider, issuer=known.issuer, subject="anna", linked_at=now)
    return Place(provider, anna, colleague)


@pytest.fixture
def place(db: None, known: Registered) -> Place:
    """The provider and its people, in the database of this test."""
    return make_place(known)


@pytest.fixture
def forged(db: None) -> Iterator[tuple[Place, Forger]]:
    """The same people at a place that answers whatever the test wants."""
    with Forger() as forger:
        yield make_place(Registered(forger.issuer, CLIENT_ID, SECRET)), forger
