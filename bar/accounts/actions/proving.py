"""Showing once more who you are, without signing out (docs/decisions/proving-again.md).

A passkey alone is enough, because it saw a finger, a face or a PIN; else the password, with a code for who has a second step.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from bar.accounts.actions.factors import use_code, use_passkey
from bar.accounts.actions.tries import key_of, put_back, take_try
from bar.accounts.factors import has_second_step
from bar.accounts.models import Assurance, User
from bar.accounts.rules.lock_out import LONGEST_WAIT, Bucket, in_words
from bar.accounts.standing import assurance_of, prove
from consent.gate import origin_of
from dossiers.errors import Refused
from dossiers.trail import Event, Line, Outcome, append, write_now

PASSWORDS = Bucket(6, LONGEST_WAIT)
WRONG_PASSWORD = "Dit wachtwoord klopt niet. Probeer het opnieuw."  # noqa: S105 -- a sentence


def prove_by_passkey(request: HttpRequest, *, credential: Any) -> None:
    """A passkey of this person, just now."""
    try:
        use_passkey(_person(request), credential)
    except Refused:
        _note(request, Outcome.REFUSED)
        raise
    _proved(request, Assurance.SUBSTANTIAL)


def prove_by_password(request: HttpRequest, *, password: str, code: str = "") -> None:
    """The password, and a code for who has a second step."""
    person = _person(request)
    needs_code = has_second_step(person)
    try:
        _check_password(person, password)
        if needs_code:
            use_code(person, code)
    except Refused:
        _note(request, Outcome.REFUSED)
        raise
    _proved(request, Assurance.SUBSTANTIAL if needs_code else Assurance.LOW)


def _check_password(person: User, password: str) -> None:
    bucket = {key_of("prove", str(person.pk)): PASSWORDS}
    wait = take_try(bucket, now=timezone.now())
    if wait:
        raise Refused(f"Te vaak geprobeerd. Wacht {in_words(wait)} en probeer het dan opnieuw.", status=429)
    if not person.check_password(password):
        raise Refused(WRONG_PASSWORD, status=422)
    put_back(bucket)


def _proved(request: HttpRequest, assurance: Assurance) -> None:
    with transaction.atomic():
        if assurance > assurance_of(request):
            request.session.cycle_key()  # what is more powerful has a new name
        prove(request, assurance)
        append(_line(request, Outcome.SUCCESS))


def _note(request: HttpRequest, outcome: int) -> None:
    write_now(_line(request, outcome))


def _line(request: HttpRequest, outcome: int) -> Line:
    person = _person(request)
    checks = "TTTF" if outcome == Outcome.SUCCESS else "FFFF"
    return Line(Event.PROVE_AGAIN, outcome=outcome, checks=checks, actor_id=person.pk, object_type="session", origin=origin_of(request))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
