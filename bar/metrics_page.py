"""/metrics: what Prometheus reads, for who brings the token; for everybody else this page does not exist.

No cookie is set and no session is read. Without METRICS_TOKEN there is no such page at all.
"""

from collections.abc import Iterable
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from bar.figures import Figures
from bar.metrics import of_all_processes
from dossiers.door import public

SCHEME = "Bearer "


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The counts of all processes of this server, and what the database knows at this moment."""
    if not is_welcome(request.headers.get("Authorization", "")):
        raise Http404
    state = CollectorRegistry()
    state.register(Figures())
    return HttpResponse(generate_latest(of_all_processes()) + generate_latest(state), content_type=CONTENT_TYPE_LATEST)


def is_welcome(authorization: str) -> bool:
    """Whether this header carries the token. Takes the same time however much of it is right."""
    given = authorization.removeprefix(SCHEME) if authorization.startswith(SCHEME) else ""
    return bool(settings.METRICS_TOKEN) and compare_digest(given.encode(), settings.METRICS_TOKEN.encode())


def of_worker(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The same for a worker, which serves no pages: a WSGI application of its own on METRICS_WORKER_PORT."""
    if environ.get("PATH_INFO") != "/metrics" or not is_welcome(environ.get("HTTP_AUTHORIZATION", "")):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
    return [generate_latest(of_all_processes())]
