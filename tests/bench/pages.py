"""What being careful costs: a dossier page with and without the decision, an autosave beside a bare Django write of the same row.

In the first pair both sides read the same page and write the same trail line; only the questions that the decision asks the database, and the
decision itself, are given on one side. In the second pair both sides go through Django's own middleware, session, sign-in and CSRF included.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any
from unittest.mock import patch

from tests import databases
from tests.bench.measuring import Side, compared

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5")) * 10
GATE_GOAL, AUTOSAVE_GOAL = 1.15, 3.0
DJANGOS_OWN = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def gate_figure() -> Iterator[dict[str, Any]]:
    """Pages of one dossier, for a reader by duty and a reader by two keys."""
    from tests.world import make_world

    with databases.copy_of_template("bench"):
        world = make_world()
        for who, page in (("physician", ""), ("physician", "bar/1/"), ("labour_expert", "bar/1/")):
            client, address = world.client(who), f"/dossier/{world.number}/{page}"

            def read(client: Any = client, address: str = address) -> None:
                assert client.get(address).status_code == 200

            read()
            asked = _queries(read)
            with _given(world, who):
                asked -= _queries(read)
            yield compared(
                f"gated page beside the same page with the verdict given: {page or 'overview'}, {who}",
                Side("gated", read),
                Side("given", read, around=lambda who=who: _given(world, who)),  # type: ignore[misc]
                rounds=ROUNDS,
                goal=GATE_GOAL,
                queries_of_the_decision=asked,
            )


def _queries(job: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        job()
    return len(asked)


def _given(world: Any, who: str) -> AbstractContextManager[object]:
    """The seat and what is open to it are known; nobody asks the database, nobody decides."""
    from django.utils import timezone

    from consent import access

    today = timezone.localdate()
    seat = access._seat(world.people[who], world.number, today)
    assert seat is not None
    facts = access.facts_today(seat)
    everything = access.everything_open(facts, today=today)
    stack = ExitStack()
    for name, value in {"_seat": seat, "facts_today": facts, "everything_open": everything, "sees_since": seat.sees_from}.items():
        stack.enter_context(patch.object(access, name, lambda *_, value=value, **__: value))
    return stack


def autosave_figure() -> Iterator[dict[str, Any]]:
    """A section that saves itself, beside a view that only writes the row."""
    from tests.world import VISIT, fill_in, make_world

    with databases.copy_of_template("bench"):
        world = make_world(shares=False, finals=1)
        version = fill_in(world, VISIT.replace(month=4)).number
        for section in ("advice", "areas"):
            yield _autosave(world, version, section)


def _autosave(world: Any, version: int, section: str) -> dict[str, Any]:
    from django.test import override_settings

    from dossiers.models import SectionDraft
    from dossiers.urls.filling import NAMES

    physician, somebody = world.client("physician"), world.client("physician")  # a client keeps the middleware it began with
    draft = SectionDraft.objects.get(dossier=world.dossier, section=section, assessment__number=version)
    typed = {name: str(value) for name, value in draft.content.items()}
    state = {"seen": draft.version, "round": 0}

    def again() -> dict[str, str]:
        state["round"] += 1
        field = next(name for name in typed if name.endswith(("message", "condition")))
        return {**typed, field: f"Werken kan, ronde {state['round']}."}

    def autosave() -> None:
        address = f"/dossier/{world.number}/bar/{version}/opslaan/{NAMES[section]}/"
        answer = physician.post(address, {**again(), "seen": str(state["seen"])}, headers={"X-Requested-With": "fetch"})
        assert answer.status_code == 200, answer.content.decode()[:500]
        state["seen"] = SectionDraft.objects.values_list("version", flat=True).get(pk=draft.pk)

    def bare() -> None:
        assert somebody.post(f"/{draft.pk}/", again()).status_code == 204
        state["seen"] = SectionDraft.objects.values_list("version", flat=True).get(pk=draft.pk)

    return compared(
        f"autosave beside a bare Django write of the same row: {section}",
        Side("autosave", autosave),
        Side("bare", bare, around=lambda: override_settings(ROOT_URLCONF="tests.bench.bare", MIDDLEWARE=DJANGOS_OWN)),
        rounds=ROUNDS,
        goal=AUTOSAVE_GOAL,
        fields=len(typed),
    )
