"""Stopping a share: why, in words the employee reads."""

from django import forms

from dossiers.rules.share_presets import LONGEST_PURPOSE
from instrument.forms.fields import TextField


class StopForm(forms.Form):
    """The reason."""

    reason = TextField(
        label="Waarom stopt u met delen?",
        help_text=f"De werknemer leest dit. Schrijf het in gewone taal, in hooguit {LONGEST_PURPOSE} tekens.",
        widget=forms.Textarea({"rows": "4"}),
        error_messages={"required": "Schrijf op waarom u stopt. De werknemer leest het."},
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) > LONGEST_PURPOSE:
            raise forms.ValidationError(f"Dit zijn {len(reason)} tekens. Maak het korter dan {LONGEST_PURPOSE} tekens.")
        return reason
