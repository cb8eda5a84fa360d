"""Accepting an invitation with the account of one's own organisation: once, for whom it is, and only with what the provider proved."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.invitations import invite, path_of
from bar.accounts.models import Identity, Invitation, InvitationState, Organisation, OrganisationKind, User
from tests.oidc.conftest import Place
from tests.oidc.forger import Forger, signed
from tests.oidc.provider import SLUG


@pytest.fixture
def invited(forged: tuple[Place, Forger]) -> Invitation:
    """Somebody new of the provider's organisation."""
    place, _ = forged
    nora = User.objects.create_user("nora@proef.test", name="Nora Nieuw", organisation=place.provider.organisation)
    row = invite(nora, "nora@proef.test", place.anna, None, now=timezone.now())
    assert row is not None
    return row


def leave(client: Client, row: Invitation) -> dict[str, str]:
    """To the provider, by the button on the page; what the address there says."""
    page = client.get(path_of(row)).content.decode()
    where = f"{path_of(row)}via/{SLUG}/"
    assert f'href="{where}"' in page
    answer = client.get(where)
    assert answer.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def come_back(forger: Forger, client: Client, asked: dict[str, str], subject: str = "nora") -> Any:
    return forger.come_back(client, asked, signed({**forger.claims(asked), "sub": subject}))


def test_an_invited_person_comes_in_with_the_account_of_work(forged: tuple[Place, Forger], invited: Invitation) -> None:
    _, forger = forged
    client = Client()
    asked = leave(client, invited)
    assert asked["max_age"] == "0", "the provider asks afresh: nobody is made to accept by a click"
    assert not User.objects.get(pk=invited.person_id).can_sign_in, "leaving accepts nothing"
    assert come_back(forger, client, asked).status_code == 302
    assert client.session["_auth_user_id"] == str(invited.person_id)
    invited.refresh_from_db()
    assert invited.state == InvitationState.ACCEPTED
    assert Identity.objects.get(person=invited.person_id).subject == "nora"
    assert not User.objects.get(pk=invited.person_id).has_usable_password()


def test_an_account_of_somebody_else_accepts_nothing(forged: tuple[Place, Forger], invited: Invitation) -> None:
    _, forger = forged
    client = Client()
    answer = come_back(forger, client, leave(client, invited), subject="anna")
    assert answer.status_code == 409
    assert "_auth_user_id" not in client.session
    invited.refresh_from_db()
    assert invited.is_open
    assert not User.objects.get(pk=invited.person_id).can_sign_in


def test_a_link_that_died_on_the_way_accepts_nothing(forged: tuple[Place, Forger], invited: Invitation) -> None:
    _, forger = forged
    client = Client()
    asked = leave(client, invited)
    Invitation.objects.filter(pk=invited.pk).update(turn=2)
    assert come_back(forger, client, asked).status_code == 410
    assert not Identity.objects.filter(person=invited.person_id).exists()


def test_who_is_signed_in_by_then_accepts_nothing(forged: tuple[Place, Forger], invited: Invitation) -> None:
    place, forger = forged
    client = place.signed_in(place.colleague)
    assert client.get(f"{path_of(invited)}via/{SLUG}/").headers["Location"] == path_of(invited)
    other = Client()
    asked = leave(other, invited)
    other.force_login(place.colleague, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert come_back(forger, other, asked).status_code in {400, 403}
    assert not User.objects.get(pk=invited.person_id).can_sign_in


def test_the_provider_of_another_organisation_is_not_offered(forged: tuple[Place, Forger]) -> None:
    place, _ = forged
    elsewhere = Organisation.objects.create(name="Elders", kind=OrganisationKind.EMPLOYER)
    person = User.objects.create_user("els@elders.test", name="Els Elders", organisation=elsewhere)
    row = invite(person, "els@elders.test", place.anna, None, now=timezone.now())
    assert row is not None
    assert SLUG not in Client().get(path_of(row)).content.decode()
    assert Client().get(f"{path_of(row)}via/{SLUG}/").headers["Location"] == path_of(row)
