"""A share of one part never opens another: by any address, fragment, count, badge, link, search, order, file or error.

One expert gets `process` and one part more, and visits everything. What was planted in the other parts may not be met anywhere, and no link
may lead to what is not open. One role and part each in the normal run; all of them with BAR_FULL.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from consent.access import opening
from consent.actions import SharePlan, answer, share
from consent.models import AnswerState, Share
from dossiers.actions.promises import sweep_by_clock
from dossiers.door import Touch, read, write
from dossiers.parts import EXPERTS, Act, Basis, Part, Role
from tests.access.test_matrix import FRAGMENT, INSIDE, address
from tests.access.test_table import EXPECTED
from tests.consultation import material as questions
from tests.insurance_report import material as insurance
from tests.labour_report import material as labour
from tests.world import World, canary, make_world
from tests.worlds import FULL

COMBINATIONS = [(role, part) for role in Role if role in EXPERTS for part in Part if EXPECTED.get((role, read(part))) is Basis.CONSENT]
CHOSEN = COMBINATIONS if FULL else [(Role.LABOUR_EXPERT, Part.CAPACITY)]
REPORT = canary(Part.LABOUR_REPORT, "advies")

# A text, and the parts that may show it. What stands in a letter was in the instrument before, and a report uses the letter's words.
PLANTED: dict[str, set[Part]] = {
    **{f"KANARIE {part.value}": {part} for part in Part},
    "Orders verzamelen": {Part.JOB},
    "Dozen van 10 kilo": {Part.JOB},
    "Laat zware pakketten staan": {Part.WORK_FACTORS, Part.LETTERS, Part.LABOUR_REPORT},
    "Niet meer dan 5 kilo tillen": {Part.CAPACITY, Part.LETTERS, Part.LABOUR_REPORT},
    "Werken kan weer voor een deel": {Part.ADVICE, Part.LETTERS},
    "De planning staat op papier": {Part.ADVICE, Part.LETTERS},
}
# Where something of the part itself must be met, so that the walk can fail. The others are read in a version of the BAR, which needs `capacity`.
MET = {Part.JOB, Part.WORK_FACTORS, Part.CAPACITY}


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Something in every part: letters, a question with its answer, a released report, a final reaction."""
    folder: Path = tmp_path_factory.mktemp("letters")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        from django.conf import settings

        storages: dict[str, Any] = settings.STORAGES
        mine = {**storages["letters"], "OPTIONS": {**storages["letters"]["OPTIONS"], "location": folder}}
        patch.setattr(settings, "STORAGES", {**storages, "letters": mine})
        patch.setattr("dossiers.actions.letters.render_letter_pdf", lambda *_: b"%PDF-1.7 nep %%EOF\n")
        patch.setattr("dossiers.actions.labour_release.render_report_pdf", lambda *_: b"%PDF-1.7 nep %%EOF\n")
        world = make_world(render=True)
        for who in ("labour_expert", "insurance_physician", "uwv_labour_expert"):
            questions.answered(world, questions.asked(world, who), who)
        labour.released(world, advice=REPORT)
        insurance.final(world)
        Share.objects.filter(dossier=world.dossier).update(stopped_at=timezone.now(), stopped_by=world.people["physician"])
        sweep_by_clock(now=timezone.now())
        yield world
        transaction.set_rollback(True)


def share_only(world: World, role: Role, part: Part) -> set[Touch]:
    """Both keys for `process` and this part, to write too where the table has that; gives what is open."""
    today = timezone.localdate()
    writes = (part,) if EXPECTED.get((role, write(part))) is Basis.CONSENT else ()
    parts = tuple(dict.fromkeys((Part.PROCESS, part)))
    plan = SharePlan(world.people[role.value], role, parts, writes, "Meedenken.", today, today + dt.timedelta(days=1))  # the walk may pass midnight
    with opening(world.people["physician"], world.number, needs=Touch(Part.SHARING, Act.SHARE), writing=True) as opened:
        row = share(opened, plan=plan)
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.ANSWER), writing=True) as opened:
        answer(opened, share=row, answers=dict.fromkeys(parts, AnswerState.GIVEN))
    return {*map(read, parts), *map(write, writes)}


@pytest.mark.parametrize(("role", "part"), CHOSEN, ids=[f"{role.value}-{part.value}" for role, part in CHOSEN])
def test_a_share_of_one_part_shows_nothing_of_another(full: World, role: Role, part: Part) -> None:
    with transaction.atomic():
        opens = share_only(full, role, part)
        mail.outbox.clear()
        met: set[str] = set()
        for case, status, text in everything(full, full.client(role.value)):
            for planted, shown_by in PLANTED.items():
                if planted in text:
                    assert part in shown_by, f"{case}: {planted!r}"
                    met.add(planted)
            if status == 200:
                for where, needs in links(text, full.number):
                    assert needs in opens, f"{case} leads to {where}"
        sweep_by_clock(now=timezone.now())
        for one in mail.outbox:
            assert not any(planted in str(one.message()) for planted in PLANTED)
        assert met or part not in MET, "nothing of the part itself was met: this walk proves nothing"
        transaction.set_rollback(True)


def everything(world: World, client: Client) -> Iterator[tuple[str, int, str]]:
    """Every address inside the dossier, page and fragment, and the list with its search and orders: what it says, headers and all."""
    places = [(name, address(name, route, world.number)) for name, route, _ in INSIDE]
    places += [("list", where) for where in ("/", "/?sorteer=week", "/?zoek=tillen", "/?zoek=KANARIE", "/?zoek=Wout&sorteer=werkgever")]
    for place, (name, where) in enumerate(places):
        both: tuple[dict[str, str], ...] = ({}, FRAGMENT)
        for extra in both if FULL or name == "list" else both[place % 2 :][:1]:
            with transaction.atomic():
                response = client.get(where, **extra)  # type: ignore[arg-type]
                assert response.status_code < 500, where
                body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
                transaction.set_rollback(True)
            yield f"{name} {'fragment' if extra else 'page'}", response.status_code, body.decode(errors="replace") + str(dict(response.headers))


def links(text: str, number: str) -> Iterator[tuple[str, Touch]]:
    """Where a page leads inside the dossier, and what is needed there."""
    for where in set(re.findall(r'(?:href|action|hx-get|hx-post|src|data-url)="(/dossier/[^"#?]+)', text)):
        try:
            marker = resolve(where).func.door  # type: ignore[attr-defined]
        except Resolver404:
            continue
        if marker.needs is not None and f"/{number}/" in where:
            yield where, marker.needs
