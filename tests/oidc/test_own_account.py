"""Linking, unlinking and proving again at a real provider; adding a provider by command."""

import datetime as dt
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from bar.accounts import standing
from bar.accounts.models import Assurance, Identity, IdentityProvider, User
from dossiers.models import Notice, TrailLine
from tests.oidc.conftest import Place
from tests.oidc.provider import ONE, SLUG, TWO, path_of, show_who, sign_in

LINK = f"/account/inloggen-via-organisatie/{SLUG}/koppelen/"


def way_to_link(client: Client) -> str:
    """The address on the page after "Koppelen"."""
    answer = client.post(LINK)
    assert answer.status_code == 200, answer.content.decode()
    return str(html.fromstring(answer.content.decode()).xpath("//main//a[contains(@class, 'button--primary')]/@href")[0])


def test_somebody_links_an_account_and_comes_in_with_it(place: Place) -> None:
    client = place.signed_in(place.colleague)
    where = way_to_link(client)
    query = parse_qs(urlsplit(where).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    answer = client.get(path_of(show_who(where, "collega")), follow=True)
    assert "U kunt voortaan ook inloggen via De Proef" in answer.content.decode()
    identity = Identity.objects.get(person=place.colleague)
    assert (identity.subject, identity.assurance) == ("collega", Assurance.SUBSTANTIAL)
    assert Notice.objects.filter(person=place.colleague, reason="factor_changed", account=True).count() == 1
    assert TrailLine.objects.filter(event_code="link_identity", actor_id=place.colleague.pk).count() == 1
    newcomer = Client()
    assert sign_in(newcomer, "collega").status_code == 302
    assert newcomer.session["_auth_user_id"] == str(place.colleague.pk)


def test_an_account_of_somebody_else_is_not_linked(place: Place) -> None:
    client = place.signed_in(place.colleague)
    answer = client.get(path_of(show_who(way_to_link(client), "anna")))
    assert answer.status_code == 409
    assert "al iemand anders" in answer.content.decode()
    assert Identity.objects.get().person == place.anna
    assert place.failures() == ["somebody_else"]


def test_linking_asks_for_a_sign_in_of_just_now(place: Place) -> None:
    client = place.signed_in(place.colleague, minutes_ago=6)
    assert client.get(LINK)["Location"].startswith(reverse("prove_again"))
    assert client.post(LINK).status_code == 403
    assert "bar_oidc" not in client.session


def test_linking_ends_with_who_began_it(place: Place) -> None:
    client = place.signed_in(place.colleague)
    back = path_of(show_who(way_to_link(client), "collega"))
    client.post("/uitloggen/")
    assert client.get(back).status_code == 400
    assert Identity.objects.count() == 1


def test_the_only_way_in_cannot_be_unlinked(place: Place) -> None:
    client = place.signed_in(place.anna)
    where = reverse("unlink_identity", args=[Identity.objects.get().pk])
    assert client.post(where).status_code == 409
    assert Identity.objects.count() == 1
    place.anna.set_password("een heel lang wachtwoord")
    place.anna.save()
    client = place.signed_in(place.anna)
    assert client.post(where).status_code == 302
    assert Identity.objects.count() == 0
    assert Notice.objects.filter(person=place.anna, reason="factor_changed").count() == 1


def test_the_only_second_step_cannot_be_unlinked(place: Place) -> None:
    Identity.objects.update(assurance=Assurance.SUBSTANTIAL)
    place.anna.set_password("een heel lang wachtwoord")
    place.anna.save()
    answer = place.signed_in(place.anna).post(reverse("unlink_identity", args=[Identity.objects.get().pk]))
    assert answer.status_code == 409
    assert "eigen tweede stap" in answer.content.decode()


def test_nobody_unlinks_for_somebody_else(place: Place) -> None:
    answer = place.signed_in(place.colleague).post(reverse("unlink_identity", args=[Identity.objects.get().pk]))
    assert answer.status_code == 404
    assert Identity.objects.count() == 1


def prove(place: Place, account: str, acr: str = TWO) -> tuple[Client, int]:
    client = place.signed_in(place.anna, minutes_ago=20)
    where = client.get(reverse("prove_through_organisation"), {"next": LINK})["Location"]
    return client, client.get(path_of(show_who(where, account, acr))).status_code


def test_somebody_proves_again_at_the_organisation(place: Place) -> None:
    client, status = prove(place, "anna")
    assert status == 302
    assert client.get(LINK).status_code == 200
    moment = dt.datetime.fromisoformat(client.session[standing.KEY]["proved_at"])
    assert (timezone.now() - moment).total_seconds() < 60
    assert TrailLine.objects.filter(event_code="prove_again", actor_id=place.anna.pk, outcome=1).count() == 1


@pytest.mark.parametrize(("account", "acr"), [("collega", TWO), ("anna", ONE)])
def test_another_account_or_a_lower_level_proves_nothing(place: Place, account: str, acr: str) -> None:
    client, status = prove(place, account, acr)
    assert status == 403
    assert client.get(LINK).status_code == 302, "still not fresh"
    assert place.failures()


def add(*more: str, name: str = "Nieuw", issuer: str = "https://login.voorbeeld.test") -> str:
    out = io.StringIO()
    call_command("add_provider", "Arbodienst De Proef", name, issuer, "client", *more, stdout=out)
    return out.getvalue()


def test_a_provider_is_added_by_command(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "heel geheim")
    said = add("--level", "urn:a=b=substantial", "--acr-values", "urn:a=b")
    row = IdentityProvider.objects.get(slug="nieuw")
    assert row.levels == {"urn:a=b": 2}
    assert "heel geheim" not in row.client_secret + said
    assert "/inloggen/organisatie/nieuw/terug/" in said


@pytest.mark.parametrize("address", ["http://login.voorbeeld.test", "https://x.test/?a=1", "onzin"])
def test_an_odd_issuer_is_refused(place: Place, address: str) -> None:
    with pytest.raises(CommandError, match="https"):
        add(issuer=address)


def test_an_unknown_level_or_organisation_is_refused(place: Place) -> None:
    with pytest.raises(CommandError, match="--level"):
        add("--level", "urn:a=genoeg")
    with pytest.raises(CommandError, match="precies één"):
        call_command("add_provider", "Bestaat Niet", "x", "https://x.test", "client")
    assert IdentityProvider.objects.count() == 1
    assert User.objects.count() == 2
