"""Adding a contact of the employer on screen. The door only; what happens stands in `contacts.py`.

Whether an e-mail address is known is never told.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bar.contacts import seat_contact
from bar.openings import Person
from dossiers.door import DossierRequest, door, write
from dossiers.errors import Refused
from dossiers.forms.process import EmailField, LineField
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Part, Role


class ContactForm(forms.Form):
    """Somebody of the employer."""

    name = LineField(label="Naam", error_messages={"required": "Vul de naam in."})
    email = EmailField(label="E-mailadres", error_messages={"required": "Vul het e-mailadres in."})
    function = LineField(label="Functie", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)


@door(needs=write(Part.PROCESS))
@require_http_methods(["GET", "HEAD", "POST"])
def new_contact(request: DossierRequest, number: str) -> HttpResponse:
    """Add a contact: who works there already, or the physician's side, does."""
    opened = request.opened
    if opened.role is Role.EMPLOYEE:
        raise Refused("De contactpersonen kiest uw werkgever. Wilt u een ander? Vraag het de bedrijfsarts, bij ‘Wie doet mee’.", status=403)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = Person(form.cleaned_data["name"], form.cleaned_data["email"], form.cleaned_data["function"])
        try:
            seat_contact(opened, typed)
        except Refused as refusal:
            form.add_error("email", refusal.sentence)
        else:
            messages.success(request, f"{typed.name} is nu contactpersoon en krijgt bericht.")
            return HttpResponseRedirect(reverse("contacts", args=[number]))
    values = {"form": form, "contacts_url": reverse("contacts", args=[number]), "employer": opened.dossier.employer.name}
    current = "seats" if opened.role in AUTHORS else "people"
    return dossier_page(request, "seats/new_contact.html", values, current=current, status=422 if form.errors else 200)
