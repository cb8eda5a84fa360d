"""The steps between a right password and a session: the second step for who has one, and then how much was proved.

Run by allauth's login flow, which keeps what is under way in the anonymous session and forgets it after a quarter of an hour.
"""

from typing import Any

from allauth.account.stages import LoginStage
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from bar.accounts.factors import has_second_step
from bar.accounts.models import Assurance
from bar.accounts.standing import REACHED

STAGES = ["bar.accounts.stages.SecondStep", "bar.accounts.stages.Arrived"]


class SecondStep(AuthenticateStage):
    """Asks for the second step, unless what was shown already counts as two. No browser is ever trusted to skip it."""

    def _should_handle(self, request: HttpRequest) -> bool:
        person = self.login.user
        asks = person is not None and reached(self.login) < Assurance.SUBSTANTIAL and has_second_step(person)
        if asks and person is not None:
            self.state["password"] = person.get_session_auth_hash()
        return asks

    @property
    def still_holds(self) -> bool:
        """Whether the first step is still worth something: a password that was changed in the meantime is not."""
        person = self.login.user
        return person is not None and person.is_active and self.state.get("password") == person.get_session_auth_hash()


class Arrived(LoginStage):
    """The last stage: every step is passed, and this is what they prove together."""

    key = "bar_arrived"

    def handle(self) -> tuple[Any, bool]:
        """Hand over to the adapter's `login`, which has only the request."""
        second = self.controller.get_stage(SecondStep.key)
        passed = second is not None and second.state.get("authentication_required", False)
        self.request.bar_assurance = max(reached(self.login), Assurance.SUBSTANTIAL if passed else Assurance.LOW)
        return None, True


def reached(login: Any) -> Assurance:
    """What was shown before the second step."""
    return Assurance(login.state.get(REACHED, Assurance.LOW))
