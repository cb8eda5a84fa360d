"""Doors of the own account: one calm page, and one page for each thing that can be changed. No id in any address: it is always one's own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bar.accounts.actions import account as actions
from bar.accounts.actions.resets import ask_address_change, running
from bar.accounts.forms.account import DatesForm, NoticeForm, OwnAddressForm, OwnNameForm
from bar.accounts.models import NoticeChoice, User
from consent.gate import origin_of
from dossiers.date_language import LANGUAGES, in_language
from dossiers.door import signed_in, signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

FORM = ["GET", "HEAD", "POST"]
_NOTICES = {NoticeChoice.SINGLE: "meteen", NoticeChoice.DAILY: "één keer per dag", NoticeChoice.NONE: "nooit"}


@signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about the own account, each with where to change it."""
    person, now = _person(request), timezone.now()
    language = person.date_language if person.date_language in LANGUAGES else "nl"
    values = {
        "name": person.name,
        "email": person.email,
        "organisation": person.organisation.name if person.organisation else "",
        "notices": _NOTICES[NoticeChoice(person.notice_choice)],
        "language": language,
        "language_name": LANGUAGES[language],
        "example": in_language(timezone.localdate(now), language),
        "resets": len(running(person, now=now)),
    }
    return own_page(request, "accounts/account/account.html", values, current="account")


@signed_in
@require_http_methods(FORM)
def account_name(request: HttpRequest) -> HttpResponse:
    """Another name."""
    person = _person(request)
    form = OwnNameForm(request.POST) if request.method == "POST" else OwnNameForm(initial={"name": person.name})
    if not form.is_valid():
        return _page(request, "name.html", form)
    actions.rename(person, name=form.cleaned_data["name"], origin=origin_of(request))
    return _done(request, "Uw naam is veranderd.")


@signed_in_as(fresh=5)
@require_http_methods(FORM)
def account_address(request: HttpRequest) -> HttpResponse:
    """Another e-mail address: asked here, confirmed by a mail to the new one, told to the old one."""
    person = _person(request)
    form = OwnAddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "address.html", form, email=person.email)
    try:
        ask_address_change(person, new_email=form.cleaned_data["new_email"], now=timezone.now(), origin=origin_of(request))
    except Refused as refusal:
        form.add_error("new_email", refusal.sentence)
        return _page(request, "address.html", form, email=person.email, status=refusal.status)
    return _done(request, "Kijk in de mail van het nieuwe adres en bevestig daar. Tot die tijd blijft uw oude adres gelden.")


@signed_in
@require_http_methods(FORM)
def account_notices(request: HttpRequest) -> HttpResponse:
    """How often mail says that something waits."""
    person = _person(request)
    form = NoticeForm(request.POST) if request.method == "POST" else NoticeForm(initial={"choice": person.notice_choice})
    if not form.is_valid():
        return _page(request, "notices.html", form)
    actions.choose_notices(person, choice=NoticeChoice(form.cleaned_data["choice"]), origin=origin_of(request))
    return _done(request, "Uw keuze voor mail is opgeslagen.")


@signed_in
@require_http_methods(FORM)
def account_dates(request: HttpRequest) -> HttpResponse:
    """In which language dates on screen are written."""
    person, today = _person(request), timezone.localdate()
    form = DatesForm(request.POST, today=today) if request.method == "POST" else DatesForm(today=today, initial={"language": person.date_language})
    if not form.is_valid():
        return _page(request, "dates.html", form)
    actions.choose_dates(person, language=form.cleaned_data["language"], origin=origin_of(request))
    return _done(request, "Uw taal van datums is opgeslagen.")


@signed_in_as(fresh=5)
@require_http_methods(FORM)
def account_copy(request: HttpRequest) -> HttpResponse:
    """What a copy of the own data holds; a POST makes and gives it."""
    person = _person(request)
    if request.method != "POST":
        return own_page(request, "accounts/account/copy.html", {}, current="account")
    now = timezone.now()
    response = HttpResponse(actions.own_copy(person, now=now, origin=origin_of(request)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mijn-gegevens-{timezone.localdate(now).isoformat()}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, template: str, form: forms.Form, *, status: int = 422, **values: Any) -> HttpResponse:
    shown = {"form": form, **values}
    return own_page(request, f"accounts/account/{template}", shown, current="account", status=status if form.is_bound else 200)


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("account"))


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Refused("Log opnieuw in.", status=403)
    return request.user
