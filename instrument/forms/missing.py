"""Complete enough to offer: what a BAR still lacks before the employee can read it (`instrument.md`).

Apart from validity: an empty draft is valid and may be stored, but it cannot be offered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from instrument.schema import Instrument


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to fill in, with the form field to link to and a sentence that says what to do."""

    section: str
    field: str
    sentence: str


def missing(instrument: Instrument, values: Mapping[str, object]) -> list[Missing]:
    """What must still be filled in before offering; `values` are section values by section key."""
    checks = (_visit, _factors, _areas, _possibilities, _prognosis, _advice)
    return [found for check in checks for found in check(instrument, values)]


def _visit(_: Instrument, values: Mapping[str, object]) -> Iterator[Missing]:
    visit = _table(values, "visit")
    if not visit.get("date"):
        yield Missing("visit", "date", "Vul de datum van het bezoek in.")
    if not visit.get("contact"):
        yield Missing("visit", "contact", "Kies hoe u de werknemer sprak.")


def _factors(instrument: Instrument, values: Mapping[str, object]) -> Iterator[Missing]:
    for section in ("work_factors", "context_factors"):
        for factor in _rows(values, section):
            if not factor.get("influence"):
                label = instrument.item(section, factor["item"]).label
                yield Missing(section, f"{factor['item']}-influence", f"Kies bij ‘{label}’ wat de invloed op het werk is.")


def _areas(instrument: Instrument, values: Mapping[str, object]) -> Iterator[Missing]:
    for area in _rows(values, "areas"):
        texts = (area.get(key) for key in ("explanation", "still_possible", "condition", "limit"))
        if area.get("status") == "attention" and not any(texts):
            label = instrument.item("areas", area["item"]).label
            yield Missing("areas", f"{area['item']}-explanation", f"Vul bij ‘{label}’ in wat nog kan, wat nodig is, of een toelichting.")


def _possibilities(_: Instrument, values: Mapping[str, object]) -> Iterator[Missing]:
    found = _table(values, "possibilities")
    usable = found.get("usable")
    if not usable:
        yield Missing("possibilities", "usable", "Kies of de werknemer nu kan werken.")
    elif usable == "yes" and not found.get("own_work"):
        yield Missing("possibilities", "own_work", "Kies of de werknemer het eigen werk kan doen.")
    elif usable != "yes" and not found.get("review_on"):
        yield Missing("possibilities", "review_on", "Vul in wanneer u opnieuw kijkt.")


def _prognosis(_: Instrument, values: Mapping[str, object]) -> Iterator[Missing]:
    found = _table(values, "prognosis")
    if not found.get("course"):
        yield Missing("prognosis", "course", "Kies hoe het verder gaat.")
    if not found.get("certainty"):
        yield Missing("prognosis", "certainty", "Kies hoe zeker uw verwachting is.")
    if not found.get("next_contact") and not found.get("note"):
        yield Missing("prognosis", "next_contact", "Vul de volgende afspraak in. Komt die er niet? Schrijf bij de toelichting waarom.")


def _advice(_: Instrument, values: Mapping[str, object]) -> Iterator[Missing]:
    found = _table(values, "advice")
    if not found.get("goal"):
        yield Missing("advice", "goal", "Kies het doel.")
    if not found.get("message"):
        yield Missing("advice", "message", "Schrijf in gewone woorden wat het belangrijkste is.")


def _table(values: Mapping[str, object], section: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", values.get(section) or {})


def _rows(values: Mapping[str, object], section: str) -> list[Mapping[str, Any]]:
    return cast("list[Mapping[str, Any]]", values.get(section) or [])
