"""How allauth behaves here: people are invited, nobody signs up; every sign-in and sign-out stands in the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from bar.accounts import lock_out


class AccountAdapter(DefaultAccountAdapter):
    """The seam for invitations and the second factor of the next issue."""

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

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No flash messages of the library: our pages say what happened."""
