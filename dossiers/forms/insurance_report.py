"""The form of an insurance physician's reaction: per open item agreed or not and why, and advice.

Nothing is required while typing, so that half a thought can be kept; what must be there before it is final says `rules/insurance_report.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from dossiers.insurance_topics import Topic
from dossiers.models import Agreement
from dossiers.rules.insurance_report import ADVICE, agree_name, gaps, reaction_of, why_name
from instrument.forms.fields import TextField
from instrument.text import BadText

_RELOAD = "Laad de pagina opnieuw."


class ReactionForm(forms.Form):
    """`seen` is the save that was on screen: a text that changed since is never overwritten unseen."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages={"required": _RELOAD, "invalid": _RELOAD, "min_value": _RELOAD})

    def __init__(self, data: Mapping[str, Any] | None = None, *, topics: Sequence[Topic], initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.topics = topics
        for topic in topics:
            self.fields[agree_name(topic.key)] = _agreement(topic)
            self.fields[why_name(topic.key)] = TextField(
                label="Waarom?", required=False, help_text="Nodig als u het er niet of niet helemaal mee eens bent."
            )
        self.fields[ADVICE] = TextField(
            label="Uw advies aan de bedrijfsarts",
            required=False,
            help_text="De werknemer leest dit ook. De werkgever niet.",
            widget=forms.Textarea({"rows": "6"}),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, sentence in self._gaps():
            if name not in self.errors and (name != ADVICE):  # that nothing is there yet is no mistake while typing
                self.add_error(name, sentence)
        return values

    def blocks(self) -> list[tuple[Topic, forms.BoundField, forms.BoundField]]:
        """Each topic with its two fields."""
        return [(topic, self[agree_name(topic.key)], self[why_name(topic.key)]) for topic in self.topics]

    def _gaps(self) -> tuple[tuple[str, str], ...]:
        try:
            return gaps(reaction_of({name: str(text) for name, text in self.data.items()}, [topic.key for topic in self.topics]))
        except BadText:
            return ()  # its field says so


def _agreement(topic: Topic) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=f"Bent u het eens met wat hier staat over ‘{topic.label}’?",
        choices=[("", "geen mening"), *Agreement.choices],
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."},
    )
