"""Signing in and out: doors around allauth."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from bar import demo
from consent.gate import origin_of
from dossiers.door import public
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
        return {
            "form": kwargs.get("form") or self.get_form(),
            "next": found if _is_ours(self.request, found) else "",
            "demo_people": demo.sign_ins() if settings.DEMO else [],
        }

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            write_now(Line(Event.SIGN_IN, actor_id=self.request.user.pk, object_type="session", origin=origin_of(self.request)))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        write_now(Line(Event.SIGN_IN_FAILED, outcome=Outcome.REFUSED, checks="FFFF", object_type="session", origin=origin_of(self.request)))
        return render(self.request, self.template_name, self.get_context_data(form=form), status=422)


def _is_ours(request: HttpRequest, where: str) -> bool:
    return bool(where) and url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure())


sign_in = public(SignIn.as_view())


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser is told to forget what it kept."""
    if request.user.is_authenticated:
        write_now(Line(Event.SIGN_OUT, actor_id=request.user.pk, object_type="session", origin=origin_of(request)))
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Too many wrong tries: wait a quarter of an hour."""
    return render(request, "errors/429.html", {"wait_text": "een kwartier"}, status=429)
