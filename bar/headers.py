"""One set of headers on every kind of answer: pages, redirects, refusals, errors, PDFs and static files.

The outermost middleware, so that nothing leaves without them. The content security policy itself is django-csp's, with the directives of
settings.py; HSTS is Django's, over https only.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

UNUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
ALWAYS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NOT_KEPT = "no-store"


class Headers:
    """Middleware; see the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response[name] = value
        if not is_static(request, response):
            response["Cache-Control"] = NOT_KEPT
        if ends_session(response):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def is_static(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this is a file that is the same for everybody; a static file that is not there is an ordinary page."""
    prefix = "/" + settings.STATIC_URL.strip("/") + "/"
    return request.path_info.startswith(prefix) and response.status_code in {200, 206, 304}


def ends_session(response: HttpResponseBase) -> bool:
    """Whether this answer takes the session cookie away: signing out, or a session that was over."""
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and cookie["max-age"] == 0
