"""The small forms around a version: begin, repair, ask and answer a correction, finalise.

What stands in the BAR itself is asked by the forms of the instrument, never here.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms

from dossiers.models import Assessment
from instrument import library
from instrument.forms.fields import DateField, TextField

REPLY_ADAPTED, REPLY_DECLINED = "adapted", "declined"


class StartForm(forms.Form):
    """The day and kind of the visit; preset, so that one press is enough."""

    date = DateField(label="Datum van het bezoek", error_messages={"required": "Vul de datum van het bezoek in."})
    contact = forms.ChoiceField(
        label="Hoe spreekt u de werknemer?",
        widget=forms.RadioSelect,
        choices=lambda: [(choice.value, choice.label) for choice in library.current().choices["contact"]],
        error_messages={
            "required": "Kies hoe u de werknemer spreekt.",
            "invalid_choice": "Dit antwoord bestaat niet. Kies een antwoord uit de lijst.",
        },
    )

    @classmethod
    def preset(cls, today: datetime.date, previous: Assessment | None) -> "StartForm":
        """Today, and the same kind of contact as last time."""
        return cls(initial={"date": today.isoformat(), "contact": (previous.contact if previous else "") or "consultation"})


class RepairForm(forms.Form):
    """What is wrong in a final version."""

    reason = TextField(
        label="Wat klopt er niet in deze versie?",
        help_text="De werknemer leest dit ook. Schrijf geen ziekte, klacht of behandeling op.",
        error_messages={"required": "Schrijf op wat er in deze versie niet klopt."},
    )


class CorrectionForm(forms.Form):
    """What the employee says is wrong in one section. The tick is only there for a section that can stand in the letter."""

    text = TextField(label="Wat klopt er niet?", error_messages={"required": "Schrijf op wat er niet klopt."})
    in_letter = forms.BooleanField(
        label="Dit gaat over iets in de brief. Dit leest ook de werkgever.",
        help_text="Zet dit vinkje alleen als uw tekst over de brief gaat. Uw tekst staat dan ook onder de brief. Zonder vinkje leest "
        "uw werkgever dit niet.",
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, section: str, may_reach_letter: bool) -> None:
        super().__init__(data, prefix=section)
        if not may_reach_letter:
            del self.fields["in_letter"]


class AnswerForm(forms.Form):
    """What became of a correction."""

    reply = forms.ChoiceField(
        label="Wat heeft u gedaan?",
        widget=forms.RadioSelect,
        choices=[(REPLY_ADAPTED, "Ik heb het aangepast"), (REPLY_DECLINED, "Ik pas het niet aan")],
        error_messages={"required": "Kies wat u heeft gedaan.", "invalid_choice": "Kies een antwoord uit de lijst."},
    )
    reason = TextField(label="Uw uitleg aan de werknemer", required=False, help_text="Nodig als u het niet aanpast. De werknemer leest dit.")


class FinaliseForm(forms.Form):
    """The ticks that come before finalising. `needs_talk`: the term is not over, so it must have been talked through. `mark`: of what is on
    screen (`actions.release.mark_of`)."""

    discussed = forms.BooleanField(label="Besproken met de werknemer", required=False)
    discussed_on = DateField(label="Besproken op", error_messages={"required": "Vul in op welke dag u het besprak."})
    medical_check = forms.BooleanField(
        label="Gecontroleerd op medische gegevens",
        help_text="De brief noemt geen ziekte, klacht, oorzaak, behandeling of medicijn.",
        required=False,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: datetime.date, needs_talk: bool, mark: str = "") -> None:
        super().__init__(data, initial={"discussed_on": today.isoformat(), "seen": mark})
        if not needs_talk:
            del self.fields["discussed"], self.fields["discussed_on"]

    @property
    def talked_on(self) -> datetime.date | None:
        """The day it was talked through, when the tick is set."""
        values = self.cleaned_data
        return datetime.date.fromisoformat(values["discussed_on"]) if values.get("discussed") else None
