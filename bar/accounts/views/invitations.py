"""Doors of invitations: the page behind the link, and the list for physician and delegate. Opening a link changes nothing: mail scanners do it too.

A link that does not work is one page, whatever is the matter with it.
"""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bar.accounts import invited
from bar.accounts.actions import invitations as actions
from bar.accounts.actions.providers import providers_for
from bar.accounts.forms.invitations import NewAddressForm
from bar.accounts.forms.passwords import NewPasswordForm
from bar.accounts.models import Invitation, User
from consent.gate import origin_of
from dossiers.door import DossierRequest, door, public, write
from dossiers.errors import Refused
from dossiers.pages import dossier_page, own_page
from dossiers.parts import Part, Role

GONE = 410


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who is asked, and a password to choose. The button accepts; it signs nobody in."""
    now = timezone.now()
    found = actions.opened_by(token, now=now)
    if found is None:
        return _dead(request, token)
    if isinstance(request.user, User):
        actions.note_misuse(found, request.user, now=now, origin=origin_of(request))
        return own_page(request, "accounts/invitations/somebody_else.html", status=403)
    if actions.address_is_taken(found):
        return own_page(request, "accounts/invitations/known.html", {"name": found.person.name}, status=409)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, person=found.person)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, found, form)
    try:
        actions.accept(token, prove=actions.with_password(form.cleaned_data["password"]), now=now, origin=origin_of(request))
    except Refused:
        return _dead(request, token)  # accepted in another window a moment ago
    messages.success(request, "Uw account is klaar. Log nu in met uw e-mailadres en uw wachtwoord.")
    return HttpResponseRedirect(reverse("sign_in"))


def _ask(request: HttpRequest, found: Invitation, form: NewPasswordForm) -> HttpResponse:
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    organisations = [(row.name, reverse("accept_through_organisation", args=[token, row.slug])) for row in providers_for(found.person)]
    values = {"name": found.person.name, "email": found.email, "form": form, "last_day": found.expires_at, "organisations": organisations}
    return own_page(request, "accounts/invitations/accept.html", values, status=422 if form.is_bound else 200)


def _dead(request: HttpRequest, token: str) -> HttpResponse:
    return own_page(request, "accounts/invitations/dead.html", {"token": token}, status=GONE)


@public
@require_POST
def renew_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """ "Stuur mij een nieuwe": the same answer whether or not that can be."""
    actions.renew(token, now=timezone.now(), origin=origin_of(request))
    return own_page(request, "accounts/invitations/asked.html")


# --- in a dossier --------------------------------------------------------------------------------


@door(needs=write(Part.PROCESS))
@require_safe
def invitations(request: DossierRequest, number: str) -> HttpResponse:
    """Who was invited to this dossier, and what became of it."""
    values = {"rows": invited.invitations_in(request.opened), "number": number}
    return dossier_page(request, "accounts/invitations/list.html", values, current="seats")


@door(needs=write(Part.PROCESS))
@require_POST
def resend_invitation(request: DossierRequest, number: str, invitation: uuid.UUID) -> HttpResponse:
    """Send the same invitation once more."""
    found = invited.invitation_in(request.opened, invitation)
    actions.resend(request.opened, invitation=found)
    messages.success(request, f"De uitnodiging aan {found.person.name} wordt opnieuw verstuurd. De vorige link werkt niet meer.")
    return HttpResponseRedirect(reverse("invitations", args=[number]))


@door(needs=write(Part.PROCESS))
@require_http_methods(["GET", "HEAD", "POST"])
def change_invitation_address(request: DossierRequest, number: str, invitation: uuid.UUID) -> HttpResponse:
    """Another address for somebody who never accepted."""
    found = invited.invitation_in(request.opened, invitation)
    form = NewAddressForm(request.POST if request.method == "POST" else None, others=_employers_addresses(request, found))
    if request.method == "POST" and form.is_valid():
        actions.change_address(request.opened, invitation=found, email=form.cleaned_data["email"])
        messages.success(request, f"De uitnodiging aan {found.person.name} gaat naar het nieuwe adres. De vorige link werkt niet meer.")
        return HttpResponseRedirect(reverse("invitations", args=[number]))
    values = {"form": form, "name": found.person.name, "email": found.email, "number": number}
    return dossier_page(request, "accounts/invitations/address.html", values, current="seats", status=422 if form.is_bound else 200)


def _employers_addresses(request: DossierRequest, found: Invitation) -> list[str]:
    """What an employee's address is compared with; nothing for anybody else."""
    dossier = request.opened.dossier
    if found.person_id != dossier.employee_id:
        return []
    people = dossier.seats.filter(role=Role.EMPLOYER).select_related("person")
    return [dossier.employer.email, *(row.person.email or "" for row in people)]
