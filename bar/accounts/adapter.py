"""How allauth behaves here: people are invited, nobody signs up; every sign-in stands in the trail, when all its steps are passed.

Whether a sign-in is recent enough is asked by our gate (`standing_gate.py`), not by the library.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from bar.accounts import lock_out, stages
from bar.accounts.actions.resets import do_due_of, running
from bar.accounts.models import Assurance
from bar.accounts.standing import note_sign_in
from consent.gate import origin_of
from dossiers.trail import Event, Line, write_now


class AccountAdapter(DefaultAccountAdapter):
    """See the module docstring."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het opnieuw.",
        "too_many_login_attempts": "Te vaak geprobeerd. Wacht een kwartier en probeer het opnieuw.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries are counted by `lock_out`, which knows browsers; the library's count would let a stranger lock somebody out."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A right password takes no try. Of an account that was ended it does, so that the count tells nothing."""
        person = super().authenticate(request, **credentials)
        if person is not None and person.is_active:
            lock_out.was_right(request)
        return person

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """A reset that waited its day counts from this sign-in, before a second step is asked."""
        do_due_of(user, now=timezone.now())
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """While a reset runs, whoever signs in sees it first, and can stop it."""
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        if not running(user, now=timezone.now()):
            return answer
        return HttpResponseRedirect(f"{reverse('own_resets')}?{urlencode({'next': answer.get('Location', '/')})}")

    def get_login_stages(self) -> list[str]:
        return stages.STAGES

    def login(self, request: HttpRequest, user: Any) -> None:
        """Every step is passed: a new session, what it proved, and its line in the trail."""
        super().login(request, user)
        note_sign_in(request, getattr(request, "bar_assurance", Assurance.LOW))
        write_now(Line(Event.SIGN_IN, actor_id=user.pk, object_type="session", origin=origin_of(request)))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """The library has a page for it; here there is one door, and it does not say whose account is closed."""
        messages.error(request, "Inloggen lukte niet. Bel uw arbodienst. Zij helpen u verder.")
        return HttpResponseRedirect(reverse("sign_in"))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Never by the library: each of our views says how fresh a sign-in it wants, and the gate asks."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No flash messages of the library: our pages say what happened."""
