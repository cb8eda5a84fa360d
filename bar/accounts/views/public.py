"""Pages that anybody may read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bar.privacy import privacy_text
from bar.words import word_groups
from dossiers.door import public
from dossiers.pages import own_page


@public
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of this product in plain Dutch."""
    return own_page(request, "pages/glossary.html", {"groups": word_groups()})


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible this product is, and where to say what does not work."""
    return own_page(request, "pages/accessibility.html")


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, who reads it, and which rights people have."""
    return own_page(request, "pages/privacy.html", {"text": privacy_text()})
