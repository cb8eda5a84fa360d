"""Whose address a request comes from, behind a fixed number of own proxies (BAR_PROXIES).

`X-Forwarded-For` is what a visitor writes himself, but for the last entries, which our own proxies added. With no proxies it is never read.
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class Visitor:
    """Middleware: REMOTE_ADDR is the visitor, for the trail, the counts of tries and everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.PROXIES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        found = behind(request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.PROXIES)
        if found:
            request.META["REMOTE_ADDR"] = found
        return self.get_response(request)


def behind(forwarded: str, proxies: int) -> str:
    """The address that the outermost of our proxies saw; empty when that is no address, or the header is too short to come from them."""
    entries = [entry.strip() for entry in forwarded.split(",")]
    if len(entries) < proxies:
        return ""
    try:
        return str(ipaddress.ip_address(entries[-proxies]))
    except ValueError:
        return ""
