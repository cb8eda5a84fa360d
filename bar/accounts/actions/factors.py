"""The verbs about the second step: setting one up, taking it away, using a code once.

Each change is told to the person by mail and stands in the trail, in the transaction that makes it. Who may call them is for the doors.
"""

import contextlib
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from bar.accounts.actions.tries import key_of, put_back, take_try
from bar.accounts.factors import REAL
from bar.accounts.mfa_adapter import WRONG_CODE
from bar.accounts.models import Assurance, User
from bar.accounts.rules.codes import normal, step_of
from bar.accounts.rules.lock_out import LONGEST_WAIT, Bucket, in_words
from bar.accounts.standing import assurance_of, prove
from consent.gate import origin_of
from dossiers.errors import Refused
from dossiers.notices import Reason, tell
from dossiers.trail import Event, Line, append

NOT_TAKEN = "De sleutel is niet bewaard. Probeer het opnieuw, of kies een app met codes."
NOT_KNOWN = "Dit lukte niet. Probeer het opnieuw, of kies een andere manier."
ONLY_ONE = "Dit is uw enige tweede stap. Zet eerst een andere klaar. Daarna kunt u deze weghalen."
# Whoever tries codes knows the password already; a passkey is never counted, so its owner is never slowed down by somebody else.
CODES = Bucket(6, LONGEST_WAIT)


# --- setting up -------------------------------------------------------------------------------


def add_passkey(request: HttpRequest, *, credential: Any) -> bool:
    """Keep a passkey that was made just now. Whether codes on paper were made with it."""
    person = _person(request)
    with _as_refusal(NOT_TAKEN):
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    with transaction.atomic():
        _lock(person)
        name = get_adapter().generate_authenticator_name(person, Authenticator.Type.WEBAUTHN)
        row = webauthn.WebAuthn.add(person, name, credential).instance
        return _set_up(request, person, row)


def add_app(request: HttpRequest, *, secret: str, code: str) -> bool:
    """Keep the key of an app, once it gives the right code; that code is used then. Whether codes on paper were made with it."""
    person = _person(request)
    step = step_of(secret, code, after=0, now=timezone.now())
    if step is None:
        raise Refused(WRONG_CODE, status=422)
    with transaction.atomic():
        _lock(person)
        if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
            raise Refused("U heeft al een app met codes. Haal die eerst weg.", status=409)
        row = TOTP.activate(person, secret).instance
        _keep(row, last_step=step)
        return _set_up(request, person, row)


def new_codes(request: HttpRequest) -> None:
    """New codes on paper; the old ones open nothing any more."""
    person = _person(request)
    with transaction.atomic():
        _lock(person)
        if not Authenticator.objects.filter(user=person, type__in=REAL).exists():
            raise Refused("Zet eerst een tweede stap klaar. Daarna krijgt u herstelcodes.", status=409)
        Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
        _changed(request, person, RecoveryCodes.activate(person).instance, "renewed")


def keep_codes(request: HttpRequest) -> None:
    """The person has the codes on paper: they are not shown again."""
    for row in Authenticator.objects.filter(user=_person(request), type=Authenticator.Type.RECOVERY_CODES):
        _keep(row, kept_at=timezone.now().isoformat())


def rename(request: HttpRequest, row: Authenticator, *, name: str) -> None:
    """Call a passkey what its owner calls it."""
    with transaction.atomic():
        _keep(row, name=name)
        append(_line(request, row, "renamed"))


def remove(request: HttpRequest, row: Authenticator) -> None:
    """Take a second step away, while another remains. With the last one (in a demonstration) the codes on paper go too."""
    person = _person(request)
    with transaction.atomic():
        _lock(person)
        if not get_adapter().can_delete_authenticator(row):
            raise Refused(ONLY_ONE, status=409)
        _changed(request, person, row, "removed")
        Authenticator.objects.filter(pk=row.pk).delete()
        if not Authenticator.objects.filter(user=person, type__in=REAL).exists():
            Authenticator.objects.filter(user=person).delete()


# --- using ------------------------------------------------------------------------------------


def use_code(person: User, typed: str) -> None:
    """Use a code from the app or from paper, once. Raises `Refused` with what to do; after some wrong ones there is a wait."""
    bucket = {key_of("second-step", str(person.pk)): CODES}
    wait = take_try(bucket, now=timezone.now())
    if wait:
        raise Refused(f"Te vaak geprobeerd. Wacht {in_words(wait)} en probeer het dan opnieuw.", status=429)
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
        if not any(_opens(row, typed) for row in rows):
            raise Refused(WRONG_CODE, status=422)
    put_back(bucket)


def use_passkey(person: User | None, credential: Any) -> User:
    """Whose passkey this is, when it answers what we asked a moment ago and saw a finger, a face or a PIN. Else `Refused`."""
    with _as_refusal(NOT_KNOWN):
        webauthn.parse_authentication_response(credential)
        found = person or webauthn.extract_user_from_response(credential)
        row = webauthn.complete_authentication(found, credential)
        row.record_usage()
        return User.objects.get(pk=row.user_id)


def _opens(row: Authenticator, typed: str) -> bool:
    if row.type == Authenticator.Type.RECOVERY_CODES:
        fits = bool(row.wrap().validate_code(normal(typed)))
    else:
        secret = get_adapter().decrypt(row.data["secret"])
        step = step_of(secret, typed, after=row.data.get("last_step", 0), now=timezone.now())
        fits = step is not None
        if fits:
            _keep(row, last_step=step)
    if fits:
        Authenticator.objects.filter(pk=row.pk).update(last_used_at=timezone.now())
    return fits


def _set_up(request: HttpRequest, person: User, row: Authenticator) -> bool:
    """A second step was made in this session, which thereby proved two: the password before, and this."""
    has_codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).exists()
    if not has_codes:
        RecoveryCodes.activate(person)
    _changed(request, person, row, "added")
    if assurance_of(request) < Assurance.SUBSTANTIAL:
        request.session.cycle_key()  # what is more powerful has a new name
    prove(request, Assurance.SUBSTANTIAL)
    return not has_codes


def _changed(request: HttpRequest, person: User, row: Authenticator, what: str) -> None:
    tell(person, Reason.FACTOR_CHANGED, now=timezone.now(), object_id=row.pk, account=True)
    append(_line(request, row, what))


def _line(request: HttpRequest, row: Authenticator, what: str) -> Line:
    return Line(
        Event.CHANGE_FACTOR,
        actor_id=_person(request).pk,
        subject_id=row.user_id,
        object_type=row.type,
        object_id=str(row.pk),
        sentence=what,
        origin=origin_of(request),
    )


def _keep(row: Authenticator, **values: Any) -> None:
    row.data = {**row.data, **values}
    row.save(update_fields=["data"])


def _lock(person: User) -> None:
    """Two windows that change the second step at once do so one after the other."""
    User.objects.select_for_update().get(pk=person.pk)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class _as_refusal(contextlib.ContextDecorator):  # noqa: N801 -- reads as a verb
    """What a browser sent that is no answer to what we asked, whatever is wrong with it, is one refusal."""

    WRONG = (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, InvalidSignature)

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, found: BaseException | None, trace: object) -> None:
        if isinstance(found, self.WRONG):
            raise Refused(self.sentence, status=422) from None
