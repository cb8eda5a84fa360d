"""Questions compiled once answer as the querysets they describe, one by one and sent together, and the wall stands behind them."""

import importlib
import pkgutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError
from django.db.models.expressions import RawSQL
from django.utils import timezone

import consent
import dossiers
from dossiers.acting import Acting, acting_as
from dossiers.compiled import Compiled, Question, together
from dossiers.models import Dossier, TrailLine
from dossiers.visits import versions_of
from tests.world import World

pytestmark = pytest.mark.django_db


def every_question() -> Iterator[tuple[str, Compiled[Any, Any]]]:
    for package in (consent, dossiers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                for found in vars(importlib.import_module(module.name)).values():
                    if isinstance(found, Compiled) and found.build.__module__ == module.name:
                        yield f"{module.name}.{found.build.__name__}", found


QUESTIONS = dict(every_question())


def values_for(question: Compiled[Any, Any], world: World, role: str) -> dict[str, Any]:
    line = TrailLine.objects.filter(dossier_id=world.dossier.pk).order_by("seq").first()
    assert line is not None
    known: dict[str, Any] = {
        "ids": [world.dossier.pk, uuid.uuid4()],
        "dossier_id": world.dossier.pk,
        "person_id": world.people[role].pk,
        "number": world.number,
        "role": role,
        "today": timezone.localdate(),
        "start": line.occurred_at,
        "actor_id": line.actor_id,
        "event_code": line.event_code,
        "object_id": line.object_id,
        "parts": line.parts,
    }
    return {name: known[name] for name in question.names.parameters}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_compiled_question_is_the_queryset_it_describes(world: World, name: str) -> None:
    question = QUESTIONS[name]
    for role in ("physician", "labour_expert"):
        values = values_for(question, world, role)
        plain = question.build(**values)
        if "parts" not in values:  # a list in a column is written out when it is there, and only its rows can be compared
            assert question.of(**values).compiler.as_sql() == plain.query.get_compiler(plain.db).as_sql()
        first = question(**values)
        assert first == list(plain)
        if name in {"consent.access._seat_in", "dossiers.visits.versions_of", "dossiers.trail._same_lines"}:
            assert first


def test_what_was_asked_for_one_is_not_answered_to_another(world: World) -> None:
    """The values are those of the call; nothing of a call before stays."""
    question = QUESTIONS["consent.access._seat_in"]
    seats = {who: question(world.people[who].pk, world.number, timezone.localdate()) for who in ("physician", "employee", "outsider")}
    assert [len(rows) for rows in seats.values()] == [1, 1, 0]
    assert [row.person_id for who in ("physician", "employee") for row in seats[who]] == [world.people[who].pk for who in ("physician", "employee")]


def test_nothing_equals_null_so_none_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="None"):
        QUESTIONS["consent.access._seat_in"](None, world.number, timezone.localdate())


def test_questions_asked_together_have_each_its_own_answer(world: World) -> None:
    ids = [world.dossier.pk]
    asked = [versions_of.of(ids), versions_of.of([uuid.uuid4()]), Question(Dossier.objects.filter(pk=world.dossier.pk))]
    assert together(*asked) == [versions_of(ids), [], [world.dossier]]
    assert together() == []


@pytest.mark.django_db(transaction=True)
def test_a_question_that_fails_leaves_the_connection_with_whoever_it_works_for(world: World) -> None:
    wrong = Question(Dossier.objects.annotate(broken=RawSQL("1 / (length(number) - length(number))", ())))
    for who, dossiers_seen in (("employee", 1), ("outsider", 0)):
        with acting_as(Acting(person=world.people[who].pk)):
            if dossiers_seen:
                with pytest.raises(DataError):
                    together(versions_of.of([world.dossier.pk]), wrong)
            assert Dossier.objects.filter(pk=world.dossier.pk).count() == dossiers_seen
            assert len(together(versions_of.of([world.dossier.pk]))[0]) == (len(versions_of([world.dossier.pk])))
            assert bool(versions_of([world.dossier.pk])) is bool(dossiers_seen)
