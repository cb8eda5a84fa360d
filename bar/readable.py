"""Middleware that refuses, with 400, a request no browser sends: NUL in a header, or a form whose bytes are no text.

What a library does with such a header is its own affair (one stores the name of the browser: an error of the database). Django reads a form that
is no UTF-8 as Latin-1, and so keeps letters that nobody typed. What people type is judged elsewhere: `instrument/text.py`.
"""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

FORM = "application/x-www-form-urlencoded"


class Readable:
    """See the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or refuse. A form of a browser is ASCII: whatever else is typed comes as %XX."""
        if any("\x00" in value for name, value in request.META.items() if name.startswith("HTTP_")):
            raise BadRequest("NUL in a header")
        if request.content_type == FORM and not request.body.isascii():
            raise BadRequest("a form that is not encoded")
        return self.get_response(request)
