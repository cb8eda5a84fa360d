"""Error answers of the whole site: plain, the same for everybody, without anything of anybody."""

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from consent.kept_text import typed_texts

WAIT_SECONDS = "10"  # told to browsers and proxies; a restart of the database takes about as long


class NotAllowed:
    """Middleware: Django's answer to a wrong method has no body; this gives it the page. `Allow` stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with a body."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        page = render(request, "errors/405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is not right; 413 when it is too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return render(request, "errors/413.html", status=413)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by Django itself."""
    return render(request, "errors/403.html", {"sentence": "", "is_closed": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same page for what does not exist and what is not yours."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: dull, and without context; 503 when it is the database that is away, full or too busy."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):  # Django calls this while it handles the error
        return _away(request)
    return render(request, "errors/500.html", status=500)


def _away(request: HttpRequest) -> HttpResponse:
    """503: nothing was stored; wait and try again. Asks no database. What somebody typed in a page of ours is given back as a copy."""
    if hasattr(request, "session"):
        request.session.modified = False  # saving it would wait for the database once more
    texts = typed_texts(request.POST.lists()) if request.method == "POST" and _is_ours(request) else []
    page = render(request, "errors/503.html", {"texts": texts, "may_reload": request.method in {"GET", "HEAD"}}, status=503)
    page["Retry-After"] = WAIT_SECONDS
    return page


def _is_ours(request: HttpRequest) -> bool:
    """Whether one of our own pages sent this: only a browser says so, so nobody else can have us show a text."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was too old, or came from somewhere else. What somebody typed in a page of ours is given back as a copy."""
    texts = typed_texts(request.POST.lists()) if _is_ours(request) else []
    if texts:
        return render(request, "errors/ended.html", {"texts": texts, "is_old": True}, status=403)
    return render(
        request, "errors/403.html", {"sentence": "Deze pagina was te lang open. Laad de pagina opnieuw en probeer het nog een keer."}, status=403
    )
