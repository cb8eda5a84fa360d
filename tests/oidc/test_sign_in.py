"""Signing in at a real provider, from our door to theirs and back: who comes in, how surely, and who does not."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from bar.accounts import standing
from bar.accounts.models import Assurance, Identity
from dossiers.models import TrailLine
from dossiers.sealed import unseal_text
from tests.oidc.conftest import Place
from tests.oidc.provider import BACK, CARD, ONE, SLUG, TWO, kept_in, path_of, show_who, sign_in


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def level(client: Client) -> int:
    return int(client.session[standing.KEY]["assurance"])


@pytest.mark.parametrize(("acr", "assurance"), [(TWO, Assurance.SUBSTANTIAL), (CARD, Assurance.HIGH)])
def test_who_showed_two_factors_at_the_organisation_comes_in(place: Place, acr: str, assurance: Assurance) -> None:
    answer = sign_in(place.client, "anna", acr, next="/woorden/")
    assert (answer.status_code, answer["Location"]) == (302, "/woorden/")
    assert place.client.session["_auth_user_id"] == str(place.anna.pk)
    assert level(place.client) == assurance
    assert place.client.get("/").status_code == 200, "no second step of ours is asked"
    identity = Identity.objects.get()
    assert (identity.acr, identity.assurance) == (acr, assurance)
    assert identity.last_used_at is not None
    assert TrailLine.objects.filter(event_code="sign_in", actor_id=place.anna.pk).count() == 1


def test_we_ask_for_no_name_and_no_address_and_with_fresh_secrets(place: Place) -> None:
    asked = [parse_qs(urlsplit(Client().get(f"/inloggen/organisatie/{SLUG}/")["Location"]).query) for _ in range(2)]
    for query in asked:
        assert query["scope"] == ["openid"]
        assert query["response_type"] == ["code"]
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == [f"http://testserver{BACK}"]
        assert query["acr_values"] == [TWO]
    for secret in ("state", "nonce", "code_challenge"):
        assert len(asked[0][secret][0]) >= 43
        assert asked[0][secret] != asked[1][secret]


def test_one_factor_at_the_organisation_is_one_factor_here(place: Place) -> None:
    answer = sign_in(place.client, "anna", ONE)
    assert answer.status_code == 302
    assert level(place.client) == Assurance.LOW
    assert place.client.get("/").status_code == 302, "the second step is still missing"
    assert Identity.objects.get().assurance == Assurance.LOW


def test_an_organisation_that_vouched_for_two_factors_is_not_passed_with_one(place: Place) -> None:
    sign_in(place.client, "anna", TWO)
    answer = sign_in(Client(), "anna", ONE)
    assert answer.status_code == 403
    assert "ook de tweede stap" in answer.content.decode()
    assert Identity.objects.get().assurance == Assurance.SUBSTANTIAL
    assert place.failures() == ["acr_too_low"]


def test_a_password_is_no_way_around_the_organisations_second_step(place: Place) -> None:
    """Else a password alone would be enough to set up a first second step, and be in."""
    sign_in(place.client, "anna", TWO)
    thief = place.signed_in(place.anna, assurance=Assurance.LOW)
    for name in ("home", "mfa_activate_totp", "mfa_add_webauthn"):
        answer = thief.get(reverse(name))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("prove_again")), name


def test_nothing_of_the_answer_is_kept(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    start = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    back = show_who(start["Location"], "anna")
    secrets = [*place.client.session["bar_oidc"][0]["question"].values(), parse_qs(urlsplit(back).query)["code"][0]]
    before = place.client.session.session_key
    place.client.get(path_of(back))
    assert place.client.session.session_key != before
    trail = "".join(str(line.__dict__) for line in TrailLine.objects.all())
    for secret in secrets:
        if isinstance(secret, str) and secret.startswith("http") is False:
            assert secret not in kept_in(place.client) + trail + caplog.text
    assert "eyJ" not in kept_in(place.client) + trail + caplog.text, "a token"


def test_an_unknown_account_gets_a_kind_page_and_makes_nobody(place: Place) -> None:
    """At the provider "collega" has the e-mail address of a colleague who has an account here: that says nothing."""
    before = place.colleague.__class__.objects.count()
    answer = sign_in(place.client, "collega")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "We kennen dit account nog niet" in text
    assert "uitnodiging" in text
    assert not is_in(place.client)
    assert Identity.objects.count() == 1
    assert place.colleague.__class__.objects.count() == before
    assert place.failures() == ["unknown_subject"]


def test_the_same_subject_at_another_issuer_is_somebody_else(place: Place) -> None:
    Identity.objects.update(issuer="https://ander.test")
    assert sign_in(place.client, "anna").status_code == 403
    assert not is_in(place.client)


def test_a_subject_is_compared_to_the_letter(place: Place) -> None:
    assert sign_in(place.client, "Anna").status_code == 403
    assert not is_in(place.client)


def test_who_does_not_work_here_any_more_is_told_whom_to_call(place: Place) -> None:
    place.anna.is_active = False
    place.anna.save()
    answer = sign_in(place.client, "anna")
    assert answer.status_code == 403
    assert "Bel uw arbodienst" in answer.content.decode()
    assert not is_in(place.client)
    assert place.failures() == ["not_in_use"]


def test_a_provider_that_was_switched_off_is_no_door(place: Place) -> None:
    start = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    back = show_who(start["Location"], "anna")
    place.provider.is_active = False
    place.provider.save()
    for answer in (place.client.get(path_of(back)), place.client.get(f"/inloggen/organisatie/{SLUG}/")):
        assert answer.status_code == 404
        assert "andere manier" in answer.content.decode()
    assert not is_in(place.client)
    assert "De Proef" not in place.client.get("/inloggen/organisatie/").content.decode()


def test_who_stops_at_the_organisation_can_begin_again(place: Place) -> None:
    start = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    answer = place.client.get(path_of(show_who(start["Location"], "anna", stop="yes")))
    assert answer.status_code == 403
    assert "Probeer het opnieuw" in answer.content.decode()
    assert place.failures() == ["oidc_denied"]
    assert sign_in(place.client, "anna").status_code == 302


def test_a_code_works_once_and_in_one_browser(place: Place) -> None:
    start = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    back = path_of(show_who(start["Location"], "anna"))
    other = Client()
    other.get(f"/inloggen/organisatie/{SLUG}/")
    assert other.get(back).status_code == 400, "the state of another session"
    assert place.client.get(back).status_code == 302
    place.client.post("/uitloggen/")
    again = place.client.get(back)
    assert again.status_code == 400
    assert "Begin opnieuw" in again.content.decode()
    assert not is_in(place.client) and not is_in(other)
    assert place.failures() == ["oidc_state", "oidc_state"]


def test_a_code_that_was_used_is_refused_by_the_provider_too(place: Place) -> None:
    """Somebody's used code in the own way: our state is right, the code is not of this way."""
    start = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    back = show_who(start["Location"], "anna")
    place.client.get(path_of(back))
    thief = Client()
    own = parse_qs(urlsplit(thief.get(f"/inloggen/organisatie/{SLUG}/")["Location"]).query)["state"][0]
    stolen = parse_qs(urlsplit(back).query)
    answer = thief.get(BACK, {"state": own, "code": stolen["code"][0], "iss": stolen["iss"][0]})
    assert answer.status_code == 400
    assert not is_in(thief)
    assert place.failures() == ["oidc_code"]


def test_a_code_of_another_browser_is_refused_although_it_is_fresh(place: Place) -> None:
    """The verifier (PKCE) is with who began: a code that leaked on its way is worth nothing."""
    start = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    leaked = parse_qs(urlsplit(show_who(start["Location"], "anna")).query)
    thief = Client()
    own = parse_qs(urlsplit(thief.get(f"/inloggen/organisatie/{SLUG}/")["Location"]).query)["state"][0]
    answer = thief.get(BACK, {"state": own, "code": leaked["code"][0], "iss": leaked["iss"][0]})
    assert (answer.status_code, is_in(thief)) == (400, False)


def test_who_is_in_is_not_sent_to_an_organisation(place: Place) -> None:
    client = place.signed_in(place.colleague)
    answer = client.get(f"/inloggen/organisatie/{SLUG}/", {"next": "/woorden/"})
    assert (answer.status_code, answer["Location"]) == (302, "/woorden/")


@pytest.mark.parametrize("where", ["https://kwaad.test/", "//kwaad.test/", "/\\kwaad.test", "javascript:alert(1)"])
def test_the_way_back_leads_to_our_own_pages_only(place: Place, where: str) -> None:
    assert sign_in(place.client, "anna", next=where)["Location"] == "/"
    assert "kwaad" not in Client().get("/inloggen/organisatie/", {"next": where}).content.decode()


def test_the_door_names_the_organisations(place: Place) -> None:
    assert reverse("choose_organisation") in Client().get("/inloggen/").content.decode()
    text = Client().get("/inloggen/organisatie/", {"next": "/woorden/"}).content.decode()
    assert f"/inloggen/organisatie/{SLUG}/?next=%2Fwoorden%2F" in text


def test_a_session_at_the_organisation_is_enough_to_come_in_again(place: Place) -> None:
    http = httpx.Client(trust_env=False)
    sign_in(place.client, "anna", http=http)
    place.client.post("/uitloggen/")
    assert sign_in(place.client, "somebody else: not asked", http=http).status_code == 302
    assert is_in(place.client)


def test_the_secret_of_a_provider_is_sealed(place: Place) -> None:
    row = place.provider
    opened = unseal_text(row.client_secret, bound_to=f"accounts_identityprovider|client_secret|{row.pk}")
    assert len(opened) > 20
    assert opened not in row.client_secret
