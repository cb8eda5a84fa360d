"""Forged and broken answers of a provider: each is refused with a page, makes nothing, and stands in the trail with its rule.

The set-up is the same for the honest answer, which comes in; so each refusal is about what was changed.
"""

import base64
import datetime as dt
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from joserfc.jwk import ECKey, OctKey, RSAKey

from bar.accounts import oidc
from bar.accounts.models import Identity
from tests.oidc.conftest import Place
from tests.oidc.forger import CLIENT_ID, KEY, OTHER_KEY, SECRET, Forger, as_json, signed
from tests.oidc.provider import BACK, SLUG, Registered, make_provider

Claims = dict[str, Any]
DISCOVERY = "/.well-known/openid-configuration"


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def refused(place: Place, answer: Any, code: str, *, status: int = 400) -> None:
    """A page that says what to do, nobody signed in, nothing made, one line."""
    text = answer.content.decode()
    assert answer.status_code == status, text
    assert "Dit is niet gelukt" in text
    assert "pnieuw" in text or "andere manier" in text
    assert "_auth_user_id" not in place.client.session
    assert Identity.objects.filter(last_used_at=None).count() == Identity.objects.count() == 1
    assert place.failures() == [code]


def test_an_honest_answer_comes_in(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    answer = forger.come_back(place.client, asked, signed(forger.claims(asked)))
    assert answer.status_code == 302, answer.content.decode()
    assert place.client.session["_auth_user_id"] == str(place.anna.pk)


WRONG_CLAIMS: dict[str, tuple[Claims, str]] = {
    "another issuer": ({"iss": "https://kwaad.test"}, "oidc_issuer"),
    "an issuer that differs by a slash": ({"iss": "{issuer}/"}, "oidc_issuer"),
    "two issuers": ({"iss": ["{issuer}", "https://kwaad.test"]}, "oidc_issuer"),
    "no issuer": ({"iss": None}, "oidc_issuer"),
    "another audience": ({"aud": "een-ander"}, "oidc_audience"),
    "us and another audience": ({"aud": [CLIENT_ID, "een-ander"], "azp": CLIENT_ID}, "oidc_audience"),
    "no audience": ({"aud": None}, "oidc_audience"),
    "issued to another": ({"azp": "een-ander"}, "oidc_audience"),
    "another nonce": ({"nonce": "van-gisteren"}, "oidc_nonce"),
    "no nonce": ({"nonce": None}, "oidc_nonce"),
    "an empty nonce": ({"nonce": ""}, "oidc_nonce"),
    "too old": ({"exp": int(time.time()) - 3600}, "oidc_expired"),
    "for ever": ({"exp": None}, "oidc_claim"),
    "an end that is no moment": ({"exp": "morgen"}, "oidc_claim"),
    "of tomorrow": ({"iat": int(time.time()) + 86_400}, "oidc_claim"),
    "nobody": ({"sub": None}, "oidc_subject"),
    "an empty name": ({"sub": ""}, "oidc_subject"),
    "a number": ({"sub": 7}, "oidc_subject"),
    "a name with a hole": ({"sub": "anna\x00"}, "oidc_subject"),
    "a name without end": ({"sub": "a" * 256}, "oidc_subject"),
}


@pytest.mark.parametrize(("changed", "code"), WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_wrong_claim_is_refused_although_it_is_signed(forged: tuple[Place, Forger], changed: Claims, code: str) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    claims = {**forger.claims(asked), **json.loads(json.dumps(changed).replace("{issuer}", forger.issuer))}
    claims = {name: value for name, value in claims.items() if value is not None}
    refused(place, forger.come_back(place.client, asked, signed(claims)), code)


def no_signature(claims: Claims) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def taken_apart(claims: Claims) -> str:
    head, _, tail = signed(claims).split(".")
    return f"{head}.{part({**claims, 'sub': 'collega'})}.{tail}"


def own_key_inside(claims: Claims) -> str:
    """The key that signed it, offered in the token itself."""
    key = ECKey.generate_key("P-256")
    return signed(claims, key=key, header={"alg": "ES256", "jwk": key.as_dict(private=False), "kid": "kwaad"})


def keyed_with(secret: bytes) -> Callable[[Claims], str]:
    """HS256, by hand: libraries refuse to help with the oldest forgery there is."""

    def forge(claims: Claims) -> str:
        text = f"{part({'alg': 'HS256', 'kid': 'echt'})}.{part(claims)}"
        return f"{text}.{base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), 'sha256')).decode().rstrip('=')}"

    return forge


WRONG_SIGNATURES: dict[str, tuple[Callable[[Claims], str], str]] = {
    "none": (no_signature, "oidc_algorithm"),
    "HS256 with the public key": (keyed_with(KEY.as_pem(private=False)), "oidc_algorithm"),
    "HS256 with our secret": (keyed_with(SECRET.encode()), "oidc_algorithm"),
    "another key with the same name": (lambda claims: signed(claims, key=OTHER_KEY), "oidc_signature"),
    "an unknown key": (lambda claims: signed(claims, header={"kid": "onbekend"}), "oidc_key"),
    "its own key inside": (own_key_inside, "oidc_key"),
    "changed after signing": (taken_apart, "oidc_signature"),
    "no token": (lambda _claims: "onzin", "oidc_claim"),
    "nothing": (lambda _claims: "", "oidc_claim"),
    "a list": (lambda claims: signed(claims).split(".")[0] + "." + part([1]) + ".", "oidc_signature"),
}


@pytest.mark.parametrize(("forge", "code"), WRONG_SIGNATURES.values(), ids=WRONG_SIGNATURES)
def test_a_wrong_signature_or_algorithm_is_refused(forged: tuple[Place, Forger], forge: Callable[[Claims], str], code: str) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    refused(place, forger.come_back(place.client, asked, forge(forger.claims(asked))), code)


def test_a_secret_among_the_public_keys_is_not_used(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    secret = OctKey.import_key(SECRET, {"kid": "echt"})
    forger.answers["/keys"] = lambda: as_json({"keys": [secret.as_dict(private=True), KEY.as_dict(private=False)]})
    asked = forger.begin(place.client)
    token = keyed_with(SECRET.encode())(forger.claims(asked))
    refused(place, forger.come_back(place.client, asked, token), "oidc_algorithm")


# --- the answer in the address bar -------------------------------------------------------------


WRONG_ANSWERS: dict[str, tuple[dict[str, str], str]] = {
    "another state": ({"state": "van-een-ander"}, "oidc_state"),
    "an empty state": ({"state": ""}, "oidc_state"),
    "an issuer that was not asked (mix-up)": ({"iss": "https://kwaad.test"}, "oidc_issuer"),
    "no code": ({"code": ""}, "oidc_code"),
    "a code without end": ({"code": "x" * 3000}, "oidc_code"),
}


@pytest.mark.parametrize(("changed", "code"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_is_refused_before_anything_is_fetched(forged: tuple[Place, Forger], changed: dict[str, str], code: str) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    refused(place, forger.come_back(place.client, asked, signed(forger.claims(asked)), **changed), code)
    assert "/token" not in forger.asked


def test_an_answer_without_state_is_refused(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    forger.begin(place.client)
    refused(place, place.client.get(BACK, {"code": "een-code"}), "oidc_state")


def test_a_provider_that_promised_its_name_must_give_it(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    forger.metadata["authorization_response_iss_parameter_supported"] = True
    asked = forger.begin(place.client)
    refused(place, forger.come_back(place.client, asked, signed(forger.claims(asked))), "oidc_issuer")


def test_a_state_works_once(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    wrong = forger.come_back(place.client, asked, no_signature(forger.claims(asked)))
    assert wrong.status_code == 400
    again = forger.come_back(place.client, asked, signed(forger.claims(asked)))
    assert again.status_code == 400
    assert place.failures() == ["oidc_algorithm", "oidc_state"]


def test_a_state_of_another_session_is_refused(forged: tuple[Place, Forger]) -> None:
    """Signing a victim in with the attacker's account: the attacker's answer in the victim's browser."""
    place, forger = forged
    attacker = Client()
    asked = forger.begin(attacker)
    forger.begin(place.client)
    refused(place, forger.come_back(place.client, asked, signed(forger.claims(asked))), "oidc_state")


def test_a_way_ends_after_ten_minutes(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    token = signed({**forger.claims(asked), "exp": int(time.time()) + 3600})
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10, seconds=1), tick=True):
        refused(place, forger.come_back(place.client, asked, token), "oidc_state")


def test_an_answer_that_comes_in_at_another_provider_is_refused(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    with Forger() as second:
        other = make_provider(Registered(second.issuer, CLIENT_ID, SECRET), slug="ander")
        asked = forger.begin(place.client)
        answer = place.client.get(BACK.replace(SLUG, other.slug), {"state": asked["state"], "code": "een-code"})
        refused(place, answer, "oidc_state")
        assert "/token" not in second.asked


# --- a provider that does not answer ---------------------------------------------------------------


BROKEN: dict[str, tuple[int, dict[str, str], bytes]] = {
    "an error": (500, {}, b"{}"),
    "a page": (200, {"Content-Type": "text/html"}, b"<html>"),
    "a list": as_json([1]),  # type: ignore[dict-item]
    "nothing": (200, {}, b""),
    "depth": (200, {}, b"[" * 100_000),
    "no text": (200, {}, b"\xff\xfe\x00"),
    "too much": (200, {}, b" " * 600_000 + b"{}"),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/keys"])
def test_a_broken_provider_is_a_sentence(forged: tuple[Place, Forger], path: str, answer: tuple[int, dict[str, str], bytes]) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    forger.answers[path] = lambda: answer
    refused(place, forger.come_back(place.client, asked, signed(forger.claims(asked))), "oidc_away", status=502)


def test_no_redirect_is_followed(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    asked = forger.begin(place.client)
    keys = forger.answers["/keys"]
    forger.answers.update({"/keys": lambda: (302, {"Location": f"{forger.issuer}/elders"}, b""), "/elders": keys})
    refused(place, forger.come_back(place.client, asked, signed(forger.claims(asked))), "oidc_away", status=502)
    assert "/elders" not in forger.asked


@pytest.mark.parametrize("changed", [{"jwks_uri": "http://169.254.169.254/"}, {"token_endpoint": "file:///etc/passwd"}, {"jwks_uri": None}])
def test_a_provider_does_not_send_us_to_odd_places(forged: tuple[Place, Forger], changed: Claims) -> None:
    place, forger = forged
    forger.metadata.update(changed)
    answer = place.client.get(f"/inloggen/organisatie/{SLUG}/")
    refused(place, answer, "oidc_away", status=502)


def test_a_provider_that_says_to_be_another_is_not_believed(forged: tuple[Place, Forger]) -> None:
    place, forger = forged
    forger.metadata["issuer"] = "https://kwaad.test"
    refused(place, place.client.get(f"/inloggen/organisatie/{SLUG}/"), "oidc_issuer")


@pytest.mark.parametrize("keys", [{"keys": []}, {"keys": "x"}, {}, {"keys": [{"kty": "RSA"}]}, {"keys": [7]}])
def test_odd_keys_are_a_sentence(forged: tuple[Place, Forger], keys: object) -> None:
    place, forger = forged
    forger.answers["/keys"] = lambda: as_json(keys)
    asked = forger.begin(place.client)
    answer = forger.come_back(place.client, asked, signed(forger.claims(asked)))
    assert answer.status_code in {400, 502}
    refused(place, answer, place.failures()[0], status=answer.status_code)


def test_a_slow_provider_is_not_waited_for(forged: tuple[Place, Forger], monkeypatch: pytest.MonkeyPatch) -> None:
    place, forger = forged
    monkeypatch.setattr(oidc, "PATIENCE", 0.1)
    forger.slow = 1.0
    refused(place, place.client.get(f"/inloggen/organisatie/{SLUG}/"), "oidc_away", status=502)


def test_a_provider_that_is_away_is_a_sentence(forged: tuple[Place, Forger]) -> None:
    place, _forger = forged
    place.provider.issuer = "http://127.0.0.1:1"
    place.provider.save()
    refused(place, place.client.get(f"/inloggen/organisatie/{SLUG}/"), "oidc_away", status=502)


def test_outside_this_machine_only_https_is_spoken(settings: Any) -> None:
    assert oidc.is_safe_address("https://login.voorbeeld.test/realm")
    assert oidc.is_safe_address("http://127.0.0.1:8080")
    for address in (
        "http://login.voorbeeld.test",
        "https://",
        "ftp://x.test",
        "https://a:b@x.test",
        "https://x.test/#a",
        "https://x\n.test",
        None,
        7,
    ):
        assert not oidc.is_safe_address(address), address
    settings.SECURE = True
    assert not oidc.is_safe_address("http://127.0.0.1:8080")


def test_the_key_of_the_test_is_a_real_one() -> None:
    assert isinstance(KEY, RSAKey)
    assert KEY.thumbprint() != OTHER_KEY.thumbprint()
