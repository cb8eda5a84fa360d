"""What is typed about a letter: why it is withdrawn, and how it went to an employee on paper.

Which words may give away an illness is decided by `rules/wordlist`; here it only becomes a question to look again.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dossiers.actions.paper import Way
from dossiers.rules.cover import address_lines, address_problem
from dossiers.rules.wordlist import medical_hits
from instrument.forms.fields import DateField, TextField

MOST_REASON = 1_000  # characters: a reason, not a second letter


class _ReasonField(TextField):
    employer_reads = True


class WithdrawForm(forms.Form):
    """Why a letter is withdrawn. Words that may be medical are asked about once; whoever sends them again has looked."""

    reason = _ReasonField(
        label="Waarom trekt u deze brief in?",
        help_text="Schrijf kort wat er niet klopte. Schrijf niets over ziekte, klachten of behandeling.",
        max_length=MOST_REASON,
        error_messages={
            "required": "Schrijf op waarom u de brief intrekt.",
            "max_length": f"Maak de reden korter dan {MOST_REASON} tekens.",
        },
    )
    seen_words = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        words = ", ".join(dict.fromkeys(hit.word for hit in medical_hits(values.get("reason", ""))))
        if words and values.get("seen_words") != words:
            self.data = {**self.data.dict(), "seen_words": words} if hasattr(self.data, "dict") else {**self.data, "seen_words": words}
            self.add_error(
                "reason",
                f"Let op: hier staat ‘{words}’. De werkgever leest dit. Pas de tekst aan. Klopt het zo toch? Druk dan nog een keer op de knop.",
            )
        return values


class PaperForm(forms.Form):
    """How and when the letter went to an employee who reads on paper."""

    way = forms.ChoiceField(
        label="Hoe kreeg de werknemer de brief?",
        choices=[(Way.HANDED_OVER.value, "Meegegeven"), (Way.POSTED.value, "Op de post gedaan")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe de werknemer de brief kreeg.", "invalid_choice": "Kies een van de twee antwoorden."},
    )
    day = DateField(label="Op welke dag?", error_messages={"required": "Vul de dag in."})

    def clean_day(self) -> dt.date:
        """The day as a date; the field itself speaks ISO text, as the case file does."""
        return dt.date.fromisoformat(self.cleaned_data["day"])


class PostalAddressField(TextField):
    """An address below the name, as it stands in the window of an envelope; or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea({"rows": "4", "autocomplete": "off"}), "required": False, **kwargs})

    def to_python(self, value: Any) -> str:
        lines = address_lines(super().to_python(value))
        problem = address_problem(lines)
        if problem:
            raise ValidationError(problem, code="address")
        return "\n".join(lines)


class AddressForm(forms.Form):
    """Where letters on paper go."""

    address = PostalAddressField(
        label="Straat, nummer, postcode en plaats", help_text="Zonder de naam: die staat er al. Weet u het niet? Laat het leeg."
    )
