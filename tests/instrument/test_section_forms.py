"""What each section refuses, with the sentence at the right field, and what it leaves alone."""

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from instrument.forms import FILLED_SECTIONS, MAX_ROWS, MAX_TEXT, FormContext, SectionForm, data_of, default_value, section_form
from instrument.schema import Instrument
from tests.instrument.conftest import empty_table

STEP = {"from": "2026-02-23", "hours_per_week": 12, "hours_per_day": 4, "kind": "practice", "tasks": "Inpakken"}
ACTION = {"what": "Bel elke week.", "who": "employer", "by": "2026-03-01"}
TALK = {"with": "labour_expert", "item": "d430", "question": "Welk werk past?"}


@pytest.fixture
def form_of(instrument: Instrument, context: FormContext) -> Any:
    def make(section: str, value: Any) -> SectionForm:
        return section_form(instrument, section, data_of(instrument, section, value), context=context)

    return make


def possibilities(**changes: Any) -> dict[str, Any]:
    return {**empty_table("possibilities"), "usable": "yes", **changes}


def advice(**changes: Any) -> dict[str, Any]:
    return {**empty_table("advice"), **changes}


def area(**changes: Any) -> list[dict[str, Any]]:
    return [{"item": "d450", "status": "no_attention"}, {"item": "d430", "status": "attention", **changes}]


def steps(*changes: dict[str, Any]) -> dict[str, Any]:
    return possibilities(build_up=[{**STEP, **change} for change in changes])


LIMIT = {"value": 5, "unit": "kg", "per": "at_once"}
REFUSED = [
    ("visit", {"date": "2026-01-11", "contact": "phone"}, "date", "eerste ziektedag"),
    ("visit", {"date": "2026-02-17", "contact": "phone"}, "date", "moet nog komen"),
    ("visit", {"date": "2026-02-30", "contact": "phone"}, "date", "bestaat niet"),
    ("visit", {"date": "0000-01-01", "contact": "phone"}, "date", "bestaat niet"),
    ("visit", {"date": "1899-12-31", "contact": "phone"}, "date", "bestaat niet"),
    ("visit", {"date": "9999-12-31", "contact": "phone"}, "date", "bestaat niet"),
    ("visit", {"date": None, "contact": "phone"}, "date", "Vul de datum"),
    ("visit", {"date": "2026-02-16", "contact": "fax"}, "contact", "Kies een antwoord"),
    ("areas", area(status="no_attention", condition="Wissel af."), "areas[1].condition", "alleen bij een aandachtspunt"),
    ("areas", area(status="no_attention", still_possible="Lopen."), "areas[1].still_possible", "alleen bij een aandachtspunt"),
    ("areas", area(status="no_attention", limit=LIMIT), "areas[1].limit.value", "alleen bij een aandachtspunt"),
    ("areas", area(status="no_attention", limit={**LIMIT, "value": 0}), "areas[1].limit.value", "alleen bij een aandachtspunt"),
    ("areas", area(status="not_assessed", explanation="Gaat."), "areas[1].explanation", "Kies ook"),
    ("areas", area(status="bad"), "areas[1].status", "Kies een antwoord"),
    ("areas", area(limit={**LIMIT, "value": -1}), "areas[1].limit.value", "0 of meer"),
    ("areas", area(limit={**LIMIT, "value": 1e9}), "areas[1].limit.value", "0 of meer"),
    ("areas", area(limit={**LIMIT, "value": 200_000}), "areas[1].limit.value", "te groot"),
    ("areas", area(limit={**LIMIT, "value": 1.123}), "areas[1].limit.value", "0 of meer"),
    ("areas", area(limit={**LIMIT, "unit": ""}), "areas[1].limit.unit", "Kies de maat"),
    ("areas", area(limit={**LIMIT, "per": ""}), "areas[1].limit.per", "Kies de tijd"),
    ("areas", area(explanation="a\x00b"), "areas[1].explanation", "stuurteken"),
    ("areas", area(explanation="a" * (MAX_TEXT + 1)), "areas[1].explanation", "te lang"),
    ("work_factors", [{"item": "light", "influence": "bright"}], "work_factors[0].influence", "Kies een antwoord"),
    ("possibilities", possibilities(hours_now=36.5), "possibilities.hours_now", "contract is 36 uur"),
    ("possibilities", steps({"hours_per_week": 37, "hours_per_day": 8}), "possibilities.build_up[0].hours_per_week", "contract is 36 uur"),
    ("possibilities", steps({"hours_per_day": 24.5}), "possibilities.build_up[0].hours_per_day", "24 uur"),
    ("possibilities", steps({"hours_per_day": 1.5}), "possibilities.build_up[0].hours_per_day", "7 dagen"),
    ("possibilities", steps({"hours_per_day": 0}), "possibilities.build_up[0].hours_per_day", "meer dan 0"),
    ("possibilities", steps({"hours_per_week": 0}), "possibilities.build_up[0].hours_per_week", "meer dan 0"),
    ("possibilities", steps({"kind": ""}), "possibilities.build_up[0].kind", "oefenen"),
    ("possibilities", steps({}, {"from": "2026-02-23"}), "possibilities.build_up[1].from", "volgorde"),
    ("possibilities", steps({}, {"from": "2026-02-22"}), "possibilities.build_up[1].from", "volgorde"),
    ("possibilities", possibilities(usable="not_now"), "possibilities.review_on", "wanneer u opnieuw kijkt"),
    ("possibilities", possibilities(usable="no", review_on="2026-04-01", hours_now=1), "possibilities.hours_now", "Vul hier 0 in"),
    ("possibilities", possibilities(usable="no", review_on="2026-04-01", build_up=[STEP]), "possibilities.build_up[0].from", "Maak deze stap leeg"),
    ("possibilities", possibilities(review_on="2026-02-29"), "possibilities.review_on", "bestaat niet"),
    ("prognosis", {**empty_table("prognosis"), "course": "magic"}, "prognosis.course", "Kies een antwoord"),
    ("advice", advice(actions=[{**ACTION, "what": " "}]), "advice.actions[0].what", "wat er moet gebeuren"),
    ("advice", advice(actions=[ACTION, {**ACTION, "who": ""}]), "advice.actions[1].who", "Kies wie"),
    ("advice", advice(actions=[{**ACTION, "about": "family"}]), "advice.actions[0].about", "Kies een antwoord"),
    ("advice", advice(actions=[{**ACTION, "by": "2026-13-01"}]), "advice.actions[0].by", "bestaat niet"),
    ("consultation", [{**TALK, "with": ""}], "consultation[0].with", "met wie"),
    ("consultation", [{**TALK, "with": "employer"}], "consultation[0].with", "Kies een antwoord"),
    ("consultation", [{**TALK, "item": ""}], "consultation[0].item", "waar het overleg over ging"),
    ("consultation", [{**TALK, "question": ""}], "consultation[0].question", "vroeg of afsprak"),
]


@pytest.mark.parametrize(("section", "value", "path", "words"), REFUSED)
def test_what_cannot_be_is_refused_at_its_field_with_what_to_do(form_of: Any, section: str, value: Any, path: str, words: str) -> None:
    form = form_of(section, value)
    assert not form.is_valid()
    assert [words in message for place, message in form.path_errors if place == path] == [True]
    assert {place for place, _ in form.path_errors} == {path}
    with pytest.raises(ValueError, match="not valid"):
        _ = form.value


ACCEPTED = [
    ("visit", {"date": "2026-01-12", "contact": "file_only"}),
    ("visit", {"date": "2026-02-16", "contact": ""}),
    ("areas", area()),
    ("areas", area(limit={**LIMIT, "value": 0})),
    ("areas", area(explanation="a" * MAX_TEXT)),
    ("areas", area(status="no_attention", explanation="Gaat goed.")),
    ("possibilities", possibilities(hours_now=36)),
    ("possibilities", possibilities(usable="")),
    ("possibilities", steps({"hours_per_week": 28, "hours_per_day": 4})),
    ("possibilities", steps({"hours_per_week": 13.5, "hours_per_day": None})),
    ("possibilities", steps({}, {"from": "2026-02-24"})),
    ("possibilities", possibilities(usable="not_now", own_work="not", review_on="2026-04-01")),
    ("advice", advice(actions=[{**ACTION, "about": "physical_load"}])),
    ("consultation", [{**TALK, "item": "family", "question": "", "agreed": "In week 9 samen bellen."}]),
]


@pytest.mark.parametrize(("section", "value"), ACCEPTED)
def test_what_can_be_is_accepted(form_of: Any, section: str, value: Any) -> None:
    form = form_of(section, value)
    assert form.path_errors == []
    assert form.value


@pytest.mark.parametrize("section", [section for section in FILLED_SECTIONS if section != "visit"])
def test_an_empty_draft_is_valid_and_stays_the_empty_section(section: str, instrument: Instrument, context: FormContext) -> None:
    form = section_form(instrument, section, context=context)
    assert form.is_valid()
    assert form.value == default_value(section)


def test_no_contract_hours_means_no_refusal_for_them(instrument: Instrument, context: FormContext) -> None:
    data = data_of(instrument, "possibilities", possibilities(hours_now=40))
    assert section_form(instrument, "possibilities", data, context=dataclasses.replace(context, contract_hours=None)).is_valid()
    too_many = data_of(instrument, "possibilities", possibilities(hours_now=168.5))
    assert not section_form(instrument, "possibilities", too_many, context=dataclasses.replace(context, contract_hours=None)).is_valid()


@pytest.mark.parametrize(("typed", "number"), [("13,5", 13.5), ("13.5", 13.5), (" 12 ", 12), ("0", 0), ("", 0), ("007", 7), ("4,00", 4)])
def test_numbers_are_typed_with_a_comma_or_a_point(instrument: Instrument, context: FormContext, typed: str, number: float) -> None:
    form = section_form(instrument, "possibilities", {"hours_now": typed}, context=context)
    assert form.is_valid()
    assert isinstance(form.value, dict)
    assert form.value["hours_now"] == number
    assert isinstance(form.value["hours_now"], type(number))


@pytest.mark.parametrize("typed", ["-1", "1e3", "NaN", "inf", "1.000", "1,5,0", "٣", "twaalf", "9" * 5000, "12 uur"])
def test_what_is_no_number_is_refused_with_an_example(instrument: Instrument, context: FormContext, typed: str) -> None:
    form = section_form(instrument, "possibilities", {"hours_now": typed}, context=context)
    assert "13,5" in str(form.errors["hours_now"])


@pytest.mark.parametrize("typed", ["2026-02-16", "16-02-2026", "16-2-2026", " 16-2-2026 "])
def test_dates_are_typed_the_dutch_way_or_sent_by_a_date_input(instrument: Instrument, context: FormContext, typed: str) -> None:
    form = section_form(instrument, "visit", {"date": typed, "contact": "phone"}, context=context)
    assert form.is_valid()
    assert form.value == {"date": "2026-02-16", "contact": "phone"}
    assert 'value="2026-02-16"' in str(form["date"])


@pytest.mark.parametrize("typed", ["31-2-2026", "2-16-2026", "0000-01-01", "1-1-1899", "31-12-9999", "16-2-26", "vandaag", "१६-२-२०२६", "16/2/2026"])
def test_e7_days_that_do_not_exist_are_refused(instrument: Instrument, context: FormContext, typed: str) -> None:
    form = section_form(instrument, "visit", {"date": typed}, context=context)
    assert "bestaat niet" in str(form.errors["date"])


def test_an_empty_row_vanishes_and_rows_keep_the_order_of_their_numbers(instrument: Instrument, context: FormContext) -> None:
    data = {
        "actions-10-what": "Later.", "actions-10-who": "employee", "actions-10-by": "3-3-2026",
        "actions-2-what": "Eerst.", "actions-2-who": "employer", "actions-2-by": "2-3-2026",
        "actions-5-what": "  ", "actions-5-who": "", "actions-5-by": "", "actions-5-about": "",
        "actions-07-what": "Geen regel.", "actions-99999-what": "Geen regel.", "actions-x-what": "Geen regel.",
    }  # fmt: skip
    form = section_form(instrument, "advice", data, context=context)
    assert form.is_valid()
    assert isinstance(form.value, dict)
    assert form.value["actions"] == [
        {"what": "Eerst.", "who": "employer", "by": "2026-03-02"},
        {"what": "Later.", "who": "employee", "by": "2026-03-03"},
    ]
    assert form.path("actions-10-by") == "advice.actions[1].by"
    drawn = [block.key for block in form.blocks[1].items]
    assert drawn == ["actions-2", "actions-10", "actions-11"]


def test_more_rows_than_allowed_are_refused_on_screen(instrument: Instrument, context: FormContext) -> None:
    data = {f"consultation-{n}-{name}": text for n in range(MAX_ROWS + 1) for name, text in TALK.items()}
    form = section_form(instrument, "consultation", data, context=context)
    assert not form.is_valid()
    assert form.path_errors == [("consultation", f"Er zijn te veel regels. Laat er hooguit {MAX_ROWS} staan.")]
    del data[f"consultation-{MAX_ROWS}-with"], data[f"consultation-{MAX_ROWS}-item"], data[f"consultation-{MAX_ROWS}-question"]
    assert section_form(instrument, "consultation", data, context=context).is_valid()


def test_items_that_say_nothing_do_not_appear(form_of: Any) -> None:
    assert form_of("areas", [{"item": "d450", "status": "not_assessed"}]).value == []
    assert form_of("work_factors", [{"item": "light", "influence": "", "in_letter": False}]).value == []
    kept = form_of("work_factors", [{"item": "sound", "influence": "", "note": "Rumoer."}, {"item": "light", "influence": "helping"}]).value
    assert [factor["item"] for factor in kept] == ["light", "sound"]


def test_an_item_that_must_be_discussed_first_stays_out_of_the_letter_until_it_is_ticked(form_of: Any) -> None:
    condition = {"influence": "hindering", "condition": "Plan elke week een gesprek."}
    value = form_of("work_factors", [{"item": item, **condition} for item in ("supervisor", "sound")]).value
    assert {factor["item"]: factor["in_letter"] for factor in value} == {"sound": True, "supervisor": False}
    ticked = form_of("work_factors", [{"item": "supervisor", **condition, "in_letter": True}])
    assert ticked.value[0]["in_letter"] is True
    assert ticked["supervisor-in_letter"].label == "Besproken met de werknemer, mag in de brief"
    assert ticked["sound-in_letter"].label == "In de brief"


def test_paths_follow_the_file_and_not_the_order_of_the_instrument(form_of: Any) -> None:
    form = form_of("areas", [{"item": "d450", "status": "attention"}, {"item": "d155", "status": "no_attention", "condition": "Rust."}])
    assert form.path_errors[0][0] == "areas[1].condition"


def test_paths_of_typed_data_count_the_items_that_say_something(instrument: Instrument, context: FormContext) -> None:
    form = section_form(instrument, "areas", {"d155-status": "attention", "d430-condition": "Wissel af."}, context=context)
    assert form.path_errors[0][0] == "areas[1].condition"


def test_blocks_draw_every_field_once_with_a_label_and_no_required_attribute(instrument: Instrument, context: FormContext) -> None:
    for section in FILLED_SECTIONS:
        form = section_form(instrument, section, context=context)
        blocks = [block for group in form.blocks for block in group.items]
        drawn = [bound.html_name for block in blocks for bound in block.fields.values()]
        assert sorted(drawn) == sorted(form.fields)
        for block in blocks:
            assert block.employer_reads.keys() == block.fields.keys()
            for bound in block.fields.values():
                html = str(bound)
                assert bound.label
                assert " required" not in html
                assert "style=" not in html
                assert "<script" not in html


def test_areas_are_grouped_by_heading_with_code_lead_and_reader(instrument: Instrument, context: FormContext) -> None:
    groups = section_form(instrument, "areas", context=context).blocks
    assert [group.heading for group in groups] == ["Leren en nadenken", "Taken en eisen", "Communicatie", "Bewegen", "Contact met anderen", "Anders"]
    lifting = next(block for block in groups[3].items if block.key == "d430")
    assert (lifting.code, lifting.label) == ("d430", "Tillen en dragen")
    assert lifting.leads["still_possible"] == "Dit kan:"
    assert lifting.leads["condition"] == "Dit is nodig:"
    assert lifting.employer_reads["still_possible"]
    assert not lifting.employer_reads["explanation"]


# case-format.md, "What a letter may use, and nothing else": written by hand.
NEVER_IN_A_LETTER = {
    "work_factors": {"influence", "note", "in_letter"},
    "areas": {"status", "explanation", "in_letter"},
    "context_factors": {"influence", "note"},
    "employee_view": {"can_do", "needs", "on_advice", "written_by", "share_with_employer"},
    "possibilities": {"hours_ground", "work_related", "working_relationship_state"},
    "prognosis": {"note"},
    "advice": {"about"},
    "consultation": {"with", "item", "question", "answer", "agreed"},
}


@pytest.mark.parametrize("section", FILLED_SECTIONS)
def test_every_field_says_whether_the_employer_reads_it(section: str, instrument: Instrument, context: FormContext) -> None:
    blocks = [block for group in section_form(instrument, section, context=context).blocks for block in group.items]
    unread = {name for block in blocks for name, reads in block.employer_reads.items() if not reads}
    read = {name for block in blocks for name, reads in block.employer_reads.items() if reads}
    assert unread == NEVER_IN_A_LETTER.get(section, set())
    assert not unread & read


def test_the_employer_reads_the_view_only_while_the_switch_is_on(instrument: Instrument, context: FormContext) -> None:
    view = {**empty_table("employee_view"), "share_with_employer": True}
    form = section_form(instrument, "employee_view", data_of(instrument, "employee_view", view), context=context)
    assert form.blocks[0].items[0].employer_reads["can_do"]


def test_d1_hostile_text_is_kept_as_text_and_drawn_escaped(form_of: Any) -> None:
    text = '</textarea><script>alert("x")</script>'
    form = form_of("areas", area(condition=text))
    assert form.value[0]["condition"] == text
    assert "<script>" not in str(form["d430-condition"])


def test_a_day_in_the_far_past_of_the_absence_is_no_reason_to_fail(instrument: Instrument, context: FormContext) -> None:
    old = dataclasses.replace(context, first_sick_day=dt.date(1990, 1, 1))
    assert section_form(instrument, "visit", {"date": "1-1-1990"}, context=old).is_valid()


def test_data_of_a_browser_and_of_a_script_are_read_alike(instrument: Instrument, context: FormContext) -> None:
    expected = {"date": "2026-02-16", "contact": "phone"}
    posted = QueryDict("date=2026-02-01&date=16-2-2026&contact=phone")
    assert section_form(instrument, "visit", posted, context=context).value == expected
    assert section_form(instrument, "visit", {**expected, "extra": ["no text"], "more": 3}, context=context).value == expected


def test_contract_hours_may_come_from_a_database_column(instrument: Instrument, context: FormContext) -> None:
    stored = dataclasses.replace(context, contract_hours=Decimal("13.50"))
    form = section_form(instrument, "possibilities", {"hours_now": "13,6"}, context=stored)
    assert "13,5 uur per week" in str(form.errors["hours_now"])
