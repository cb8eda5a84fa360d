"""Proving again who you are, without signing out; and sending on what was typed when the page asked for it.

What was typed stands in the page the person is looking at, as hidden fields: never in the session, never in the database, and no files.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters

from bar.accounts.actions.providers import provider_to_prove_at, relies_on_organisation
from bar.accounts.actions.proving import prove_by_passkey, prove_by_password
from bar.accounts.factors import factors_of
from bar.accounts.forms.factors import PasswordAndCodeForm, PasswordForm
from bar.accounts.models import Assurance, User
from bar.accounts.passkeys import credential_of, works_here
from bar.accounts.standing import assurance_of
from consent.gate import is_fragment
from dossiers.door import signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

OURS = frozenset({"csrfmiddlewaretoken"})


@signed_in_as(two_factors=False)
@sensitive_post_parameters("password", "code")
def prove_again(request: HttpRequest) -> HttpResponse:
    """Asks for a passkey, or the password (and a code); then on to where somebody was going, with what was typed."""
    if request.method != "POST":
        if is_fragment(request):
            return JsonResponse(webauthn.begin_authentication(request.user))
        return _page(request)
    form = None
    try:
        if "credential" in request.POST:
            prove_by_passkey(request, credential=credential_of(request))
        else:
            form = _form(request, request.POST)
            if not form.is_valid():
                return _page(request, form=form, status=422)
            prove_by_password(request, password=form.cleaned_data["password"], code=form.cleaned_data.get("code", ""))
    except Refused as refusal:
        return _page(request, form=form, problem=refusal.sentence, status=refusal.status)
    if "kept" in request.POST:
        return _go_on(request)
    return HttpResponseRedirect(_inside(request, request.POST.get("next", "")) or "/")


def ask_again(request: HttpRequest) -> HttpResponse:
    """Instead of a page that somebody posted to: the same question, with what was typed in it. Called by `standing_gate`."""
    typed = request.POST.copy()
    for name in OURS:
        typed.pop(name, None)
    return _page(request, kept=typed.urlencode(), where=request.get_full_path(), has_files=bool(request.FILES), status=403)


def _page(
    request: HttpRequest,
    *,
    form: Any = None,
    problem: str = "",
    kept: str | None = None,
    where: str = "",
    has_files: bool = False,
    status: int = 200,
) -> HttpResponse:
    factors = factors_of(request.user)
    is_answer = request.resolver_match is not None and request.resolver_match.url_name == "prove_again"
    if is_answer:
        kept = request.POST.get("kept")
        where = request.POST.get("where", "") if kept is not None else request.POST.get("next") or request.GET.get("next") or ""
        has_files = request.POST.get("has_files") == "yes"
    asks_code = not factors.is_empty
    assert isinstance(request.user, User)
    organisation = provider_to_prove_at(request.user)
    # A password is not the second step that is missing when that step is the organisation's.
    only_organisation = assurance_of(request) < Assurance.SUBSTANTIAL and relies_on_organisation(request.user)
    if problem and form is not None:
        form.add_error(None, problem)
    values = {
        "has_passkey": bool(factors.passkeys) and works_here(request),
        "has_password": request.user.has_usable_password() and not only_organisation,
        "organisation": organisation.name if organisation else "",
        "organisation_url": f"{reverse('prove_through_organisation')}?{urlencode({'next': _inside(request, where) if kept is None else '/'})}",
        "asks_code": asks_code,
        "form": form or _form(request, None),
        "problem": problem if form is None else "",
        "keeps": bool(kept is not None and _inside(request, where)),
        "where": _inside(request, where),
        "fields": _fields(kept),
        "has_files": has_files,
        "hidden": _hidden(kept, _inside(request, where), has_files),
        "prove_url": reverse("prove_again"),
        "is_open": form is not None,
    }
    return own_page(request, "accounts/factors/prove_again.html", values, status=status)


def _hidden(kept: str | None, where: str, has_files: bool) -> list[tuple[str, str]]:
    """What goes along with the answer: where somebody was going, and what was typed there."""
    if kept is None:
        return [("next", where)] if where else []
    return [("kept", kept), ("where", where), *([("has_files", "yes")] if has_files else [])]


def _form(request: HttpRequest, typed: QueryDict | None) -> PasswordForm:
    kind = PasswordForm if factors_of(request.user).is_empty else PasswordAndCodeForm
    return kind(typed)


def _go_on(request: HttpRequest) -> HttpResponse:
    """One more button: what was typed goes to the page it was meant for, with a token of now."""
    where = _inside(request, request.POST.get("where", ""))
    if not where:
        return HttpResponseRedirect("/")
    values = {"where": where, "fields": _fields(request.POST.get("kept", "")), "has_files": request.POST.get("has_files") == "yes"}
    return own_page(request, "accounts/factors/go_on.html", values)


def _fields(kept: str | None) -> list[tuple[str, str]]:
    """What was typed, as it was typed."""
    return [(name, value) for name, values in QueryDict(kept or "").lists() for value in values if name not in OURS]


def _inside(request: HttpRequest, where: str) -> str:
    """This address when it is a page of ours, else nothing."""
    if not where.startswith("/") or not url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return ""
    try:
        resolve(urlsplit(where).path)
    except Resolver404:
        return ""
    return where
