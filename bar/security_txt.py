"""/.well-known/security.txt (RFC 9116): where to tell of a hole. There is none until SECURITY_CONTACT says where."""

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers.door import public

HOLDS = datetime.timedelta(days=30)  # RFC 9116, 2.5.5: less than a year; made anew at each request, so it never runs out while the product runs


@public
@require_safe
def security_txt(_request: HttpRequest) -> HttpResponse:
    """Contact, until when this holds, languages, and where it stands."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (timezone.now() + HOLDS).astimezone(datetime.UTC).replace(microsecond=0)
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Preferred-Languages": "nl, en",
        "Canonical": settings.BASE_URL + reverse("security_txt"),
    }
    return HttpResponse("".join(f"{name}: {value}\r\n" for name, value in lines.items()), content_type="text/plain; charset=utf-8")
