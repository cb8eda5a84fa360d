"""Rotating the key ring: the secrets that belong to no dossier, sealed anew. Second steps (codes of an app, codes on paper) and providers.

Each in its own short transaction with the row locked: a code that is used at the same moment stays used. No secret leaves this module.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from bar.accounts.actions.providers import place_of
from bar.accounts.mfa_adapter import PLACE
from bar.accounts.models import IdentityProvider
from dossiers.broken import by_system, note_broken
from dossiers.sealed import SealBroken, is_newest, resealed_text
from dossiers.trail import COMMAND

SEALED = ("secret", "seed")  # what the library seals in the data of a second step; a passkey has no secret on our side


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets were sealed anew, and how many did not open."""

    done: int = 0
    broken: int = 0


def secrets_in_use() -> Counter[str]:
    """How many secrets hang on each key of the ring, by its id."""
    steps = [value for data in Authenticator.objects.values_list("data", flat=True) for value in sealed_in(data)]
    providers = IdentityProvider.objects.exclude(client_secret="").values_list("client_secret", flat=True)
    return Counter(value.partition(":")[0] for value in (*steps, *providers))


def reseal_second_steps() -> Resealed:
    """Every secret of a second step, one person after another."""
    old = [row.pk for row in Authenticator.objects.iterator() if not all(is_newest(value) for value in sealed_in(row.data))]
    return _each(_reseal_step, old)


def reseal_providers() -> Resealed:
    """The secret with which each provider of OpenID Connect knows us."""
    old = [row.pk for row in IdentityProvider.objects.exclude(client_secret="") if not is_newest(row.client_secret)]
    return _each(_reseal_provider, old)


def _each(reseal: Any, keys: list[Any]) -> Resealed:
    done = broken = 0
    for pk in keys:
        try:
            with transaction.atomic():
                reseal(pk)
            done += 1
        except SealBroken as problem:
            note_broken(problem, by_system(role=COMMAND))
            broken += 1
    return Resealed(done, broken)


def _reseal_step(pk: Any) -> None:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:  # taken away meanwhile
        return
    row.data = {**row.data, **{name: resealed_text(row.data[name], bound_to=PLACE) for name in SEALED if name in row.data}}
    if "migrated_codes" in row.data:
        row.data["migrated_codes"] = [resealed_text(code, bound_to=PLACE) for code in row.data["migrated_codes"]]
    row.save(update_fields=["data"])


def _reseal_provider(pk: Any) -> None:
    row = IdentityProvider.objects.select_for_update().get(pk=pk)
    row.client_secret = resealed_text(row.client_secret, bound_to=place_of(pk))
    row.save(update_fields=["client_secret"])


def sealed_in(data: dict[str, Any]) -> Iterator[str]:
    """What is sealed, as it is sealed, in the data of a second step."""
    yield from (data[name] for name in SEALED if name in data)
    yield from data.get("migrated_codes", ())
