"""I8: nothing of a page is kept: not by a shared cache, not by the browser, not by a script. On real pages, for every status that a reader meets."""

import json
from pathlib import Path

import lxml.html
import pytest
from django.conf import settings
from django.test import Client

from tests.world import World

KEEPING = ("serviceWorker", "caches.open", "navigator.storage", "hx-push-url", "hx-replace-url", "manifest=")


@pytest.mark.parametrize(
    ("who", "method", "where", "status"),
    [
        ("physician", "get", "", 200),
        ("physician", "get", "bar/1/", 200),
        ("employee", "get", "mijn-dossier/downloaden/", 200),
        ("employer", "get", "bar/1/", 403),
        ("physician", "get", "bar/99/", 404),
        ("outsider", "get", "", 404),
        ("physician", "put", "bar/1/", 405),
        ("physician", "post", "proces/ziektedagen/", 422),
        ("nobody", "get", "", 302),
    ],
)
def test_i8_no_answer_about_a_dossier_may_be_kept(world: World, who: str, method: str, where: str, status: int) -> None:
    answer = getattr(world.client(who), method)(f"/dossier/{world.number}/{where}")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified", "Expires", "Age"} & set(answer.headers)
    assert "Cookie" in answer.headers["Vary"]


def test_i8_one_role_gets_its_own_page_from_the_address_that_another_just_opened(world: World) -> None:
    """Whoever asks second, through the same server, is answered by the own verdict."""
    first, second = world.client("physician"), world.client("employer")
    where = f"/dossier/{world.number}/"
    seen = [client.get(where).content.decode() for client in (first, second, first, second)]
    assert seen[0] != seen[1]
    assert "KANARIE" not in seen[1] + seen[3]
    assert "bar/1/" in seen[0] and "bar/1/" in seen[2]
    assert "bar/1/" not in seen[1] + seen[3]


@pytest.mark.parametrize("who", ["physician", "nobody"])
def test_i8_htmx_keeps_no_history_and_runs_nothing_it_gets(world: World, who: str) -> None:
    page = world.client(who).get("/" if who != "nobody" else "/inloggen/")
    metas = lxml.html.fromstring(page.content.decode()).xpath("//meta[@name='htmx-config']/@content")
    assert len(metas) == 1
    config = json.loads(metas[0])
    assert (config["historyCacheSize"], config["allowEval"], config["allowScriptTags"], config["selfRequestsOnly"]) == (0, False, False, True)


def test_i8_no_script_or_page_of_ours_keeps_anything() -> None:
    folders = [Path(settings.BASE_DIR, name) for name in ("static", "templates")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".js", ".html"}]
    assert len(files) > 100
    for path in files:
        text = path.read_text("utf-8")
        assert not [word for word in KEEPING if word in text], path.name
    assert Client().get("/service-worker.js").status_code == 404
