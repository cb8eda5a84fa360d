"""Helping the employee of a dossier to sign in again, on screen. The door only; who may and what happens: `accounts/actions/employee_resets.py`."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from bar.accounts import reset_words
from bar.accounts.actions import employee_resets as actions
from bar.accounts.forms.resets import ResetForm
from dossiers.door import DossierRequest, door, write
from dossiers.errors import Refused
from dossiers.pages import dossier_page
from dossiers.parts import Part


@dataclass(frozen=True, slots=True)
class Card:
    """A reset that runs, and whether this reader can confirm it."""

    title: str
    text: str
    new_email: str
    url: str
    may_confirm: bool


@door(needs=write(Part.PROCESS), fresh=5)
@require_http_methods(["GET", "HEAD", "POST"])
def help_employee(request: DossierRequest, number: str) -> HttpResponse:
    """What runs, and asking."""
    opened = request.opened
    actions.must_help(opened)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        kind, new_email = form.chosen()
        try:
            actions.ask_for_employee(opened, kind=kind, new_email=new_email)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Gevraagd. De werknemer krijgt een mail om dit te bevestigen. Een collega in dit dossier kan dat ook doen.")
            return HttpResponseRedirect(reverse("help_employee", args=[number]))
    cards = [
        Card(
            title=reset_words.TITLES[one.row.kind],
            text=reset_words.for_another(one.row, now=opened.now),
            new_email=one.row.new_email,
            url=reverse("decide_help", args=[number, one.row.pk]),
            may_confirm=one.may_confirm,
        )
        for one in actions.resets_of(opened)
    ]
    values = {"form": form, "cards": cards, "name": opened.dossier.employee_name}
    return dossier_page(request, "accounts/resets/employee.html", values, current="process", status=422 if form.is_bound else 200)


@door(needs=write(Part.PROCESS), fresh=5)
@require_POST
def decide_help(request: DossierRequest, number: str, reset: uuid.UUID) -> HttpResponse:
    """The second voice, or stopping."""
    if request.POST.get("doe") == "bevestigen":
        actions.confirm_for_employee(request.opened, reset_pk=reset)
        messages.success(request, "Bevestigd. Het herstel is over 24 uur klaar.")
    else:
        actions.cancel_for_employee(request.opened, reset_pk=reset)
        messages.success(request, "Het herstel is gestopt.")
    return HttpResponseRedirect(reverse("help_employee", args=[number]))
