"""Doors of the own sessions: how much time is left, where somebody is signed in, and signing out elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bar.accounts.actions import sessions
from bar.accounts.limits import left_of
from bar.accounts.models import User
from consent.gate import ask_to_sign_in, origin_of
from dossiers.door import public, signed_in
from dossiers.errors import Refused
from dossiers.pages import own_page


@public  # so that a page that stays open leaves no line in the trail every minute; it tells about the own session only
@require_http_methods(["GET", "HEAD", "POST"])
def still_here(request: HttpRequest) -> HttpResponse:
    """How much time this session has, in seconds, and the token for the forms of a page that is still open. A POST renews, a GET only asks."""
    person = request.user
    if not isinstance(person, User):
        return ask_to_sign_in(request)
    is_asking = request.method != "POST"
    request.bar_is_asking = is_asking  # type: ignore[attr-defined]
    left = left_of(request, person, timezone.now()) if is_asking else request.bar_time  # type: ignore[attr-defined]
    return JsonResponse({"idle": left.idle_seconds, "absolute": left.absolute_seconds, "token": get_token(request)})


@signed_in
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Where I am signed in."""
    person = _person(request)
    found = sessions.devices_of(person, session_key=request.session.session_key or "")
    return own_page(request, "accounts/sessions/devices.html", {"devices": found, "has_others": any(not one.is_this for one in found)})


@signed_in
@require_POST
def end_device(request: HttpRequest) -> HttpResponse:
    """Sign me out on one device."""
    typed = request.POST.get("device", "")
    device_id = int(typed) if typed.isdecimal() and len(typed) < 18 else 0
    ended = sessions.end_device(_person(request), device_id=device_id, session_key=request.session.session_key or "", origin=origin_of(request))
    if ended is None:
        messages.info(request, "Op dat apparaat was u al uitgelogd.")
    else:
        messages.success(request, f"U bent uitgelogd op: {ended.text}. Kende u dit apparaat niet? Maak dan ook een nieuw wachtwoord.")
    return HttpResponseRedirect(reverse("devices"))


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign me out everywhere but here."""
    sessions.end_others(_person(request), session_key=request.session.session_key or "", origin=origin_of(request))
    messages.success(request, "U bent overal uitgelogd, behalve hier.")
    return HttpResponseRedirect(reverse("devices"))


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Refused("Log opnieuw in.", status=403)
    return request.user
