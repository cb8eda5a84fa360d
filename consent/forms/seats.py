"""Choosing people for a seat: a delegate, cover for a period, a successor. Colleagues are those of one arbodienst; anybody else only by address.

Whether a choice can be is decided by the action; the form only says where to put the sentence.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model

from consent.models import SeatKind
from dossiers.forms.process import NO_CHOICE, DayField, EmailField, LineField
from dossiers.parts import Role
from instrument.forms.fields import TextField

_KINDS = [kind for kind in SeatKind if kind not in (SeatKind.PLAIN, SeatKind.COVER)]


def colleagues_of(organisation_id: Any, role: Role, *, but: Any) -> Any:
    """The people of one arbodienst with this profession who work there now; not the reader."""
    people = get_user_model()._default_manager.filter(organisation_id=organisation_id, profession=role, is_active=True)
    return people.exclude(pk=but.pk).order_by("name")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of several people, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.function}" if obj.function else str(obj.name)


class DelegateForm(forms.Form):
    """Who works under the physician in this dossier, and as what."""

    person = PersonField(
        label="Wie gaat er voor u werken in dit dossier?",
        queryset=None,
        empty_label="Kies iemand",
        error_messages={"required": "Kies iemand uit de lijst.", "invalid_choice": "Kies een taakgedelegeerde van uw arbodienst."},
    )
    kind = forms.ChoiceField(
        label="Als wat?",
        help_text="De werknemer leest dit.",
        choices=[(kind.value, kind.label) for kind in _KINDS],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies als wat deze persoon werkt.", "invalid_choice": NO_CHOICE},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: Any) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class PhysicianForm(forms.Form):
    """A colleague of the own arbodienst."""

    person = PersonField(
        label="Welke bedrijfsarts?",
        queryset=None,
        empty_label="Kies een bedrijfsarts",
        error_messages={"required": "Kies een bedrijfsarts.", "invalid_choice": "Kies een bedrijfsarts van uw arbodienst."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: Any, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class CoverForm(PhysicianForm):
    """Who stands in, from which day through which day."""

    first_day = DayField(label="Eerste dag", error_messages={"required": "Vul de eerste dag in."})
    last_day = DayField(label="Laatste dag", help_text="Tot en met deze dag.", error_messages={"required": "Vul de laatste dag in."})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "De laatste dag ligt voor de eerste dag. Kies een latere dag.")
        return values


class ElsewhereForm(forms.Form):
    """A physician of another arbodienst: the address decides, the words are for the employee."""

    name = LineField(label="Naam van de bedrijfsarts", error_messages={"required": "Vul de naam van de bedrijfsarts in."})
    organisation = LineField(label="Naam van de andere arbodienst", error_messages={"required": "Vul de naam van de arbodienst in."})
    address = EmailField(
        label="E-mailadres van de bedrijfsarts",
        help_text="Het adres waarmee deze bedrijfsarts hier inlogt. Vraag ernaar.",
        error_messages={"required": "Vul het e-mailadres in."},
    )
    told = forms.BooleanField(
        label="Ik heb de werknemer verteld wie het dossier overneemt en wat er meegaat",
        error_messages={"required": "Vertel het eerst aan de werknemer. Zet daarna dit vinkje."},
    )


class AskContactForm(forms.Form):
    """Which contact the employee wants to change, and why."""

    contact = forms.ChoiceField(
        label="Met wie wilt u liever niet te maken hebben?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies om wie het gaat.", "invalid_choice": NO_CHOICE},
    )
    text = TextField(
        label="Waarom vraagt u dit?",
        help_text="Alleen uw bedrijfsarts en wie namens uw bedrijfsarts werkt, lezen dit. Uw werkgever leest het nooit.",
        widget=forms.Textarea({"rows": "5"}),
        error_messages={"required": "Schrijf kort op waarom u dit vraagt."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, contacts: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["contact"].choices = contacts  # type: ignore[attr-defined]


class AnswerContactForm(forms.Form):
    """What the physician answers."""

    answer = forms.ChoiceField(
        label="Wat is uw antwoord?",
        choices=[("changed", "Er is nu een andere contactpersoon"), ("declined", "Het verandert niet")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies uw antwoord.", "invalid_choice": NO_CHOICE},
    )
    reason = TextField(
        label="Uitleg",
        help_text="De werknemer leest dit. Verandert het niet? Dan is uitleg nodig.",
        required=False,
        widget=forms.Textarea({"rows": "4"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("answer") == "declined" and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Schrijf op waarom het niet verandert. De werknemer leest dit.")
        return values
