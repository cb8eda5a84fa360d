"""Who somebody is by e-mail and password, counted like a try to sign in, without signing in."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from bar.accounts.models import User


def who_is(request: HttpRequest, email: str, password: str) -> User | None:
    """The person of a right pair with an account in use; None for anything else. A locked door answers by its own middleware."""
    found = get_adapter().authenticate(request, email=email, password=password)
    return found if isinstance(found, User) and found.can_sign_in else None
