"""The form of one section: flat fields in, the section value out, and the path of every field.

Rules about what belongs together are in `rules`; how a page draws the form is in `blocks`.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from instrument.forms import rules
from instrument.forms.blocks import Group, groups_of
from instrument.forms.fields import make_field
from instrument.forms.layout import DROPPED_WHEN_EMPTY, MAX_ROWS, NOT_ASSESSED, Slot, joined, section_path, slots_of
from instrument.forms.values import SectionValue, data_of, default_value
from instrument.schema import Instrument, SectionKind

HOURS_NOW = "hours_now"


@dataclass(frozen=True, slots=True)
class FormContext:
    """What rules need to know of the dossier. Contract hours are hours per week, None when there are none agreed."""

    contract_hours: float | Decimal | None
    first_sick_day: dt.date
    visit_date: dt.date | None
    today: dt.date


def section_form(instrument: Instrument, section: str, data: Mapping[str, object] | None = None, *, context: FormContext) -> "SectionForm":
    """The form of a section. Without data it holds the empty section."""
    if data is None:
        data = data_of(instrument, section, default_value(section))
    return SectionForm(instrument, section, data, context=context)


class SectionForm(forms.Form):
    """A bound form. `is_valid()` means: may be stored; whether it is complete is for `missing`."""

    use_required_attribute = False

    def __init__(self, instrument: Instrument, section: str, data: Mapping[str, object], *, context: FormContext) -> None:
        texts = {name: text for name, text in data.items() if isinstance(text, str)}
        super().__init__(texts)
        self.instrument = instrument
        self.section = instrument.section(section)
        self.context = context
        self.texts = texts
        self.slots = slots_of(self.section, texts)
        self._paths: Mapping[str, str] = getattr(data, "paths", {})
        for slot in self.slots:
            for spec in slot.fields:
                self.fields[slot.name(spec.name)] = make_field(spec, instrument, slot.item)

    def clean(self) -> dict[str, Any]:
        for key in {slot.rows for slot in self.slots if slot.rows}:
            if len(self.filled_rows(key)) > MAX_ROWS:
                self.add_error(None, f"Er zijn te veel regels. Laat er hooguit {MAX_ROWS} staan.")
        rules.check(self)
        return self.cleaned_data

    def answer(self, slot: Slot, field: str) -> Any:
        """The cleaned answer, or None when there is none or when it was refused."""
        return self.cleaned_data.get(slot.name(field))

    def filled_rows(self, key: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.rows == key and slot.is_filled(self.texts)]

    @property
    def value(self) -> SectionValue:
        """The section value: defaults written, items in the order of the instrument. Only of a valid form."""
        if not self.is_valid():
            raise ValueError("a form that is not valid has no value")
        if self.section.kind is SectionKind.ITEMS:
            return [{"item": slot.item.key, **self._answers(slot)} for slot in self._kept_items() if slot.item]
        if self.section.kind is SectionKind.ROWS:
            return [self._answers(slot) for slot in self.filled_rows(self.section.key)]
        value = self._answers(self.slots[0])
        for rows in self.section.rows:
            value[rows.key] = [self._answers(slot) for slot in self.filled_rows(rows.key)]
        return value

    def path(self, name: str) -> str:
        """The place of a field in an assessment of a case file, such as "areas[0].condition"."""
        if name in self._paths:
            return self._paths[name]
        return self._computed_paths.get(name, section_path(self.section.key))

    @property
    def blocks(self) -> tuple[Group, ...]:
        """What a page draws, in order."""
        return groups_of(self)

    @property
    def path_errors(self) -> list[tuple[str, str]]:
        """Every refusal as (path, sentence), for whoever has no screen."""
        return [(self.path("" if name == NON_FIELD_ERRORS else name), str(message)) for name, messages in self.errors.items() for message in messages]

    def _kept_items(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.is_filled(self.texts)]

    def _answers(self, slot: Slot) -> dict[str, object]:
        value: dict[str, object] = {}
        for spec in slot.fields:
            answer = self.answer(slot, spec.name)
            if spec.key == HOURS_NOW:
                answer = answer or 0
            if spec.key == "status":
                answer = answer or NOT_ASSESSED
            group, _, key = spec.key.rpartition(".")
            if (group or key) in DROPPED_WHEN_EMPTY and answer in {None, ""}:
                continue
            inside = value.setdefault(group, {}) if group else value
            assert isinstance(inside, dict)
            inside[key] = answer
        return value

    @functools.cached_property
    def _computed_paths(self) -> dict[str, str]:
        root = section_path(self.section.key)
        paths: dict[str, str] = {}
        places: dict[str, int] = {}
        for slot in self.slots:
            listed = root if slot.item or slot.rows == self.section.key else joined(root, slot.rows)
            place = root
            if slot.item or slot.rows:
                index = places.get(slot.rows, 0)
                places[slot.rows] = index + slot.is_filled(self.texts)
                place = f"{listed}[{index}]"
            paths |= {slot.name(spec.name): joined(place, spec.key) for spec in slot.fields}
        return paths
