"""The installation of docker-compose.yml, run without an engine: from empty folder to a signed-in first physician, its numbers, its logs, its end.

`make native`; also part of `make test-all`.
"""

import json
import os
import re
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psycopg
import pytest

from bar.accounts.rules.codes import STEP, code_at
from tests.deploy import compose
from tests.deploy.native import HOST, Installation, installed, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.machine]
WHO, WORD = "arts@dossier.test", "een heel lang wachtwoord van een arts"
MASK = "KANARIE"
NGINX = which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


@pytest.fixture(scope="module")
def here() -> Iterator[Installation]:
    with TemporaryDirectory(prefix="bar-installation-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the account of the database must be able to come by
        with installed(Path(folder)) as running:
            yield running


@pytest.fixture(scope="module")
def site(here: Installation) -> Iterator[httpx.Client]:
    """A browser that reaches the product through the nginx of docs/examples."""
    address = f"https://localhost:{here.ports['https']}"
    if not NGINX:
        pytest.fail("nginx is not installed. Type: sudo apt-get install --no-install-recommends nginx-light")
    start_nginx(here)
    wait_until(lambda: "nginx" in here.running and here.running["nginx"].poll() is None and _opens(address), within=20)
    with httpx.Client(base_url=address, verify=_blind(), timeout=60) as client:
        client.headers["Referer"] = address + "/"
        yield client


def _blind() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _opens(address: str) -> bool:
    try:
        return httpx.get(address + "/inloggen/", verify=_blind()).status_code == 200
    except httpx.TransportError:
        return False


def start_nginx(here: Installation) -> None:
    """docs/examples/nginx.conf with our ports, name and certificate."""
    place = here.home / "nginx"
    place.mkdir()
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run(["openssl", "req", "-x509", *key, "-keyout", place / "key", "-out", place / "chain"], check=True, capture_output=True)
    conf = (compose.ROOT / "docs/examples/nginx.conf").read_text(encoding="utf-8")
    for said, ours in (
        ("127.0.0.1:8000", f"{HOST}:{here.ports['web']}"),
        ("listen 443", f"listen {HOST}:{here.ports['https']}"),
        ("dossier.example.nl;", "localhost;"),
        ("/etc/ssl/dossier.example.nl/fullchain.pem", str(place / "chain")),
        ("/etc/ssl/dossier.example.nl/key.pem", str(place / "key")),
        ("/var/log/nginx/bar-dossier.log", str(place / "log")),
        ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"),  # our port is not 443
    ):
        assert said in conf
        conf = conf.replace(said, ours)
    conf = re.sub(r"    listen (80|\[::\]:\d+)( ssl http2)?;\n", "", conf)
    conf = conf.replace("    server_name localhost;\n    access_log off;\n    return 301", f"    listen {HOST}:0;\n    return 301", 1)
    conf = re.sub(r"server \{\n    listen 127.0.0.1:0;.*?\n\}\n", "", conf, flags=re.DOTALL)
    folders = "".join(f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (place / "conf").write_text(f"daemon off; pid {place}/pid; events {{}}\nhttp {{ {folders}\n{conf}}}\n", encoding="utf-8")
    place.chmod(0o755)
    here.running["nginx"] = subprocess.Popen([NGINX, "-e", place / "log", "-c", place / "conf"])


def test_the_first_physician_signs_in_with_two_steps_over_https(here: Installation, site: httpx.Client) -> None:
    who = ("--organisation", "Arbodienst De Brug", "--name", "Dr. A. Arts", "--email", WHO)
    added = here.run("python", "manage.py", "add_physician", *who, "--big", "12345678901")
    assert added.returncode == 0 and "The worker sends the invitation" in added.stdout, added.stdout + added.stderr
    wait_until(lambda: bool(here.post.mails), within=120)
    mail = here.post.mails[0].get_content()
    found = re.search(r"https://localhost:\d+(/uitnodiging/\S+/)", mail)
    assert found, mail
    assert _post(site, found[1], password=WORD, password_again=WORD).headers["Location"] == "/inloggen/"
    assert _post(site, "/inloggen/", login=WHO, password=WORD).status_code == 302
    assert site.get("/").headers["Location"].startswith("/account/inloggen/")  # nothing opens before the second step
    key = re.search(r"data-key[^>]*>([A-Z2-7 ]+)<", site.get("/account/inloggen/app/").text)
    assert key
    code = code_at(key[1].replace(" ", ""), int(time.time()) // STEP)
    assert _post(site, "/account/inloggen/app/", code=code).status_code == 302
    assert site.get("/").status_code in {200, 302}
    assert site.get("/dossiers/nieuw/").status_code == 200
    assert all(name.startswith("__Host-") for name in site.cookies)


def _post(site: httpx.Client, where: str, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', site.get(where).text)
    assert token, where
    return site.post(where, data={"csrfmiddlewaretoken": token[1], **fields})


def test_the_proxy_hides_what_is_for_inside_and_compresses_nothing(site: httpx.Client) -> None:
    assert {site.get(path).status_code for path in ("/livez", "/readyz", "/healthz", "/metrics")} == {404}
    answer = site.get("/inloggen/", headers={"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert site.post("/inloggen/", content=b"x" * 4_000_000).status_code == 413


def test_the_application_owns_nothing_and_the_owner_is_no_superuser(here: Installation) -> None:
    with _as(here, "bar_app") as connection:
        rows = connection.execute("SELECT count(*) FILTER (WHERE tableowner = 'bar_app'), count(*) FROM pg_tables WHERE schemaname = 'public'")
        owned, every = rows.fetchone() or (None, 0)
        assert owned == 0 and every > 20
        roles = connection.execute("SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname LIKE 'bar_%' ORDER BY 1").fetchall()
        assert roles == [("bar_app", False, False), ("bar_owner", False, False)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM dossiers_trailline")
    assert here.secret("database_owner_password") not in str(here.environment("web"))
    assert "DATABASE_OWNER_URL" not in here.environment("web")


def _as(here: Installation, role: str) -> "psycopg.Connection[tuple[Any, ...]]":
    word = here.secret({"bar_app": "database_app_password", "bar_owner": "database_owner_password"}[role])
    return psycopg.connect(host=HOST, port=here.ports["database"], user=role, password=word, dbname="bar", autocommit=True)


def test_prometheus_reads_web_and_worker_with_the_token_only(here: Installation) -> None:
    token = {"Authorization": f"Bearer {here.secret('metrics_token')}"}
    web, worker = (f"http://{HOST}:{here.ports[name]}/metrics" for name in ("web", "worker"))
    for address in (web, worker):
        assert httpx.get(address, headers={"Host": "localhost"}).status_code == 404
        assert httpx.get(address, headers={"Host": "localhost", "Authorization": "Bearer nee"}).status_code == 404
    wait_until(lambda: "bar_worker_swept_seconds" in httpx.get(web, headers={"Host": "localhost", **token}).text, within=40)
    said = httpx.get(web, headers={"Host": "localhost", **token}).text
    assert "bar_database_up 1.0" in said and "bar_broker_up 1.0" in said
    assert re.search(r'bar_requests_total\{method="GET",status="200",view="readyz"\} [1-9]', said)
    wait_until(lambda: 'bar_tasks_total{state="SUCCESS",task="dossiers.tasks.sweep_outbox"}' in httpx.get(worker, headers=token).text, within=40)


def test_every_line_of_the_logs_is_one_json_object_without_content(here: Installation, site: httpx.Client) -> None:
    site.get(f"/uitnodiging/{MASK}/")
    site.get(f"/dossier/{MASK}/?zoek={MASK}")
    with httpx.Client(base_url=site.base_url, verify=_blind(), timeout=60, headers={"Referer": f"{site.base_url}/"}) as stranger:
        assert _post(stranger, "/inloggen/", login=f"{MASK}@dossier.test", password=MASK * 3).status_code in {200, 422}
    for service in ("web", "worker", "clock"):
        lines = here.log(service).splitlines()
        said = [json.loads(line) for line in lines]
        assert all({"time", "level", "logger", "message"} <= one.keys() for one in said)
        assert MASK not in here.log(service) and WHO not in here.log(service) and "/uitnodiging/" not in here.log(service)
    assert {"request"} <= {json.loads(line)["message"] for line in here.log("web").splitlines()}
    assert MASK not in (here.home / "database" / "log").read_text(encoding="utf-8")


def test_sigterm_lets_a_request_under_way_and_a_task_under_way_end(here: Installation, site: httpx.Client) -> None:
    held = _as(here, "bar_owner")
    with held.transaction():
        held.execute("LOCK TABLE dossiers_outbox IN ACCESS EXCLUSIVE MODE")
        wait_until(lambda: _waiting(here) == 1, within=40)  # the sweep that the clock asked for
        held.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        answers: list[int] = []
        asks = threading.Thread(target=lambda: answers.append(site.get("/").status_code))
        asks.start()
        wait_until(lambda: _waiting(here) == 2, within=8)
        ends = {name: threading.Thread(target=lambda name=name: codes.update({name: here.stop(name)})) for name in ("web", "worker")}
        codes: dict[str, int] = {}
        for one in ends.values():
            one.start()
        time.sleep(2)
        assert not answers and not codes, "both wait for what is under way"
    asks.join(30)
    for one in ends.values():
        one.join(60)
    assert answers in ([200], [302])
    assert codes == {"web": 0, "worker": 0}
    last = [json.loads(line) for line in here.log("worker").splitlines() if '"task"' in line][-1]
    assert (last["task"], last["state"]) == ("dossiers.tasks.sweep_outbox", "SUCCESS")
    assert here.stop("clock", within=20) == 0
    assert here.run("python", "-m", "bar.probe", "web").returncode == 1


def _waiting(here: Installation) -> int:
    with _as(here, "bar_owner") as connection:
        row = connection.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted").fetchone()
        return int(row[0]) if row else 0
