"""Administrators beside the cast, and what an administrator posts."""

import uuid
from typing import Any

from django.test import Client

from bar.accounts.models import Organisation, User
from dossiers.models import TrailLine
from dossiers.parts import Role
from tests.world import FIRST_DAY, World, at, let_in

PEOPLE = "/organisatie/mensen/"


def member(organisation: Organisation | None, key: str, name: str, **fields: Any) -> User:
    """Somebody with an account in use."""
    return User.objects.create_user(f"{key}@proef.test", name=name, organisation=organisation, activated_at=at(FIRST_DAY), **fields)


def administrator(world: World, of: str, key: str = "beheer") -> User:
    """An administrator of the organisation of this member of the cast."""
    return member(world.people[of].organisation, f"{key}-{of}", f"Bea Beheer {key}", is_administrator=True)


def browser(person: User) -> Client:
    client = Client()
    let_in(client, person)
    return client


def page_of(person: User | uuid.UUID, what: str = "") -> str:
    return f"{PEOPLE}{getattr(person, 'pk', person)}/{what}"


def physician(world: World, key: str = "opvolger", name: str = "Piet Opvolger") -> User:
    return member(world.people["physician"].organisation, key, name, profession=Role.PHYSICIAN, big_number="19012345678")


def events_of(world: World, *events: str) -> list[tuple[str, uuid.UUID | None, str]]:
    """The lines of these events in the dossier's own chain: event, actor, role."""
    rows = TrailLine.objects.filter(chain=world.dossier.pk, event_code__in=events).order_by("seq")
    return [(row.event_code, row.actor_id, row.actor_role) for row in rows]
