"""The own second steps: a passkey, an app with codes, codes on paper. One question per page.

Whoever has none yet comes here from any page; each page says how fresh a sign-in it wants, and the gate asks.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bar.accounts import passkeys
from bar.accounts.actions import factors as actions
from bar.accounts.factors import app_of, codes_to_keep, factors_of, passkey_of
from bar.accounts.forms.factors import AppCodeForm, KeptForm, NameForm
from bar.accounts.qr import qr_of
from bar.accounts.rules.codes import in_groups
from consent.gate import is_fragment
from dossiers.door import signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

SECRET, AFTERWARDS = "bar_app_secret", "bar_after_factors"
CHANGES = 5  # minutes: how fresh a sign-in must be to change how one signs in


@signed_in_as(two_factors=False)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What I sign in with; for who has nothing yet: why, and the two ways."""
    where = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        request.session[AFTERWARDS] = where
    found = factors_of(request.user)
    values = {
        "factors": found,
        "is_required": settings.SECOND_FACTOR,
        "codes_wait": bool(codes_to_keep(request.user)),
        "can_have_passkey": passkeys.works_here(request),
    }
    template = "accounts/factors/set_up.html" if found.is_empty else "accounts/factors/index.html"
    return own_page(request, template, values, current="mfa_index")


@signed_in_as(two_factors=False, fresh=CHANGES)
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device: a script asks what to make (GET), and sends the answer as a form."""
    problem = ""
    if request.method == "POST":
        try:
            has_codes = actions.add_passkey(request, credential=passkeys.credential_of(request))
        except Refused as refusal:
            problem = refusal.sentence
        else:
            messages.success(request, "Gelukt. U kunt nu inloggen met vinger, gezicht of pincode.")
            return _afterwards(request, shows_codes=has_codes)
    elif is_fragment(request):
        return JsonResponse(webauthn.begin_registration(request.user, True))
    values = {"problem": problem, "works_here": passkeys.works_here(request), "by_name": passkeys.by_name(request)}
    return own_page(request, "accounts/factors/add_passkey.html", values, status=422 if problem else 200)


@signed_in_as(fresh=CHANGES)
@require_http_methods(["GET", "HEAD", "POST"])
def rename_passkey(request: HttpRequest, factor: int) -> HttpResponse:
    """Give a passkey a name that its owner knows."""
    row = passkey_of(request.user, factor)
    form = NameForm(request.POST) if request.method == "POST" else NameForm(initial={"name": row.data["name"]})
    if request.method == "POST" and form.is_valid():
        actions.rename(request, row, name=form.cleaned_data["name"])
        messages.success(request, "De nieuwe naam is bewaard.")
        return redirect("mfa_index")
    return own_page(request, "accounts/factors/rename.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in_as(fresh=CHANGES)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: HttpRequest, factor: int) -> HttpResponse:
    """Take a passkey away, after asking once more."""
    row = passkey_of(request.user, factor)
    return _remove(request, row, what=f"de sleutel “{row.data['name']}”", here=reverse("mfa_remove_webauthn", args=[factor]))


@signed_in_as(fresh=CHANGES)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the app with codes away, after asking once more."""
    return _remove(request, app_of(request.user), what="de app met codes", here=reverse("mfa_deactivate_totp"))


@signed_in_as(two_factors=False, fresh=CHANGES)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """An app with codes: scan or type the key, then one code to see that it works."""
    if factors_of(request.user).has_app:
        return redirect("mfa_deactivate_totp")
    secret = _secret(request)
    form = AppCodeForm(request.POST) if request.method == "POST" else AppCodeForm()
    if request.method == "POST" and form.is_valid():
        try:
            has_codes = actions.add_app(request, secret=secret, code=form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error("code", refusal.sentence)
        else:
            request.session.pop(SECRET, None)
            messages.success(request, "Gelukt. Bij het inloggen vragen we voortaan een code uit uw app.")
            return _afterwards(request, shows_codes=has_codes)
    url = get_adapter().build_totp_url(request.user, secret)
    values = {"form": form, "key": in_groups(secret), "otpauth_url": url, "qr": qr_of(url), "account": request.user.email}  # type: ignore[union-attr]
    return own_page(request, "accounts/factors/add_app.html", values, status=422 if form.is_bound else 200)


@signed_in_as(fresh=CHANGES)
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """The codes on paper, until the person says that they are kept."""
    found = codes_to_keep(request.user)
    values = {"codes": found, "left": factors_of(request.user).codes_left, "form": KeptForm()}
    return own_page(request, "accounts/factors/codes.html", values)


@signed_in_as()
@require_POST
def keep_codes(request: HttpRequest) -> HttpResponse:
    """The codes are kept: on to where somebody was going. Slowness is no reason to ask again who this is."""
    form = KeptForm(request.POST)
    if form.is_valid():
        actions.keep_codes(request)
        messages.success(request, "Klaar. Bewaar uw herstelcodes op een veilige plek.")
        return redirect(request.session.pop(AFTERWARDS, "") or "mfa_index")
    messages.error(request, str(form.errors["kept"][0]))
    return redirect("mfa_view_recovery_codes")


@signed_in_as(fresh=CHANGES)
@require_safe
def download_codes(request: HttpRequest) -> HttpResponse:
    """The same codes as a small text file, for who has no printer."""
    found = codes_to_keep(request.user)
    if not found:
        raise Http404
    lines = ["Herstelcodes voor BAR-dossier", "Elke code werkt één keer. Bewaar ze waar niemand anders erbij kan.", "", *found, ""]
    response = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="herstelcodes.txt"'
    return response


@signed_in_as(fresh=CHANGES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_codes(request: HttpRequest) -> HttpResponse:
    """New codes on paper, after asking once more."""
    if request.method == "POST":
        try:
            actions.new_codes(request)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("mfa_index")
        return redirect("mfa_view_recovery_codes")
    return own_page(request, "accounts/factors/new_codes.html", {"left": factors_of(request.user).codes_left})


def _remove(request: HttpRequest, row: Authenticator, *, what: str, here: str) -> HttpResponse:
    problem = "" if get_adapter().can_delete_authenticator(row) else actions.ONLY_ONE
    if request.method == "POST":
        try:
            actions.remove(request, row)
        except Refused as refusal:
            problem = refusal.sentence
        else:
            messages.success(request, f"Weggehaald: {what}.")
            return redirect("mfa_index")
    values = {"what": what, "here": here, "problem": problem}
    return own_page(request, "accounts/factors/remove.html", values, status=409 if problem and request.method == "POST" else 200)


def _secret(request: HttpRequest) -> str:
    """The key that waits for its first code. It stays the same when the page is loaded again, because an app may hold it already."""
    adapter = get_adapter()
    if SECRET not in request.session:
        request.session[SECRET] = adapter.encrypt(generate_totp_secret())
    return str(adapter.decrypt(request.session[SECRET]))


def _afterwards(request: HttpRequest, *, shows_codes: bool) -> HttpResponse:
    if shows_codes:
        return redirect("mfa_view_recovery_codes")
    return redirect(request.session.pop(AFTERWARDS, "") or "mfa_index")
