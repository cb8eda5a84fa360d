"""What is typed about an invitation: another address. Whether the employer can read it is a rule (rules/work_address.py)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from bar.accounts.rules.work_address import WARNING, is_employers
from dossiers.forms.process import EmailField


class NewAddressForm(forms.Form):
    """Another address for somebody whose invitation did not arrive. `others`: addresses of the employer, when it is the employee's."""

    email = EmailField(label="Nieuw e-mailadres", error_messages={"required": "Vul het nieuwe e-mailadres in."})
    keep_work_address = forms.BooleanField(label="Toch dit adres gebruiken", required=False)  # shown only after the warning

    def __init__(self, data: Mapping[str, Any] | None = None, *, others: Iterable[str]) -> None:
        super().__init__(data)
        self.others = list(others)
        self.use_required_attribute = False
        self.warns = False

    def clean(self) -> dict[str, Any]:
        """Warn once."""
        values = super().clean() or {}
        self.warns = is_employers(values.get("email", ""), self.others)
        if self.warns and not values.get("keep_work_address"):
            self.add_error("email", WARNING)
        if not self.warns:
            del self.fields["keep_work_address"]
        return values
