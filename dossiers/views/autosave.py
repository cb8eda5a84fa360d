"""What a form that keeps itself while typing says to its script, `static/js/filling*.js`: kept, two texts, or not kept and why.

Plain JSON about one form. What may be kept is decided by the actions; what a section or page adds to its answer is its own.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from dossiers.door import Opened
from dossiers.errors import Refused, Stale

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class SignInAgain(forms.Form):
    """The fields of the dialog that appears when the session ended; the script sends them to the sign-in pages, a step at a time."""

    login = forms.EmailField(label="E-mailadres", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="Wachtwoord", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    code = forms.CharField(label="Code uit uw app, of een herstelcode", widget=forms.TextInput(attrs=CODE))

    def __init__(self) -> None:
        super().__init__(auto_id="again_%s")


def is_by_script(request: HttpRequest) -> bool:
    """Whether the script saves; without one the answer is a page."""
    return request.headers.get("X-Requested-With") == "fetch"


def version_seen(request: HttpRequest, seen: int, *, version: int, writer: object, opened: Opened) -> int:
    """The version on screen. A page that left while its own previous save was under way has seen that one too: it arrived first."""
    is_own = request.POST.get("leaving") == "1" and version == seen + 1 and writer == opened.person.pk
    return version if is_own else seen


def kept_answer(form: forms.BaseForm, *, version: int, at: dt.datetime, status: int = 200, **more: Any) -> JsonResponse:
    """Kept, with what is not right yet."""
    answer = {
        "saved": True,
        "version": version,
        "saved_at": f"{timezone.localtime(at):%H:%M}",
        "errors": {name: [str(one) for one in found] for name, found in form.errors.items() if name != NON_FIELD_ERRORS},
        "notes": [str(one) for one in form.non_field_errors()],
        "hits": {},
    }
    return JsonResponse({**answer, **more}, status=status)


def stale_answer(stale: Stale, sentence: str) -> JsonResponse:
    """Not kept: somebody else saved in the meantime. Carries the other text."""
    return JsonResponse({"saved": False, "sentence": sentence, "version": stale.version, "by": stale.by, "theirs": stale.theirs}, status=409)


def not_kept_answer(sentence: str, field: str | None, *, status: int) -> JsonResponse:
    """Not kept, with the sentence and the field to look at."""
    return JsonResponse({"saved": False, "sentence": sentence, "field": field}, status=status)


def invalid_answer(form: forms.BaseForm) -> JsonResponse:
    """Not kept: the first mistake, at its field when that can be seen."""
    name, found = next(iter(form.errors.items()))
    is_seen = name in form.fields and not form[name].is_hidden
    return not_kept_answer(str(found[0]), name if is_seen else None, status=422)


def refused_answer(refusal: Refused, field: str | None) -> JsonResponse:
    """Not kept, for a reason that is not in the form."""
    return not_kept_answer(refusal.sentence, field, status=refusal.status)
