"""I1 to I6, I11 to I13: the side doors of content. Mail, addresses, error pages, logs, the broker, migrations, the repository, the database."""

import io
import json
import logging
import re
import resource
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import yaml
from django.conf import settings
from django.core import mail
from django.db import DataError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from bar.accounts.actions import invitations
from bar.celery import broker, ring
from dossiers import outbox, pdf, tasks
from dossiers.actions import notices
from dossiers.rules.wordlist import is_bsn, medical_hits
from tests.access.test_matrix import INSIDE, address
from tests.attacks.conftest import PDF, Houses
from tests.world import VISIT, World, fill_in, finalise
from tests.worlds import FULL

ROOT = Path(__file__).resolve().parents[2]
CANARY = "KANARIE-9f3a"
FORMATTERS: dict[str, dict[str, str]] = settings.LOGGING["formatters"]  # type: ignore[assignment]


def test_i1_a_mail_holds_constants_and_one_link(db: None) -> None:
    """Every text that can be mailed: no word that may be medical, and nothing to fill in but an address of ours and a day."""
    files = sorted((ROOT / "templates" / "mail").iterdir())
    assert {path.name for path in files} == {"invitation.txt", "lost_password.txt", "notice.txt"}
    for path in files:
        filled = set(re.findall(r"\{\{\s*([\w.|]+)\s*\}\}", path.read_text("utf-8")))
        assert filled <= {"url", "last_day|day"}, path.name
        assert "{%" not in path.read_text("utf-8")
        text = render_to_string(f"mail/{path.name}", {"url": "https://bar.test/", "last_day": VISIT})
        assert medical_hits(text) == [], path.name
    for subject in (notices.SUBJECT, invitations.SUBJECT):
        assert medical_hits(subject) == []
    sender = settings.DEFAULT_FROM_EMAIL.lower()
    assert not any(word in sender for word in ("arts", "arbo", "ziek", "verzuim", "medi"))


def test_i2_no_address_and_no_title_names_a_person_or_holds_content(houses: Houses) -> None:
    """What stays in a browser's history, and what a link tells: numbers, keys and words of ours."""
    client, world = houses.browsers["mine"]["physician"], houses.mine
    names = [person.name for person in world.people.values()]
    told = re.compile("|".join(["KANARIE", "%20", "@", *map(re.escape, names)]))
    looked = 0
    for name, route, _ in INSIDE:
        if not FULL and hash_of(name) % 4:
            continue
        with transaction.atomic():
            page = client.get(address(name, route, world.number))
            transaction.set_rollback(True)
        assert not told.search(page.headers.get("Location", "")), name
        if "html" not in page.headers.get("Content-Type", "") or page.status_code != 200:
            continue
        tree = lxml.html.fromstring(page.content.decode())
        assert not told.search(tree.findtext(".//title") or ""), (name, tree.findtext(".//title"))
        for _, _, where, _ in tree.iterlinks():
            assert not told.search(where), (name, where)
        looked += 1
    assert looked > 8


def hash_of(text: str) -> int:
    return sum(text.encode())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as every formatter of the product writes it."""
    found = io.StringIO()
    handlers = []
    for one in FORMATTERS.values():
        handler = logging.StreamHandler(found)
        handler.setFormatter(import_string(one["()"])())
        handlers.append(handler)
        logging.getLogger().addHandler(handler)
    yield found
    for handler in handlers:
        logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("error", [RuntimeError, DataError, KeyError], ids=lambda error: error.__name__)
def test_i3_a_page_that_breaks_tells_nothing_on_screen_in_mail_or_in_a_log(
    bare_world: World, monkeypatch: pytest.MonkeyPatch, log: io.StringIO, error: type[Exception]
) -> None:
    def breaks(*_args: object, **_more: object) -> None:
        kept = CANARY  # in a frame, where a traceback would show it
        raise error(f'invalid input "{kept}" DETAIL: Failing row contains ({kept})')

    monkeypatch.setattr("dossiers.views.words.actions.write_view", breaks)
    client = bare_world.client("employee")
    client.raise_request_exception = False
    answer = client.post(f"/dossier/{bare_world.number}/mijn-visie/opslaan/", {"can_do": CANARY, "seen": "1"})
    assert answer.status_code == 500
    text = answer.content.decode()
    for told in (CANARY, "Traceback", error.__name__, "write_view", bare_world.people["employee"].name):
        assert told not in text, told
    assert error.__name__ in log.getvalue(), "the kind of the error is logged"
    assert CANARY not in log.getvalue()
    assert mail.outbox == []
    assert settings.ADMINS == []
    assert not settings.DEBUG


def test_i4_a_task_that_breaks_is_logged_by_its_kind(db: None, monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    def breaks(*_args: object, **_more: object) -> None:
        raise DataError(f"DETAIL: Failing row contains ({CANARY})")

    monkeypatch.setattr(tasks, "do_outbox_by_clock", breaks)
    tasks.do_outbox.apply(args=[str(uuid.uuid4())])
    assert "do_outbox" in log.getvalue() or "DataError" in log.getvalue()
    assert CANARY not in log.getvalue()


QUIET = {
    "log_parameter_max_length": {"0"},
    "log_parameter_max_length_on_error": {"0"},
    "log_min_messages": {"log", "fatal", "panic"},
    "log_min_error_statement": {"log", "fatal", "panic"},
    "log_error_verbosity": {"terse"},
    "log_statement": {"none"},
    "log_min_duration_statement": {"-1"},
}


def test_i4_the_database_is_set_to_log_nothing_of_what_somebody_typed(db: None) -> None:
    """Whichever database this is: docs/deploy.md says how to set one of your own. What then stands in a log is read in tests/machine."""
    with connection.cursor() as cursor:
        for name, quiet in QUIET.items():
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone()[0] in quiet, name


def test_i4_the_database_of_the_compose_file_is_as_quiet() -> None:
    database = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["database"]
    given = dict(re.findall(r"-c (\w+)=(\S+)", str(database["command"])))
    for name, quiet in QUIET.items():
        assert given.get(name) in quiet, name


def test_i5_the_broker_holds_ids_and_nothing_else(
    bare_world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """A whole visit, from typing to letters, with the real bell: every key and value that the broker then has."""
    settings.REDIS_URL = re.sub(r"/\d+$", "/9", settings.REDIS_URL)
    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", lambda *_: PDF)
    monkeypatch.setattr(outbox, "_bells", [lambda pk: ring("dossiers.tasks.do_outbox", pk)])
    with broker(settings.REDIS_URL) as client:
        client.flushdb()
        with django_capture_on_commit_callbacks(execute=True):
            fill_in(bare_world, VISIT)
            finalise(bare_world, VISIT)
        kept: dict[str, Any] = {}
        for key in client.scan_iter("*"):
            kind = client.type(key)
            kept[repr(key)] = {
                b"list": lambda key=key: client.lrange(key, 0, -1),
                b"set": lambda key=key: client.smembers(key),
                b"hash": lambda key=key: client.hgetall(key),
                b"zset": lambda key=key: client.zrange(key, 0, -1),
            }.get(kind, lambda key=key: client.get(key))()
        queued = [json.loads(message) for message in client.lrange("celery", 0, -1)]
        client.flushdb()
    assert len(queued) == 2, "both letters were rung for"
    assert {message["headers"]["task"] for message in queued} == {"dossiers.tasks.do_outbox"}
    for message in queued:
        arguments = json.loads(message["headers"]["argsrepr"].replace("'", '"'))
        assert [uuid.UUID(one) for one in arguments]
    for word in ("KANARIE", bare_world.number, "Wout", "proef.test", "letter_copy"):
        assert word not in str(kept), word


@pytest.mark.parametrize("rest", ["", "bar/1/", "brieven/1/pdf/employee/"])
def test_i6_a_foreign_dossier_asks_the_database_what_a_made_up_one_asks(world: World, rest: str) -> None:
    """The same questions, so the same time; and nothing in a header that a cache could compare."""
    client = world.client("outsider")
    client.get("/dossier/D-BESTAATNIET/")
    asked = []
    for number in (world.number, "D-BESTAATNIET"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/dossier/{number}/{rest}")
        assert answer.status_code == 404
        assert not {"ETag", "Last-Modified", "Location"} & set(answer.headers)
        asked.append((len(answer.content), [re.sub(r"'[^']*'|\d+", "?", one["sql"])[:80] for one in queries.captured_queries]))
    assert asked[0] == asked[1]


# Migrations that move what stands in the database, and the columns they write. A new one is added here by hand, after looking who reads its columns.
MOVES = {
    ("consent", "0007_known_shares_get_the_name_of_their_person"): {"name", "organisation_name"},
    ("accounts", "0003_accounts_in_use_are_activated"): {"activated_at"},
}


def test_i11_no_migration_moves_a_text_of_a_dossier(db: None) -> None:
    """Texts are sealed for their column, so SQL cannot copy one; and what Python moves is named here."""
    moving = set()
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app not in {"accounts", "bar", "consent", "dossiers", "instrument"}:
            continue
        for operation in migration.operations:
            text = str(operation.sql) if isinstance(operation, RunSQL) else ""
            plain = re.sub(r"CREATE (OR REPLACE )?(FUNCTION|TRIGGER).*?(\$\$;?|;)\s*$", "", text, flags=re.DOTALL | re.IGNORECASE)
            if isinstance(operation, RunPython) or re.search(r"^\s*(UPDATE|INSERT|COPY)\b", plain, re.MULTILINE | re.IGNORECASE):
                moving.add((app, name))
    assert moving == set(MOVES)
    sealed = sealed_columns()
    assert len(sealed) > 20
    assert not {column for columns in MOVES.values() for column in columns} & {column for _, column in sealed}
    with connection.cursor() as cursor:  # and no column of text is born with words in it
        cursor.execute(
            "SELECT table_name, column_name, column_default FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name ~ '^(dossiers|consent|accounts)_' AND column_default ~ '''[^'']+''' AND column_default !~ 'nextval'"
        )
        assert cursor.fetchall() == []


def sealed_columns() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea'")
        return set(cursor.fetchall())


# Made for tests and documents, given to nobody: numbers that pass the eleven test and stand in the files of this project on purpose.
INVENTED_BSN = {"111222333", "123456782", "234567892"}  # made up for tests of the eleven test
FOLDERS = ("bar", "consent", "dossiers", "instrument", "templates", "static", "tests", "docs")


def test_i12_no_number_of_a_person_stands_in_the_repository() -> None:
    looked = 0
    for folder_ in FOLDERS:
        for path in (ROOT / folder_).rglob("*"):
            if path.suffix not in {".py", ".md", ".json", ".toml", ".html", ".txt", ".js", ".css", ".csv", ".yml"} or "package-lock" in path.name:
                continue
            looked += 1
            for number in set(re.findall(r"(?<![\dA-Za-z.])\d{9}(?![\dA-Za-z])", path.read_text("utf-8", errors="replace"))):
                assert not is_bsn(number) or number in INVENTED_BSN, f"{path.relative_to(ROOT)}: {number}"
    assert looked > 500


def test_i12_the_people_of_examples_and_tests_have_addresses_that_cannot_exist() -> None:
    """example.* and .test (RFC 2606) reach nobody."""
    for path in [*(ROOT / "bar" / "cases").rglob("*.json"), ROOT / "bar" / "demo.py", *(ROOT / "tests").rglob("*.json")]:
        for found in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", path.read_text("utf-8")):
            assert re.search(r"(\.|^)(test|example|invalid|localhost|example\.(com|org|net|nl))$", found), f"{path.name}: {found}"


def test_i13_the_database_keeps_no_second_copy_of_a_text(db: None) -> None:
    """No search index, trigram table, view or queue that would hold words outside the sealed columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('m', 'f')")
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns NATURAL JOIN information_schema.views WHERE table_schema = 'public'"
        )
        assert cursor.fetchall() == [("own_dossiers", "dossier_id")]  # of the second wall: no word in it
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('tsvector', 'tsquery')")
        assert cursor.fetchall() == []
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef ~* 'gin|trgm|tsvector|lower\\('")
        found = [index for (index,) in cursor.fetchall()]
        assert not [index for index in found if any(f"({column})" in index for _, column in sealed_columns())], found
        cursor.execute("SELECT extname FROM pg_extension")
        assert {name for (name,) in cursor.fetchall()} <= {"plpgsql", "btree_gist"}


def test_i13_a_render_leaves_no_core_file_and_no_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked in the child that renders, of a parent that may leave a core file; where no process may, the child still says it for itself."""
    was, limit, said = resource.getrlimit(resource.RLIMIT_CORE), resource.setrlimit, []

    def noted(kind: int, limits: tuple[int, int]) -> None:
        said.append((kind, limits))
        limit(kind, limits)

    limit(resource.RLIMIT_CORE, (was[1], was[1]))
    monkeypatch.setattr(resource, "setrlimit", noted)
    try:
        told = pdf._in_child(lambda: b"%d %d %d %%%%EOF\n" % (*resource.getrlimit(resource.RLIMIT_CORE), (resource.RLIMIT_CORE, (0, 0)) in said))
    finally:
        limit(resource.RLIMIT_CORE, was)
    assert told == b"0 0 1 %%EOF\n"
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"], "a body is never spooled to disk"
