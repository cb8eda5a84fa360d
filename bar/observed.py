"""What every request leaves for who looks after the machine: one log line and a few numbers.

It knows a page by its name, never by its address: addresses hold dossier numbers and the links of invitations. No header, no text.
"""

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bar import metrics
from bar.logs import about

METHODS = {"GET", "HEAD", "OPTIONS", "POST"}
NO_PAGE = "none"
STATIC = "static"
REFUSED = {403, 404}
log = logging.getLogger("bar.requests")


class Observed:
    """Middleware; see the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count."""
        request.bar_request_id = uuid.uuid4()  # type: ignore[attr-defined]  # the trail writes the same one
        began = time.perf_counter()
        with about(request=str(request.bar_request_id)):  # type: ignore[attr-defined]
            response = self.get_response(request)
            _note(request, response, time.perf_counter() - began)
        return response


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    view, method = _page(request), request.method if request.method in METHODS else "other"
    metrics.REQUESTS.labels(view, method, str(response.status_code)).inc()
    metrics.SECONDS.labels(view).observe(seconds)
    match = request.resolver_match
    if match is not None and "number" in match.kwargs and response.status_code in REFUSED:
        metrics.REFUSED_VISITS.labels(str(response.status_code)).inc()
    metrics.note_pool()
    if settings.LOG_REQUESTS:
        person = getattr(getattr(request, "_cached_user", None), "pk", None)  # only who was looked up already: logging asks the database nothing
        facts: dict[str, object] = {"method": method, "view": view, "status": response.status_code, "ms": round(seconds * 1000)}
        log.info("request", extra={"facts": facts | ({"person": str(person)} if person else {})})


def _page(request: HttpRequest) -> str:
    if request.resolver_match is not None:
        return request.resolver_match.view_name or NO_PAGE
    return STATIC if request.path_info.startswith("/" + settings.STATIC_URL.strip("/") + "/") else NO_PAGE
