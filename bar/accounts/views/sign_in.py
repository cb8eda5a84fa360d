"""Signing in and out: doors around allauth. Two steps for who has a second one, or a passkey alone; no other way in.

What each step proves is kept by `standing.py`; the line in the trail is written when all are passed (`adapter.py`).
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.account.views import LoginView
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bar import demo
from bar.accounts.actions.factors import use_code, use_passkey
from bar.accounts.actions.providers import choose_organisation_url
from bar.accounts.factors import factors_of
from bar.accounts.forms.factors import AppCodeForm, PaperCodeForm
from bar.accounts.models import Assurance, User
from bar.accounts.passkeys import credential_of, works_here
from bar.accounts.stages import SecondStep
from bar.accounts.standing import complete_sign_in
from consent.gate import is_fragment, origin_of
from dossiers.door import public
from dossiers.errors import Refused
from dossiers.trail import Event, Line, Outcome, write_now


class SignInForm(LoginForm):
    """E-mail and password, in our words. One message for every wrong pair, whether the address exists or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mailadres"
        self.fields["password"].label = "Wachtwoord"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields.pop("remember", None)
        self.use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """The library sends an inactive account to a page that says so; here it reads like any wrong pair."""
        values: dict[str, Any] = super().clean()
        if self.user is not None and not self.user.is_active:
            raise get_adapter().validation_error("email_password_mismatch")
        return values


@method_decorator(public, name="dispatch")
class SignIn(LoginView):
    """The sign-in page; every try stands in the trail."""

    form_class = SignInForm
    template_name = "account/sign_in.html"

    def get_form_class(self) -> type[LoginForm]:
        return SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.request.POST.get("next") or self.request.GET.get("next") or ""
        where = found if _is_ours(self.request, found) else ""
        return {
            "form": kwargs.get("form") or self.get_form(),
            "next": where,
            "organisation_url": choose_organisation_url(where),
            "has_passkeys": works_here(self.request),
            "messages": get_messages(self.request),  # why a session ended
            "demo_people": demo.sign_ins() if settings.DEMO else [],
        }

    def form_valid(self, form: Any) -> HttpResponse:
        clear_authentication_records(self.request)  # what an earlier, unfinished sign-in proved counts for nothing
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        _note_failure(self.request)
        return render(self.request, self.template_name, self.get_context_data(form=form), status=422)


def _is_ours(request: HttpRequest, where: str) -> bool:
    return bool(where) and url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure())


sign_in = public(SignIn.as_view())


@public
@require_http_methods(["GET", "HEAD", "POST"])
def by_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey alone: a script asks what to sign (GET), and sends the answer as a form."""
    if request.method != "POST":
        return JsonResponse(webauthn.begin_authentication(None)) if is_fragment(request) else redirect("sign_in")
    where = request.POST.get("next", "")
    where = where if _is_ours(request, where) else ""
    try:
        person = use_passkey(None, credential_of(request))
    except Refused as refusal:
        _note_failure(request)
        messages.error(request, refusal.sentence)
        return redirect(f"{reverse('sign_in')}?{urlencode({'next': where})}" if where else "sign_in")
    return complete_sign_in(request, person, assurance=Assurance.SUBSTANTIAL, next=where)


@public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Between a right password and a session: a passkey, a code from an app, or a code on paper."""
    if request.user.is_authenticated:
        return redirect("home")
    stage = LoginStageController.enter(request, SecondStep.key)
    if not isinstance(stage, SecondStep) or not stage.still_holds:
        clear_login(request)
        return redirect("sign_in")
    person = stage.login.user
    assert isinstance(person, User)
    if request.method != "POST":
        return JsonResponse(webauthn.begin_authentication(person)) if is_fragment(request) else _second_page(request, person)
    form = None
    try:
        if "credential" in request.POST:
            use_passkey(person, credential_of(request))
        else:
            form = (PaperCodeForm if request.GET.get("met") == "papier" else AppCodeForm)(request.POST)
            if not form.is_valid():
                return _second_page(request, person, form=form, status=422)
            use_code(person, form.cleaned_data["code"])
    except Refused as refusal:
        _note_failure(request, person)
        return _second_page(request, person, form=form, problem=refusal.sentence, status=refusal.status)
    response: HttpResponse = stage.exit()
    return response


def _second_page(request: HttpRequest, person: User, *, form: Any = None, problem: str = "", status: int = 200) -> HttpResponse:
    """One question: the passkey first, unless another way was chosen."""
    factors = factors_of(person)
    asked = request.GET.get("met", "")
    has_passkey = bool(factors.passkeys) and works_here(request)
    way = asked if asked == "papier" or (asked == "app" and factors.has_app) else ""
    way = way or ("sleutel" if has_passkey else "app" if factors.has_app else "papier")
    form = form or {"app": AppCodeForm, "papier": PaperCodeForm}.get(way, AppCodeForm)()
    if problem and form.is_bound:
        form.add_error("code", problem)
    values = {
        "way": way,
        "form": form,
        "problem": "" if form.is_bound else problem,
        "has_passkey": has_passkey,
        "has_app": factors.has_app,
        "has_codes": factors.codes_left > 0,
    }
    return render(request, "account/second_step.html", values, status=status)


def _note_failure(request: HttpRequest, person: User | None = None) -> None:
    """A try that did not open the door. Whose account it was is known at the second step only."""
    line = Line(
        Event.SIGN_IN_FAILED,
        outcome=Outcome.REFUSED,
        checks="FFFF",
        object_type="session",
        subject_id=person.pk if person else None,
        origin=origin_of(request),
    )
    write_now(line)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser is told to forget what it kept."""
    if request.user.is_authenticated:
        write_now(Line(Event.SIGN_OUT, actor_id=request.user.pk, object_type="session", origin=origin_of(request)))
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))
