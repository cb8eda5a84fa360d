"""OpenID Connect as the party that relies on it: asking, fetching, and every check of an answer (Core 1.0 §3.1.3.7, RFC 7636, RFC 9207).

Knows no person and no request, and keeps nothing. A token stays inside this module: what leaves it is `Proof`, or `Fault` with a code.
"""

import datetime
import functools
import hmac
import json
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from django.conf import settings
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    MissingAlgorithmError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

# Signed with a key that only the provider has. No "none", and no HMAC: its key would be the client secret, or whatever somebody finds in public.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
LEEWAY = 60  # seconds that two clocks may differ
PATIENCE = 5.0  # seconds for connecting, for each silence, and for the body of one answer
MOST_BYTES = 500_000
LONGEST_SUBJECT = 255  # Core 1.0 §2
LONGEST_ACR = 200
LONGEST_CODE = 2_000


class FaultCode(StrEnum):
    """What was wrong with an answer; for the trail and the log, in which nothing else of it may stand."""

    STATE = "oidc_state"
    ISSUER = "oidc_issuer"
    AUDIENCE = "oidc_audience"
    NONCE = "oidc_nonce"
    ALGORITHM = "oidc_algorithm"
    KEY = "oidc_key"
    SIGNATURE = "oidc_signature"
    EXPIRED = "oidc_expired"
    SUBJECT = "oidc_subject"
    AUTH_TIME = "oidc_auth_time"
    CLAIM = "oidc_claim"
    CODE = "oidc_code"
    DENIED = "oidc_denied"
    AWAY = "oidc_away"


class Fault(Exception):
    """An answer that may not be believed, or no answer. Carries its code only."""

    def __init__(self, code: FaultCode) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Client:
    """This product as one provider knows it."""

    issuer: str
    client_id: str
    client_secret: str
    acr_values: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. Stays on our side, in the session of who asked; only `state`, `nonce` and a hash of `verifier` travel."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    asked_at: float  # seconds since 1970
    max_age: int | None = None  # seconds since the person showed who they are, at the provider; None: any time


@dataclass(frozen=True, slots=True)
class Proof:
    """What a believed answer says: who, at which issuer, how sure (`acr`, in the provider's words) and since when."""

    issuer: str
    subject: str
    acr: str
    auth_time: int | None


def new_question(redirect_uri: str, *, now: datetime.datetime, max_age: int | None = None) -> Question:
    """A question with fresh secrets, for one answer."""
    return Question(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        asked_at=now.timestamp(),
        max_age=max_age,
    )


def address_to_ask(client: Client, question: Question) -> str:
    """Where the browser goes to show who is there. Asks for `openid` only: no name and no e-mail address. Raises `Fault`."""
    extra = {"prompt": "login", "max_age": str(question.max_age)} if question.max_age is not None else {}
    if client.acr_values:
        extra["acr_values"] = client.acr_values
    found = discover(client.issuer)
    address: str = prepare_grant_uri(
        found["authorization_endpoint"],
        client_id=client.client_id,
        response_type="code",
        redirect_uri=question.redirect_uri,
        scope="openid",
        state=question.state,
        nonce=question.nonce,
        code_challenge=create_s256_code_challenge(question.verifier),
        code_challenge_method="S256",
        ui_locales="nl",
        **extra,
    )
    return address


def proof_of(client: Client, question: Question, answer: Mapping[str, str], *, now: datetime.datetime) -> Proof:
    """Who the answer in the address bar proves. `answer` is the query of the callback, `state` checked before. Raises `Fault`."""
    if not hmac.compare_digest(answer.get("state", "").encode(), question.state.encode()):
        raise Fault(FaultCode.STATE)
    if answer.get("iss", client.issuer) != client.issuer:
        raise Fault(FaultCode.ISSUER)
    if "error" in answer:
        raise Fault(FaultCode.DENIED)
    found = discover(client.issuer)
    if found.get("authorization_response_iss_parameter_supported") is True and "iss" not in answer:
        raise Fault(FaultCode.ISSUER)
    code = answer.get("code", "")
    if not code or len(code) > LONGEST_CODE:
        raise Fault(FaultCode.CODE)
    raw = _id_token(client, question, found, code)
    return read_id_token(raw, _fetch("GET", found["jwks_uri"]), client=client, question=question, now=now)


# --- fetching ----------------------------------------------------------------------------------


def discover(issuer: str) -> dict[str, Any]:
    """What the provider says about itself, asked afresh. Its `issuer` must be the one we asked, to the letter."""
    found = _fetch("GET", get_well_known_url(issuer, external=True))
    if found.get("issuer") != issuer:
        raise Fault(FaultCode.ISSUER)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not is_safe_address(found.get(name)):
            raise Fault(FaultCode.AWAY)
    return found


def is_safe_address(address: object) -> bool:
    """Whether a provider may live here: https; on this machine http too, where the product itself is on http (demonstration, tests)."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and not settings.SECURE and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _id_token(client: Client, question: Question, found: Mapping[str, Any], code: str) -> str:
    """Change the code for an ID token. The access token that comes along is not looked at."""
    body = prepare_token_request("authorization_code", redirect_uri=question.redirect_uri, code=code, code_verifier=question.verifier)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    method = _auth_method(client, found.get("token_endpoint_auth_methods_supported"))
    encode = quote_plus if method == "client_secret_basic" else str  # RFC 6749 §2.3.1
    auth = ClientAuth(encode(client.client_id), encode(client.client_secret), method)
    where, headers, body = auth.prepare("POST", found["token_endpoint"], headers, body)
    raw = _fetch("POST", where, headers=headers, body=body).get("id_token")
    if not isinstance(raw, str):
        raise Fault(FaultCode.CODE)
    return raw


def _auth_method(client: Client, supported: object) -> str:
    if not client.client_secret:
        return "none"
    only_post = isinstance(supported, list) and "client_secret_basic" not in supported and "client_secret_post" in supported
    return "client_secret_post" if only_post else "client_secret_basic"


def _fetch(method: str, where: str, *, headers: Mapping[str, str] | None = None, body: str = "") -> dict[str, Any]:
    """A JSON object from a provider: no redirects followed, no more bytes or seconds than above."""
    if not is_safe_address(where):
        raise Fault(FaultCode.AWAY)
    until = time.monotonic() + PATIENCE
    read = bytearray()
    try:
        with (
            httpx.Client(verify=_certificates(), timeout=PATIENCE, follow_redirects=False, trust_env=not _is_this_machine(_host(where))) as http,
            http.stream(method, where, headers={"Accept": "application/json", **(headers or {})}, content=body.encode() or None) as response,
        ):
            for piece in response.iter_bytes():
                read += piece
                if len(read) > MOST_BYTES or time.monotonic() > until:
                    raise Fault(FaultCode.AWAY)
            status = response.status_code
        value = json.loads(bytes(read))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RecursionError) as problem:
        raise Fault(FaultCode.AWAY) from problem
    if status == 400 and method == "POST":  # RFC 6749 §5.2: the code was used, is too old, or not ours
        raise Fault(FaultCode.CODE)
    if status != 200 or not isinstance(value, dict):
        raise Fault(FaultCode.AWAY)
    return value


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom the system trusts, read once."""
    return ssl.create_default_context()


def _host(where: str) -> str:
    return urlsplit(where).hostname or ""


# --- checking ----------------------------------------------------------------------------------


def read_id_token(raw: str, keys: object, *, client: Client, question: Question, now: datetime.datetime) -> Proof:
    """Believe an ID token, or raise `Fault`. Signature first; then every claim, by Authlib and where it is too mild once more by us."""
    try:
        token = jwt.decode(raw, _verifying(keys), registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False))
        claims = CodeIDToken(token.claims, token.header, _expected(client, question), {"nonce": question.nonce, "client_id": client.client_id})
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, RecursionError) as problem:
        raise Fault(_code_of(problem)) from None
    if claims["aud"] not in (client.client_id, [client.client_id]):  # §3.1.3.7 (3): no audience beside us that we do not know
        raise Fault(FaultCode.AUDIENCE)
    subject = claims["sub"]
    if not subject.isascii() or not subject.isprintable() or len(subject) > LONGEST_SUBJECT:
        raise Fault(FaultCode.SUBJECT)
    acr = claims.get("acr")
    known_acr = acr if isinstance(acr, str) and acr.isprintable() and len(acr) <= LONGEST_ACR else ""
    return Proof(client.issuer, subject, known_acr, _auth_time(claims, question))


def _expected(client: Client, question: Question) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": client.issuer},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": question.nonce},
    }


def _verifying(keys: object) -> KeySet:
    """The keys that can check a signature: public, and meant for it. A secret (`oct`) in the set is not even read."""
    listed = keys.get("keys") if isinstance(keys, dict) else None
    if not isinstance(listed, list):
        raise Fault(FaultCode.AWAY)
    rows = [row for row in listed if isinstance(row, dict) and row.get("kty") in KEY_TYPES and row.get("use", "sig") == "sig"]
    return KeySet.import_key_set({"keys": rows})


def _auth_time(claims: Mapping[str, Any], question: Question) -> int | None:
    """When the person showed who they are. Asked for with `max_age` it must be there and recent (Authlib passes over a `max_age` of 0)."""
    moment = claims.get("auth_time")
    found = moment if isinstance(moment, int) and not isinstance(moment, bool) else None
    if question.max_age is not None and (found is None or found < question.asked_at - question.max_age - LEEWAY):
        raise Fault(FaultCode.AUTH_TIME)
    return found


_OF_CLAIM = {
    "iss": FaultCode.ISSUER,
    "aud": FaultCode.AUDIENCE,
    "azp": FaultCode.AUDIENCE,
    "nonce": FaultCode.NONCE,
    "sub": FaultCode.SUBJECT,
    "auth_time": FaultCode.AUTH_TIME,
}
_OF_PROBLEM: tuple[tuple[type[Exception], FaultCode], ...] = (
    (ExpiredTokenError, FaultCode.EXPIRED),
    (UnsupportedAlgorithmError, FaultCode.ALGORITHM),
    (MissingAlgorithmError, FaultCode.ALGORITHM),
    (InvalidKeyIdError, FaultCode.KEY),
    (BadSignatureError, FaultCode.SIGNATURE),
)


def _code_of(problem: Exception) -> FaultCode:
    for kind, code in _OF_PROBLEM:
        if isinstance(problem, kind):
            return code
    return _OF_CLAIM.get(str(getattr(problem, "claim", "")), FaultCode.CLAIM) if isinstance(problem, ClaimError) else FaultCode.CLAIM
