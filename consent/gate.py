"""The fail-closed gate: the last middleware, which reads what a view states and asks `access.py`.

A view without a marker is refused. For unsafe methods the gate calls the view itself, inside one transaction that locks, decides again,
writes the acts to the trail last, and rolls back on `Refused`. It decides nothing itself.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from consent.access import Stranger, may_go_on, note_refusal, opening
from consent.kept_text import typed_texts
from consent.sent_once import sent_once
from dossiers.broken import note_broken
from dossiers.door import Marker, Opened
from dossiers.errors import Refused
from dossiers.parts import Part
from dossiers.sealed import SealBroken
from dossiers.trail import Event, Line, Origin, write_now

View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the database undid one of two transactions
log = logging.getLogger(__name__)


class Gate:
    """Middleware; see the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        """Refuse, or let pass; for unsafe methods of a dossier's view: call it."""
        marker: Marker | None = getattr(view, "door", None)
        if marker is None:
            log.error("a view without a marker was refused: %s", getattr(view, "__qualname__", "?"))
            return refuse(request, "Deze pagina is niet vrijgegeven.", 403)
        if marker.kind == "public":
            return None
        person = getattr(request, "user", None)
        if not isinstance(person, AbstractBaseUser) or not person.is_authenticated:
            return ask_to_sign_in(request)
        if marker.kind == "signed_in":
            page = request.resolver_match.view_name[:64] if request.resolver_match else ""
            write_now(Line(Event.LIST, actor_id=person.pk, object_type="page", object_id=page, origin=origin_of(request)))
            return None
        if marker.kind != "dossier" or marker.needs is None:
            return refuse(request, "Deze pagina is niet vrijgegeven.", 403)
        needs, writing = marker.needs, request.method not in SAFE
        inner = ":".join(str(value) for name, value in kwargs.items() if name != "number")[:64]

        def through() -> HttpResponse | None:
            door = opening(
                person,
                kwargs["number"],
                needs=needs,
                writing=writing,
                origin=origin_of(request),
                object_id=inner,
                folded=marker.folded and writing,
            )
            with door as opened:
                request.opened = opened  # type: ignore[attr-defined]
                return sent_once(request, lambda: view(request, *args, **kwargs)) if writing else None

        try:
            return _once_more(through)
        except Stranger:
            return not_found(request)
        except Refused as refusal:
            typed = typed_texts(request.POST.lists()) if writing else []  # its token was checked; nothing of it was stored
            return refuse(request, refusal.sentence, refusal.status, texts=typed)
        except SealBroken as broken:
            return does_not_open(request, broken)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A reading view that refuses ends here; a writing one was rolled back and answered in `process_view`."""
        if isinstance(exception, SealBroken):
            return does_not_open(request, exception)
        if not isinstance(exception, Refused):
            return None
        opened: Opened | None = getattr(request, "opened", None)
        if opened is not None and exception.status == HTTPStatus.FORBIDDEN:
            note_refusal(opened.trail.template)  # that somebody came stands there already; nothing was shown
        return refuse(request, exception.sentence, exception.status)


def _once_more(through: Callable[[], HttpResponse | None]) -> HttpResponse | None:
    """Of two transactions that wait for each other the database undoes one: that one begins again, once."""
    try:
        return through()
    except OperationalError as problem:
        if connection.in_atomic_block or getattr(problem.__cause__, "sqlstate", "") not in COLLISIONS:
            raise
        log.warning("a transaction collided with another and begins again")
        return through()


def origin_of(request: HttpRequest) -> Origin:
    """Address, request id and a hash of the session key, for the trail."""
    key = request.session.session_key or ""
    if not hasattr(request, "bar_request_id"):
        request.bar_request_id = uuid.uuid4()  # type: ignore[attr-defined]
    return Origin(
        address=request.META.get("REMOTE_ADDR") or None,
        request_id=request.bar_request_id,  # type: ignore[attr-defined]
        session_hash=hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest() if key else "",
    )


def may_show(request: HttpRequest) -> frozenset[Part]:
    """The parts this page may show to this reader: what the view states, cut down to what is open."""
    opened: Opened = request.opened  # type: ignore[attr-defined]
    marker: Marker = request.resolver_match.func.door  # type: ignore[union-attr]
    return marker.may_show & opened.readable


def is_fragment(request: HttpRequest) -> bool:
    """A request made by a script of ours: it gets a fragment, and a 401 instead of the sign-in page."""
    return request.headers.get("HX-Request") == "true" or request.headers.get("X-Requested-With") == "fetch"


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back here; a script gets 401, and the page asks to sign in in a dialog."""
    if is_fragment(request):
        return render(request, "errors/401.html", status=401)
    texts = typed_texts(request.POST.lists())  # its token was checked: nobody else can have us show a text
    if texts:
        return render(request, "errors/ended.html", {"texts": texts}, status=401)
    where = request.path if request.method in SAFE else "/"
    return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': where})}")


def not_found(request: HttpRequest) -> HttpResponse:
    """The same page for a dossier that does not exist and one that is somebody else's."""
    return render(request, "errors/404.html", status=404)


def does_not_open(request: HttpRequest, broken: SealBroken) -> HttpResponse:
    """503: a sealed value does not open. It stands in the trail of its dossier, and the page shows nothing of anybody."""
    opened: Opened | None = getattr(request, "opened", None)
    person = getattr(request, "user", None)
    by = Line(Event.SEAL_BROKEN, actor_id=getattr(person, "pk", None), origin=origin_of(request))
    note_broken(broken, opened.trail.template if opened is not None else by)
    typed = typed_texts(request.POST.lists()) if request.method not in SAFE else []
    response = render(request, "errors/sealed.html", {"texts": typed, "is_one_dossier": broken.dossier_id is not None}, status=503)
    response["Retry-After"] = "600"
    return response


def refuse(request: HttpRequest, sentence: str, status: int, *, texts: Sequence[str] = ()) -> HttpResponse:
    """One plain sentence: what is wrong and who can change it. `texts`: what was typed and is not stored, as a copy to keep."""
    values = {"sentence": sentence, "texts": texts, "is_closed": status == 403, "overview_url": _way_on(request)}
    return render(request, "errors/403.html", values, status=status)


def _way_on(request: HttpRequest) -> str:
    """The overview of this dossier, when that is open to who was refused here."""
    match, person = request.resolver_match, getattr(request, "user", None)
    number = match.kwargs.get("number") if match else None
    if number is None or not isinstance(person, AbstractBaseUser) or not may_go_on(person, number):
        return ""
    return reverse("overview", args=[number])
