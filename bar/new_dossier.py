"""Opening a dossier on screen."""

from django.http import HttpRequest, HttpResponse

from dossiers.door import signed_in
from dossiers.pages import own_page


@signed_in
def new_dossier(request: HttpRequest) -> HttpResponse:
    """The form to open a dossier."""
    return own_page(request, "pages/new_dossier.html", current="new_dossier")
