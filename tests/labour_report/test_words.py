"""Of capacity a report uses only words that a released letter used, whatever the version of the BAR says (docs/decisions/labour-report-words.md)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.models import reports as models
from dossiers.rules import labour_report as rules
from dossiers.rules.labour_report import Capacity, DemandValue, Fit, FunctionValue, ReportCore, ReportFacts, ReportValue
from dossiers.rules.labour_report_text import compose, file_name
from dossiers.rules.letter.document import Section, plain
from dossiers.rules.letter_core import FormOfAddress, LetterCore, Letterhead, build_core
from tests.labour_report.material import TYPED, drafted, finalised, html, report_of, save, url
from tests.letters.material import AREA_KEYS, ITEMS, case_core, twenty_areas
from tests.world import World

LABELS = {key: ITEMS[key].label for key in AREA_KEYS}
FACTS = ReportFacts(
    house=Letterhead("Bureau De Proef", ("Havenstraat 8", "3011 AB Havendam"), "010 111 11 11", "info@bureau.test"),
    author="Els Expert",
    employee="Joost Verkerk",
    form_of_address=FormOfAddress.FIRST_NAME,
    employer="Magazijn Havendam",
    job_title="Magazijnmedewerker",
    contract_hours=36,
    dossier_number="D-234567892",
    number=1,
    offered_on=date(2026, 4, 8),
)
VALUE = ReportValue(
    own_work=rules.OwnWork.WITH_ADAPTATIONS,
    own_work_note="De pakketten gaan naar een collega.",
    answers="Het werk past met hulp.",
    factors="De bus rijdt vanaf half zeven.",
    second_track=rules.SecondTrack.NOT_NOW,
    second_track_reason="Eigen werk is haalbaar.",
    advice="Regel een tilhulp.",
)


def report(letter: LetterCore, *functions: FunctionValue) -> ReportCore:
    value = replace(VALUE, functions=functions)
    return replace(rules.build_core(FACTS, value, rules.capacity_of(letter), LABELS), finalised_on=date(2026, 4, 14))


def capacity_words(core: ReportCore) -> list[str]:
    """Every piece of text about capacity that ends up in the report."""
    pieces = [line for group in core.capacity.groups for piece in group.pieces for line in (piece.label, *piece.lines)]
    return pieces + [line for function in core.functions for demand in function.demands for line in demand.can]


def all_text(core: ReportCore) -> str:
    document = compose(core)
    return "\n".join([plain(document.readers), plain(document.opening), *(_section(one) for one in (*document.sections, document.about))])


def _section(section: Section) -> str:
    return plain(section.heading) + str(section.blocks)


# --- property: whatever a version says -----------------------------------------------------------

ROW = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["attention", "no_attention", "not_assessed"]),
        "in_letter": st.booleans(),
        "has_text": st.booleans(),
    }
)


RELATION = {"working_relationship": {"state": "issue", "advice": "RELATIE"}}


def version(rows: dict[str, dict[str, Any]]) -> LetterCore:
    """A letter made by the one whitelist from a version in which every field of every area says which field it is."""
    base = case_core("magazijn-a", 1)
    sections: dict[str, Any] = {
        "areas": [
            {
                "item": key,
                "status": row["status"],
                "in_letter": row["in_letter"],
                "explanation": f"UITLEG {key}",
                "still_possible": f"KAN {key}" if row["has_text"] else "",
                "condition": f"NODIG {key}" if row["has_text"] else "",
                "limit": None,
            }
            for key, row in rows.items()
        ],
        "work_factors": [],
        "possibilities": {"usable": "yes", "own_work": "partly", "hours_now": 12, "build_up": [], "hours_ground": "GROND", **RELATION},
        "prognosis": {"course": "improving", "certainty": "likely", "note": "PROGNOSE"},
        "advice": {"goal": "own_work", "message": "BERICHT", "needs_answer": "ANTWOORD", "actions": []},
        "context_factors": [{"item": "family", "note": "THUIS"}],
    }
    return build_core(replace(base.facts, view=None), sections, ITEMS)


@given(st.dictionaries(st.sampled_from(AREA_KEYS), ROW, max_size=12), st.lists(st.sampled_from(AREA_KEYS), unique=True, max_size=6))
def test_whatever_the_version_says_a_report_holds_the_words_of_its_letter_only(rows: dict[str, dict[str, Any]], asked: list[str]) -> None:
    letter = version(rows)
    named = rules.named_items(rules.capacity_of(letter), LABELS)
    labels = {item.label for item in letter.areas}
    assert {LABELS[key] for key in named} == labels
    demands = tuple(DemandValue(key, "EIS", Fit.DOES_NOT_FIT if key in named else Fit.UNKNOWN, "REDEN") for key in asked)
    core = report(letter, FunctionValue("Inpakker", 24, "", demands))
    text = all_text(core)
    in_letter = {word for item in (*letter.areas, *letter.agreements) for word in (item.still_possible, item.condition) if word}
    for key in rows:
        for word in (f"KAN {key}", f"NODIG {key}"):
            said = any(word.lower() in piece.lower() for piece in capacity_words(core))
            assert said is (word in in_letter), word
        assert f"UITLEG {key}" not in text
    for word in ("GROND", "PROGNOSE", "THUIS", "BERICHT", "ANTWOORD", "RELATIE"):
        assert word not in text
    assert {piece.label for group in core.capacity.groups for piece in group.pieces if piece.label} == labels


@given(st.dictionaries(st.sampled_from(AREA_KEYS), ROW, max_size=8), st.sampled_from(AREA_KEYS), st.sampled_from(Fit))
def test_that_something_does_not_fit_is_said_only_of_what_the_letter_names(rows: dict[str, dict[str, Any]], key: str, fit: Fit) -> None:
    letter = version(rows)
    demand = DemandValue(key, "EIS", fit, "REDEN")
    is_named = LABELS[key] in {item.label for item in letter.areas}
    if is_named or fit in {Fit.FITS, Fit.UNKNOWN}:
        assert report(letter, FunctionValue("Inpakker", None, "", (demand,))).functions[0].verdict is fit
    else:
        with pytest.raises(ValueError, match="no letter used"):
            report(letter, FunctionValue("Inpakker", None, "", (demand,)))


# --- by example ------------------------------------------------------------------------------------


def test_a_report_says_the_hours_the_build_up_and_the_areas_of_its_letter() -> None:
    text = all_text(report(case_core("magazijn-a", 1)))
    for words in ("Dit staat in de brief van de bedrijfsarts van 30 maart 2026.", "per week", "Tillen en dragen", "niet meer dan 10 kilo tillen"):
        assert words in text, words


def test_a_core_comes_back_as_it_was_and_nothing_else_does() -> None:
    function = FunctionValue("Inpakker", 24.5, "Rustig.", (DemandValue("d450", "Lopen.", Fit.FITS),))
    for core in (report(letter, function) for letter in (case_core("magazijn-a", 1), case_core("docent-a", 0), twenty_areas())):
        assert ReportCore.from_json(core.to_json()) == core
    old = {**report(case_core("docent-a", 0)).to_json(), "format": "labour-report/0"}
    with pytest.raises(ValueError, match="labour-report/1"):
        ReportCore.from_json(old)


def test_the_values_are_those_of_the_rows() -> None:
    for ours, theirs in ((rules.Fit, models.Fit), (rules.OwnWork, models.OwnWork), (rules.SecondTrack, models.SecondTrack)):
        assert {one.value for one in ours} == set(theirs.values)


def test_the_gravest_answer_is_the_outcome_of_a_function() -> None:
    def outcome(*fits: Fit) -> Fit | None:
        demands = tuple(rules.Demand("x", "y", (), fit, "z") for fit in fits)
        return rules.Function("Inpakker", None, "", demands).verdict

    assert outcome() is None
    assert outcome(Fit.FITS, Fit.WITH_CONDITION) is Fit.WITH_CONDITION
    assert outcome(Fit.UNKNOWN, Fit.FITS) is Fit.UNKNOWN
    assert outcome(Fit.UNKNOWN, Fit.DOES_NOT_FIT, Fit.FITS) is Fit.DOES_NOT_FIT


def test_a_file_name_says_nothing_about_anybody() -> None:
    assert file_name(report(case_core("magazijn-a", 1))) == "rapport-arbeidsdeskundige-1-2026-04-14.pdf"


def test_without_a_letter_nothing_is_named() -> None:
    assert rules.named_items(Capacity(date(2026, 1, 1), 1, ()), LABELS) == {}


# --- through the front door ---------------------------------------------------------------------------


def test_an_area_that_the_letter_leaves_out_is_refused_with_why(world: World) -> None:
    expert = drafted(world)
    for fit, status in (("does_not_fit", 422), ("with_condition", 422), ("fits", 200), ("unknown", 200)):
        answer = save(
            expert, world, {**TYPED, "f1-d240-demand": "Drukke balie.", "f1-d240-fit": fit, "f1-d240-reason": "Het is er druk."}, status=status
        )
        found = answer["errors"]
        assert isinstance(found, dict)
        assert list(found) == (["f1-d240-fit"] if status == 422 else []), fit
        if status == 422:
            assert "De brief van de bedrijfsarts zegt hier niets over." in found["f1-d240-fit"][0]
    page = html(expert, url(world, "write_labour_report", 1))
    assert "KANARIE" not in page.split('id="f1"')[1], "the words beside a demand come from the letter, not from the version"


def test_no_word_of_the_version_reaches_the_report(world: World) -> None:
    """The labour expert reads every canary of the version; the report that goes to the employer holds none."""
    finalised(world)
    assert "KANARIE" not in str(report_of(world).core)
    assert "iet meer dan 5 kilo tillen" in str(report_of(world).core)
