"""What a labour expert types in a report: the answers, and per function what it asks, beside what the letter says.

One field per answer, so that a half-typed report can be kept. What may be said is decided by `rules/labour_report.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dossiers.actions.labour_report import blocks_of
from dossiers.forms.drawn import DrawnField, WordHit, word_hits
from dossiers.forms.process import LineField
from dossiers.labour_source import area_labels
from dossiers.models import Fit, OwnWork, SecondTrack
from dossiers.rules import labour_report as rules
from dossiers.rules.labour_report import NO_REASON, NOT_NAMED, DemandValue, FunctionValue, ReportValue
from instrument import library
from instrument.forms.fields import AnswerField, NumberField, TextField

MOST_HOURS = 60
ANSWERS = ("answers", "own_work", "own_work_note")
REST = ("factors", "second_track", "second_track_reason", "advice")
_LOAD_AGAIN = {"required": "Laad de pagina opnieuw.", "invalid": "Laad de pagina opnieuw."}


def _text(label: str, help_text: str = "", rows: int = 4) -> TextField:
    return TextField(label=label, help_text=help_text, required=False, widget=forms.Textarea({"rows": str(rows)}))


def _choice(label: str, choices: Iterable[tuple[str, str]]) -> AnswerField:
    return AnswerField(label=label, choices=list(choices), required=False, widget=forms.RadioSelect)


class _Fit(AnswerField):
    """An answer that only an area of the letter may have is refused with why."""

    def validate(self, value: Any) -> None:
        if value in Fit.values and not self.valid_value(value):
            raise ValidationError(NOT_NAMED, code="not_named")
        super().validate(value)


_WITHOUT_LETTER = [choice for choice in Fit.choices if rules.may_say(rules.Fit(choice[0]), is_named=False)]


def _row_choice(label: str, choices: Iterable[tuple[str, str]]) -> AnswerField:
    return _Fit(label=label, required=False, choices=[("", "–"), *choices], widget=forms.Select)


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One area of a function: its name, what the letter says of it, the three fields."""

    item: str
    label: str
    can: tuple[str, ...]
    fields: list[DrawnField]
    is_used: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Areas together: those the letter names, or those of one heading."""

    heading: str
    rows: list[DemandRow]
    is_open: bool


@dataclass(frozen=True, slots=True)
class FunctionBlock:
    """One function as the page draws it."""

    number: int
    name: str
    title: str
    fields: list[DrawnField]
    groups: list[Group]


class ReportForm(forms.Form):
    """The whole report. `named`: the areas that the letter names, with its words. `seen`: the save that was on screen."""

    answers = _text("Wat is uw antwoord op de vraag?", "Herhaal kort wat u is gevraagd, en geef dan antwoord.", 6)
    own_work = _choice("Past het eigen werk?", OwnWork.choices)
    own_work_note = _text("Waarom? Wat moet er anders?", "Schrijf over het werk: taken, tijden, plek, hulpmiddelen.")
    factors = _text("Wat telt verder mee?", "Bijvoorbeeld: reizen, roosters, hulpmiddelen, samenwerken. Niet wat iemand heeft.")
    second_track = _choice("Is zoeken naar werk bij een andere werkgever nodig?", SecondTrack.choices)
    second_track_reason = _text("Waarom wel of niet?")
    advice = _text("Wat is uw advies?", "Wat moet wie nu doen, en wanneer?", 6)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=_LOAD_AGAIN)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        named: Mapping[str, tuple[str, ...]] | None = None,
        names: Iterable[str] = (),
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.named = named or {}
        self.names = tuple(names)
        self.labels = area_labels()
        self.blocks = blocks_of(data if data is not None else (initial or {}))[: rules.MOST_FUNCTIONS]
        for number in self.blocks:
            self._add_block(number)

    def _add_block(self, number: int) -> None:
        block = f"f{number}"
        self.fields[f"{block}-title"] = LineField(label="Naam van de functie", required=False)
        self.fields[f"{block}-hours"] = NumberField(label="Uren per week", required=False)
        self.fields[f"{block}-note"] = _text("Wat is dit voor werk?", rows=2)
        for item in self.labels:
            self.fields[f"{block}-{item}-demand"] = _text("Wat vraagt de functie?", rows=2)
            self.fields[f"{block}-{item}-fit"] = _row_choice("Past dit?", Fit.choices if item in self.named else _WITHOUT_LETTER)
            self.fields[f"{block}-{item}-reason"] = _text("Waarom?", rows=2)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in self.blocks:
            self._clean_block(number, values)
        return values

    def _clean_block(self, number: int, values: Mapping[str, Any]) -> None:
        block = f"f{number}"
        hours = values.get(f"{block}-hours")
        if hours is not None and not 0 < hours <= MOST_HOURS:
            self.add_error(f"{block}-hours", f"Vul een getal in van meer dan 0 en hooguit {MOST_HOURS}.")
        for item in self.labels:
            self._clean_row(f"{block}-{item}", item, values)
        filled = any(values.get(name) for name in self.fields if name.startswith(f"{block}-"))
        if filled and not values.get(f"{block}-title") and f"{block}-title" not in self.errors:
            self.add_error(f"{block}-title", "Schrijf op welke functie dit is.")

    def _clean_row(self, row: str, item: str, values: Mapping[str, Any]) -> None:
        demand, typed, reason = (values.get(f"{row}-{one}") for one in ("demand", "fit", "reason"))
        if f"{row}-fit" in self.errors:
            return
        if not typed:
            if demand or reason:
                self.add_error(f"{row}-fit", "Kies of dit past.")
            return
        fit = rules.Fit(typed)
        if not demand and f"{row}-demand" not in self.errors:
            self.add_error(f"{row}-demand", "Schrijf op wat de functie vraagt.")
        if not rules.may_say(fit, is_named=item in self.named):
            self.add_error(f"{row}-fit", NOT_NAMED)
        elif rules.needs_reason(fit) and not reason and f"{row}-reason" not in self.errors:
            self.add_error(f"{row}-reason", NO_REASON)

    def value(self) -> ReportValue:
        """The value of a valid form. A function with nothing in it counts for nothing."""
        values = self.cleaned_data
        functions = (self._function(number, values) for number in self.blocks)
        return ReportValue(
            own_work=rules.OwnWork(values["own_work"]) if values["own_work"] else None,
            second_track=rules.SecondTrack(values["second_track"]) if values["second_track"] else None,
            functions=tuple(function for function in functions if function.title),
            **{name: values[name] for name in ("own_work_note", "answers", "factors", "second_track_reason", "advice")},
        )

    def _function(self, number: int, values: Mapping[str, Any]) -> FunctionValue:
        block = f"f{number}"
        demands = tuple(
            DemandValue(item, values[f"{block}-{item}-demand"], rules.Fit(values[f"{block}-{item}-fit"]), values[f"{block}-{item}-reason"])
            for item in self.labels
            if values[f"{block}-{item}-fit"]
        )
        return FunctionValue(values[f"{block}-title"], values[f"{block}-hours"], values[f"{block}-note"], demands)

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, field by field, valid or not."""
        return {name: str(self.data[name]) for name in self.fields if name in self.data and name != "seen"}

    # --- for the page ---------------------------------------------------------------------------

    def hits(self) -> dict[str, list[WordHit]]:
        """Per field: the words to look at again."""
        found = {name: self._hits(name) for name, field in self.fields.items() if isinstance(field, TextField)}
        return {name: hits for name, hits in found.items() if hits}

    def _hits(self, name: str) -> list[WordHit]:
        return word_hits(self[name].value(), self.names)

    def _drawn(self, name: str) -> DrawnField:
        return DrawnField(self[name], self._hits(name) if isinstance(self.fields[name], TextField) else [])

    def first(self) -> list[DrawnField]:
        """What comes before the functions."""
        return [self._drawn(name) for name in ANSWERS]

    def last(self) -> list[DrawnField]:
        """What comes after them."""
        return [self._drawn(name) for name in REST]

    def functions(self) -> Iterator[FunctionBlock]:
        """Every function with its areas: those the letter names first, then the rest under the headings of the instrument."""
        for place, number in enumerate(self.blocks, start=1):
            block = f"f{number}"
            title = self[f"{block}-title"].value() or ""
            fields = [self._drawn(f"{block}-{one}") for one in ("title", "hours", "note")]
            yield FunctionBlock(number, block, str(title).strip() or f"Functie {place}", fields, list(self._groups(block)))

    def _groups(self, block: str) -> Iterator[Group]:
        named = [self._row(block, item) for item in self.labels if item in self.named]
        if named:
            yield Group("Hier zegt de brief iets over", named, True)
        headings: dict[str, list[DemandRow]] = {}
        for item in library.current().items("areas"):
            if item.key not in self.named:
                headings.setdefault(item.heading, []).append(self._row(block, item.key))
        for heading, rows in headings.items():
            yield Group(heading, rows, any(row.is_used for row in rows))

    def _row(self, block: str, item: str) -> DemandRow:
        fields = [self._drawn(f"{block}-{item}-{one}") for one in ("demand", "fit", "reason")]
        used = any(one.bound.value() or one.bound.errors for one in fields)
        return DemandRow(item, self.labels[item], self.named.get(item, ()), fields, used)


class RemarkForm(forms.Form):
    """What the employee says is not right."""

    text = TextField(
        label="Wat klopt er niet?",
        help_text="De arbeidsdeskundige leest dit. Uw werkgever niet.",
        error_messages={"required": "Schrijf op wat er niet klopt."},
    )


ADAPT, DECLINE = "adapt", "decline"


class RemarkAnswerForm(forms.Form):
    """What becomes of it."""

    reply = forms.ChoiceField(
        label="Wat doet u hiermee?",
        widget=forms.RadioSelect,
        choices=[(ADAPT, "Ik pas het rapport aan"), (DECLINE, "Ik pas het niet aan")],
        error_messages={"required": "Kies wat u hiermee doet.", "invalid_choice": "Kies een van de twee antwoorden."},
    )
    reason = TextField(label="Uw uitleg aan de werknemer", required=False, help_text="Nodig als u het niet aanpast. De werknemer leest dit.")


class FinaliseForm(forms.Form):
    """The tick that comes before finalising."""

    medical_check = forms.BooleanField(
        label="Gecontroleerd op medische gegevens",
        help_text="Het rapport noemt geen ziekte, klacht, oorzaak, behandeling of medicijn.",
        error_messages={"required": "Kijk eerst of er geen medische gegevens in het rapport staan. Zet daarna het vinkje."},
    )
