"""Every address a reader may try, generated from the URLconf, so that a new page is looked at without anybody thinking of it.

Only which pages there are for whom; how they look is for who visits.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import BrowserContext

from bar.accounts.models import Invitation
from dossiers.models import AbsenceProposal, Assessment, DocumentRequest, Dossier, Status
from dossiers.rules.letter.document import Reader
from dossiers.urls.filling import NAMES

INSIDE = "dossier/<"
# Outside a dossier: what belongs to nobody here. Whoever may come further has tests of their own.
NOBODYS = {"person": "00000000-0000-4000-8000-000000000003", "reset": "00000000-0000-4000-8000-000000000004", "token": "nergens"}
NOBODYS |= {"question": "00000000-0000-4000-8000-000000000005", "identity": "00000000-0000-4000-8000-000000000006"}
NOBODYS |= {"factor": "0", "provider": "nergens"}


@dataclass(frozen=True, slots=True)
class Address:
    """One page: a name to find it by, where it is, and, once somebody got to see it, its HTML."""

    name: str
    path: str
    html: str = field(default="", repr=False, compare=False)


def outside() -> list[Address]:
    """Every address outside a dossier, and one that does not exist."""
    return [*(_outside(name, route) for name, route in _routes() if not route.startswith(INSIDE)), Address("nowhere", "/bestaat-niet/")]


def _outside(name: str, route: str) -> Address:
    wanted = [parameter.split(":")[-1] for parameter in re.findall(r"<([^>]+)>", route)]
    return Address(name, reverse(name, kwargs={parameter: NOBODYS[parameter] for parameter in wanted}))  # a KeyError: add it on purpose


def inside(dossier: Dossier) -> list[Address]:
    """Every address of this dossier: for each version, section, reader and proposal."""
    return [address for name, route in _routes() if route.startswith(INSIDE) for address in _filled_in(dossier, name, route)]


def pages(context: BrowserContext, dossiers: Iterable[Dossier], *, is_due: Callable[[str], bool], each: bool) -> Iterator[Address]:
    """What a reader, signed in to this window, gets to see: every page that is due, and one of each kind of refusal. What only takes a POST is
    no page. Without `each`, an address that was refused once is not tried for other sections and versions."""
    known: set[str] = set()
    refused: set[str] = set()
    for one in [*outside(), *(found for dossier in dossiers for found in inside(dossier))]:
        kind = one.name.split("-")[0]
        if one.name in known or not is_due(one.name) or (kind in refused and not each):
            continue
        answer = context.request.get(one.path, max_redirects=0)
        if answer.status >= 500:
            raise AssertionError(f"{one.path} answers {answer.status}")
        if answer.status in {403, 405}:
            refused.add(kind)
        is_page = answer.headers.get("content-type", "").startswith("text/html") and not 300 <= answer.status < 400 and answer.status != 405
        name = one.name if answer.status == 200 else f"status-{answer.status}"
        if is_page and name not in known:
            known.add(name)
            yield Address(name, one.path, answer.text())


def _routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, before + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            yield str(pattern.name), before + str(pattern.pattern)


def _filled_in(dossier: Dossier, name: str, route: str) -> Iterator[Address]:
    wanted = [parameter.split(":")[-1] for parameter in re.findall(r"<([^>]+)>", route)]
    versions = Assessment.objects.filter(dossier=dossier).order_by("number")
    for version in versions if {"version", "object"} & set(wanted) else [None]:
        values = _values(dossier, version)
        for chosen in product(*(values[parameter] for parameter in wanted)):  # a parameter nobody knows is a KeyError: add it on purpose
            state = [] if version is None else [version.status]
            words = [word for parameter, word in zip(wanted, chosen, strict=True) if parameter in {"section", "reader"}]
            yield Address("-".join([name, *state, *words]), reverse(name, kwargs=dict(zip(wanted, chosen, strict=True))))


def _values(dossier: Dossier, version: Assessment | None) -> Mapping[str, list[str]]:
    is_draft = version is not None and version.status == Status.DRAFT
    return {
        "number": [dossier.number],
        "version": [str(version.number)] if version else [],
        "section": list(NAMES) if is_draft else ["areas"],
        "reader": [reader.value for reader in Reader],
        "invitation": [str(row.pk) for row in Invitation.objects.filter(person__seats__dossier=dossier)],
        "reset": [],  # only takes a POST
        "seat": [str(pk) for pk in dossier.seats.filter(ended_at__isnull=True).values_list("pk", flat=True)],
        "share": [str(pk) for pk in dossier.shares.order_by("made_at").values_list("pk", flat=True)],
        "thread": [str(row.number) for row in dossier.threads.order_by("number")],
        "report": sorted({str(one) for rows in (dossier.labour_reports, dossier.insurance_reports) for one in rows.values_list("number", flat=True)}),
        "remark": [],  # only takes a POST
        "proposal": [str(row.pk) for row in AbsenceProposal.objects.filter(dossier=dossier)],
        "document": ["version"] if version is not None else [],
        "object": [str(version.pk)] if version else [],
        "asked": [str(pk) for pk in DocumentRequest.objects.filter(dossier=dossier).values_list("pk", flat=True)],
        "correction": [str(row.pk) for row in version.corrections.all()] if version else [],
    }
