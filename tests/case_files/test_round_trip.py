"""In and out again: the same content, in the normal form of case-format.md, which is made here by hand and not by the product."""

import unicodedata
from typing import Any

import pytest

from bar.cases.importer import import_case
from dossiers.parts import Part
from instrument import library
from tests.case_files.material import TODAY, Json, case, export, put, raw

pytestmark = pytest.mark.django_db

TEXTS = {
    "work_factors": ("influence", "note", "condition"),
    "areas": ("explanation", "still_possible", "condition"),
    "context_factors": ("influence", "note"),
}


def normal(told: Json) -> Json:
    """Defaults written, empty optional keys dropped, lists in the order of the questionnaire, texts in NFC and trimmed."""
    told = _texts(told)
    told.setdefault("shares", [])
    for visit in told["assessments"]:
        for section, texts in TEXTS.items():
            visit[section] = _items(section, visit.get(section, []), texts)
        visit.setdefault("consultation", [])
        for row in visit["possibilities"]["build_up"]:
            if row.get("hours_per_day") is None:
                row.pop("hours_per_day", None)
            row.setdefault("tasks", "")
    parts = [part.value for part in Part]
    for share in told["shares"]:
        for key in ("read", "write"):
            share[key].sort(key=parts.index)
        share.setdefault("answered_on", None)
    return told


def _items(section: str, rows: list[Any], texts: tuple[str, ...]) -> list[Any]:
    items = {item.key: item for item in library.current().items(section)}
    order = list(items)
    for row in rows:
        for key in texts:
            row.setdefault(key, "")
        if section != "context_factors":
            row.setdefault("in_letter", items[row["item"]].letter.value in ("label", "text_only"))
    return sorted(rows, key=lambda row: order.index(row["item"]))


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, list):
        return [_texts(part) for part in value]
    return {key: _texts(part) for key, part in value.items()} if isinstance(value, dict) else value


def there_and_back(told: Json) -> Json:
    return export(import_case(raw(told), today=TODAY, training=True).number)


@pytest.mark.parametrize("name", ["docent-a", "magazijn-a"])
def test_both_cases_come_out_as_they_went_in(name: str) -> None:
    assert there_and_back(case(name)) == normal(case(name))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("assessments[1].status", "draft"),
        ("assessments[1].status", "offered"),
        ("assessments", []),
        ("people.employee.email", None),
        ("people.employee.name", "  Joo\u0301st Verkerk "),
        ("people.employers", [{"name": f"Mens {n}", "email": f"{n}@werk.test", "organisation": "Werk", "function": ""} for n in "zab"]),
        ("employment.hours_per_week", 36.5),
        ("employment", {"job_title": "Orderpicker", "hours_per_week": 36, "contract": "temporary", "contract_end": "2027-01-01"}),
        ("absence.recoveries", [{"from": "2026-01-20", "until": "2026-01-28"}, {"from": "2026-06-01", "until": None}]),
        ("assessments[0].employee_view.written_by", "physician"),
        ("assessments[1].employee_view.share_with_employer", False),
        ("assessments[1].work_factors[0].in_letter", False),
        ("assessments[0].date", "2026-03-30"),
        ("assessments[1].prognosis.next_contact", "2026-05-12"),
        ("assessments[1].possibilities.hours_now", 18.5),
        ("shares[0].consent", "asked"),
        ("shares", []),
    ],
)
def test_every_corner_of_the_format_comes_back(path: str, value: Any) -> None:
    told = put(case("magazijn-a"), path, value)
    if path == "shares[0].consent":
        told = put(told, "shares[0].answered_on", None)
    expected = normal(told)
    if path == "shares":  # with whom nothing is shared has no place in the dossier
        del expected["people"]["labour_expert"]
    assert there_and_back(told) == expected


def test_words_that_were_said_again_stay_noted() -> None:
    told = put(
        case("magazijn-a"), "assessments[1].employee_view", {**case("magazijn-a")["assessments"][0]["employee_view"], "written_by": "physician"}
    )
    assert there_and_back(told) == normal(told)


@pytest.mark.parametrize(
    "share",
    [
        {"consent": "withdrawn", "answered_on": "2026-04-02", "withdrawn_on": "2026-05-01"},
        {"consent": "withdrawn", "answered_on": "2026-04-02", "withdrawn_on": "2026-04-02"},
        {"consent": "refused", "answered_on": "2026-04-01"},
        {
            "consent": {
                "process": "given",
                "job": "withdrawn",
                "work_factors": "refused",
                "capacity": "asked",
                "advice": "given",
                "consultation": "given",
            },
            "answered_on": "2026-04-02",
            "withdrawn_on": "2026-06-01",
        },
    ],
)
def test_every_answer_comes_back(share: Json) -> None:
    told = put(case("magazijn-a"), "shares[0]", {**case("magazijn-a")["shares"][0], **share})
    assert there_and_back(told) == normal(told)


def test_shares_keep_the_order_of_the_file() -> None:
    told = case("docent-a")
    told["shares"].reverse()
    assert there_and_back(told) == normal(told)


def test_what_comes_out_goes_in_again() -> None:
    first = there_and_back(case("docent-a"))
    again = put(first, "key", "docent-b")
    assert there_and_back(again) == again
