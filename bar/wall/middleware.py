"""Names the signed-in person to the database for the length of a request; everybody else is nobody.

It stands right after the middleware that knows who is signed in. It lets everybody through: the gate decides.
"""

from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from dossiers.acting import NOBODY, Acting, acting_as


class OnBehalf:
    """Middleware; see the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        who = Acting(person=person.pk) if isinstance(person, AbstractBaseUser) and person.is_authenticated else NOBODY
        with acting_as(who):
            return self.get_response(request)
