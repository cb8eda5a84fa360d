"""What fields of one section mean together: the refusals of `case-format.md` that a section can see.

Every rule leaves a sentence at the field that can be changed. Completeness is not asked here (see `missing`).
"""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from instrument.forms.fields import parse_date

if TYPE_CHECKING:
    from instrument.forms.layout import Slot
    from instrument.forms.section import SectionForm

HOURS_A_DAY: Final = 24
DAYS_A_WEEK: Final = 7
LIMIT_PARTS: Final = {
    "limit_value": "Vul het getal in, of maak ook de maat en de tijd leeg.",
    "limit_unit": "Kies de maat, of maak ook het getal en de tijd leeg.",
    "limit_per": "Kies de tijd, of maak ook het getal en de maat leeg.",
}
ONLY_WITH_ATTENTION: Final = (("still_possible",), ("condition",), tuple(LIMIT_PARTS))
STEP_PARTS: Final = {
    "from": "Vul in vanaf welke dag deze stap geldt, of maak de hele regel leeg.",
    "hours_per_week": "Vul in hoeveel uur per week, of maak de hele regel leeg.",
    "kind": "Kies of dit oefenen is of gewoon werk, of maak de hele regel leeg.",
}
ACTION_PARTS: Final = {
    "what": "Schrijf op wat er moet gebeuren, of maak de hele regel leeg.",
    "who": "Kies wie dit doet, of maak de hele regel leeg.",
    "by": "Vul in wanneer dit klaar moet zijn, of maak de hele regel leeg.",
}
CONSULTATION_PARTS: Final = {
    "with": "Kies met wie u overlegde, of maak de hele regel leeg.",
    "item": "Kies waar het overleg over ging, of maak de hele regel leeg.",
}


def check(form: "SectionForm") -> None:
    """Add every refusal of this section to the form."""
    match form.section.key:
        case "visit":
            _check_visit(form)
        case "areas":
            _check_areas(form)
        case "possibilities":
            _check_possibilities(form)
        case "advice":
            _check_rows(form, "actions", ACTION_PARTS)
        case "consultation":
            _check_consultation(form)


def _check_visit(form: "SectionForm") -> None:
    if "date" in form.errors:
        return
    day = _day(form, form.slots[0], "date")
    if day is None:
        form.add_error("date", "Vul de datum van het bezoek in.")
    elif day > form.context.today:
        form.add_error("date", "Deze dag moet nog komen. Vul de dag in waarop het bezoek was.")
    elif day < form.context.first_sick_day:
        form.add_error("date", "Deze dag ligt voor de eerste ziektedag. Vul een latere dag in.")


def _check_areas(form: "SectionForm") -> None:
    for slot in form.slots:
        status = form.answer(slot, "status")
        if status == "attention":
            _check_limit(form, slot)
            continue
        for names in ONLY_WITH_ATTENTION:
            filled = [name for name in names if form.answer(slot, name) not in {None, ""}]
            if filled:
                form.add_error(slot.name(filled[0]), "Dit kan alleen bij een aandachtspunt. Kies ‘aandachtspunt’, of maak dit leeg.")
        if status != "no_attention" and form.answer(slot, "explanation"):
            form.add_error(slot.name("explanation"), "Kies ook of dit een aandachtspunt is, of maak dit veld leeg.")


def _check_limit(form: "SectionForm", slot: "Slot") -> None:
    typed = [name for name in LIMIT_PARTS if form.texts.get(slot.name(name), "").strip()]
    if typed:
        _ask_for(form, slot, LIMIT_PARTS)


def _check_possibilities(form: "SectionForm") -> None:
    own = form.slots[0]
    steps = form.filled_rows("build_up")
    _check_contract(form, own, "hours_now")
    _check_rows(form, "build_up", STEP_PARTS)
    for slot in steps:
        _check_step_hours(form, slot)
    _check_order(form, steps)
    if form.answer(own, "usable") not in {None, "", "yes"}:
        _check_not_usable(form, own, steps)


def _check_not_usable(form: "SectionForm", own: "Slot", steps: list["Slot"]) -> None:
    if form.answer(own, "review_on") is None and "review_on" not in form.errors:
        form.add_error("review_on", "De werknemer kan nu niet werken. Vul in wanneer u opnieuw kijkt.")
    if form.answer(own, "hours_now"):
        form.add_error("hours_now", "De werknemer kan nu niet werken. Vul hier 0 in.")
    for slot in steps:
        form.add_error(slot.name("from"), "De werknemer kan nu niet werken. Maak deze stap leeg.")


def _check_step_hours(form: "SectionForm", slot: "Slot") -> None:
    _check_contract(form, slot, "hours_per_week")
    week, day = form.answer(slot, "hours_per_week"), form.answer(slot, "hours_per_day")
    if week == 0:
        form.add_error(slot.name("hours_per_week"), "Vul meer dan 0 uur in, of maak de hele regel leeg.")
    if day is None:
        return
    if day == 0:
        form.add_error(slot.name("hours_per_day"), "Vul meer dan 0 uur in, of laat dit veld leeg.")
    elif day > HOURS_A_DAY:
        form.add_error(slot.name("hours_per_day"), "Een dag heeft 24 uur. Vul minder uren in.")
    elif week is not None and DAYS_A_WEEK * day < week:
        form.add_error(
            slot.name("hours_per_day"), "Met dit aantal uur per dag komt u ook in 7 dagen niet aan de uren per week. Pas een van de twee aan."
        )


def _check_contract(form: "SectionForm", slot: "Slot", name: str) -> None:
    hours, contract = form.answer(slot, name), form.context.contract_hours
    if hours is None:
        return
    if hours > HOURS_A_DAY * DAYS_A_WEEK:
        form.add_error(slot.name(name), "Een week heeft 168 uur. Vul minder uren in.")
    elif contract is not None and hours > contract:
        form.add_error(slot.name(name), f"Het contract is {_dutch(contract)} uur per week. Vul niet meer uren in.")


def _check_order(form: "SectionForm", steps: list["Slot"]) -> None:
    last: dt.date | None = None
    for slot in steps:
        day = _day(form, slot, "from")
        if day and last and day <= last:
            form.add_error(slot.name("from"), "Deze stap begint niet na de stap erboven. Zet de stappen op volgorde van datum.")
        last = day or last


def _check_consultation(form: "SectionForm") -> None:
    _check_rows(form, "consultation", CONSULTATION_PARTS)
    for slot in form.filled_rows("consultation"):
        texts = [form.texts.get(slot.name(name), "").strip() for name in ("question", "answer", "agreed")]
        if not any(texts):
            form.add_error(slot.name("question"), "Schrijf op wat u vroeg of afsprak, of maak de hele regel leeg.")


def _check_rows(form: "SectionForm", key: str, parts: dict[str, str]) -> None:
    for slot in form.filled_rows(key):
        _ask_for(form, slot, parts)


def _ask_for(form: "SectionForm", slot: "Slot", parts: dict[str, str]) -> None:
    for name, sentence in parts.items():
        if form.answer(slot, name) in {None, ""} and slot.name(name) not in form.errors:
            form.add_error(slot.name(name), sentence)


def _day(form: "SectionForm", slot: "Slot", name: str) -> dt.date | None:
    return parse_date(form.answer(slot, name) or "")


def _dutch(number: float | Decimal) -> str:
    return f"{float(number):g}".replace(".", ",")
