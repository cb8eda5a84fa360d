"""The published schema is the one the code makes, takes what the reader takes, and knows the words of the questionnaire and no others."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from bar.cases.invented import invented_cases
from consent.models import AnswerState
from dossiers.models import Contract, Status
from dossiers.parts import Part
from instrument import library
from tests.case_files.material import GONE, TODAY, case, put

PUBLISHED = Path(__file__).parents[2] / "docs" / "case-format.schema.json"
SCHEMA: dict[str, Any] = json.loads(PUBLISHED.read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def test_the_published_schema_is_the_one_of_the_code() -> None:
    out = StringIO()
    call_command("export_case", "--schema", stdout=out)
    assert out.getvalue() == PUBLISHED.read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["docent-a", "magazijn-a"])
def test_both_cases_are_valid(name: str) -> None:
    assert list(VALIDATOR.iter_errors(case(name))) == []


def test_the_invented_dossiers_are_valid() -> None:
    assert [error.message for told in invented_cases(TODAY) for error in VALIDATOR.iter_errors(told)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "bar-case/2"),
        ("partial", True),
        ("people.employee.bsn", "1"),
        ("people.employee.name", ""),
        ("employment.contract", "x"),
        ("assessments[0].date", GONE),
        ("assessments[0].areas[0].item", "d999"),
        ("assessments[0].areas[0].limit", {"value": 5}),
        ("assessments[0].possibilities.usable", "perhaps"),
        ("assessments[0].possibilities.build_up", GONE),
        ("assessments[0].advice.actions[0].who", "insurer"),
        ("shares[0].read", ["job"]),
        ("shares[0].consent", {"process": "maybe"}),
    ],
)
def test_what_the_reader_refuses_by_shape_the_schema_refuses(path: str, value: Any) -> None:
    assert not VALIDATOR.is_valid(put(case("magazijn-a"), path, value))


def enum_at(*keys: str) -> set[str]:
    found: Any = SCHEMA
    for key in keys:
        found = found[key]
    return set(found["enum"])


def test_the_words_are_those_of_the_questionnaire_and_of_the_product() -> None:
    instrument = library.current()
    visit = ("properties", "assessments", "items", "properties")
    for section in ("work_factors", "areas", "context_factors"):
        assert enum_at(*visit, section, "items", "properties", "item") == {item.key for item in instrument.items(section)}
    answers = {
        ("contact",): "contact",
        ("areas", "items", "properties", "status"): "status",
        ("work_factors", "items", "properties", "influence"): "influence",
        ("possibilities", "properties", "usable"): "usable",
        ("possibilities", "properties", "own_work"): "own_work",
        ("possibilities", "properties", "work_related"): "work_related",
        ("prognosis", "properties", "course"): "course",
        ("prognosis", "properties", "certainty"): "certainty",
        ("advice", "properties", "goal"): "goal",
        ("advice", "properties", "actions", "items", "properties", "who"): "who",
        ("consultation", "items", "properties", "with"): "with",
    }
    for place, choices in answers.items():
        assert enum_at(*visit, *place) - {""} == {choice.value for choice in instrument.choices[choices]}
    share = ("properties", "shares", "items", "properties")
    assert enum_at(*share, "read", "items") == {part.value for part in Part}
    assert enum_at(*share, "consent", "anyOf", 0) == set(AnswerState.values)  # type: ignore[arg-type]
    assert enum_at(*visit, "status") == set(Status.values)
    assert enum_at("properties", "employment", "properties", "contract") == set(Contract.values)
