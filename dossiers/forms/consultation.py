"""What is typed in a question between professionals: why, to whom, by when, and the text itself.

Whether somebody can be asked is decided in `consent` and by the action; the form only says where to put the sentence.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dossiers.forms.process import NO_CHOICE, DayField
from dossiers.partners import Partner
from dossiers.rules.consultation import LONGEST_DAYS, LONGEST_POST, AskReason, preset_reply_by, reply_problem
from dossiers.topics import Topic
from instrument.forms.fields import TextField


class PostField(TextField):
    """The text of one post."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea({"rows": "6"}), **kwargs})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if len(text) > LONGEST_POST:
            raise ValidationError(f"Deze tekst is te lang ({len(text)} tekens). Maak de tekst korter dan {LONGEST_POST} tekens.", code="too_long")
        return text


class TopicForm(forms.Form):
    """What the question is about; sent as an address, so it holds a number and says nothing."""

    onderwerp = forms.ChoiceField(
        label="Waarover gaat uw vraag?",
        help_text="U leest eerst wat er al bekend is.",
        error_messages={"required": "Kies waarover uw vraag gaat.", "invalid_choice": NO_CHOICE},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, topics: Sequence[Topic]) -> None:
        super().__init__(data)
        groups: dict[str, list[tuple[str, str]]] = {}
        for topic in topics:
            groups.setdefault(topic.group, []).append((str(topic.number), topic.label))
        self.fields["onderwerp"].choices = [("", "Kies een onderwerp"), *groups.items()]  # type: ignore[attr-defined]


class QuestionForm(forms.Form):
    """The question. Of the people only those who can be asked can be chosen."""

    addressee = forms.ChoiceField(
        label="Aan wie vraagt u dit?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies aan wie u dit vraagt.", "invalid_choice": "Deze persoon kan nu niet antwoorden. Kies iemand uit de lijst."},
    )
    reason = forms.ChoiceField(
        label="Waarom heeft u dit antwoord nodig?",
        choices=[(reason.value, reason.label) for reason in AskReason],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waarom u dit antwoord nodig heeft.", "invalid_choice": NO_CHOICE},
    )
    text = PostField(
        label="Uw vraag",
        help_text="De werknemer leest dit ook. De werkgever leest dit niet. Schrijf geen ziekte, klacht of behandeling op.",
        error_messages={"required": "Schrijf uw vraag op."},
    )
    reply_by = DayField(
        label="Antwoord graag uiterlijk op",
        help_text=f"Vandaag of later, hooguit {LONGEST_DAYS} dagen verder.",
        error_messages={"required": "Vul in wanneer u het antwoord nodig heeft."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        partners: Sequence[Partner],
        today: datetime.date,
        reason: str = "",
    ) -> None:
        askable = [one for one in partners if one.may_be_asked]
        only = str(askable[0].person.pk) if len(askable) == 1 else ""
        super().__init__(data, initial={"addressee": only, "reason": reason, "reply_by": preset_reply_by(today).isoformat()})
        self.today = today
        self.fields["addressee"].choices = [(str(one.person.pk), f"{one.name}, {one.role.label}") for one in askable]  # type: ignore[attr-defined]

    def clean_reply_by(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["reply_by"]
        problem = reply_problem(day, self.today)
        if problem:
            raise ValidationError(problem, code="term")
        return day


class PostForm(forms.Form):
    """An answer, or an addition."""

    text = PostField(
        help_text="De werknemer leest dit ook. De werkgever leest dit niet.",
        error_messages={"required": "Schrijf eerst een tekst."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, label: str) -> None:
        super().__init__(data)
        self.fields["text"].label = label
