"""Nothing but the whitelist reaches a letter: every other field of a BAR is filled with a canary and must not be found."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from dossiers.rules.letter_core import LetterCore, LetterIncompleteError, build_core, core_bytes, core_from_bytes
from dossiers.rules.letter_text import Reader, compose, lines, plain
from tests.letters.material import AREA_KEYS, FACTOR_KEYS, ITEMS, case, case_core, facts_of, twenty_areas

CANARY = "KANARIE"
# Field by field, typed from `case-format.md`, "What a letter may use, and nothing else".
NEVER = {
    "work_factors": ("influence", "note"),
    "areas": ("explanation",),
    "context_factors": ("item", "influence", "note"),
    "employee_view": ("can_do", "needs", "on_advice", "written_by"),
    "consultation": ("with", "item", "question", "answer", "agreed"),
    "possibilities": ("hours_ground", "work_related"),
    "prognosis": ("note",),
}


def full_visit() -> dict[str, Any]:
    """A visit in which every field has a value, and every field a letter may not use holds a canary."""
    visit: dict[str, Any] = copy.deepcopy(case("docent-a")["assessments"][1])
    visit["areas"] = [_area(key) for key in AREA_KEYS]
    visit["work_factors"] = [{"item": key, "influence": "", "note": "", "condition": f"Voorwaarde {key}.", "in_letter": True} for key in FACTOR_KEYS]
    visit["context_factors"] = [{"item": "family", "influence": "helping", "note": ""}]
    visit["possibilities"]["working_relationship"] = {"state": f"{CANARY}-state", "advice": "Praat elke week."}
    visit["advice"]["actions"][0]["about"] = f"{CANARY}-about"
    for section, names in NEVER.items():
        rows = visit[section] if isinstance(visit[section], list) else [visit[section]]
        for row in rows:
            row.update({name: f"{CANARY}-{section}-{name}" for name in names})
    return visit


def _area(key: str) -> dict[str, Any]:
    return {
        "item": key,
        "status": "attention",
        "explanation": "",
        "still_possible": f"Kan {key}.",
        "condition": f"Nodig {key}.",
        "limit": {"value": 7, "unit": "times", "per": "per_day"},
    }


def test_no_field_outside_the_whitelist_reaches_the_core_or_the_letter() -> None:
    core = build_core(replace(facts_of("docent-a", 1), view=None), full_visit(), ITEMS)
    text = "\n".join(plain(line) for reader in Reader for line in lines(compose(core, reader)))
    assert "Kan d430." in core_bytes(core).decode()  # the fields that may be used did arrive
    assert CANARY not in core_bytes(core).decode()
    assert CANARY not in text


def test_nothing_stands_in_for_a_text_of_the_letter_that_was_left_empty() -> None:
    """An item with an explanation or a note, and not a word for the letter, has nothing to say there."""
    visit = full_visit()
    for row in visit["areas"]:
        row |= {"still_possible": "", "condition": "", "limit": None}
    for row in visit["work_factors"]:
        row["condition"] = ""
    visit["possibilities"]["going_well"] = visit["advice"]["needs_answer"] = ""
    core = build_core(replace(facts_of("docent-a", 1), view=None), visit, ITEMS)
    assert (core.areas, core.work_factors, core.agreements) == ((), (), ())
    assert CANARY not in core_bytes(core).decode()


def test_the_never_table_names_every_field_of_a_visit_that_no_letter_uses() -> None:
    visit = full_visit()
    used = {
        "work_factors": {"item", "condition", "in_letter"},
        "areas": {"item", "status", "still_possible", "condition", "limit", "in_letter"},
        "employee_view": {"share_with_employer"},
        "possibilities": {"usable", "own_work", "going_well", "hours_now", "build_up", "working_relationship", "review_on"},
        "prognosis": {"course", "expected_return", "certainty", "next_contact"},
        "context_factors": set(),
        "consultation": set(),
    }
    for section, names in NEVER.items():
        rows = visit[section] if isinstance(visit[section], list) else [visit[section]]
        for row in rows:
            assert row.keys() - used[section] == set(names), section


@pytest.mark.parametrize("key", [key for key in (*AREA_KEYS, *FACTOR_KEYS) if ITEMS[key].showing != "label"])
def test_an_item_that_may_not_be_named_leaves_no_label_heading_or_code(key: str) -> None:
    visit = full_visit()
    visit["areas"] = [row for row in visit["areas"] if row["item"] == key]
    visit["work_factors"] = [row for row in visit["work_factors"] if row["item"] == key]
    for row in (*visit["areas"], *visit["work_factors"]):
        row.update(condition="Plan een pauze.", still_possible="Kort overleg.")
    written = core_bytes(build_core(facts_of("docent-a", 1), visit, ITEMS)).decode()
    item = ITEMS[key]
    assert "Plan een pauze." in written
    assert f'"{item.label}"' not in written
    assert not item.heading or f'"{item.heading}"' not in written
    assert f'"{key}"' not in written


def test_an_item_to_ask_about_stays_out_until_it_is_ticked() -> None:
    visit = full_visit()
    visit["areas"] = []
    visit["work_factors"] = [{"item": "supervisor", "condition": "Spreek elkaar elke week."}]
    assert build_core(facts_of("docent-a", 1), visit, ITEMS).agreements == ()
    visit["work_factors"][0]["in_letter"] = True
    (agreement,) = build_core(facts_of("docent-a", 1), visit, ITEMS).agreements
    assert agreement.condition == "Spreek elkaar elke week."


def test_an_item_that_is_switched_off_or_needs_no_attention_stays_out() -> None:
    visit = full_visit()
    visit["areas"] = [_area("d430") | {"in_letter": False}, _area("d450") | {"status": "no_attention"}]
    visit["work_factors"] = []
    assert build_core(facts_of("docent-a", 1), visit, ITEMS).areas == ()


@pytest.mark.parametrize("usable", ["no", "not_now"])
def test_without_capacity_the_core_holds_no_areas_factors_or_hours(usable: str) -> None:
    visit = full_visit()
    visit["possibilities"] |= {"usable": usable, "review_on": "2025-12-01"}
    core = build_core(facts_of("docent-a", 1), visit, ITEMS)
    assert (core.areas, core.work_factors, core.agreements, core.build_up, core.hours_now) == ((), (), (), (), 0)
    assert "d430" not in core_bytes(core).decode()


@pytest.mark.parametrize(
    "path", ["possibilities.usable", "possibilities.own_work", "prognosis.course", "prognosis.certainty", "advice.goal", "advice.message"]
)
def test_a_missing_field_is_named(path: str) -> None:
    visit = full_visit()
    section, field = path.split(".")
    visit[section][field] = "" if field == "message" else None
    with pytest.raises(LetterIncompleteError) as refused:
        build_core(facts_of("docent-a", 1), visit, ITEMS)
    assert refused.value.path == path


@pytest.mark.parametrize(
    "core", [case_core("magazijn-a", 0), case_core("magazijn-a", 1), case_core("docent-a", 0), case_core("docent-a", 1), twenty_areas()]
)
def test_a_core_comes_back_as_it_was_stored(core: LetterCore) -> None:
    raw = core_bytes(core)
    assert core_from_bytes(raw) == core
    assert core_bytes(core_from_bytes(raw)) == raw


def test_equal_numbers_give_one_canonical_form() -> None:
    core = case_core("magazijn-a", 1)
    assert core_bytes(replace(core, hours_now=18.0)) == core_bytes(replace(core, hours_now=18))


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"format": "letter-core/2"}, {"usable": "misschien"}, {"areas": "geen"}, {"labour_expert_needed": 1}]
)
def test_anything_but_a_core_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        LetterCore.from_json(case_core("magazijn-a", 1).to_json() | change)


def test_a_core_carries_its_own_sentences() -> None:
    core = case_core("magazijn-a", 1)
    old = replace(core, wording={**core.wording, "opening.advice": "Zo luidt mijn advies."})
    letter = compose(core_from_bytes(core_bytes(old)), Reader.EMPLOYEE)
    assert plain(letter.opening).endswith("Zo luidt mijn advies.")
