"""A URLconf with one view for every kind of answer, to look at the headers of each. Only for test_headers.py."""

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from bar.health import healthz
from bar.urls import urlpatterns as site
from dossiers.door import public


@public
def page(request: HttpRequest, status: int) -> HttpResponse:
    """An answer with this status."""
    return HttpResponse("tekst", status=status)


@public
def redirect(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/200")


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("gevoelig")


@public
def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


@public
def bad(request: HttpRequest) -> HttpResponse:
    raise BadRequest("gevoelig")


@public
def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("gevoelig")


@public
@require_safe
def only_get(request: HttpRequest) -> HttpResponse:
    return HttpResponse("tekst")


@public
def pdf(request: HttpRequest) -> FileResponse:
    response = FileResponse([b"%PDF-1.7"], content_type="application/pdf")
    response["Cache-Control"] = "public, max-age=3600"  # a careless view
    return response


@public
def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse([b"a", b"b"])


@public
def typed(request: HttpRequest) -> HttpResponse:
    """Reads the form, and so runs into the limits on size."""
    return HttpResponse(str(len(request.POST)))


@public
def sign_out(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return HttpResponse("weg")


@public
def remember(request: HttpRequest) -> HttpResponse:
    request.session["x"] = 1
    return HttpResponse("ja")


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nooit")


urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:status>", page),
    path("redirect", redirect),
    path("broken", broken),
    path("forbidden", forbidden),
    path("bad", bad),
    path("suspicious", suspicious),
    path("only-get", only_get),
    path("pdf", pdf),
    path("stream", stream),
    path("typed", typed),
    path("sign-out", sign_out),
    path("remember", remember),
    path("unmarked", unmarked),
    path("healthz", healthz),
]
urlpatterns += site  # the pages of errors link to the rest of the site
handler400 = "bar.errors.bad_request"
handler403 = "bar.errors.forbidden"
handler404 = "bar.errors.not_found"
handler500 = "bar.errors.server_error"
