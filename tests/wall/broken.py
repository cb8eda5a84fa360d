"""The addresses of the product and two more: views that forgot every filter, as the second wall is there for."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from bar.urls import urlpatterns as whole
from dossiers.door import public, signed_in
from dossiers.models import Dossier
from tests.wall.filled import tables


def _everything() -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    rows = {model._meta.label: len(list(model._default_manager.values_list("pk"))) for model in tables()}
    return JsonResponse({"numbers": sorted(Dossier.objects.values_list("number", flat=True)), "rows": rows, "server": server})


@signed_in
def everything(_request: HttpRequest) -> JsonResponse:
    """Every dossier there is, and how many rows of every table."""
    return _everything()


@public
def everything_for_all(_request: HttpRequest) -> JsonResponse:
    """The same without even asking who is there."""
    return _everything()


@public
def numbers(_request: HttpRequest) -> JsonResponse:
    """Every dossier number there is, and over which connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), array(SELECT number FROM dossiers_dossier ORDER BY number)")
        server, found = cursor.fetchone()
    return JsonResponse({"numbers": found, "server": server})


urlpatterns = [
    path("alles/", everything),
    path("alles-voor-iedereen/", everything_for_all),
    path("nummers/", numbers),
    *whole,
]
handler404 = "bar.errors.not_found"
handler500 = "bar.errors.server_error"
