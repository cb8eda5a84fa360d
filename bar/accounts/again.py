"""The page that asks who somebody is once more: made by the gate that asks it, and by the view that takes the answer.

What was typed stands in the page the person is looking at, as hidden fields: never in the session, never in the database, and no files.
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from bar.accounts.actions.providers import provider_to_prove_at, relies_on_organisation
from bar.accounts.factors import factors_of
from bar.accounts.forms.factors import PasswordAndCodeForm, PasswordForm
from bar.accounts.models import Assurance, User
from bar.accounts.passkeys import works_here
from bar.accounts.standing import assurance_of
from dossiers.pages import own_page

OURS = frozenset({"csrfmiddlewaretoken"})


def ask_again(request: HttpRequest) -> HttpResponse:
    """Instead of a page that somebody posted to: the same question, with what was typed in it. Called by `standing_gate`."""
    typed = request.POST.copy()
    for name in OURS:
        typed.pop(name, None)
    return ask_page(request, kept=typed.urlencode(), where=request.get_full_path(), has_files=bool(request.FILES), status=403)


def ask_page(
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
        "organisation_url": f"{reverse('prove_through_organisation')}?{urlencode({'next': inside(request, where) if kept is None else '/'})}",
        "asks_code": asks_code,
        "form": form or form_for(request, None),
        "problem": problem if form is None else "",
        "keeps": bool(kept is not None and inside(request, where)),
        "where": inside(request, where),
        "fields": _fields(kept),
        "has_files": has_files,
        "hidden": _hidden(kept, inside(request, where), has_files),
        "prove_url": reverse("prove_again"),
        "is_open": form is not None,
    }
    return own_page(request, "accounts/factors/prove_again.html", values, status=status)


def _hidden(kept: str | None, where: str, has_files: bool) -> list[tuple[str, str]]:
    """What goes along with the answer: where somebody was going, and what was typed there."""
    if kept is None:
        return [("next", where)] if where else []
    return [("kept", kept), ("where", where), *([("has_files", "yes")] if has_files else [])]


def form_for(request: HttpRequest, typed: QueryDict | None) -> PasswordForm:
    kind = PasswordForm if factors_of(request.user).is_empty else PasswordAndCodeForm
    return kind(typed)


def go_on(request: HttpRequest) -> HttpResponse:
    """One more button: what was typed goes to the page it was meant for, with a token of now."""
    where = inside(request, request.POST.get("where", ""))
    if not where:
        return HttpResponseRedirect("/")
    values = {"where": where, "fields": _fields(request.POST.get("kept", "")), "has_files": request.POST.get("has_files") == "yes"}
    return own_page(request, "accounts/factors/go_on.html", values)


def _fields(kept: str | None) -> list[tuple[str, str]]:
    """What was typed, as it was typed."""
    return [(name, value) for name, values in QueryDict(kept or "").lists() for value in values if name not in OURS]


def inside(request: HttpRequest, where: str) -> str:
    """This address when it is a page of ours, else nothing."""
    if not where.startswith("/") or not url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return ""
    try:
        resolve(urlsplit(where).path)
    except Resolver404:
        return ""
    return where
