"""Doors of the own password: making a new one, and what to do when it is lost. A link that was mailed signs nobody in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bar.accounts import lock_out
from bar.accounts.actions import passwords, sessions
from bar.accounts.actions.tries import key_of, take_try
from bar.accounts.forms.passwords import AddressForm, NewPasswordForm
from bar.accounts.models import User
from bar.accounts.rules.devices import network
from bar.accounts.rules.lock_out import FORM, in_words
from consent.gate import origin_of
from dossiers.door import public, signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

LINK = "new_password"  # in the session: the link that was opened, so that it stands in no address and no log


@signed_in_as(fresh=5)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password for somebody who proved a moment ago who it is."""
    person = request.user
    if not isinstance(person, User) or not person.has_usable_password():
        raise Refused("U logt in via uw organisatie. Verander uw wachtwoord daar.", status=403)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method != "POST" or not form.is_valid():
        return own_page(request, "accounts/passwords/change.html", {"form": form}, status=422 if form.is_bound else 200)
    before = request.session.session_key or ""
    passwords.change_password(person, password=form.cleaned_data["password"], session_key=before, origin=origin_of(request), now=timezone.now())
    update_session_auth_hash(request, person)
    sessions.moved(old_key=before, new_key=request.session.session_key or "")
    messages.success(request, "Uw wachtwoord is veranderd. Op andere apparaten bent u uitgelogd.")
    return HttpResponseRedirect(reverse("devices"))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def lost_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same for every address, known or not."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return own_page(request, "accounts/passwords/lost.html", {"form": form, "is_sent": "verstuurd" in request.GET})
    now = timezone.now()
    wait = take_try({key_of("form", network(request.META.get("REMOTE_ADDR", ""))): FORM}, now=now)
    if wait:
        request.bar_wait = in_words(wait)  # type: ignore[attr-defined]
        return lock_out.answer(request)
    if not form.is_valid():
        return own_page(request, "accounts/passwords/lost.html", {"form": form, "is_sent": False}, status=422)
    passwords.ask_new_password(form.cleaned_data["email"], origin=origin_of(request), now=now)
    return HttpResponseRedirect(f"{reverse('lost_password')}?verstuurd=1")


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Make a new password with the link that was mailed. The link goes out of the address first."""
    if request.method != "POST" and "k" in request.GET:
        request.session[LINK] = request.GET["k"][:200]
        return HttpResponseRedirect(reverse("new_password"))
    person = passwords.person_with(str(request.session.get(LINK, "")))
    if person is None:
        return own_page(request, "accounts/passwords/over.html", status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method != "POST" or not form.is_valid():
        return own_page(request, "accounts/passwords/new.html", {"form": form}, status=422 if form.is_bound else 200)
    passwords.replace_lost_password(person, password=form.cleaned_data["password"], origin=origin_of(request), now=timezone.now())
    request.session.pop(LINK, None)
    messages.success(request, "Uw nieuwe wachtwoord is klaar. Log ermee in.")
    response = HttpResponseRedirect(reverse("sign_in"))
    lock_out.remember(request, response, str(person.email))  # whoever reads the mailbox is no stranger: guessing by others does not hold them up
    return response
