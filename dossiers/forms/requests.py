"""The small forms around "dit klopt niet": ask, answer, and the employee's own statement."""

from typing import Any

from django import forms

from dossiers.models.requests import DocumentKind
from dossiers.statements import READERS
from instrument.forms.fields import TextField

REPLY_ADAPTED, REPLY_DECLINED = "adapted", "declined"
SHOWN_LABEL = "Iedereen die dit document leest, mag mijn verklaring lezen."


def _statement(*, required: bool) -> TextField:
    return TextField(
        label="Uw eigen verklaring" if required else "Wilt u er zelf iets bij schrijven?",
        help_text="Uw verklaring blijft bij het document horen. Wat in het document staat, verandert niet.",
        required=required,
        error_messages={"required": "Schrijf op wat u wilt verklaren."},
    )


class AskForm(forms.Form):
    """What is not right, and an own statement if the employee wants one at once."""

    text = TextField(
        label="Wat klopt er niet?",
        help_text="Schrijf zo precies mogelijk op wat er anders moet.",
        error_messages={"required": "Schrijf op wat er niet klopt."},
    )
    statement = _statement(required=False)
    shown = forms.BooleanField(label=SHOWN_LABEL, required=False)

    def __init__(self, data: Any = None, *, kind: DocumentKind) -> None:
        super().__init__(data)
        self.fields["shown"].help_text = READERS[kind]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("shown") and not values.get("statement") and "statement" not in self.errors:
            self.add_error("statement", "U wilt dat anderen uw verklaring lezen. Schrijf die dan op, of haal het vinkje weg.")
        return values


class StatementForm(forms.Form):
    """The employee's own words beside a document, and who may read them."""

    statement = _statement(required=True)
    shown = forms.BooleanField(label=SHOWN_LABEL, required=False)

    def __init__(self, data: Any = None, *, kind: DocumentKind, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["shown"].help_text = READERS[kind]


class AnswerRequestForm(forms.Form):
    """What becomes of a request; the reason is for the employee to read, either way."""

    reply = forms.ChoiceField(
        label="Wat doet u?",
        widget=forms.RadioSelect,
        choices=[(REPLY_ADAPTED, "Ik pas het aan, in de volgende versie"), (REPLY_DECLINED, "Ik pas het niet aan")],
        error_messages={"required": "Kies wat u doet.", "invalid_choice": "Kies een antwoord uit de lijst."},
    )
    reason = TextField(
        label="Uw uitleg aan de werknemer",
        help_text="Wat verandert u, of waarom niet? De werknemer leest dit.",
        error_messages={"required": "Schrijf op wat u verandert, of waarom u het niet aanpast."},
    )
