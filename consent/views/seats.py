"""Who has a seat and why; who is in the dossier at all. Values come from `consent.explain`, made by the gate's own decision.

What can be arranged from here has its own doors: `delegates.py`, `hand_over.py`, `contacts.py`.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from consent.actions.contacts import requests_of
from consent.actions.hand_over import answer_state, crossing, open_question
from consent.explain import Holder, colleagues, holders, organisation_of, role_words
from consent.models import AnswerState, Seat, SeatKind
from dossiers.door import DossierRequest, Ground, Opened, Touch, door, read
from dossiers.models.contact import ContactRequestState
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, EXPERTS, Act, Basis, Part, Role
from dossiers.people import delegate_sentence
from dossiers.rules.dutch import long_date


@dataclass(frozen=True, slots=True)
class Bundle:
    """Parts that are open for the same reason and the same time."""

    why: str
    reads: list[str]
    writes: list[str]


@dataclass(frozen=True, slots=True)
class SeatCard:
    """One person with a seat, what is open, and why. `end_url`: where the reader can end it, with the words of that link."""

    name: str
    role: str
    organisation: str
    since_text: str
    is_self: bool
    bundles: list[Bundle]
    also: list[str]
    person_id: uuid.UUID
    note: str = ""
    end_url: str = ""
    end_text: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Something to arrange from here."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for another contact, as its reader sees it."""

    title: str
    text: str
    state_kind: str
    state_text: str
    reason: str
    url: str


@door(needs=read(Part.SHARING), may_show={Part.PROCESS, Part.REQUESTS})
@require_safe
def who_takes_part(request: DossierRequest, number: str) -> HttpResponse:
    """Everyone with a seat, which parts each can read and write, by rule or by consent, since when and until when."""
    opened = request.opened
    present = holders(opened.dossier, opened.today)
    return dossier_page(
        request,
        "seats/seats.html",
        {
            "cards": _cards(present, opened),
            "coming": _coming(opened),
            "former": _former(opened, {holder.seat.pk for holder in present}),
            "arrangements": list(_arrangements(opened)),
            "asked": _asked(opened),
            "question": _question(opened),
            "older": _older(opened),
            "is_employee": opened.role is Role.EMPLOYEE,
            "trail_url": reverse("trail", args=[number]) if opened.may(Part.TRAIL) else "",
        },
        current="seats",
    )


@door(needs=read(Part.PROCESS))
@require_safe
def people(request: DossierRequest, number: str) -> HttpResponse:
    """The people in this dossier, as this reader may know of them."""
    opened = request.opened
    may_change = opened.role is Role.EMPLOYER and opened.may(Part.PROCESS, Act.WRITE)
    values = {"colleagues": colleagues(opened), "contacts_url": reverse("contacts", args=[number]) if may_change else ""}
    return dossier_page(request, "seats/people.html", values, current="people")


# --- one card per person -------------------------------------------------------------------------


def _cards(present: list[Holder], opened: Opened) -> list[SeatCard]:
    cover = next((holder for holder in present if holder.seat.kind == SeatKind.COVER), None)
    contacts = sum(holder.role is Role.EMPLOYER for holder in present)
    return [_card(holder, opened, cover, may_end_contact=contacts > 1) for holder in present]


def _card(holder: Holder, opened: Opened, cover: Holder | None, *, may_end_contact: bool) -> SeatCard:
    seat = holder.seat
    organisation = organisation_of(seat)
    end_url, end_text = _end_link(seat, opened, may_end_contact=may_end_contact)
    return SeatCard(
        name=seat.name,
        role=role_words(seat),
        organisation=organisation.name if organisation else "",
        since_text=_period(seat.start, seat.until),
        is_self=seat.person.pk == opened.person.pk,
        bundles=_bundles(holder, opened),
        also=[act.label for part, act in holder.open if act not in (Act.READ, Act.WRITE)],
        person_id=seat.person_id,
        note=_note(holder, opened, cover),
        end_url=end_url,
        end_text=end_text,
    )


def _note(holder: Holder, opened: Opened, cover: Holder | None) -> str:
    """What must be said of this person in a sentence."""
    seat = holder.seat
    if holder.role is Role.DELEGATE:
        return delegate_sentence(seat.name) if opened.role is Role.EMPLOYEE else f"{seat.name} werkt namens de bedrijfsarts."
    if holder.role is not Role.PHYSICIAN or cover is None or cover.seat.until is None:
        return ""
    until = long_date(cover.seat.until)
    if seat.kind == SeatKind.COVER:
        return f"{seat.name} neemt waar tot en met {until}."
    return f"{cover.seat.name} neemt waar tot en met {until}. Tot dan leest {seat.name} en schrijft niet."


def _end_link(seat: Seat, opened: Opened, *, may_end_contact: bool) -> tuple[str, str]:
    address = [opened.dossier.number, seat.pk]
    if seat.role == Role.DELEGATE and opened.may(Part.PROCESS, Act.APPOINT):
        return reverse("end_delegate", args=address), "Laten stoppen"
    if seat.kind == SeatKind.COVER and opened.may(Part.PROCESS, Act.COVER):
        return reverse("end_cover", args=address), "Waarneming beëindigen"
    if seat.role == Role.EMPLOYER and may_end_contact and opened.role in AUTHORS and opened.may(Part.PROCESS, Act.WRITE):
        return reverse("end_contact", args=address), "Laten stoppen"
    return "", ""


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


# --- later and before ------------------------------------------------------------------------------


def _coming(opened: Opened) -> list[SeatCard]:
    """Covers that have not begun: who, and from when until when."""
    rows = Seat.objects.filter(dossier=opened.dossier, kind=SeatKind.COVER, ended_at__isnull=True, start__gt=opened.today, person__is_active=True)
    cards = []
    for row in rows.select_related("person__organisation", "dossier").order_by("start"):
        end_url, end_text = _end_link(row, opened, may_end_contact=False)
        assert row.until is not None
        period = f"van {long_date(row.start)} tot en met {long_date(row.until)}"
        organisation = organisation_of(row)
        where = organisation.name if organisation else ""
        cards.append(SeatCard(row.name, role_words(row), where, period, False, [], [], row.person_id, end_url=end_url, end_text=end_text))
    return cards


def _former(opened: Opened, present: set[uuid.UUID]) -> list[tuple[str, str]]:
    """Who had a seat before; an expert only when the dossier was ever open to that person."""
    rows = Seat.objects.filter(dossier=opened.dossier, start__lte=opened.today).exclude(pk__in=present).select_related("person")
    return [
        (row.name, f"{role_words(row)}, {_period(row.start, _last_day(row))}")
        for row in rows.order_by("name", "start")
        if Role(row.role) not in EXPERTS or row.ended_at is None or timezone.localdate(row.ended_at) >= row.start
    ]


def _last_day(row: Seat) -> dt.date | None:
    ended = timezone.localdate(row.ended_at) if row.ended_at else None
    return min(day for day in (ended, row.until) if day) if ended or row.until else None


# --- what can be arranged, what is asked -----------------------------------------------------------


def _arrangements(opened: Opened) -> list[Arrangement]:
    """What this reader can arrange about people, in the order in which it is needed."""
    doors = (
        (opened.may(Part.PROCESS, Act.APPOINT), "Taakgedelegeerde aanwijzen", "appoint_delegate"),
        (opened.may(Part.PROCESS, Act.COVER), "Waarneming regelen", "start_cover"),
        (opened.may(Part.PROCESS, Act.HAND_OVER), "Overdragen aan een collega", "hand_over"),
        (opened.may(Part.PROCESS, Act.HAND_OVER), "Overdragen aan een andere arbodienst", "hand_over_elsewhere"),
        (opened.role in AUTHORS and opened.may(Part.PROCESS, Act.WRITE), "Contactpersonen van de werkgever", "contacts"),
        (opened.role in AUTHORS and opened.may(Part.PROCESS, Act.WRITE), "Uitnodigingen bekijken", "invitations"),
        (opened.role is Role.EMPLOYEE and opened.may(Part.REQUESTS, Act.WRITE), "Om een andere contactpersoon vragen", "ask_contact"),
    )
    return [Arrangement(text, reverse(name, args=[opened.dossier.number])) for is_open, text, name in doors if is_open]


def _asked(opened: Opened) -> Asked | None:
    """The newest request for another contact."""
    if not opened.may(Part.REQUESTS):
        return None
    row = requests_of(opened).first()
    if row is None or (opened.role in AUTHORS and row.state != ContactRequestState.OPEN):
        return None
    kinds = {ContactRequestState.OPEN: "attention", ContactRequestState.DONE: "done", ContactRequestState.DECLINED: "plain"}
    name = opened.dossier.seats.filter(person_id=row.person_id, role=Role.EMPLOYER).values_list("name", flat=True).first() or row.person.name
    state = ContactRequestState(row.state)
    may_answer = opened.role is Role.PHYSICIAN and opened.may(Part.REQUESTS, Act.WRITE)
    return Asked(
        title=f"U vroeg om een ander dan {name}" if opened.role is Role.EMPLOYEE else f"De werknemer vraagt om een ander dan {name}",
        text=row.text,
        state_kind=kinds[state],
        state_text=state.label,
        reason=row.reason,
        url=reverse("answer_contact", args=[opened.dossier.number]) if may_answer else "",
    )


def _question(opened: Opened) -> dict[str, Any] | None:
    """What was asked of another arbodienst and is not answered, for employee and the physician's side."""
    row = open_question(opened.dossier, opened.now)
    if row is None:
        return None
    may_withdraw = opened.may(Part.PROCESS, Act.HAND_OVER)
    return {
        "name": row.name,
        "organisation": row.organisation_name,
        "since": long_date(timezone.localdate(row.made_at)),
        "until": long_date(row.open_until),
        "withdraw_url": reverse("withdraw_elsewhere", args=[opened.dossier.number]) if may_withdraw else "",
    }


def _older(opened: Opened) -> dict[str, Any] | None:
    """After a change of arbodienst: what the employee answered about what is older. For the employee only; it is nobody else's to change."""
    row = crossing(opened.dossier) if opened.role is Role.EMPLOYEE else None
    if row is None:
        return None
    state = answer_state(row)
    kinds = {AnswerState.ASKED: "attention", AnswerState.GIVEN: "done"}
    words = {
        AnswerState.ASKED: "nog geen antwoord",
        AnswerState.GIVEN: "u zei ja",
        AnswerState.REFUSED: "u zei nee",
        AnswerState.WITHDRAWN: "ingetrokken",
    }
    return {
        "name": row.to_person.name,
        "organisation": row.to_organisation.name,
        "state_kind": kinds.get(state, "plain"),
        "state_text": words[state],
        "url": reverse("older_pieces", args=[opened.dossier.number]),
    }
