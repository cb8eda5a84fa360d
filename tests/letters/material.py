"""Letters to test with: the cases of `tests/cases` and invented variants, without a database.

The wording of the items is written by hand from `instrument.md`, so that these tests stand on their own.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from dossiers.rules.dutch import FormOfAddress
from dossiers.rules.duties import Actor, StepKind
from dossiers.rules.letter_core import (
    Contact,
    FartherStep,
    ItemWording,
    LetterCore,
    LetterFacts,
    Letterhead,
    NearestStep,
    Showing,
    View,
    build_core,
)
from dossiers.rules.sick_weeks import Recovery

CASES = Path(__file__).resolve().parent.parent / "cases"

_AREAS = """
d155|Iets nieuws leren|Leren en nadenken|text_only
d160|De aandacht erbij houden|Leren en nadenken|text_only
d175|Problemen oplossen|Leren en nadenken|text_only
d177|Beslissingen nemen|Leren en nadenken|text_only
d220|Meer dan één taak tegelijk of na elkaar doen|Taken en eisen|text_only
d230|De dag indelen en volhouden|Taken en eisen|text_only
d240|Omgaan met druk en verantwoordelijkheid|Taken en eisen|text_only
d350|Een gesprek voeren|Communicatie|text_only
d360|Bellen en werken met een computer|Communicatie|label
d410|Bukken, opstaan en knielen|Bewegen|label
d415|Lang zitten of staan|Bewegen|label
d430|Tillen en dragen|Bewegen|label
d440|Precies werk met de handen|Bewegen|label
d445|Iets ver weg pakken, duwen en trekken|Bewegen|label
d450|Lopen|Bewegen|label
d455|Traplopen en klimmen|Bewegen|label
d470|Reizen met auto, fiets, bus of trein|Bewegen|label
d710|Contact met mensen|Contact met anderen|text_only
d720|Samenwerken|Contact met anderen|text_only
d740|Contact met leidinggevende en collega's|Contact met anderen|text_only
other|Iets anders|Anders|text_only
"""
_FACTORS = """
work_pressure|Werkdruk en tempo||label
emotional_load|Emotioneel zwaar werk||ask
physical_load|Lichamelijk zwaar werk||label
working_hours|Werktijden en rooster||label
work_equipment|Hulpmiddelen en apparatuur||label
sound|Geluid||label
supervisor|De leidinggevende||ask
"""
AREA_KEYS = tuple(line.split("|")[0] for line in _AREAS.split("\n") if line)
FACTOR_KEYS = tuple(line.split("|")[0] for line in _FACTORS.split("\n") if line)
ITEMS: Mapping[str, ItemWording] = {
    key: ItemWording(key, label, heading, Showing(showing))
    for key, label, heading, showing in (line.split("|") for line in (_AREAS + _FACTORS).split("\n") if line)
}
FOOTER = "Gemaakt met een proefversie van de vragenlijst BAR 2.0"
HOUSE = Letterhead(
    name="Arbodienst De Brug",
    address_lines=("Kadestraat 12", "1234 AB Havendam"),
    phone="010 000 00 00",
    email="vragen@arbodienst.test",
)

# What the calendar gives for these visits, worked out by hand from the dates in the case files.
_STEPS: dict[tuple[str, int], tuple[int, NearestStep | None, tuple[FartherStep, ...]]] = {
    ("magazijn-a", 0): (
        6,
        NearestStep(StepKind.ACTION_PLAN, date(2026, 3, 8), Actor.TOGETHER, hard=True),
        (FartherStep(StepKind.NOTICE_WEEK_42, date(2026, 11, 2)),),
    ),
    ("magazijn-a", 1): (
        12,
        NearestStep(StepKind.PLAN_CHANGE, date(2026, 4, 13), Actor.TOGETHER, hard=False),
        (FartherStep(StepKind.NOTICE_WEEK_42, date(2026, 11, 2)),),
    ),
    ("docent-a", 0): (
        6,
        NearestStep(StepKind.ACTION_PLAN, date(2025, 1, 19), Actor.TOGETHER, hard=True),
        (FartherStep(StepKind.NOTICE_WEEK_42, date(2025, 9, 15)),),
    ),
    ("docent-a", 1): (
        46,
        NearestStep(StepKind.FIRST_YEAR_EVALUATION, date(2025, 12, 7), Actor.TOGETHER, hard=True),
        (),
    ),
}


def case(key: str) -> dict[str, Any]:
    """A case file as JSON values."""
    value: dict[str, Any] = json.loads((CASES / f"{key}.json").read_text("utf-8"))
    return value


def case_core(key: str, visit: int) -> LetterCore:
    """The core of one visit of a case, finalised on the day of the visit."""
    file = case(key)
    sections = file["assessments"][visit]
    return build_core(facts_of(key, visit), sections, ITEMS)


def twenty_areas() -> LetterCore:
    """Every area needs attention, with texts of ordinary length."""
    file = case("magazijn-a")
    sections = file["assessments"][1]
    sections["areas"] = [
        {
            "item": key,
            "status": "attention",
            "explanation": "Niet voor de brief.",
            "still_possible": "Een half uur achter elkaar, daarna iets anders doen.",
            "condition": "Wissel dit werk elk uur af met ander werk.",
        }
        for key in AREA_KEYS[:20]
    ]
    return build_core(facts_of("magazijn-a", 1), sections, ITEMS)


def one_area() -> LetterCore:
    """A short letter: one area, no view, no build-up."""
    core = case_core("magazijn-a", 1)
    return replace(
        core,
        areas=core.areas[:1],
        work_factors=(),
        build_up=(),
        going_well="",
        needs_answer="",
        actions=(),
        facts=replace(core.facts, view=None, nearest=None, farther=()),
    )


def facts_of(key: str, visit: int) -> LetterFacts:
    """The facts of one visit of a case."""
    file = case(key)
    assessment = file["assessments"][visit]
    week, nearest, farther = _STEPS[key, visit]
    day = date.fromisoformat(assessment["date"])
    view = assessment["employee_view"]
    return LetterFacts(
        arbodienst=HOUSE,
        employer=file["people"]["employers"][0]["organisation"],
        employer_people=tuple(person["name"] for person in file["people"]["employers"]),
        employee=file["people"]["employee"]["name"],
        form_of_address=FormOfAddress.FIRST_NAME,
        employee_on_paper=False,
        author=file["people"]["physician"]["name"],
        author_function="bedrijfsarts",
        job_title=file["employment"]["job_title"],
        contract_hours=file["employment"]["hours_per_week"],
        first_sick_day=date.fromisoformat(file["absence"]["first_sick_day"]),
        recoveries=tuple(Recovery(date.fromisoformat(row["from"]), date.fromisoformat(row["until"])) for row in file["absence"]["recoveries"]),
        week=week,
        visit_date=day,
        contact=Contact(assessment["contact"]),
        dossier_number="D-7K3M-9QXA",
        version=visit + 1,
        finalised_on=day,
        view=(View(view["can_do"], view["needs"], view["on_advice"], view["written_by"] == "physician") if view["share_with_employer"] else None),
        remarks=(),
        nearest=nearest,
        farther=farther,
        instrument_footer=FOOTER,
    )
