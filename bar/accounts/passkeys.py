"""What a browser and we say to each other about a passkey. Only reading; what is kept is made in `actions/factors.py`."""

import ipaddress
import json
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest

MOST = 20_000  # characters: far more than any answer of a browser


def credential_of(request: HttpRequest) -> Any:
    """The browser's answer, or None when it is no JSON object."""
    text = request.POST.get("credential", "")
    if len(text) > MOST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def works_here(request: HttpRequest) -> bool:
    """Browsers keep passkeys for a name, never for a number such as 127.0.0.1."""
    try:
        ipaddress.ip_address(_host(request).hostname or "")
    except ValueError:
        return True
    return False


def by_name(request: HttpRequest) -> str:
    """The same page at a name that this machine has, for a demonstration opened by number."""
    port = _host(request).port
    return f"{request.scheme}://localhost{f':{port}' if port else ''}{request.path}"


def _host(request: HttpRequest) -> SplitResult:
    return urlsplit(f"//{request.get_host()}")
