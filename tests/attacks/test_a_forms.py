"""A3, A12: every form of every page, sent with names that nobody may set and with keys of another dossier. It does what it does without them.

The forms are read from the pages, so a new form is tried from the day it exists. Each is sent twice, as it stands and with what was forged, and
leaves the same rows behind; what is drawn by lot or told by the clock is left out of the comparison.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any
from zlib import crc32

import lxml.html
import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from bar.accounts.models import Organisation, User
from dossiers.models import Dossier, TrailLine
from dossiers.parts import Role
from tests.access.test_matrix import INSIDE, address
from tests.access.test_table import EXPECTED
from tests.attacks.conftest import Houses
from tests.attacks.material import row_in, rows_of
from tests.world import SEATED, World
from tests.worlds import FULL

Fields = dict[str, str]
Chosen = Callable[[str], list[tuple[str, Fields]]]
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
MOST = None if FULL else 8  # forms of each person
DRAWN = {("dossiers_thread", "number"), ("dossiers_dossier", "number"), ("dossiers_dossier", "case_key"), ("dossiers_outbox", "dedupe_key")}
MADE = re.compile(r"hash|sha256|stored_as")
COMPARED = {
    "uuid": "CASE WHEN {0} = ANY(%(known)s) THEN {0}::text WHEN {0} IS NOT NULL THEN 'a new one' END",
    "timestamp with time zone": "{0}::date",
    "bytea": "{0} IS NULL",
}


def forged(theirs: World) -> Fields:
    """What a request adds in the hope that something listens."""
    foreign = str(theirs.dossier.pk)
    physician = str(theirs.people["physician"].pk)
    flags = dict.fromkeys(("is_final", "is_superuser", "is_staff", "is_active", "is_administrator", "employer_visible", "share_with_employer"), "1")
    owners = dict.fromkeys(("owner", "author", "user", "person", "person_id", "by", "made_by", "answered_by", "confirmed_by", "physician"), physician)
    places = dict.fromkeys(("dossier", "dossier_id", "id", "pk", "uuid", "assessment", "assessment_id", "letter", "report_id"), foreign)
    states = {"status": "final", "state": "given", "consent": "given", "channel": "screen", "released_at": "2026-01-01", "finalised_at": "2026-01-01"}
    who = {"role": "physician", "profession": "physician", "organisation": "1", "assurance": "3", "basis": "duty", "number": theirs.number}
    return {**flags, **owners, **places, **states, **who, "version": "99", "closed_on": "2026-01-01", "sees_from": "", "on_paper": "1"}


def forms_of(world: World, client: Client, who: str) -> Iterator[tuple[str, Fields]]:
    """Where each form of each page that may be open is sent, and what stands in it; the pages in an order drawn by lot."""
    seen = set()
    open_pages = [(name, route) for name, route, marker in INSIDE if marker.needs and (Role(who), marker.needs) in EXPECTED]
    for name, route in sorted(open_pages, key=lambda one: crc32(f"{one[0]}{who}".encode())):
        where = address(name, route, world.number)
        with transaction.atomic():
            page = client.get(where)
            transaction.set_rollback(True)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        for form in lxml.html.fromstring(page.content.decode()).forms:
            action = form.get("action") or where
            fields = {key: value or "" for key, value in form.fields.items() if key != "csrfmiddlewaretoken"}
            kind = (UUID.sub("", action), tuple(fields))  # the same form for another row is tried once
            if (form.get("method") or "").lower() == "post" and "uitloggen" not in action and kind not in seen:
                seen.add(kind)
                yield action, fields


@cache
def stable_query() -> str:
    """A digest of every table of ours: whatever a form can set, but for what differs between two times the same form.

    Left out are the key of a row itself and what is drawn by lot. Of a sealed text: whether it is there. Of a moment: its day. Of any other key:
    whose it is, when it is that of a person, organisation or dossier that stood there before (%(known)s).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns AS c WHERE table_schema = 'public' "
            "AND table_name ~ '^(dossiers|consent|accounts)_' AND table_name NOT IN ('dossiers_trailline', 'accounts_counter', 'accounts_kept') "
            "AND NOT EXISTS (SELECT 1 FROM information_schema.table_constraints JOIN information_schema.key_column_usage AS k USING "
            "(constraint_schema, constraint_name, table_name) WHERE constraint_type = 'PRIMARY KEY' AND k.table_name = c.table_name "
            "AND k.column_name = c.column_name) ORDER BY 1, 2"
        )
        tables: dict[str, list[str]] = {}
        for table, column, kind in cursor.fetchall():
            if (table, column) not in DRAWN and (kind not in {"text", "character varying"} or not MADE.search(column)):
                tables.setdefault(table, []).append(COMPARED.get(kind, "{0}").format(f'"{column}"'))
    one = "SELECT '{0}', count(*), md5(coalesce(string_agg(ROW({1})::text, '|' ORDER BY ROW({1})::text), '')) FROM \"{0}\""
    return " UNION ALL ".join(one.format(table, ", ".join(columns)) for table, columns in tables.items())


def outcome(client: Client, action: str, fields: Fields, known: list[uuid.UUID]) -> tuple[int, Any, list[str]]:
    """What came of sending a form: the status, every row that is left behind, and the events of the trail. Then it is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        lines = TrailLine.objects.count()
        status = client.post(action, fields).status_code
        cursor.execute(stable_query(), {"known": known})
        rows = sorted(cursor.fetchall())
        events = list(TrailLine.objects.order_by("occurred_at", "seq").values_list("event_code", flat=True)[lines:])
        transaction.set_rollback(True)
    return status, rows, events


@pytest.fixture(scope="module")
def chosen(houses: Houses) -> Chosen:
    """The forms of a person, read from the pages once; outside BAR_FULL some of them, the same on every run."""
    return cache(lambda who: list(islice(forms_of(houses.mine, houses.browsers["mine"][who], who), MOST)))


@pytest.fixture(scope="module")
def known(houses: Houses) -> list[uuid.UUID]:
    """Who and what stands there before anything is sent."""
    return [pk for model in (User, Organisation, Dossier) for pk in model._default_manager.values_list("pk", flat=True)]


@pytest.mark.parametrize("who", SEATED if FULL else ("employee", "employer", "physician", "delegate"))
def test_a12_names_that_nobody_may_set_change_nothing(houses: Houses, known: list[uuid.UUID], chosen: Chosen, who: str) -> None:
    client, extra = houses.browsers["mine"][who], forged(houses.theirs)
    accepted = 0
    for action, fields in chosen(who):
        with time_machine.travel(timezone.now(), tick=False):  # no day, and no quarter of an hour for which a line is folded, ends between the two
            as_it_stands = outcome(client, action, fields, known)
            more = outcome(client, action, {**extra, **fields}, known)
        assert as_it_stands[0] < 500, action
        assert more == as_it_stands, (action, sorted(fields))
        assert as_it_stands[2] or resolve(action).func.door.folded, f"{action} left no line"  # type: ignore[attr-defined]
        accepted += as_it_stands[0] < 400
    assert accepted or who in {"labour_expert", "insurance_physician", "uwv_labour_expert"}, "no form was accepted: nothing is proved"


@pytest.mark.parametrize("who", ("employee", "physician") if not FULL else SEATED)
def test_a3_the_key_of_a_foreign_row_in_the_body_reaches_nothing(houses: Houses, chosen: Chosen, who: str) -> None:
    """Wherever a form holds a key, and also where it holds none: a key of the other dossier, or of somebody in it."""
    client, before = houses.browsers["mine"][who], rows_of(houses.theirs.dossier)
    keys = [str(found) for name in ("share", "seat", "correction", "asked", "object") if (found := row_in(houses.theirs, name))]
    keys += [str(houses.theirs.people["labour_expert"].pk), str(houses.theirs.dossier.pk), houses.theirs.number]
    names = {person.name for person in houses.theirs.people.values()}
    sent = 0
    for action, fields in chosen(who):
        for place, key in enumerate(keys):
            held = [name for name, value in fields.items() if UUID.fullmatch(value)]
            if not FULL and (place + crc32(action.encode())) % len(keys) and not held:
                continue
            with transaction.atomic():
                answer = client.post(action, {**fields, **dict.fromkeys(held or ["dossier", "number", "id"], key)})
                assert answer.status_code < 500, (action, key)
                text = answer.content.decode(errors="replace")
                assert not any(name in text for name in names), (action, key)
                assert rows_of(houses.theirs.dossier) == before, (action, key)
                assert houses.theirs.number not in answer.headers.get("Location", ""), (action, key)
                sent += 1
                transaction.set_rollback(True)
    assert sent
