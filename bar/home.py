"""Mijn dossiers."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dossiers.door import signed_in
from dossiers.pages import own_page


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The dossiers of the signed-in person."""
    return own_page(request, "pages/home.html", current="home")
