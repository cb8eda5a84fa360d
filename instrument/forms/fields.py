"""The form fields: text, numbers as the Dutch type them, dates, answers. Messages say what to do.

One field at a time: what fields mean together stands in `rules`.
"""

import datetime as dt
import re
from typing import Any, TypedDict

from django import forms
from django.core.exceptions import ValidationError

from instrument.forms.layout import IN_LETTER, NOT_ASSESSED, reaches_letter_by_default
from instrument.schema import Field, FieldKind, Instrument, Item, Letter
from instrument.text import BadText, clean_text

MAX_TEXT = 20_000
MAX_NUMBER = 100_000
YEARS = range(1900, 2101)
"""Years outside these are typing mistakes: nobody of them is at work."""

NUMBER_MESSAGE = "Vul een getal in van 0 of meer, bijvoorbeeld 12 of 13,5."
CHOICE_MESSAGE = "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."

_NUMBER = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?", re.ASCII)
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_DUTCH_DATE = re.compile(r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})", re.ASCII)


def make_field(spec: Field, instrument: Instrument, item: Item | None) -> forms.Field:
    """The form field for a field of the instrument; `item` is the item it stands under, if any."""
    label = spec.ask_label if item and item.letter is Letter.ASK and spec.ask_label else spec.label
    shared = _Shared(label=label, help_text=spec.help, required=False)
    match spec.kind:
        case FieldKind.TEXT:
            return TextField(**shared)
        case FieldKind.NUMBER:
            return NumberField(**shared)
        case FieldKind.DATE:
            return DateField(**shared)
        case FieldKind.TICK:
            initial = spec.key == IN_LETTER and reaches_letter_by_default(item)
            return forms.BooleanField(initial=initial, **shared)
        case FieldKind.ITEM:
            return AnswerField(choices=_item_choices(spec, instrument), widget=forms.Select, **shared)
        case FieldKind.SELECT:
            return AnswerField(choices=[("", "–"), *_choices(spec, instrument)], widget=forms.Select, **shared)
        case FieldKind.CHOICE:
            return AnswerField(choices=_radio_choices(spec, instrument, item), widget=forms.RadioSelect, **shared)


def parse_date(typed: str) -> dt.date | None:
    """A date typed as 16-2-2026 or 2026-02-16; None when there is no such day."""
    found = _ISO_DATE.fullmatch(typed) or _DUTCH_DATE.fullmatch(typed)
    if not found or int(found["year"]) not in YEARS:
        return None
    try:
        return dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _choices(spec: Field, instrument: Instrument) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in instrument.choices[spec.choices]]


def _radio_choices(spec: Field, instrument: Instrument, item: Item | None) -> list[tuple[str, str]]:
    choices = _choices(spec, instrument)
    # A radio button cannot be let go, so an item that was answered by mistake needs a way back.
    can_undo = item is None or any(value == NOT_ASSESSED for value, _ in choices)
    return choices if can_undo else [("", "niet ingevuld"), *choices]


def _item_choices(spec: Field, instrument: Instrument) -> list[tuple[str, Any]]:
    sections = (instrument.section(key) for key in spec.items_from)
    groups = [(section.title, [(item.key, item.label) for item in section.items]) for section in sections]
    return [("", "–"), *groups]


class _Shared(TypedDict):
    """What every field gets. Nothing is required: autosave must accept what is half typed."""

    label: str
    help_text: str
    required: bool


class TextField(forms.CharField):
    """Free text, normalised; long texts get a sentence, not a cut."""

    widget = forms.Textarea(attrs={"rows": "2"})

    def to_python(self, value: Any) -> str:
        try:
            text = clean_text(value or "")
        except BadText as error:
            raise ValidationError(error.message, code="bad_text") from error
        if len(text) > MAX_TEXT:
            raise ValidationError(f"Deze tekst is te lang ({len(text)} tekens). Maak de tekst korter dan {MAX_TEXT} tekens.", code="too_long")
        return text


class NumberField(forms.Field):
    """A number of 0 or more with at most two decimals, typed with a comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | float | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        found = _NUMBER.fullmatch(typed)
        if not found:
            raise ValidationError(NUMBER_MESSAGE, code="number")
        number = float(f"{found[1]}.{found[2] or 0}")
        if number > MAX_NUMBER:
            raise ValidationError(f"Dit getal is te groot. Vul hooguit {MAX_NUMBER} in.", code="number")
        return int(number) if number.is_integer() else number


class DateField(forms.Field):
    """A day. Its value is the ISO text, as in the case file."""

    widget = forms.DateInput(attrs={"type": "date", "autocomplete": "off"})

    def to_python(self, value: Any) -> str | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        day = parse_date(typed)
        if day is None:
            raise ValidationError("Deze datum bestaat niet. Vul een datum in als dag-maand-jaar, bijvoorbeeld 16-2-2026.", code="date")
        return day.isoformat()

    def prepare_value(self, value: Any) -> Any:
        # A date input shows nothing but ISO; what was typed otherwise must not disappear from the page.
        day = parse_date(value.strip()) if isinstance(value, str) else None
        return day.isoformat() if day else value


class AnswerField(forms.ChoiceField):
    """One of the answers of the instrument, or none yet."""

    default_error_messages = {"invalid_choice": CHOICE_MESSAGE}
