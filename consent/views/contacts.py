"""The contacts of the employer: who they are, ending one, and the employee's question for another. Adding one: `bar/new_contact.py`."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import contacts as actions
from consent.forms.seats import AnswerContactForm, AskContactForm
from consent.models import Seat
from dossiers.door import DossierRequest, Opened, door, write
from dossiers.errors import Refused
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Part, Role

BOTH = ["GET", "HEAD", "POST"]


@door(needs=write(Part.PROCESS))
@require_safe
def contacts(request: DossierRequest, number: str) -> HttpResponse:
    """The contacts with what can be done about them."""
    opened = request.opened
    _no_employee(opened)
    rows = list(actions.contacts_of(opened))
    values = {
        "rows": [_row(row, opened, is_only=len(rows) == 1) for row in rows],
        "is_only": len(rows) == 1,
        "new_url": reverse("new_contact", args=[number]),
    }
    return dossier_page(request, "seats/contacts.html", values, current=_menu(opened))


def _row(row: Seat, opened: Opened, *, is_only: bool) -> dict[str, object]:
    url = "" if is_only else reverse("end_contact", args=[opened.dossier.number, row.pk])
    return {"name": row.name, "function": row.function, "is_self": row.person_id == opened.person.pk, "end_url": url}


def _menu(opened: Opened) -> str:
    """The page is under "Wie doet mee", which has an address per side."""
    return "seats" if opened.role in AUTHORS else "people"


def _no_employee(opened: Opened) -> None:
    if opened.role is Role.EMPLOYEE:
        raise Refused("De contactpersonen kiest uw werkgever. Wilt u een ander? Vraag het de bedrijfsarts, bij ‘Wie doet mee’.", status=403)


@door(needs=write(Part.PROCESS))
@require_http_methods(BOTH)
def end_contact(request: DossierRequest, number: str, seat: uuid.UUID) -> HttpResponse:
    """Ask once more, then end the seat of a contact."""
    opened = request.opened
    _no_employee(opened)
    found = actions.contacts_of(opened).filter(pk=seat).first()
    if found is None:
        raise Http404
    is_self = found.person_id == opened.person.pk
    values = {
        "heading": "Contactpersoon laten stoppen",
        "title": "Wilt u stoppen als contactpersoon?" if is_self else f"Wilt u dat {found.name} stopt als contactpersoon?",
        "text": f"{'U kunt' if is_self else f'{found.name} kan'} dit dossier en de brieven daarna niet meer openen. De werkgever houdt de brieven.",
        "submit_text": "Laten stoppen",
        "action_url": request.path,
        "seats_url": reverse("contacts", args=[number]),
        "problem": "",
    }
    if request.method != "POST":
        return dossier_page(request, "seats/confirm.html", values, current=_menu(opened))
    try:
        actions.end_contact(opened, seat=found)
    except Refused as refusal:
        return dossier_page(request, "seats/confirm.html", {**values, "problem": refusal.sentence}, current=_menu(opened), status=refusal.status)
    messages.success(request, f"{found.name} is geen contactpersoon meer in dit dossier.")
    return HttpResponseRedirect(reverse("home") if is_self else reverse("contacts", args=[number]))


# --- the employee asks, the physician answers ------------------------------------------------------------


@door(needs=write(Part.REQUESTS), may_show={Part.PROCESS})
@require_http_methods(BOTH)
def ask_contact(request: DossierRequest, number: str) -> HttpResponse:
    """The employee asks for another contact, and says why."""
    opened = request.opened
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer kan dit vragen.", status=403)
    rows = {str(row.pk): row for row in actions.contacts_of(opened)}
    names = [(pk, f"{row.name}, {row.function}" if row.function else row.name) for pk, row in rows.items()]
    form = AskContactForm(request.POST if request.method == "POST" else None, contacts=names)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_contact(opened, seat=rows[form.cleaned_data["contact"]], text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Uw vraag is gesteld. De bedrijfsarts geeft antwoord. Uw werkgever leest dit niet.")
            return HttpResponseRedirect(reverse("seats", args=[number]))
    values = {"form": form, "seats_url": reverse("seats", args=[number])}
    return dossier_page(request, "seats/ask_contact.html", values, current="seats", status=422 if form.errors else 200)


@door(needs=write(Part.REQUESTS), may_show={Part.PROCESS})
@require_http_methods(BOTH)
def answer_contact(request: DossierRequest, number: str) -> HttpResponse:
    """The physician answers the employee's question."""
    opened = request.opened
    if opened.role is not Role.PHYSICIAN:
        raise Refused("Alleen de bedrijfsarts geeft hier antwoord op.", status=403)
    asked = actions.open_request_of(opened)
    if asked is None:
        raise Http404
    form = AnswerContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed = form.cleaned_data["answer"] == "changed"
        try:
            actions.answer_contact(opened, request=asked, changed=changed, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error("answer", refusal.sentence)
        else:
            messages.success(request, "Uw antwoord is opgeslagen. De werknemer krijgt bericht.")
            return HttpResponseRedirect(reverse("seats", args=[number]))
    name = opened.dossier.seats.filter(person_id=asked.person_id, role=Role.EMPLOYER).values_list("name", flat=True).first() or asked.person.name
    values = {
        "form": form,
        "name": name,
        "text": asked.text,
        "contacts_url": reverse("contacts", args=[number]),
        "seats_url": reverse("seats", args=[number]),
    }
    return dossier_page(request, "seats/answer_contact.html", values, current="seats", status=422 if form.errors else 200)
