"""One form, one effect: a double click, "back" and send again, or a browser that repeats a request finds what the first one led to.

Every page of ours carries a token of its own; the same token with the same content at the same address by the same person is the same form.
What is kept of it is an HMAC and the address that followed, for a day; never anything that was typed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache  # noqa: TID251 -- no page is kept here: one key and an address, in the database, in the transaction of the act
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac

from dossiers.errors import Refused

KEPT = 24 * 60 * 60  # seconds: a page may stay open for a working day
BUSY = "Dit is al verstuurd. Open de pagina opnieuw en kijk of het is gelukt."


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a signed-in door that makes something: the view runs in one transaction, and the same form only once."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return sent_once(request, lambda: view(request, *args, **kwargs))

    return run


def sent_once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the act of this form, or go where the same form went before. Called inside the transaction of the act: the second waits until the first
    is committed or undone."""
    key = _key_of(request)
    if key is None:
        return act()
    if not cache.add(key, "", KEPT):
        place = cache.get(key)
        if not place:
            raise Refused(BUSY, status=409)
        return HttpResponseRedirect(place)
    answer = act()
    if isinstance(answer, HttpResponseRedirect):
        cache.set(key, answer.url, KEPT)
    else:
        cache.delete(key)  # nothing was done yet, or it was a document: the form may be sent again
    return answer


def _key_of(request: HttpRequest) -> str | None:
    """Nothing for a script: it keeps count itself (autosave), and sends many times with one token."""
    token = request.POST.get("csrfmiddlewaretoken", "")
    if not token or request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
        return None
    typed = sorted((name, values) for name, values in request.POST.lists())
    sent = repr((str(request.user.pk), request.path, typed))
    return "sent:" + salted_hmac("bar.sent_once", sent, secret=settings.HASH_KEY, algorithm="sha256").hexdigest()
