"""The employee's own words as a form: three questions, nothing required, so that half a thought can be kept."""

from collections.abc import Mapping
from typing import Any

from django import forms

from dossiers.sections import VIEW_FIELDS
from instrument.forms.fields import TextField


def _question(label: str, help_text: str) -> TextField:
    return TextField(label=label, help_text=help_text, required=False, widget=forms.Textarea(attrs={"rows": "5"}))


class OwnViewForm(forms.Form):
    """`seen` is the version that was on screen: a text that changed since is never overwritten unseen."""

    can_do = _question("Wat kan ik?", "Denk aan uw werk, maar ook aan wat thuis goed gaat.")
    needs = _question("Wat heb ik nodig?", "Bijvoorbeeld: meer pauzes, hulp bij een taak, rustig beginnen.")
    on_advice = _question("Wat vind ik van het advies?", "Waar bent u het mee eens? Waar niet? Waarom?")
    seen = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": "Laad de pagina opnieuw.", "invalid": "Laad de pagina opnieuw."}
    )

    @property
    def words(self) -> Mapping[str, Any]:
        """The three answers."""
        return {name: self.cleaned_data[name] for name in VIEW_FIELDS}
