"""Giving an account to an employee who reads on paper, on screen. The door only; what happens stands in `accounts/actions/giving.py`.

Whether an e-mail address is known is never told: the answer is the same for every address.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bar.accounts.actions import giving
from bar.accounts.rules.work_address import WARNING, is_employers
from dossiers.door import DossierRequest, Opened, door, write
from dossiers.errors import Refused
from dossiers.forms.process import EmailField
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Part, Role

SENT = "Er gaat een uitnodiging naar dit adres. Hoort u na een week niets? Vraag de werknemer of het adres klopt."


class AccountForm(forms.Form):
    """The address the employee gave. `employers`: addresses of the employer's people, who can perhaps read mail of the same house."""

    email = EmailField(label="E-mailadres van de werknemer", error_messages={"required": "Vul het e-mailadres in dat de werknemer u gaf."})
    anyway = forms.BooleanField(label="De werknemer wil dit adres toch gebruiken", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, employers: list[str]) -> None:
        super().__init__(data)
        self.employers = employers
        if not is_employers(str((data or {}).get("email", "")).lower(), employers):
            del self.fields["anyway"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "anyway" in self.fields and values.get("email") and not values.get("anyway"):
            self.add_error("email", WARNING)
        return values


@door(needs=write(Part.PROCESS))
@require_http_methods(["GET", "HEAD", "POST"])
def give_account(request: DossierRequest, number: str) -> HttpResponse:
    """Ask for the address, and invite."""
    opened = request.opened
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde geeft de werknemer een account.", status=403)
    if opened.dossier.employee.can_sign_in:
        raise Refused("De werknemer heeft al een account en leest de brieven daar.", status=409)
    form = AccountForm(request.POST if request.method == "POST" else None, employers=_employers(opened))
    if form.is_valid():
        try:
            giving.give_account(opened, email=form.cleaned_data["email"])
        except Refused as refusal:
            form.add_error("email", refusal.sentence)
        else:
            messages.success(request, SENT)
            return HttpResponseRedirect(reverse("invitations", args=[number]))
    values = {"form": form, "process_url": reverse("process", args=[number])}
    return dossier_page(request, "pages/give_account.html", values, current="process", status=422 if form.is_bound else 200)


def _employers(opened: Opened) -> list[str]:
    seats = opened.dossier.seats.filter(role=Role.EMPLOYER, ended_at__isnull=True, person__email__isnull=False)
    return [str(email) for email in (*seats.values_list("person__email", flat=True), opened.dossier.employer.email) if email]
