"""What docs/asvs.md says and no other test tried: properties of the code as it is read, and of answers that any visitor gets."""

import ast
import re
import string
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa import app_settings as mfa
from allauth.usersessions.models import UserSession
from django.conf import settings as configured
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from bar.accounts.models import IdentityProvider, OrganisationKind, User
from bar.accounts.rules import codes
from bar.openings import organisation
from dossiers.models import TrailLine
from dossiers.trail import COMMAND, Event
from tests.never.test_code import PACKAGES, ROOT, sources
from tests.world import World, let_in

PASSWORD = " Linde kompas\tveer stoep "
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


# --- read from the code ---------------------------------------------------------------------------


@cache
def code() -> dict[Path, tuple[ast.AST, ...]]:
    """Every node of every module of ours, read once."""
    return {path.relative_to(ROOT): tuple(ast.walk(tree)) for path, tree in sources(*PACKAGES)}


@cache
def calls() -> list[tuple[str, str, ast.Call]]:
    """Where, what and how everything is called."""
    found = ((path, ast.unparse(node.func), node) for path, nodes in code().items() for node in nodes if isinstance(node, ast.Call))
    return [(f"{path}:{node.lineno} {name}", name, node) for path, name, node in found]


def importers(*modules: str) -> set[str]:
    """The files that import one of these, or a module inside it."""
    found = set()
    for path, nodes in code().items():
        for node in nodes:
            names = (
                [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )
            found |= {str(path) for name in names if name.split(".")[0] in modules}
    return found


def test_nothing_runs_text_as_code_or_through_a_shell() -> None:
    """V1.2.5, 1.3.2, 1.3.7, 1.3.10: no eval, no shell, no template that does not stand in a file, no format that is not our own words."""
    for where, name, call in calls():
        assert name not in {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "Template", "Engine.from_string"}, where
        assert not any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords), where
        if name.endswith(".format") and isinstance(call.func, ast.Attribute):
            assert not isinstance(call.func.value, ast.JoinedStr | ast.BinOp), where


def test_no_parser_or_protocol_is_there_that_nobody_uses() -> None:
    """V1.2.6, 1.2.7, 1.5.1, 1.5.2. Only the drill opens a shelf: the diary that Celery's clock keeps, never what came in."""
    assert not importers("pickle", "marshal", "yaml", "xml", "lxml", "ldap", "ldap3", "jsonpickle", "dill", "defusedxml", "jinja2")
    assert importers("shelve") <= {"bar/drill/product.py"}


def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    """V1.2.9: a pattern stands there, or is put together from constants of the module."""
    seen = 0
    for where, name, call in calls():
        if re.fullmatch(r"re\.(compile|match|search|fullmatch|sub|subn|split|findall|finditer)", name):
            seen += 1
            pattern = call.args[0]
            names = {node.id for node in ast.walk(pattern) if isinstance(node, ast.Name)}
            assert isinstance(pattern, ast.Constant | ast.JoinedStr) and all(one.isupper() for one in names), f"{where} {ast.unparse(pattern)}"
    assert seen > 20


def test_random_values_come_from_the_operating_system() -> None:
    """V11.5.1: Python's `random` is imported nowhere."""
    assert not importers("random", "numpy")


def test_no_broken_hash_is_used() -> None:
    """V11.4.1: SHA-1 only in the codes of an app, where RFC 6238 says so."""
    for path, nodes in code().items():
        words = {
            str(value) for node in nodes for value in (getattr(node, "attr", None), getattr(node, "id", None), getattr(node, "value", None)) if value
        }
        assert not {"md5", "MD5", "sha224", "SHA1"} & words, path
        assert "sha1" not in words or path == Path("bar/accounts/rules/codes.py"), path


def test_scripts_listen_to_no_other_window_and_pages_need_no_plugin() -> None:
    """V3.5.5, 3.7.1."""
    assert SCRIPTS
    for path in SCRIPTS:
        assert not re.search(r"postMessage|onmessage|[\"']message[\"']\s*,", path.read_text(encoding="utf-8")), path
    for path in TEMPLATES:
        assert not re.search(r"<(object|embed|applet|iframe)\b", path.read_text(encoding="utf-8")), path


def test_scripts_set_no_property_by_a_name_that_came_in() -> None:
    """V15.3.6: `thing[name] = …` stands only where the name is one of a list in the script itself."""
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"__proto__|Object\.assign\(\w+, (?!\{)|structuredClone\(.*\)\[", text), path
        for name in re.findall(r"\w\[([a-zA-Z_]\w*)\]\s*=(?!=)", text):
            assert re.search(rf"for \(const {name} of \[[\"'\w, ]+\]\)", text), f"{path.name}: [{name}]"


# --- what any visitor gets --------------------------------------------------------------------------


PATHS = ("/inloggen/", "/privacy/", "/healthz", "/bestaat-niet/", "/static/css/tokens.css", "/account/apparaten/")


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_opens_us_to_another_origin(db: None, path: str) -> None:
    """V3.4.2."""
    asked = {"Origin": "https://kwaad.test", "Access-Control-Request-Method": "POST"}
    for answer in (Client().get(path, headers=asked), Client().options(path, headers=asked)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("path", PATHS)
def test_every_text_says_its_character_set(db: None, path: str) -> None:
    """V4.1.1; JSON is UTF-8 by definition (RFC 8259)."""
    kind = Client().get(path).headers["Content-Type"]
    assert kind == "application/json" or kind.lower().endswith('charset="utf-8"') or kind.lower().endswith("charset=utf-8")


def test_trace_is_refused_no_folder_is_listed_and_no_source_is_served(db: None) -> None:
    """V13.4.1, 13.4.3, 13.4.4."""
    client = Client()
    assert client.trace("/inloggen/").status_code in {403, 405}
    assert client.generic("TRACE", "/privacy/").status_code in {403, 405}
    for path in (
        "/static/",
        "/static/css/",
        "/static/css",
        "/.git/HEAD",
        "/.git/config",
        "/bar/settings.py",
        "/static/../bar/settings.py",
        "/manage.py",
    ):
        assert client.get(path).status_code == 404, path


def test_the_address_for_monitors_does_not_lead_from_http_to_https(db: None, settings: Settings) -> None:
    """V4.1.2."""
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code in {200, 503}
    assert Client().get("/inloggen/").status_code == 301


def test_every_cookie_is_for_this_site_only_and_no_script_reads_it(db: None) -> None:
    """V3.3.2, 3.3.4: the session, the token of forms, and the browser that is known."""
    User.objects.create_user("koekje@proef.test", PASSWORD, name="Koen Koek")
    client = Client()
    client.get("/inloggen/")
    client.post("/inloggen/", {"login": "koekje@proef.test", "password": PASSWORD})
    assert {configured.SESSION_COOKIE_NAME, configured.CSRF_COOKIE_NAME} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert cookie["httponly"], name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name


def test_a_password_counts_exactly_as_typed(db: None, settings: Settings) -> None:
    """V6.2.8: nothing is trimmed, cut off or made lower case."""
    settings.SECOND_FACTOR = False
    User.objects.create_user("exact@proef.test", PASSWORD, name="Ed Exact")
    for typed in (PASSWORD.strip(), PASSWORD.lower(), PASSWORD[:-1], PASSWORD + "x"):
        assert Client().post("/inloggen/", {"login": "exact@proef.test", "password": typed}).status_code == 422, typed
    assert Client().post("/inloggen/", {"login": "exact@proef.test", "password": PASSWORD}).status_code == 302


def test_a_password_is_masked_and_may_be_pasted(db: None) -> None:
    """V6.2.6, 6.2.7."""
    page = Client().get("/inloggen/").content.decode()
    assert re.search(r'<input[^>]*type="password"[^>]*name="password"|<input[^>]*name="password"[^>]*type="password"', page)
    for path in (*SCRIPTS, *TEMPLATES):
        assert not re.search(r"onpaste|[\"']paste[\"']|autocomplete=\"off\"[^>]*password", path.read_text(encoding="utf-8")), path


def test_the_product_comes_without_accounts(db: None) -> None:
    """V6.3.2: the tables as the migrations leave them."""
    assert not User.objects.exists()
    assert not IdentityProvider.objects.exists()


def test_codes_have_the_length_that_is_asked() -> None:
    """V6.5.4: 20 bits at least."""
    assert 10**mfa.RECOVERY_CODE_DIGITS > 2**20
    assert codes.DIGITS == 6
    assert codes.STEP == 30


def test_a_session_key_cannot_be_guessed(db: None) -> None:
    """V7.2.3: 32 signs of 36, taken by `secrets`."""
    stores = [SessionStore() for _ in range(20)]
    for store in stores:
        store.create()
    keys = {str(store.session_key) for store in stores}
    assert len(keys) == len(stores)
    assert {len(key) for key in keys} == {32}
    assert len(VALID_KEY_CHARS) ** 32 > 2**128
    assert set("".join(keys)) <= set(string.ascii_lowercase + string.digits)


def test_every_page_behind_the_door_shows_the_way_out(world: World) -> None:
    """V7.4.4."""
    for path in ("/", f"/dossier/{world.number}/", f"/dossier/{world.number}/brieven/", "/account/"):
        page = world.client("employee").get(path, follow=True)
        assert page.status_code == 200
        assert re.search(r'<form[^>]*action="/uitloggen/"', page.content.decode()), path


def test_another_site_cannot_begin_a_sign_in_through_an_organisation(db: None) -> None:
    """V7.6.2: where a provider asks nothing any more, a link on another site would sign somebody in unseen."""
    employer = organisation("Werkgever Elders", OrganisationKind.EMPLOYER)
    IdentityProvider.objects.create(
        organisation=employer, name="Elders", slug="elders", issuer="http://127.0.0.1:9", client_id="wij", made_at=timezone.now()
    )
    path = reverse("start_through_organisation", args=["elders"])
    stopped = Client().get(path, {"next": "/woorden/"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (stopped.status_code, stopped["Location"]) == (302, "/inloggen/organisatie/?next=%2Fwoorden%2F")
    for own in ("same-origin", "none"):
        assert Client().get(path, headers={"Sec-Fetch-Site": own}).status_code == 502, "it goes to the provider, which is not there"


# --- the operator ------------------------------------------------------------------------------------


def signed_in(email: str) -> Client:
    client = Client()
    let_in(client, User.objects.create_user(email, name="Iemand", activated_at="2026-01-01T00:00:00Z"))
    client.get("/nog-hier/")
    return client


def is_in(client: Client) -> bool:
    return client.get("/woorden/").wsgi_request.user.is_authenticated


def test_the_operator_signs_out_one_person_or_everybody(db: None) -> None:
    """V7.4.5."""
    one, other = signed_in("een@proef.test"), signed_in("ander@proef.test")
    assert UserSession.objects.count() == 2
    out = StringIO()
    call_command("sign_out", "EEN@proef.test", stdout=out)
    assert (is_in(one), is_in(other)) == (False, True)
    assert "1 device." in out.getvalue()
    call_command("sign_out", "--everybody", stdout=out)
    assert not is_in(other)
    assert not Session.objects.filter(pk=other.cookies[configured.SESSION_COOKIE_NAME].value).exists()
    lines = TrailLine.objects.filter(event_code=Event.END_SESSION, actor_role=COMMAND).order_by("seq")
    assert [line.object_id for line in lines] == ["all", "everybody"]
    for wrong in ([], ["niemand@proef.test"], ["een@proef.test", "--everybody"]):
        with pytest.raises(CommandError):
            call_command("sign_out", *wrong, stdout=out)
