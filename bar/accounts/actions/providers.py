"""Signing in through an organisation: whom an account there belongs to, linking and unlinking it, and adding a provider.

An account is known by issuer and subject, to the letter. Never by an e-mail address: who has one at a provider is not who has it here.
"""

import datetime
import uuid

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify

from bar.accounts.factors import has_second_step
from bar.accounts.models import Assurance, Identity, IdentityProvider, Organisation, User
from bar.accounts.oidc import Client, Proof, is_safe_address
from dossiers.errors import Refused
from dossiers.notices import Reason, tell
from dossiers.sealed import seal_text, unseal_text
from dossiers.trail import Event, Line, Origin, Outcome, append, write_now

NOT_KNOWN = "unknown_subject"  # in the trail
SOMEBODY_ELSE = "somebody_else"
NOT_IN_USE = "not_in_use"
TOO_LOW = "acr_too_low"

TAKEN = (
    "Met dit account van uw organisatie logt al iemand anders in. Log bij uw organisatie in met uw eigen account. "
    "Lukt dat niet? Vraag het de beheerder van uw organisatie."
)


class UnknownSubject(Refused):
    """An account at an organisation that nobody here has linked."""


# --- reading -----------------------------------------------------------------------------------


def active_providers() -> list[IdentityProvider]:
    """The providers that can be used now, by name."""
    return list(IdentityProvider.objects.filter(is_active=True).order_by("name", "slug"))


def providers_for(person: User) -> list[IdentityProvider]:
    """The providers of the own organisation: with those an invited person may begin."""
    rows = IdentityProvider.objects.filter(is_active=True, organisation=person.organisation_id) if person.organisation_id else []
    return sorted(rows, key=lambda row: (row.name, row.slug))


def provider_of(slug: str) -> IdentityProvider:
    """The active provider at this place in the address, or a refusal."""
    found = IdentityProvider.objects.filter(slug=slug, is_active=True).first()
    if found is None:
        raise Refused("Via deze organisatie kunt u niet (meer) inloggen. Kies een andere manier om in te loggen, of bel uw arbodienst.", status=404)
    return found


def choose_organisation_url(onwards: str = "") -> str:
    """Where somebody chooses the organisation to sign in through, and then goes on to a page of ours; "" when there is none to choose."""
    if not IdentityProvider.objects.filter(is_active=True).exists():
        return ""
    return reverse("choose_organisation") + (f"?{urlencode({'next': onwards})}" if onwards else "")


def client_of(provider: IdentityProvider) -> Client:
    """This product as the provider knows it, with its secret opened."""
    secret = unseal_text(provider.client_secret, bound_to=place_of(provider.pk)) if provider.client_secret else ""
    return Client(provider.issuer, provider.client_id, secret, provider.acr_values)


def level_of(provider: IdentityProvider, acr: str) -> Assurance:
    """What an `acr` of this provider means here; one that was not agreed on means one factor."""
    return Assurance(provider.levels.get(acr, Assurance.LOW))


def identities_of(person: User) -> list[Identity]:
    """The accounts at organisations with which this person signs in, the one used last first."""
    rows = Identity.objects.filter(person=person).select_related("provider")
    return sorted(rows, key=lambda row: row.last_used_at or row.linked_at, reverse=True)


def provider_to_prove_at(person: User) -> IdentityProvider | None:
    """Where this person can show once more who they are: the provider through which they signed in last."""
    return next((row.provider for row in identities_of(person) if row.provider.is_active), None)


def relies_on_organisation(person: User) -> bool:
    """Whether the second step of this person is the organisation's: it has vouched for two factors, and there is no second step of our own.

    Then nobody may set up a first second step with less than that, or a password alone would be a way around. A provider that was switched off
    counts no more: its people set up a second step of their own, and are mailed about it.
    """
    vouched = Identity.objects.filter(person=person, assurance__gte=Assurance.SUBSTANTIAL, provider__is_active=True)
    return not has_second_step(person) and vouched.exists()


def is_only_way_in(identity: Identity) -> bool:
    """Whether this person could not sign in any more without this account."""
    person = identity.person
    if person.has_usable_password():
        return False
    return not Identity.objects.filter(person=person, provider__is_active=True).exclude(pk=identity.pk).exists()


def refuse_to_unlink(identity: Identity) -> None:
    """Raise `Refused` when this account is the only way in, or the only second step."""
    if is_only_way_in(identity):
        raise Refused("Dit is uw enige manier om in te loggen. Stel eerst een wachtwoord in. Daarna kunt u dit ontkoppelen.", status=409)
    others = Identity.objects.filter(person=identity.person, assurance__gte=Assurance.SUBSTANTIAL).exclude(pk=identity.pk)
    if identity.assurance >= Assurance.SUBSTANTIAL and not has_second_step(identity.person) and not others.exists():
        raise Refused(
            "Uw organisatie is nu uw tweede stap bij het inloggen. Stel eerst een eigen tweede stap in. Daarna kunt u dit ontkoppelen.", status=409
        )


# --- signing in ----------------------------------------------------------------------------------


def recognise(provider: IdentityProvider, proof: Proof, *, now: datetime.datetime, origin: Origin) -> Identity:
    """The account behind a proof, with its level of today kept. Refuses, and says so in the trail, when nobody may come in with it."""
    with transaction.atomic():
        found = _identity(provider, proof)
        if found is not None and _refusal_of(found, provider, proof) is None:
            found.acr, found.assurance, found.last_used_at = proof.acr, level_of(provider, proof.acr), now
            found.save(update_fields=["acr", "assurance", "last_used_at"])
            return found
    if found is None:
        note_failure(provider, NOT_KNOWN, origin=origin)
        raise UnknownSubject("We kennen dit account nog niet.", status=403)
    code, refused = _refusal_of(found, provider, proof) or (NOT_IN_USE, _not_in_use())
    note_failure(provider, code, origin=origin, person=found.person)
    raise refused


def _identity(provider: IdentityProvider, proof: Proof) -> Identity | None:
    """By issuer and subject; the issuer of a proof is the provider's own, so a row of another provider with that issuer is not this one."""
    rows = Identity.objects.select_for_update(of=("self",)).select_related("person")
    return rows.filter(issuer=proof.issuer, subject=proof.subject, provider=provider).first()


def _refusal_of(identity: Identity, provider: IdentityProvider, proof: Proof) -> tuple[str, Refused] | None:
    if not identity.person.can_sign_in:
        return NOT_IN_USE, _not_in_use()
    if level_of(provider, proof.acr) < Assurance.SUBSTANTIAL and relies_on_organisation(identity.person):
        sentence = (
            "Uw organisatie heeft deze keer maar één ding gecontroleerd, bijvoorbeeld alleen uw wachtwoord. Dat is te weinig. "
            "Log opnieuw in en gebruik bij uw organisatie ook de tweede stap, zoals een code of een pasje."
        )
        return TOO_LOW, Refused(sentence, status=403)
    return None


def _not_in_use() -> Refused:
    return Refused(
        "Uw account is niet in gebruik. U kunt er niet mee inloggen. Bel uw arbodienst of vraag het de beheerder van uw organisatie.", status=403
    )


def prove_again(person: User, provider: IdentityProvider, proof: Proof, *, at_least: Assurance, now: datetime.datetime, origin: Origin) -> Assurance:
    """Somebody who is signed in shows it once more, at least as surely as before; how sure that is."""
    identity = recognise(provider, proof, now=now, origin=origin)
    if identity.person_id != person.pk:
        note_failure(provider, SOMEBODY_ELSE, origin=origin, person=person)
        raise Refused("U bent bij uw organisatie ingelogd met het account van iemand anders. Kies daar uw eigen account.", status=403)
    level = level_of(provider, proof.acr)
    if level < at_least:
        note_failure(provider, TOO_LOW, origin=origin, person=person)
        raise Refused("Uw organisatie heeft de tweede stap deze keer niet gecontroleerd. Gebruik uw eigen tweede stap.", status=403)
    write_now(Line(Event.PROVE_AGAIN, actor_id=person.pk, object_type="identity", object_id=str(identity.pk), subject_id=person.pk, origin=origin))
    return level


def note_failure(provider: IdentityProvider, code: str, *, origin: Origin, person: User | None = None) -> None:
    """A sign-in through an organisation that was refused, in the trail: which provider and which rule, nothing of the answer."""
    write_now(
        Line(
            Event.SIGN_IN_FAILED,
            outcome=Outcome.REFUSED,
            checks="FFFF",
            actor_id=person.pk if person else None,
            object_type="provider",
            object_id=str(provider.pk),
            sentence=code,
            origin=origin,
        )
    )


# --- linking -------------------------------------------------------------------------------------


def link(person: User, provider: IdentityProvider, proof: Proof, *, now: datetime.datetime, origin: Origin) -> Identity:
    """From now on this person signs in with this account. Refused when it belongs to somebody else. Must run inside a transaction."""
    known = Identity.objects.select_for_update().filter(issuer=proof.issuer, subject=proof.subject).first()
    if known is not None and (known.person_id != person.pk or known.provider_id != provider.pk):
        raise Refused(TAKEN, status=409)
    level = level_of(provider, proof.acr)
    if known is None:
        try:
            with transaction.atomic():
                known = Identity.objects.create(
                    person=person,
                    provider=provider,
                    issuer=proof.issuer,
                    subject=proof.subject,
                    acr=proof.acr,
                    assurance=level,
                    linked_at=now,
                    last_used_at=now,
                )
        except IntegrityError as race:
            raise Refused(TAKEN, status=409) from race
    append(_line(Event.LINK_IDENTITY, person, known, origin))
    return known


def link_own(person: User, provider: IdentityProvider, proof: Proof, *, now: datetime.datetime, origin: Origin) -> Identity:
    """Somebody who is signed in links an account, and is told so by mail."""
    try:
        with transaction.atomic():
            identity = link(person, provider, proof, now=now, origin=origin)
            tell(person, Reason.FACTOR_CHANGED, now=now, object_id=identity.pk, account=True)
    except Refused:
        note_failure(provider, SOMEBODY_ELSE, origin=origin, person=person)
        raise
    return identity


def identity_of(person: User, identity_id: uuid.UUID) -> Identity:
    """One of the own accounts, or a refusal that says nothing about those of others."""
    found = Identity.objects.filter(person=person, pk=identity_id).select_related("provider", "person").first()
    if found is None:
        raise Refused("Deze koppeling is er niet (meer).", status=404)
    return found


def unlink(person: User, identity_id: uuid.UUID, *, now: datetime.datetime, origin: Origin) -> str:
    """Do not sign in with this account any more; the name of its provider. Refused for the only way in."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)  # two windows could take away two ways at once
        identity = identity_of(person, identity_id)
        refuse_to_unlink(identity)
        append(_line(Event.LINK_IDENTITY, person, identity, origin, sentence="unlinked"))
        identity.delete()
        tell(person, Reason.FACTOR_CHANGED, now=now, object_id=identity_id, account=True)
    return identity.provider.name


def _line(event: Event, person: User, identity: Identity, origin: Origin, *, sentence: str = "") -> Line:
    return Line(
        event,
        actor_id=person.pk,
        object_type="identity",
        object_id=str(identity.pk),
        subject_id=person.pk,
        sentence=sentence,
        origin=origin,
    )


# --- providers -------------------------------------------------------------------------------------


def add_provider(
    organisation: Organisation,
    *,
    name: str,
    issuer: str,
    client_id: str,
    client_secret: str,
    levels: dict[str, Assurance],
    acr_values: str = "",
    slug: str = "",
    now: datetime.datetime,
) -> IdentityProvider:
    """Let people of an organisation sign in through its provider. By command only: who can choose an issuer can say who somebody is."""
    place = slug or slugify(name)[:40]
    if not is_safe_address(issuer) or "?" in issuer:
        raise Refused("De issuer moet een https-adres zijn, zonder ? of #, precies zoals de provider het zelf schrijft.")
    if not place or IdentityProvider.objects.filter(slug=place).exists():
        raise Refused("Er is al een provider met deze naam in het adres. Kies een andere met --slug.")
    if IdentityProvider.objects.filter(issuer=issuer, client_id=client_id).exists():
        raise Refused("Deze provider is er al.")
    key = uuid.uuid4()
    with transaction.atomic():
        row = IdentityProvider.objects.create(
            id=key,
            organisation=organisation,
            slug=place,
            name=name,
            issuer=issuer,
            client_id=client_id,
            client_secret=seal_text(client_secret, bound_to=place_of(key)) if client_secret else "",
            levels={acr: int(level) for acr, level in levels.items()},
            acr_values=acr_values,
            made_at=now,
        )
        append(Line(Event.MANAGE_PEOPLE, object_type="provider", object_id=str(key)))
    return row


def place_of(provider_id: uuid.UUID) -> str:
    """What the secret of a provider is bound to."""
    return f"accounts_identityprovider|client_secret|{provider_id}"
