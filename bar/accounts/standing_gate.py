"""Middleware before the gate: reads from the view's marker how sure and how recent a sign-in must be, and asks for what is missing.

It never opens anything: the gate still decides. What is asked is decided in `rules/standing.py`. A script gets 401, never a redirect.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from bar.accounts.actions.providers import relies_on_organisation
from bar.accounts.again import ask_again
from bar.accounts.factors import has_second_step
from bar.accounts.models import User
from bar.accounts.rules.standing import TWO_STEPS, Ask, Page, Proof, asked
from bar.accounts.standing import assurance_of, proved_at
from consent.gate import SAFE, is_fragment, origin_of
from dossiers.door import Marker
from dossiers.trail import Event, Line, Outcome, write_now


class StandingGate:
    """See the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        """Ask for what is missing, or leave it to the gate."""
        marker: Marker | None = getattr(view, "door", None)
        if marker is None or marker.kind == "public" or not request.user.is_authenticated:
            return None
        asks = asked_of(request, marker)
        if asks is Ask.NOTHING:
            return None
        page = request.resolver_match.view_name[:64] if request.resolver_match else ""
        write_now(
            Line(
                Event.REFUSED,
                outcome=Outcome.REFUSED,
                checks="FFFF",
                actor_id=request.user.pk,
                object_type="page",
                object_id=page,
                sentence=asks.value,
                origin=origin_of(request),
            )
        )
        if is_fragment(request):
            return render(request, "errors/401.html", status=401)
        if asks is Ask.SET_UP:
            return HttpResponseRedirect(_back_here(reverse("mfa_index"), request))
        if request.method in SAFE:
            return HttpResponseRedirect(_back_here(reverse("prove_again"), request))
        return ask_again(request)


def asked_of(request: HttpRequest, marker: Marker) -> Ask:
    """What a page with this marker asks of this session. Whether there is a second step is looked up only where it matters."""
    assert isinstance(request.user, User)
    level = assurance_of(request)
    # A second step at the organisation is one too: else a password alone could set up a first one of its own.
    has_one = level < TWO_STEPS and (has_second_step(request.user) or relies_on_organisation(request.user))
    proof = Proof(level, proved_at(request), has_second_step=has_one)
    return asked(Page(marker.two_factors, marker.fresh, settings.SECOND_FACTOR), proof, now=timezone.now())


def _back_here(where: str, request: HttpRequest) -> str:
    back = request.get_full_path() if request.method in SAFE else "/"
    return f"{where}?next={quote(back, safe='/')}"
