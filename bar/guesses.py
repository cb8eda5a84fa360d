"""Whoever asks for what is not there, over and over, is slowed down, and somebody is told (security.md §5 A6).

A dossier of somebody else and one that does not exist give the same page, so a guess tells nothing; this keeps guessing slow and makes it seen.
What is open stays open: only the page "niet gevonden" is replaced. No address and no name here: a key is an HMAC, the alarm names a row's key.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from bar.accounts.actions.tries import key_of, take_try
from bar.accounts.rules import lock_out as rules

log = logging.getLogger(__name__)


class Guesses:
    """Middleware around the gate, after the session is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; count when it is 404 for somebody who is signed in, at an address that could have been something."""
        response = self.get_response(request)
        person = getattr(request, "user", None)
        if response.status_code != 404 or request.resolver_match is None or person is None or not person.is_authenticated:
            return response
        now = timezone.now()
        wait = take_try({key_of("guess", str(person.pk)): rules.GUESSES}, now=now)
        if not wait:
            return response
        if not take_try({key_of("guess_alarm", str(person.pk)): rules.ALARM}, now=now):
            log.warning("alarm: person %s keeps asking for pages that are not there", person.pk)
        return render(request, "errors/429.html", {"wait_text": rules.in_words(wait), "guessed": True}, status=429)
