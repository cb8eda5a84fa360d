"""What is typed about the process and the job: employment, sick days, what the work asks.

Also used where a dossier is opened (`bar`). Which dates can be true together is decided by `rules/sick_weeks`, never here.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dossiers.actions.process import Employment
from dossiers.models import Contract, Dossier
from dossiers.models.dossier import ProposalKind
from dossiers.parts import Role
from instrument import library
from instrument.forms.fields import DateField, NumberField, TextField
from instrument.text import BadText, check_line

MOST_HOURS = 60
NO_CHOICE = "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."


class LineField(TextField):
    """One line of normalised text."""

    def __init__(self, *, most: int = 200, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TextInput, **kwargs})
        self.most = most

    def to_python(self, value: Any) -> str:
        text = " ".join(super().to_python(value).split())
        try:
            check_line(text)
        except BadText as error:
            raise ValidationError(error.message, code="bad_text") from error
        if len(text) > self.most:
            raise ValidationError(f"Maak dit korter dan {self.most} tekens.", code="too_long")
        return text


class EmailField(LineField):
    """An e-mail address in the form it is compared in, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=254, widget=forms.TextInput({"type": "email", "autocomplete": "off", "inputmode": "email"}), **kwargs)

    def to_python(self, value: Any) -> str:
        address = super().to_python(value).lower()
        if address:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ValidationError("Dit is geen e-mailadres. Schrijf het zoals naam@bedrijf.nl.", code="email") from error
        return address


class DayField(DateField):
    """A day, as a date."""

    def clean(self, value: Any) -> dt.date | None:
        typed = super().clean(value)
        return dt.date.fromisoformat(typed) if typed else None


class EmploymentForm(forms.Form):
    """The contract of the employee."""

    job_title = LineField(label="Functie", error_messages={"required": "Vul de functie in."})
    hours_per_week = NumberField(label="Uren per week volgens het contract", error_messages={"required": "Vul de uren per week in."})
    contract = forms.ChoiceField(
        label="Soort contract",
        choices=Contract.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies het soort contract.", "invalid_choice": NO_CHOICE},
    )
    contract_end = DayField(label="Laatste dag van het contract", help_text="Alleen bij een tijdelijk contract.", required=False)

    def clean_hours_per_week(self) -> Decimal:
        hours = Decimal(str(self.cleaned_data["hours_per_week"]))
        if not 0 < hours <= MOST_HOURS:
            raise ValidationError(f"Vul een getal in van meer dan 0 en hooguit {MOST_HOURS}.")
        return hours

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("contract") == Contract.TEMPORARY and values.get("contract_end") is None and "contract_end" not in self.errors:
            self.add_error("contract_end", "Vul de laatste dag van het tijdelijke contract in.")
        return values

    def employment(self) -> Employment:
        """The value of a valid form."""
        values = self.cleaned_data
        return Employment(values["job_title"], values["hours_per_week"], values["contract"], values["contract_end"])

    @classmethod
    def of(cls, dossier: Dossier) -> "EmploymentForm":
        """The form as the dossier stands."""
        hours = f"{dossier.hours_per_week.normalize():f}".replace(".", ",")
        end = dossier.contract_end.isoformat() if dossier.contract_end else ""
        return cls(initial={"job_title": dossier.job_title, "hours_per_week": hours, "contract": dossier.contract, "contract_end": end})


class DaysForm(forms.Form):
    """A change of the sick days: what, and from which day."""

    kind = forms.ChoiceField(
        label="Wat wilt u doorgeven?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat u wilt doorgeven.", "invalid_choice": NO_CHOICE},
    )
    day = DayField(label="Vanaf welke dag?", error_messages={"required": "Vul de dag in."})

    def __init__(self, data: Mapping[str, Any] | None = None, *, role: Role, is_recovered: bool) -> None:
        super().__init__(data)
        words = _OWN_WORDS if role is Role.EMPLOYEE else _THEIR_WORDS
        kinds = (ProposalKind.SICK_AGAIN if is_recovered else ProposalKind.RECOVERED, ProposalKind.FIRST_SICK_DAY)
        self.fields["kind"].choices = [(kind.value, words[kind]) for kind in kinds]  # type: ignore[attr-defined]


_OWN_WORDS: Mapping[ProposalKind, str] = {
    ProposalKind.RECOVERED: "Ik ben weer helemaal beter",
    ProposalKind.SICK_AGAIN: "Ik ben weer ziek",
    ProposalKind.FIRST_SICK_DAY: "Mijn eerste ziektedag was een andere dag",
}
_THEIR_WORDS: Mapping[ProposalKind, str] = {
    ProposalKind.RECOVERED: "De werknemer is weer helemaal beter",
    ProposalKind.SICK_AGAIN: "De werknemer is weer ziek",
    ProposalKind.FIRST_SICK_DAY: "De eerste ziektedag was een andere dag",
}


class JobForm(forms.Form):
    """What the work is, and what it asks per area of the instrument. `seen`: the version that was on screen."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    description = TextField(
        label="Wat is het werk?",
        help_text="Schrijf op wat iemand op een gewone werkdag doet. Bijvoorbeeld: dozen pakken, orders nakijken, met klanten bellen.",
        required=False,
        widget=forms.Textarea({"rows": "6"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        for item in library.current().items("areas"):
            self.fields[demand_name(item.key)] = TextField(label=item.label, required=False)

    def groups(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """The demands under the headings of the instrument, and whether there is something in them to see."""
        found: dict[str, list[forms.BoundField]] = {}
        for item in library.current().items("areas"):
            found.setdefault(item.heading, []).append(self[demand_name(item.key)])
        return [(heading, fields, any(field.value() or field.errors for field in fields)) for heading, fields in found.items()]

    def demands(self) -> dict[str, str]:
        """What was typed per item, of a valid form."""
        return {item.key: self.cleaned_data[demand_name(item.key)] for item in library.current().items("areas")}


def demand_name(item: str) -> str:
    """The name of the field of one item."""
    return f"demand-{item}"
