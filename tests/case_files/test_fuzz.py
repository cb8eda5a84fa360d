"""Whatever is in a file: taken in whole, or refused with places and sentences; never an exception, never half of it stored."""

import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bar.cases.importer import import_case
from bar.cases.messages import CaseRefused
from bar.cases.reader import read_case
from tests.case_files.material import TODAY, Json, case, rows

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**16), 10**16),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=40),
    st.dates().map(str),
    st.sampled_from(
        ["", "attention", "given", "2026-02-30", "9999-12-31", "0001-01-01", "process", "d430", "\x00", "\ud800", "a" * 25_000, "e\u0301" * 30]
    ),
)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4), max_leaves=12)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key in a value."""
    found: list[tuple[Any, Any]] = []
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append((value, key))
        found += places(value[key])
    return found


@st.composite
def spoiled(draw: st.DrawFn) -> Json:
    """A case in which a few places were removed, replaced, doubled or moved."""
    told = case(draw(st.sampled_from(["docent-a", "magazijn-a"])))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(told)))
        what = draw(st.sampled_from(["remove", "replace", "double", "swap", "add"]))
        if what == "remove":
            del container[key]
        elif what == "replace":
            container[key] = draw(ANYTHING)
        elif what == "double" and isinstance(container, list):
            container.append(container[key])
        elif what == "swap":
            other, place = draw(st.sampled_from(places(told)))
            container[key] = json.loads(json.dumps(other[place]))
        elif what == "add" and isinstance(container, dict):
            container[draw(st.text(max_size=10))] = draw(ANYTHING)
    return told


def check(problems: list[Any]) -> None:
    assert problems
    for path, message in problems:
        assert isinstance(path, str)
        assert message
        assert json.dumps([path, message])


def encoded(told: Json) -> bytes:
    return json.dumps(told).encode("utf-8", "surrogatepass")


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.one_of(spoiled().map(encoded), ANYTHING.map(encoded), st.binary(max_size=200)))
def test_reading_refuses_or_reads_and_never_stumbles(content: bytes) -> None:
    try:
        read_case(content, today=TODAY)
    except CaseRefused as refusal:
        check(refusal.problems)


def import_and_forget(content: bytes) -> None:
    """Import, look, and take it back."""
    before = rows()
    with transaction.atomic():
        try:
            import_case(content, today=TODAY, training=True)
        except CaseRefused as refusal:
            check(refusal.problems)
            assert rows() == before
        transaction.set_rollback(True)
    assert rows() == before


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(content=spoiled().map(encoded))
def test_importing_stores_all_of_a_file_or_nothing(content: bytes) -> None:
    import_and_forget(content)


@pytest.mark.django_db
@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(content=spoiled().map(encoded))
def test_importing_stores_all_of_many_files_or_nothing(content: bytes) -> None:
    import_and_forget(content)
