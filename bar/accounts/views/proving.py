"""Proving again who you are, without signing out. The page itself and what is kept in it: `again.py`."""

from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bar.accounts.actions.proving import prove_by_passkey, prove_by_password
from bar.accounts.again import ask_page, form_for, go_on, inside
from bar.accounts.passkeys import credential_of
from consent.gate import is_fragment
from dossiers.door import signed_in_as
from dossiers.errors import Refused


@signed_in_as(two_factors=False)
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def prove_again(request: HttpRequest) -> HttpResponse:
    """Asks for a passkey, or the password (and a code); then on to where somebody was going, with what was typed."""
    if request.method != "POST":
        if is_fragment(request):
            return JsonResponse(webauthn.begin_authentication(request.user))
        return ask_page(request)
    form = None
    try:
        if "credential" in request.POST:
            prove_by_passkey(request, credential=credential_of(request))
        else:
            form = form_for(request, request.POST)
            if not form.is_valid():
                return ask_page(request, form=form, status=422)
            prove_by_password(request, password=form.cleaned_data["password"], code=form.cleaned_data.get("code", ""))
    except Refused as refusal:
        return ask_page(request, form=form, problem=refusal.sentence, status=refusal.status)
    if "kept" in request.POST:
        return go_on(request)
    return HttpResponseRedirect(inside(request, request.POST.get("next", "")) or "/")
