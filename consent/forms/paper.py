"""An answer that somebody else writes down: a signed form, a no by phone or letter, and the tick of who confirms.

Nothing is chosen beforehand here either. Which days can be, and who may confirm, is decided by the actions.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from consent.forms.answers import RELOAD, QuestionsForm
from consent.models import Channel
from consent.wording import Question, Wording
from dossiers.forms.process import NO_CHOICE, DayField
from dossiers.parts import Part

EVERYTHING = "all"


class SignedForm(QuestionsForm):
    """What stands on a signed form. A question that was left empty on paper stays empty here."""

    signed_on = DayField(label="Op welke dag zette de werknemer de handtekening?", error_messages={"required": "Vul de dag van de handtekening in."})
    posted_on = DayField(
        label="Op welke dag gaat onze brief aan de werknemer op de post?",
        help_text="Alleen bij een ja. In die brief staat waar de werknemer ja op zei.",
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Mapping[Question, tuple[Part, ...]],
        wording: Wording,
        name: str,
        key: str,
    ) -> None:
        super().__init__(data, questions=questions, asked=(), wording=wording, name=name, key=key)
        days = [name for name in ("signed_on", "posted_on") if name in self.fields]
        self.order_fields([*(name for name in self.fields if name not in days), *days])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and any(self.choices.values()) and values.get("posted_on") is None:
            self.add_error("posted_on", "Vul in op welke dag de brief op de post gaat.")
        return values


class NoForm(forms.Form):
    """A no, or a yes taken back, that came in by phone or on paper."""

    use_required_attribute = False
    channel = forms.ChoiceField(
        label="Hoe liet de werknemer dit weten?",
        choices=[(Channel.PHONE.value, "Per telefoon"), (Channel.PAPER.value, "Op papier")],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe de werknemer dit liet weten.", "invalid_choice": NO_CHOICE},
    )
    parts = forms.MultipleChoiceField(
        label="Waar zegt de werknemer nee op?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies waar de werknemer nee op zegt.", "invalid_choice": NO_CHOICE, "invalid_list": NO_CHOICE},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, parts: Collection[Part], wording: Wording) -> None:
        super().__init__(data, auto_id="no_%s")
        named = [(part.value, wording.parts[part]) for part in parts if part is not Part.PROCESS]
        self.fields["parts"].choices = [(EVERYTHING, "Alles"), *named]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Part]:
        """The parts; none named means all."""
        chosen = self.cleaned_data["parts"]
        return [] if EVERYTHING in chosen else [Part(value) for value in chosen]


class ConfirmForm(forms.Form):
    """Which yes on paper, and that this person saw it."""

    use_required_attribute = False
    paper = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": RELOAD, "invalid": RELOAD})
    seen = forms.BooleanField(
        label="Ik heb de handtekening gezien, en de brief aan de werknemer is op de post",
        error_messages={"required": "Kijk eerst naar het papier en of de brief weg is. Zet daarna dit vinkje."},
    )
