"""Inviting in tests: a dossier opened on screen with new people, the mail that left, and the link in it."""

import re
from collections.abc import Iterable

from django.core import mail
from django.test import Client
from django.utils import timezone

from bar.accounts.models import Invitation, User
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Dossier
from tests.pages.test_new_dossier import FORM
from tests.world import World

PASSWORD = "zeven paarse giraffen fietsen langzaam"
EMPLOYEE = FORM["employee_email"]
CONTACT = FORM["contact-0-email"]


def open_dossier(world: World, who: str = "physician", **changes: str) -> Dossier:
    """The dossier of the form, opened on screen; its mail has left."""
    answer = world.client(who).post("/dossiers/nieuw/", {**FORM, **changes})
    assert answer.status_code == 302, answer.content.decode()
    sweep_by_clock(now=timezone.now())
    return Dossier.objects.get(employer__name=FORM["employer"])


def invitation_of(email: str = EMPLOYEE) -> Invitation:
    return Invitation.objects.get(email=email)


def links(email: str = EMPLOYEE) -> list[str]:
    """Every link that went to this address, as a path, the oldest first."""
    return [path for one in mail.outbox if one.to == [email] for path in re.findall(r"https?://[^/\s]+(/uitnodiging/\S+)", str(one.body))]


def link(email: str = EMPLOYEE) -> str:
    return links(email)[-1]


def accept(path: str, password: str = PASSWORD, client: Client | None = None) -> int:
    """Choose a password behind a link; the status."""
    return (client or Client()).post(path, {"password": password, "password_again": password}).status_code


def can_sign_in(email: str = EMPLOYEE) -> bool:
    return User.objects.get(email=email).can_sign_in


def words(text: str, forbidden: Iterable[str]) -> list[str]:
    """Which of these words stand in a text."""
    return [word for word in forbidden if word.lower() in text.lower()]
