"""The three plain questions as a form: yes or no per question, or per part inside it. Nothing is chosen beforehand.

What an answer means (and that `process` goes with the first yes) is decided by the action; which questions there are by `wording.py`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from consent.wording import Question, Wording
from dossiers.forms.process import NO_CHOICE
from dossiers.parts import Part

YES, NO = "yes", "no"
CHOOSE = "Kies ja of nee."
RELOAD = "Laad de pagina opnieuw. Daarna kunt u antwoorden."


class YesNoField(forms.ChoiceField):
    """Yes or no, equally large, none of them chosen. `required` is for the eye: whether an answer may be left out is decided in `clean`."""

    def __init__(self, label: str, *, required: bool) -> None:
        choices = [(YES, "Ja, dat mag"), (NO, "Nee, dat wil ik niet")]
        super().__init__(label=label, required=required, choices=choices, widget=forms.RadioSelect, error_messages={"invalid_choice": NO_CHOICE})

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class QuestionsForm(forms.Form):
    """`questions`: each with its parts; `asked`: the parts without an answer. `needs_key`: on screen; on paper somebody else writes it down."""

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput, error_messages={"required": RELOAD})

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Mapping[Question, tuple[Part, ...]],
        asked: Collection[Part],
        wording: Wording,
        name: str,
        key: str = "",
    ) -> None:
        super().__init__(data, initial={"key": key})
        self.questions, self.asked_parts = questions, frozenset(asked)
        for question, parts in questions.items():
            must = bool(self.asked_parts & set(parts))
            self.fields[question_field(question)] = YesNoField(wording.asks[question].format(name=name), required=must)
            if question is not Question.ONLY_PROCESS:
                self.fields |= {part_field(part): YesNoField(wording.parts[part], required=False) for part in parts}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        for question, parts in self.questions.items():
            left = [part for part in parts if part in self.asked_parts and part not in self.choices]
            if left:
                self.add_error(question_field(question), self.left_out(question))
        if not self.errors and not self.choices:
            self.add_error(None, CHOOSE)
        return values

    def left_out(self, question: Question) -> str:
        """What to do about a question without an answer."""
        return f"{CHOOSE} Weet u het nog niet? Kies dan onderaan ‘Later’."

    @property
    def choices(self) -> dict[Part, bool]:
        """What was chosen per part: its own answer, else that of its question."""
        found: dict[Part, bool] = {}
        for question, parts in self.questions.items():
            for part in parts:
                chosen = self.cleaned_data.get(part_field(part)) or self.cleaned_data.get(question_field(question))
                if chosen:
                    found[part] = chosen == YES
        return found


def question_field(question: Question) -> str:
    """The name of the field of a question."""
    return f"question_{question}"


def part_field(part: Part) -> str:
    """The name of the field of a part."""
    return f"part_{part}"
