"""A lost second step or address: what you can do, asking, the page a mail leads to, and the same for an administrator.

What is public tells nobody whether an account exists: the answer is the same whatever was typed, and a link that does not work is one page.
"""

import datetime
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bar.accounts import reset_words, staff
from bar.accounts.actions import resets as actions
from bar.accounts.forms.resets import OwnResetForm, ResetForm
from bar.accounts.models import Reset, User
from bar.accounts.reset_links import Purpose, read
from bar.accounts.views.organisations import FORM, person_signed_in
from bar.accounts.who import who_is
from consent.gate import origin_of
from consent.sent_once import once
from dossiers.door import public, signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

GONE = 410
CONFIRM, STOP = "bevestigen", "stoppen"


@public
@require_safe
def sign_in_help(request: HttpRequest) -> HttpResponse:
    """What somebody can do who cannot get in."""
    return own_page(request, "accounts/resets/help.html")


@public
@sensitive_post_parameters("password")
@require_http_methods(FORM)
def lost_factor(request: HttpRequest) -> HttpResponse:
    """Asking to take away a lost second step, with e-mail and password. Counted like signing in; the answer is always the same."""
    form = OwnResetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = who_is(request, form.cleaned_data["login"], form.cleaned_data["password"])
        if person is not None:
            actions.ask_own_factor_reset(person, now=timezone.now(), origin=origin_of(request))
        return HttpResponseRedirect(reverse("lost_factor_asked"))
    return own_page(request, "accounts/resets/lost_factor.html", {"form": form}, status=422 if form.is_bound and form.errors else 200)


@public
@require_safe
def lost_factor_asked(request: HttpRequest) -> HttpResponse:
    """The same page whatever was typed."""
    return own_page(request, "accounts/resets/asked.html")


@public
@require_http_methods(FORM)
def reset_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page a mail about a reset leads to: what is asked, and confirming or stopping it. Opening it changes nothing."""
    found = read(token)
    row = actions.by_link(found[1]) if found else None
    if found is None or row is None:
        return own_page(request, "accounts/resets/gone.html", status=GONE)
    if request.method == "POST":
        try:
            return _act(request, found[0], row)
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            return HttpResponseRedirect(request.path)
    now = timezone.now()
    values = {
        "state": reset_words.state_of(row, now=now),
        "may_confirm": found[0] is Purpose.CONFIRM and row.confirmed_at is None,
    }
    return own_page(request, "accounts/resets/link.html", values)


def _act(request: HttpRequest, purpose: Purpose, row: Reset) -> HttpResponse:
    chosen, now, origin = request.POST.get("doe"), timezone.now(), origin_of(request)
    if chosen == CONFIRM and purpose is Purpose.CONFIRM:
        actions.confirm_by_link(row.pk, now=now, origin=origin)
        messages.success(request, "Bevestigd. Over 24 uur is het gedaan. Tot die tijd kunt u het hier stoppen.")
    elif chosen == STOP:
        actions.cancel_by_link(row.pk, now=now, origin=origin)
        messages.success(request, "Gestopt. Er verandert niets aan uw account. Kies voor de zekerheid een nieuw wachtwoord.")
    else:
        raise Refused("Kies een van de knoppen op deze pagina.")
    return HttpResponseRedirect(request.path)


# --- signed in -------------------------------------------------------------------------------------


@signed_in_as(two_factors=False)
@require_http_methods(FORM)
def own_resets(request: HttpRequest) -> HttpResponse:
    """What runs for the own account, with a button to stop it. Shown after signing in while something runs."""
    person, now = person_signed_in(request), timezone.now()
    if request.method == "POST":
        actions.cancel_own(person, reset_pk=_pk(request.POST.get("herstel", "")), now=now, origin=origin_of(request))
        messages.success(request, "Gestopt. Er verandert niets aan uw account.")
        return HttpResponseRedirect(reverse("own_resets"))
    rows = [(row.pk, reset_words.state_of(row, now=now)) for row in actions.running(person, now=now)]
    return own_page(request, "accounts/resets/own.html", {"rows": rows, "next": _next(request)})


def _pk(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise Refused(actions.GONE, status=404) from None


def _next(request: HttpRequest) -> str:
    where = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return where if where and ours else reverse("home")


@signed_in_as(fresh=5)
@require_http_methods(FORM)
@once
def ask_reset(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """An administrator asks for somebody of the own organisation."""
    found = staff.person_of(staff.administered_by(request.user), person)
    form = ResetForm(request.POST if request.method == "POST" else None)
    back_url = reverse("organisation_person", args=[person])
    if request.method == "POST" and form.is_valid():
        kind, new_email = form.chosen()
        try:
            by = person_signed_in(request)
            actions.ask_reset(by, pk=person, kind=kind, new_email=new_email, now=timezone.now(), origin=origin_of(request))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"Gevraagd. {found.name} krijgt een mail om dit te bevestigen. Een tweede beheerder kan dat ook doen.")
            return HttpResponseRedirect(back_url)
    values = {"form": form, "name": found.name, "back_url": back_url}
    return own_page(request, "accounts/resets/ask.html", values, current="organisation", status=422 if form.is_bound and form.errors else 200)


@signed_in_as(fresh=5)
@require_http_methods(FORM)
def confirm_reset(request: HttpRequest, person: uuid.UUID, reset: uuid.UUID) -> HttpResponse:
    """A second administrator confirms what another one asked."""
    return _decide(request, person, reset, CONFIRM)


@signed_in_as(fresh=5)
@require_http_methods(FORM)
def cancel_reset(request: HttpRequest, person: uuid.UUID, reset: uuid.UUID) -> HttpResponse:
    """An administrator stops a reset of somebody of the own organisation."""
    return _decide(request, person, reset, STOP)


def _decide(request: HttpRequest, person: uuid.UUID, reset: uuid.UUID, what: str) -> HttpResponse:
    found = staff.person_of(staff.administered_by(request.user), person)
    by, now, back_url = person_signed_in(request), timezone.now(), reverse("organisation_person", args=[person])
    if request.method == "POST":
        act = actions.confirm_by_administrator if what == CONFIRM else actions.cancel_by_administrator
        act(by, pk=person, reset_pk=reset, now=now, origin=origin_of(request))
        messages.success(request, "Bevestigd. Het herstel is over 24 uur klaar." if what == CONFIRM else "Het herstel is gestopt.")
        return HttpResponseRedirect(back_url)
    row = _waiting(by, found, reset, now)
    values = {
        "name": found.name,
        "title": reset_words.TITLES[row.kind],
        "text": reset_words.for_another(row, now=now),
        "new_email": row.new_email,
        "is_confirming": what == CONFIRM,
        "back_url": back_url,
        "action": request.path,
    }
    return own_page(request, "accounts/resets/decide.html", values, current="organisation")


def _waiting(by: User, person: User, reset: uuid.UUID, now: datetime.datetime) -> Reset:
    row = next((one.row for one in actions.waiting_for(by, person, now=now) if one.row.pk == reset), None)
    if row is None:
        raise Refused(actions.GONE, status=404)
    return row
