"""Who has a seat and why; who is in the dossier at all. Values come from `consent.explain`, made by the gate's own decision."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.explain import Holder, colleagues, holders, organisation_of, role_words
from consent.models import Seat
from dossiers.door import DossierRequest, Ground, Opened, Touch, door, read
from dossiers.pages import dossier_page
from dossiers.parts import EXPERTS, Act, Basis, Part, Role
from dossiers.rules.dutch import long_date


@dataclass(frozen=True, slots=True)
class Bundle:
    """Parts that are open for the same reason and the same time."""

    why: str
    reads: list[str]
    writes: list[str]


@dataclass(frozen=True, slots=True)
class SeatCard:
    """One person with a seat, what is open, and why."""

    name: str
    role: str
    organisation: str
    since_text: str
    is_self: bool
    bundles: list[Bundle]
    also: list[str]


@door(needs=read(Part.SHARING), may_show={Part.PROCESS})
@require_safe
def who_takes_part(request: DossierRequest, number: str) -> HttpResponse:
    """Everyone with a seat, which parts each can read and write, by rule or by consent, since when and until when."""
    opened = request.opened
    present = holders(opened.dossier, opened.today)
    return dossier_page(
        request,
        "seats/seats.html",
        {
            "cards": [_card(holder, opened) for holder in present],
            "former": _former(opened, {holder.seat.pk for holder in present}),
            "is_employee": opened.role is Role.EMPLOYEE,
            "trail_url": reverse("trail", args=[number]) if opened.may(Part.TRAIL) else "",
        },
        current="seats",
    )


@door(needs=read(Part.PROCESS))
@require_safe
def people(request: DossierRequest, number: str) -> HttpResponse:
    """The people in this dossier, as this reader may know of them."""
    return dossier_page(request, "seats/people.html", {"colleagues": colleagues(request.opened)}, current="people")


def _card(holder: Holder, opened: Opened) -> SeatCard:
    seat = holder.seat
    organisation = organisation_of(seat)
    return SeatCard(
        name=seat.name,
        role=role_words(seat),
        organisation=organisation.name if organisation else "",
        since_text=_period(seat.start, seat.until),
        is_self=seat.person.pk == opened.person.pk,
        bundles=_bundles(holder, opened),
        also=[act.label for part, act in holder.open if act not in (Act.READ, Act.WRITE)],
    )


def _bundles(holder: Holder, opened: Opened) -> list[Bundle]:
    """By reason: the parts to read, and those to write as well, in the reader's words, each word once."""
    plain = opened.role is Role.EMPLOYEE
    by_ground: dict[Ground, dict[Act, list[str]]] = {}
    for part in Part:
        for act in (Act.READ, Act.WRITE):
            ground = holder.open.get(Touch(part, act))
            if ground is not None:
                by_ground.setdefault(ground, {}).setdefault(act, []).append(part.plain if plain else part.label)
    is_self = holder.seat.person.pk == opened.person.pk
    return [
        Bundle(
            why=_why(ground, holder.role, is_self=is_self, to_employee=plain),
            reads=list(dict.fromkeys(acts.get(Act.READ, []))),
            writes=list(dict.fromkeys(acts.get(Act.WRITE, []))),
        )
        for ground, acts in by_ground.items()
    ]


def _why(ground: Ground, role: Role, *, is_self: bool, to_employee: bool) -> str:
    since = long_date(ground.since)
    match ground.basis:
        case Basis.DUTY if is_self and to_employee:
            return "Dit is uw eigen dossier."
        case Basis.DUTY:
            return f"Dit hoort bij de taak van {_the(role)}. Daar is geen toestemming voor nodig."
        case Basis.CONSENT:
            whose = "U zei ja." if to_employee else "De werknemer zei ja."
            until = f" tot en met {long_date(ground.until)}" if ground.until else ""
            return f"{whose} Dit staat open vanaf {since}{until}."
        case Basis.SHARED:
            return f"{'U deelt' if to_employee else 'De werknemer deelt'} dit zelf, sinds {since}."


def _the(role: Role) -> str:
    return f"de {role.label}"


def _period(start: dt.date, until: dt.date | None) -> str:
    words = f"sinds {long_date(start)}"
    return f"{words}, tot en met {long_date(until)}" if until else words


def _former(opened: Opened, present: set[uuid.UUID]) -> list[tuple[str, str]]:
    """Who had a seat before; an expert only when the dossier was ever open to that person."""
    rows = Seat.objects.filter(dossier=opened.dossier, start__lte=opened.today).exclude(pk__in=present).select_related("person")
    return [
        (row.name, f"{role_words(row)}, {_period(row.start, row.until if row.ended_at is None else row.ended_at.date())}")
        for row in rows.order_by("name", "start")
        if Role(row.role) not in EXPERTS or row.ended_at is None or row.ended_at.date() >= row.start
    ]
