"""A place that answers like a provider, and lies where a test wants it to. It knows no rule of OpenID Connect: it hands out what it is given."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from tests.oidc.provider import BACK, SLUG, TWO

CLIENT_ID, SECRET = "het-product", "een geheim van alleen ons tweeën, lang genoeg"
KEY = RSAKey.generate_key(2048, {"kid": "echt", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "echt", "use": "sig"}, private=True)
ANYTHING = ["RS256", "ES256"]
Answer = tuple[int, Mapping[str, str], bytes]


def as_json(value: object, status: int = 200) -> Answer:
    """An answer as a provider gives it."""
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


class Forger:
    """`answers[path]` is what is answered there; `id_token` stands in the answer to a code."""

    def __init__(self) -> None:
        forger = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                forger.asked.append(self.path)
                time.sleep(forger.slow)
                status, headers, body = forger.answers.get(self.path, lambda: (404, {}, b""))()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_request: None  # type: ignore[method-assign]  # who hangs up while we are slow
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.asked: list[str] = []
        self.slow = 0.0
        self.id_token = ""
        self.metadata: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.answers: dict[str, Callable[[], Answer]] = {
            "/.well-known/openid-configuration": lambda: as_json(self.metadata),
            "/keys": lambda: as_json({"keys": [KEY.as_dict(private=False)]}),
            "/token": lambda: as_json({"access_token": "x", "token_type": "Bearer", "id_token": self.id_token}),
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def begin(self, client: Client) -> dict[str, str]:
        """Somebody leaves for the provider; what the address there says."""
        start = client.get(f"/inloggen/organisatie/{SLUG}/")
        assert start.status_code == 302, start.content.decode()
        return {name: values[0] for name, values in parse_qs(urlsplit(start["Location"]).query).items()}

    def claims(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """What an honest provider would say of anna."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "anna",
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 60,
            "acr": TWO,
            "auth_time": now,
        }

    def come_back(self, client: Client, asked: Mapping[str, str], id_token: str, **query: str) -> Any:
        """The answer of our callback to this token."""
        self.id_token = id_token
        return client.get(BACK, {"state": asked["state"], "code": "een-code", **query})


def signed(claims: Mapping[str, Any], *, key: Any = KEY, header: Mapping[str, Any] | None = None) -> str:
    """An ID token, signed with whatever the test says."""
    told = {"alg": "RS256", "kid": "echt", **(header or {})}
    return jwt.encode(told, dict(claims), key, registry=JWSRegistry(algorithms=ANYTHING, strict_check_header=False))
