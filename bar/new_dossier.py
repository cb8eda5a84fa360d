"""Opening a dossier on screen: for a physician, or a delegate who names a physician of the same arbodienst.

The door only; what is asked stands in `opening_form.py`, what happens in `openings.py`.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bar.accounts.models import User
from bar.opening_form import OpeningForm
from bar.openings import open_and_invite
from consent.gate import origin_of
from consent.sent_once import once
from dossiers.door import signed_in
from dossiers.errors import Refused
from dossiers.pages import own_page
from dossiers.parts import AUTHORS, Role


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_dossier(request: HttpRequest) -> HttpResponse:
    """The form to open a dossier, and opening it."""
    by = request.user
    if not isinstance(by, User) or by.profession not in AUTHORS or by.organisation is None:
        raise Refused("Alleen een bedrijfsarts of taakgedelegeerde van een arbodienst opent een dossier.", status=403)
    now = timezone.now()
    form = OpeningForm(request.POST if request.method == "POST" else None, by=by, today=timezone.localdate(now))
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    delegate = by if by.profession == Role.DELEGATE else None
    try:
        dossier = open_and_invite(by, plan=form.plan(), physician=form.responsible(), delegate=delegate, now=now, origin=origin_of(request))
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, form, status=refusal.status)
    messages.success(request, f"Het dossier is gemaakt. Het nummer is {dossier.number}.")
    return HttpResponseRedirect(reverse("overview", args=[dossier.number]))


def _page(request: HttpRequest, form: OpeningForm, *, status: int = 200) -> HttpResponse:
    return own_page(request, "pages/new_dossier.html", {"form": form}, current="new_dossier", status=status)
