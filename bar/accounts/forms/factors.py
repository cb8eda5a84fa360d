"""What is asked at the second step: a code, a name, a password. One question each."""

from typing import Any

from django import forms

from dossiers.forms.process import LineField

NUMBERS = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class AppCodeForm(_Form):
    """A code from the app."""

    code = LineField(
        label="Code uit uw app",
        help_text="Zes cijfers. Ze veranderen elke halve minuut.",
        most=40,
        widget=forms.TextInput(attrs=NUMBERS),
        error_messages={"required": "Typ de zes cijfers uit uw app."},
    )


class PaperCodeForm(_Form):
    """A code from paper."""

    code = LineField(
        label="Herstelcode",
        help_text="Acht cijfers van het papier dat u bewaarde. Elke code werkt één keer.",
        most=40,
        widget=forms.TextInput(attrs={**NUMBERS, "autocomplete": "off"}),
        error_messages={"required": "Typ één van uw herstelcodes."},
    )


class NameForm(_Form):
    """What the owner calls a passkey."""

    name = LineField(
        label="Naam van deze sleutel",
        help_text="Zo herkent u hem later. Bijvoorbeeld: mijn telefoon.",
        most=60,
        error_messages={"required": "Vul een naam in."},
    )


class KeptForm(_Form):
    """That the codes on paper are kept."""

    kept = forms.BooleanField(label="Ik heb de codes bewaard", error_messages={"required": "Bewaar eerst de codes. Zet daarna hier een vinkje."})


class PasswordForm(_Form):
    """The password, once more."""

    password = forms.CharField(
        label="Wachtwoord",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Vul uw wachtwoord in."},
    )


class PasswordAndCodeForm(PasswordForm):
    """The password and a code, once more."""

    code = LineField(
        label="Code uit uw app, of een herstelcode",
        most=40,
        widget=forms.TextInput(attrs=NUMBERS),
        error_messages={"required": "Typ een code uit uw app, of een herstelcode."},
    )
