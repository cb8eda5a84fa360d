"""What is typed about the own account: name, e-mail address, notices, language of dates."""

import datetime as dt
from typing import Any

from django import forms

from bar.accounts.models import NoticeChoice
from dossiers.date_language import LANGUAGES, RIGHT_TO_LEFT, in_language
from dossiers.forms.process import NO_CHOICE, EmailField, LineField


class OwnNameForm(forms.Form):
    """The name of the account."""

    name = LineField(
        label="Uw naam",
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Vul uw naam in."},
    )


class OwnAddressForm(forms.Form):
    """Another e-mail address for the own account. Whether somebody else has it is never told."""

    new_email = EmailField(label="Nieuw e-mailadres", error_messages={"required": "Vul het nieuwe e-mailadres in."})


class NoticeForm(forms.Form):
    """How often mail may say that something waits."""

    choice = forms.ChoiceField(
        label="Wanneer wilt u een mail als er iets voor u klaarstaat?",
        choices=[
            (NoticeChoice.SINGLE.value, "Meteen"),
            (NoticeChoice.DAILY.value, "Eén keer per dag, alles in één mail"),
            (NoticeChoice.NONE.value, "Nooit. Ik kijk zelf op deze site"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies een antwoord.", "invalid_choice": NO_CHOICE},
    )


class _LanguageSelect(forms.Select):
    """Every language in its own words, and marked as that language."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"].update({"lang": str(value), "dir": "rtl" if str(value) in RIGHT_TO_LEFT else "ltr"})
        return option


class DatesForm(forms.Form):
    """In which language dates on screen are written, with today as an example."""

    language = forms.ChoiceField(
        label="Taal van datums",
        widget=_LanguageSelect,
        error_messages={"required": "Kies een taal.", "invalid_choice": NO_CHOICE},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(code, f"{name}: {in_language(today, code)}") for code, name in LANGUAGES.items()]
        self.fields["language"].choices = rows  # type: ignore[attr-defined]
