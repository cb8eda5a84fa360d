"""Two administrators and the person who lost something, with a second step, a password and a browser that is signed in."""

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from bar.accounts.models import OrganisationKind, User
from bar.openings import organisation
from dossiers.actions.promises import sweep_by_clock
from dossiers.parts import Role
from tests.organisations.material import member
from tests.resets.material import PASSWORD, Mails


@cache
def hashed() -> str:
    return make_password(PASSWORD)


def with_factor(person: User) -> User:
    """A password, and an app with codes."""
    User.objects.filter(pk=person.pk).update(password=hashed())
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    person.refresh_from_db()
    return person


@pytest.fixture
def people(db: None) -> dict[str, User]:
    own = organisation("Arbodienst De Proef", OrganisationKind.ARBODIENST)
    return {
        "one": member(own, "een", "Ed Een", is_administrator=True),
        "two": member(own, "twee", "Tea Twee", is_administrator=True),
        "person": with_factor(member(own, "kwijt", "Kim Kwijt", profession=Role.DELEGATE, delegate_kind="pob")),
        "elsewhere": member(organisation("Ander", OrganisationKind.EMPLOYER), "ander", "Ada Ander", is_administrator=True),
    }


@pytest.fixture
def mails(mailoutbox: list[Any]) -> Callable[[], Mails]:
    """`mails()`: let the worker send, and take what it sent."""

    def take() -> Mails:
        sweep_by_clock(now=timezone.now() + dt.timedelta(days=2))  # also what a test did "tomorrow"
        sent = list(mailoutbox)
        mailoutbox.clear()
        return Mails(sent)

    return take


@pytest.fixture
def anybody() -> Client:
    return Client()
