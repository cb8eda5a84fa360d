"""Three people for whom other limits hold, and browsers of them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bar.accounts.models import OrganisationKind, User
from bar.openings import organisation
from dossiers.parts import Role
from tests.sessions.material import PASSWORD
from tests.world import let_in


def make(email: str, name: str, **fields: Any) -> User:
    person = User.objects.create_user(email, PASSWORD, name=name, **fields)
    person.activated_at = timezone.now() - dt.timedelta(days=30)
    person.save()
    return person


@pytest.fixture
def people(db: None, quick_argon2: None) -> dict[str, User]:
    arbodienst = organisation("Arbodienst De Proef", OrganisationKind.ARBODIENST)
    return {
        "physician": make("arts@proef.test", "Anna Arts", organisation=arbodienst, profession=Role.PHYSICIAN),
        "administrator": make("beheer@proef.test", "Ben Beheer", organisation=arbodienst, is_administrator=True),
        "employee": make("werknemer@proef.test", "Wout Werknemer"),
    }


@pytest.fixture
def browser(people: dict[str, User]) -> Callable[..., Client]:
    """`browser("employee")`: signed in, as this browser says it is."""

    def open_browser(who: str, agent: str = "Firefox/131.0 (Macintosh)") -> Client:
        client = Client(headers={"user-agent": agent})
        let_in(client, people[who])
        client.get("/nog-hier/")
        client.post("/nog-hier/")
        return client

    return open_browser


@pytest.fixture
def no_second_step(settings: Any) -> None:
    """What is tested here comes before the second step."""
    settings.SECOND_FACTOR = False


@pytest.fixture
def keep() -> Callable[[], Any]:
    """The cache of the sign-in library."""
    from django.core.cache import cache

    return lambda: cache
