"""What is typed about passwords. Whether one is good enough is decided by the validators (passwords.py)."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from bar.accounts.models import User
from bar.accounts.passwords import LEAST


class NewPasswordForm(forms.Form):
    """A new password, typed twice. It is never sent back to the page."""

    password = forms.CharField(
        label="Nieuw wachtwoord",
        help_text=f"Minstens {LEAST} tekens. Kies bijvoorbeeld vier woorden die niets met elkaar te maken hebben. U mag het wachtwoord plakken.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Vul een nieuw wachtwoord in."},
    )
    password_again = forms.CharField(
        label="Nog een keer hetzelfde wachtwoord",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Vul het nieuwe wachtwoord nog een keer in."},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.use_required_attribute = False

    def clean_password(self) -> str:
        """Good enough for this person."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        values = super().clean() or {}
        if "password" in values and "password_again" in values and values["password"] != values["password_again"]:
            self.add_error("password_again", ValidationError("Dit is niet hetzelfde wachtwoord. Typ twee keer hetzelfde.", code="different"))
        return values


class AddressForm(forms.Form):
    """Whose password is lost."""

    email = forms.EmailField(
        label="E-mailadres",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
        error_messages={
            "required": "Vul het e-mailadres in waarmee u inlogt.",
            "invalid": "Dit is geen e-mailadres. Een e-mailadres ziet eruit als naam@voorbeeld.nl.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
