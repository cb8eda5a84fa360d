"""Signing in through an organisation: to its provider and back, linking, unlinking. Protocol: `oidc.py`; who it is: `actions/providers.py`.

Leaving for a provider is a link or a redirect after one, never a redirect after a form: `form-action 'self'` forbids that.
"""

import logging
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_safe

from bar.accounts import oidc, oidc_flow
from bar.accounts.actions import invitations
from bar.accounts.actions import providers as actions
from bar.accounts.models import IdentityProvider, User
from bar.accounts.oidc_flow import Flow, Purpose
from bar.accounts.standing import assurance_of, complete_sign_in, prove
from consent.gate import origin_of
from dossiers.door import public, signed_in, signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

log = logging.getLogger(__name__)

AWAY = "De inlogpagina van {name} geeft nu geen goed antwoord. Probeer het over een paar minuten opnieuw, of log op een andere manier in."
DENIED = "U bent niet ingelogd: bij {name} is het inloggen gestopt of niet gelukt. Probeer het opnieuw, of log op een andere manier in."
EXPIRED = "Deze inlogpoging is te oud of is al gebruikt. Begin opnieuw met inloggen."
NOT_BELIEVED = (
    "We konden het antwoord van {name} niet vertrouwen. Daarom bent u niet ingelogd. Begin opnieuw met inloggen. "
    "Gebeurt het nog een keer? Meld het bij de beheerder van uw organisatie."
)
OLD_PROOF = "U moest bij {name} opnieuw laten zien wie u bent, maar dat is niet gebeurd. Probeer het opnieuw en log daar nog een keer in."
SENTENCES: dict[oidc.FaultCode, tuple[int, str]] = {
    oidc.FaultCode.AWAY: (502, AWAY),
    oidc.FaultCode.DENIED: (403, DENIED),
    oidc.FaultCode.STATE: (400, EXPIRED),
    oidc.FaultCode.CODE: (400, EXPIRED),
    oidc.FaultCode.AUTH_TIME: (403, OLD_PROOF),
}


# --- signing in ----------------------------------------------------------------------------------


@public
@require_safe
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """The organisations through which people sign in here."""
    onwards = _query(_next(request))
    rows = [(row.name, reverse("start_through_organisation", args=[row.slug]) + onwards) for row in actions.active_providers()]
    return own_page(request, "accounts/providers/choose.html", {"providers": rows, "sign_in_url": reverse("sign_in") + onwards})


@public
@require_safe
def start_through_organisation(request: HttpRequest, provider: str) -> HttpResponse:
    """To the provider. Whoever is made to open this by somebody else still signs in as nobody but themselves."""
    if request.user.is_authenticated:
        return redirect(_next(request) or "home")
    if request.headers.get("Sec-Fetch-Site") == "cross-site":  # a provider may ask nothing: another site could sign somebody in unseen
        return redirect(reverse("choose_organisation") + _query(_next(request)))
    try:
        found = actions.provider_of(provider)
    except Refused as refusal:
        return _problem(request, refusal.sentence, refusal.status)
    return _leave(request, found, Purpose.SIGN_IN, _next(request))


@public
@require_safe
def accept_through_organisation(request: HttpRequest, token: str, provider: str) -> HttpResponse:
    """Somebody who was invited goes to the own organisation. Nothing is accepted before the answer."""
    now = timezone.now()
    invitation = invitations.opened_by(token, now=now)
    found = next((row for row in actions.providers_for(invitation.person) if row.slug == provider), None) if invitation else None
    if found is None or request.user.is_authenticated:
        return redirect("invitation", token)  # that page says what is the matter
    try:
        return HttpResponseRedirect(oidc_flow.begin(request, found, Purpose.INVITATION, now=now, object_id=token))
    except oidc.Fault as fault:
        return _not_believed(request, found, fault)


@public
@require_safe
def back_from_organisation(request: HttpRequest, provider: str) -> HttpResponse:
    """The provider's answer, for whatever it was asked."""
    now = timezone.now()
    try:
        found = actions.provider_of(provider)
    except Refused as refusal:
        return _problem(request, refusal.sentence, refusal.status)
    try:
        flow = oidc_flow.take(request, found, now=now)
        proof = oidc.proof_of(actions.client_of(found), flow.question, request.GET.dict(), now=now)
    except oidc.Fault as fault:
        return _not_believed(request, found, fault)
    try:
        return _arrived(request, found, flow, proof)
    except actions.UnknownSubject:
        values = {"provider": found.name, "sign_in_url": reverse("sign_in")}
        return own_page(request, "accounts/providers/unknown.html", values, status=403)
    except Refused as refusal:
        return _problem(request, refusal.sentence, refusal.status)


def _arrived(request: HttpRequest, provider: IdentityProvider, flow: Flow, proof: oidc.Proof) -> HttpResponse:
    """Do what the way was begun for. Raises `Refused`."""
    now, origin = timezone.now(), origin_of(request)
    match flow.purpose:
        case Purpose.SIGN_IN:
            identity = actions.recognise(provider, proof, now=now, origin=origin)
            return complete_sign_in(request, identity.person, assurance=actions.level_of(provider, proof.acr), next=flow.next)
        case Purpose.LINK:
            actions.link_own(_same_person(request, flow), provider, proof, now=now, origin=origin)
            messages.success(request, f"U kunt voortaan ook inloggen via {provider.name}.")
            return redirect("identities")
        case Purpose.INVITATION:
            return _accept(request, provider, flow, proof)
        case Purpose.PROVE:
            person = _same_person(request, flow)
            level = actions.prove_again(person, provider, proof, at_least=assurance_of(request), now=now, origin=origin)
            if level > assurance_of(request):
                request.session.cycle_key()  # what is more powerful has a new name
            prove(request, level)
            return redirect(flow.next or "home")


def _accept(request: HttpRequest, provider: IdentityProvider, flow: Flow, proof: oidc.Proof) -> HttpResponse:
    """An invited person takes the account into use with this account of the organisation, and signs in with it like anybody."""
    now, origin = timezone.now(), origin_of(request)
    if request.user.is_authenticated:
        raise Refused("U bent intussen ingelogd met een ander account. Log eerst uit en open dan de link in de mail opnieuw.", status=403)
    invitations.accept(flow.object_id, prove=lambda person: actions.link(person, provider, proof, now=now, origin=origin), now=now, origin=origin)
    identity = actions.recognise(provider, proof, now=now, origin=origin)
    return complete_sign_in(request, identity.person, assurance=actions.level_of(provider, proof.acr))


def _same_person(request: HttpRequest, flow: Flow) -> User:
    if not request.user.is_authenticated or str(request.user.pk) != flow.person_id:
        raise Refused("U bent intussen uitgelogd. Log eerst weer in en probeer het opnieuw.", status=403)
    return _person(request)


# --- the own account -------------------------------------------------------------------------------


@signed_in
@require_safe
def identities(request: HttpRequest) -> HttpResponse:
    """Through which organisations I sign in."""
    mine = actions.identities_of(_person(request))
    linked = {row.provider_id for row in mine}
    others = [row for row in actions.active_providers() if row.pk not in linked]
    return own_page(request, "accounts/providers/identities.html", {"mine": mine, "others": others})


@signed_in_as(two_factors=False)  # it may be the second step that is missing
@require_safe
def prove_through_organisation(request: HttpRequest) -> HttpResponse:
    """Show once more who I am, at the organisation through which I signed in last."""
    found = actions.provider_to_prove_at(_person(request))
    if found is None:
        return _problem(request, "U heeft geen organisatie waarmee u inlogt. Gebruik uw wachtwoord of uw tweede stap.", 404)
    return _leave(request, found, Purpose.PROVE, _next(request))


@signed_in_as(fresh=5)
@require_http_methods(["GET", "HEAD", "POST"])
def link_identity(request: HttpRequest, provider: str) -> HttpResponse:
    """Ask once more; then a page with the link to the provider."""
    found = actions.provider_of(provider)
    where = ""
    if request.method == "POST":
        try:
            where = oidc_flow.begin(request, found, Purpose.LINK, now=timezone.now())
        except oidc.Fault as fault:
            return _not_believed(request, found, fault)
    return own_page(request, "accounts/providers/link.html", {"provider": found.name, "where": where})


@signed_in_as(fresh=5)
@require_http_methods(["GET", "HEAD", "POST"])
def unlink_identity(request: HttpRequest, identity: uuid.UUID) -> HttpResponse:
    """Ask once more, and unlink."""
    found = actions.identity_of(_person(request), identity)
    if request.method == "POST":
        name = actions.unlink(_person(request), identity, now=timezone.now(), origin=origin_of(request))
        messages.success(request, f"U logt niet meer in via {name}.")
        return redirect("identities")
    actions.refuse_to_unlink(found)
    return own_page(request, "accounts/providers/unlink.html", {"provider": found.provider.name})


# --- together --------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> User:
    """Who is signed in; the gate let nobody else through."""
    assert isinstance(request.user, User)
    return request.user


def _leave(request: HttpRequest, provider: IdentityProvider, purpose: Purpose, onwards: str) -> HttpResponse:
    try:
        return HttpResponseRedirect(oidc_flow.begin(request, provider, purpose, now=timezone.now(), next=onwards))
    except oidc.Fault as fault:
        return _not_believed(request, provider, fault)


def _not_believed(request: HttpRequest, provider: IdentityProvider, fault: oidc.Fault) -> HttpResponse:
    log.warning("signing in through provider %s failed: %s", provider.pk, fault.code.value)
    person = request.user if request.user.is_authenticated else None
    actions.note_failure(provider, fault.code.value, origin=origin_of(request), person=person)
    status, sentence = SENTENCES.get(fault.code, (400, NOT_BELIEVED))
    return _problem(request, sentence.format(name=provider.name), status)


def _problem(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A page that says what to do. Somebody who is signed in stays so."""
    is_in = request.user.is_authenticated
    values = {"sentence": sentence, "is_signed_in": is_in, "back_url": reverse("identities" if is_in else "sign_in")}
    return own_page(request, "accounts/providers/problem.html", values, status=status)


def _next(request: HttpRequest) -> str:
    """Where somebody was going: a page of ours, or nothing."""
    found = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(found, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return found if found.startswith("/") and ours else ""


def _query(onwards: str) -> str:
    return f"?{urlencode({'next': onwards})}" if onwards else ""
