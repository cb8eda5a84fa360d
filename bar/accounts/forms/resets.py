"""What is typed about a lost second step or address."""

from collections.abc import Mapping
from typing import Any

from django import forms

from bar.accounts.models import ResetKind
from dossiers.forms.process import NO_CHOICE, EmailField


class OwnResetForm(forms.Form):
    """E-mail and password of somebody who cannot pass the second step. Every answer is the same."""

    login = EmailField(label="E-mailadres", error_messages={"required": "Vul uw e-mailadres in."})
    password = forms.CharField(
        label="Wachtwoord",
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "Vul uw wachtwoord in.", "max_length": "Dit is te lang voor een wachtwoord."},
    )


class ResetForm(forms.Form):
    """What somebody else's account needs: another second step, or another address."""

    kind = forms.ChoiceField(
        label="Wat is er aan de hand?",
        choices=[
            (ResetKind.FACTOR.value, "De tweede stap is kwijt: telefoon, sleutel of app"),
            (ResetKind.ADDRESS.value, "Het e-mailadres werkt niet meer"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er aan de hand is.", "invalid_choice": NO_CHOICE},
    )
    new_email = EmailField(label="Nieuw e-mailadres", help_text="Alleen als het e-mailadres niet meer werkt.", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == ResetKind.ADDRESS and not values.get("new_email") and "new_email" not in self.errors:
            self.add_error("new_email", "Vul het nieuwe e-mailadres in.")
        return values

    def chosen(self) -> tuple[ResetKind, str]:
        """Which reset, and the new address if it is one of an address; of a valid form."""
        kind = ResetKind(self.cleaned_data["kind"])
        return kind, self.cleaned_data["new_email"] if kind is ResetKind.ADDRESS else ""
