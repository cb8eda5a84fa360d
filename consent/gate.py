"""The fail-closed gate: the last middleware, which reads what a view states and asks `access.py`.

A view without a marker is refused. For unsafe methods the gate calls the view itself, inside one transaction that locks, decides again,
writes the acts to the trail last, and rolls back on `Refused`. It decides nothing itself.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from consent.access import Stranger, may_go_on, opening
from consent.kept_text import typed_texts
from dossiers.door import Marker, Opened
from dossiers.errors import Refused
from dossiers.parts import Part
from dossiers.trail import Event, Line, Origin, write_now

View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
log = logging.getLogger(__name__)


class DossierRequest(HttpRequest):
    """A request that passed the gate to one dossier."""

    opened: Opened


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
        writing = request.method not in SAFE
        inner = ":".join(str(value) for name, value in kwargs.items() if name != "number")[:64]
        door = opening(
            person,
            kwargs["number"],
            needs=marker.needs,
            writing=writing,
            origin=origin_of(request),
            object_id=inner,
            folded=marker.folded and writing,
        )
        try:
            with door as opened:
                request.opened = opened  # type: ignore[attr-defined]
                return view(request, *args, **kwargs) if writing else None
        except Stranger:
            return not_found(request)
        except Refused as refusal:
            typed = typed_texts(request.POST.lists()) if writing else []  # its token was checked; nothing of it was stored
            return refuse(request, refusal.sentence, refusal.status, texts=typed)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A reading view that refuses ends here; a writing one was rolled back and answered in `process_view`."""
        return refuse(request, exception.sentence, exception.status) if isinstance(exception, Refused) else None


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
