"""/metrics: only for who brings the token; counts and ages, no label that could say something of anybody."""

import datetime as dt
import json
import os
import re
import time
import uuid
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from bar import figures, metrics_page, probe, working
from dossiers import outbox
from dossiers.actions.checkpoints import Looked, verify_trail_by_clock
from dossiers.models import TrailLine
from dossiers.trail import Event, Line, Outcome, write_now
from tests.world import World

pytestmark = pytest.mark.django_db
TOKEN = "een-heel-lang-woord-voor-prometheus-1234"


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def read(client: Client | None = None) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample by name, then by the values of its labels."""
    answer = (client or Client()).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.cookies.output()) == (200, "")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


@pytest.mark.parametrize("given", ["", "Bearer ", f"Bearer {TOKEN[:-1]}", f"bearer {TOKEN}", TOKEN, f"Bearer {TOKEN} ", "Bearer é"])
def test_without_the_token_the_page_does_not_exist(given: str) -> None:
    client = Client()
    answer, nowhere = client.get("/metrics", headers={"Authorization": given}), client.get("/bestaat-niet")
    assert answer.status_code == 404
    assert answer.content == nowhere.content and not answer.cookies


def test_without_a_token_of_our_own_nobody_has_the_right_one(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert {Client().get("/metrics", headers={"Authorization": given}).status_code for given in ("Bearer ", "Bearer", "")} == {404}


def test_a_request_is_counted_by_the_name_of_its_page_and_a_refused_visit_besides(world: World) -> None:
    before = read()
    world.client("physician").get(f"/dossier/{world.dossier.number}/")
    world.client("outsider").get(f"/dossier/{world.dossier.number}/")
    Client().get("/dossier/D-BESTAAT-NIET/")
    after = read()
    assert _grown(before, after, "bar_requests_total", ("GET", "200", "overview")) == 1
    assert _grown(before, after, "bar_requests_total", ("GET", "404", "overview")) >= 1
    assert _grown(before, after, "bar_refused_visits_total", ("404",)) >= 1
    assert _grown(before, after, "bar_request_seconds_count", ("overview",)) >= 2


def _grown(before: Any, after: Any, name: str, labels: tuple[str, ...]) -> float:
    return float(after[name].get(labels, 0.0) - before.get(name, {}).get(labels, 0.0))


def test_a_try_to_sign_in_that_fails_is_counted() -> None:
    before = read()
    Client().post("/inloggen/", {"login": "niemand@nergens.test", "password": "niet het wachtwoord"})
    assert _grown(before, read(), "bar_sign_in_failures_total", ()) == 1


def test_no_label_holds_anything_but_names_of_ours(world: World) -> None:
    for path in (f"/dossier/{world.dossier.number}/", "/uitnodiging/KANARIE/", "/KANARIE"):
        world.client("physician").get(path)
    Client().generic("KANARIE", "/")
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert "KANARIE" not in text and world.dossier.number not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|@|D-[0-9A-Z]{4}", text)


def test_what_waits_is_told_by_kind_with_its_age_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    now = timezone.now()
    outbox.put("letter_copy", uuid.uuid4(), now=now - dt.timedelta(minutes=10))
    outbox.put("notice", uuid.uuid4(), now=now)
    late = outbox.put("notice", uuid.uuid4(), now=now - dt.timedelta(hours=1))
    late.gave_up_at = now
    late.save()
    with django_assert_num_queries(1):
        said = read()
    assert said["bar_outbox_waiting"] == {("letter_copy",): 1.0, ("notice",): 1.0}
    assert 600 <= said["bar_outbox_oldest_seconds"]["letter_copy",] < 900
    assert 600 <= said["bar_outbox_overdue_seconds"]["letter_copy",] < 900
    assert said["bar_outbox_gave_up"][()] == 1.0
    assert said["bar_database_up"][()] == said["bar_broker_up"][()] == 1.0
    assert 1 <= said["bar_database_connections"][()] <= said["bar_database_connections_limit"][()]


@pytest.mark.parametrize(("outcome", "whole"), [(Outcome.SUCCESS, 1.0), (Outcome.ERROR, 0.0)])
def test_the_last_look_at_the_trail_is_told(outcome: int, whole: float) -> None:
    assert "bar_trail_whole" not in read()
    write_now(Line(Event.VERIFY_TRAIL, outcome=Outcome.ERROR, object_id=Looked.WHOLE))
    write_now(Line(Event.VERIFY_TRAIL, outcome=outcome, object_id=Looked.WHOLE))
    said = read()
    assert said["bar_trail_whole"][()] == whole
    assert 0 <= said["bar_trail_verified_seconds"][()] < 60


def test_a_break_stays_told_when_only_a_part_is_looked_at_and_that_is_whole(world: World, settings: Settings, tmp_path: Path) -> None:
    settings.TRAIL_CHECKPOINTS = tmp_path / "checkpoints"
    call_command("verify_trail", stdout=StringIO())
    assert read()["bar_trail_whole"][()] == 1.0
    kept = settings.TRAIL_CHECKPOINTS.rename(tmp_path / "copy")
    assert verify_trail_by_clock().breaks  # the file is away: an alarm
    for part in ({"dossier": world.number}, {"since_checkpoint": True}, {"checkpoints": kept}):
        with suppress(CommandError):
            call_command("verify_trail", stdout=StringIO(), stderr=StringIO(), **part)
        assert read()["bar_trail_whole"][()] == 0.0, part
    settings.TRAIL_CHECKPOINTS.unlink(missing_ok=True)
    call_command("verify_trail", accept=True, stdout=StringIO(), stderr=StringIO())
    assert read()["bar_trail_whole"][()] == 1.0, "somebody found out why"


def test_the_last_look_is_found_behind_any_number_of_lines(world: World) -> None:
    write_now(Line(Event.VERIFY_TRAIL, outcome=Outcome.ERROR, object_id=Looked.WHOLE))
    columns = [field.attname for field in TrailLine._meta.concrete_fields if field.attname not in {"id", "seq", "actor_id", "event_code"}]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dossiers_trailline (id, seq, actor_id, event_code, {', '.join(columns)}) "
            f"SELECT gen_random_uuid(), seq + n, gen_random_uuid(), 'visit', {', '.join(columns)} "
            "FROM generate_series(1, 20001) AS n, (SELECT * FROM dossiers_trailline WHERE event_code = 'verify_trail') AS last"
        )
    assert read()["bar_trail_whole"][()] == 0.0


def test_the_age_of_the_newest_checkpoint_is_told(settings: Settings, tmp_path: Path) -> None:
    settings.TRAIL_CHECKPOINTS = tmp_path / "checkpoints"
    assert "bar_trail_checkpoint_seconds" not in read()
    settings.TRAIL_CHECKPOINTS.write_text("{}\n")
    os.utime(settings.TRAIL_CHECKPOINTS, (time.time() - 900, time.time() - 900))
    assert 900 <= read()["bar_trail_checkpoint_seconds"][()] < 1000


def test_a_sweep_leaves_its_time_and_a_worker_and_a_clock_show_that_they_live(settings: Settings, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert (probe.main(["worker"]), probe.main(["clock"]), probe.main(["iets"])) == (1, 1, 2)

    class Task:
        name = working.SWEEP

    working.begin(task_id="t", task=Task)
    working.end(task_id="t", task=Task, state="SUCCESS")
    assert 0 <= read()["bar_worker_swept_seconds"][()] < 60
    working.worker_lives()
    probe.touch("clock")
    assert (probe.main(["worker"]), probe.main(["clock"])) == (0, 0)
    old = time.time() - 600
    os.utime(probe.sign_of("worker"), (old, old))
    assert (probe.main(["worker"]), probe.main(["clock"])) == (1, 0)


def test_what_cannot_be_asked_is_down_and_never_an_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://:geheim@127.0.0.1:1/0"
    monkeypatch.setattr(figures, "QUERY", "SELECT pg_sleep(2), %s, %s")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert "bar_database_up 0.0" in answer.content.decode() and "bar_broker_up 0.0" in answer.content.decode()


def test_a_worker_serves_its_counts_with_the_same_token() -> None:
    said: list[str] = []

    def ask(path: str, header: str) -> bytes:
        given = {"PATH_INFO": path, "HTTP_AUTHORIZATION": header}
        return b"".join(metrics_page.of_worker(given, lambda status, _headers: said.append(status)))

    assert ask("/metrics", "") == ask("/", f"Bearer {TOKEN}") == b""
    assert b"bar_tasks_total" in ask("/metrics", f"Bearer {TOKEN}")
    assert said == ["404 Not Found", "404 Not Found", "200 OK"]


def test_the_three_addresses_of_health(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    assert json.loads(client.get("/readyz").content) == {"status": "ok", "database": "ok", "migrations": "ok"}
    assert client.get("/livez").status_code == 200
    settings.REDIS_URL = "redis://:geheim@127.0.0.1:1/0"
    assert client.get("/readyz").status_code == 200, "a broker that is away stops nobody from working"
    settings.DATABASES = {"default": {**settings.DATABASES["default"], "PORT": "1"}}
    assert client.get("/livez").status_code == 200, "a database that is away restarts no server"
    answer = client.get("/readyz")
    assert (answer.status_code, json.loads(answer.content)["database"]) == (503, "failed")
    assert "geheim" not in answer.content.decode()
