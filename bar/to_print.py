"""Brieven om te printen: every letter that still has to go to somebody who reads on paper, over all own dossiers.

One PDF each: a pile of letters of different people in one file is how a letter ends up in the wrong envelope.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bar.worklist import entries_of
from dossiers.door import signed_in
from dossiers.errors import Refused
from dossiers.pages import own_page
from dossiers.paper import numbers_with_address
from dossiers.parts import AUTHORS
from dossiers.rules.dutch import long_date


@dataclass(frozen=True, slots=True)
class Row:
    """One letter to print."""

    name: str
    employer: str
    day: str
    url: str
    print_url: str
    has_address: bool


@signed_in
@require_safe
def letters_to_print(request: HttpRequest) -> HttpResponse:
    """The list, the oldest letter first."""
    person = request.user
    entries = [entry for entry in entries_of(person, today=timezone.localdate()) if entry.role in AUTHORS]
    if not entries and getattr(person, "profession", "") not in AUTHORS:
        raise Refused("Deze lijst is voor de bedrijfsarts en de taakgedelegeerde. Uw brieven staan in uw dossier.", status=403)
    known = numbers_with_address(entry.number for entry in entries if entry.to_give)
    found = sorted(((one.day, entry.name, entry, one) for entry in entries for one in entry.to_give), key=lambda row: row[:2])
    rows = [
        Row(
            name=name,
            employer=entry.employer,
            day=long_date(day),
            url=f"{reverse('letter', args=[entry.number, one.version])}#op-papier",
            print_url=reverse("print_letter", args=[entry.number, one.version]),
            has_address=entry.number in known,
        )
        for day, name, entry, one in found
    ]
    return own_page(request, "pages/letters_to_print.html", {"rows": rows}, current="home")
