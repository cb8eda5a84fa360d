"""Whom one may ask, and whether the other side of a question can read it today: the gate's own decision about somebody else.

In a writing opening the other side's share is locked as well, so that no key is turned while a post is written. Nothing is decided here that
`access.decide` does not decide.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection

from consent.access import decide, facts_today
from consent.facts import Facts, Why, plain_shared_parts, seats, shared_parts
from consent.models import Seat, SeatKind, Share
from dossiers.door import Opened, Touch, read, write
from dossiers.models import Dossier, Thread
from dossiers.partners import Partner
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.taken_over import expert_role

# What the physician is told about the keys of somebody else: which one is missing, and who can turn it.
_SENTENCES: Mapping[Why, str] = {
    Why.NEVER: "Het onderdeel {part} is nooit open voor deze persoon. Ook met toestemming kan dit niet.",
    Why.SEAT_NOT_YET: "De plaats van {name} in dit dossier is nog niet begonnen.",
    Why.SEAT_OVER: "De plaats van {name} in dit dossier is afgelopen. U kunt opnieuw delen.",
    Why.CLOSED: "Dit dossier is gesloten. Er kan niets meer worden gevraagd.",
    Why.NOT_SHARED: "U heeft {part} niet met {name} gedeeld. U kunt dat doen bij ‘Delen’. Daarna zegt de werknemer ja of nee.",
    Why.ASKED: "De werknemer heeft nog niet geantwoord of {part} open mag voor {name}. Alleen de werknemer kan ja zeggen.",
    Why.REFUSED: "De werknemer wil {part} niet openen voor {name}. Alleen de werknemer kan dat veranderen.",
    Why.WITHDRAWN: "De werknemer heeft de toestemming voor {part} en {name} ingetrokken. Alleen de werknemer kan dat veranderen.",
    Why.STOPPED: "Het delen van {part} met {name} is gestopt. U kunt opnieuw delen.",
    Why.EXPIRED: "De tijd waarin {part} open was voor {name} is voorbij. U kunt opnieuw delen.",
    Why.NOT_YET: "De tijd waarin {part} open is voor {name} is nog niet begonnen. Kijk bij ‘Delen’ naar de eerste dag.",
}
_GONE = "{name} kan niet meer inloggen. Vraag het iemand anders."
NO_PHYSICIAN = "Er is nu geen bedrijfsarts die kan antwoorden. Bel de arbodienst."


def partners(opened: Opened, part: Part) -> list[Partner]:
    """Everybody this reader may know of to ask about a part, those who cannot answer now with the reason."""
    if opened.role is Role.PHYSICIAN:
        return [_expert(opened, person, role, name, part) for person, role, name in _shared_with(opened)]
    return [physician_of(opened)] if opened.role in EXPERTS else []


def partner_in(opened: Opened, thread: Thread) -> Partner | None:
    """The other side of a question, as it stands today; None for who only reads."""
    if opened.role in EXPERTS:
        return physician_of(opened)
    if opened.role is not Role.PHYSICIAN:
        return None
    role = expert_role(thread)
    person = thread.asker if thread.asker_role == role else thread.addressee
    if opened.writing:
        _lock(opened.dossier, person)
    name = Seat.objects.filter(dossier=opened.dossier, person=person).order_by("-start").values_list("name", flat=True).first()
    return _expert(opened, person, role, name or person.name, Part(thread.part))


def locked_partner(opened: Opened, person_id: str, part: Part) -> Partner | None:
    """One of `partners`, decided again after locking that person's share."""
    chosen = next((one for one in partners(opened, part) if str(one.person.pk) == person_id), None)
    if chosen is None or chosen.role is Role.PHYSICIAN:
        return chosen
    _lock(opened.dossier, chosen.person)
    return _expert(opened, chosen.person, chosen.role, chosen.name, part)


def physician_of(opened: Opened) -> Partner:
    """Whoever is physician here today: who covers, else who is responsible."""
    today = opened.today
    rows = Seat.objects.filter(dossier=opened.dossier, role=Role.PHYSICIAN, ended_at__isnull=True, start__lte=today).select_related("person")
    running = [row for row in rows if (row.until is None or row.until >= today) and row.person.is_active]
    found = next((row for row in running if row.kind == SeatKind.COVER), None) or next(iter(running), None)
    if found is None:
        return Partner(opened.dossier.physician, Role.PHYSICIAN, opened.dossier.physician.name, NO_PHYSICIAN)
    return Partner(found.person, Role.PHYSICIAN, found.name)


def missing_key(dossier: Dossier, person: Any, role: Role, part: Part, today: dt.date) -> tuple[Why, Touch] | None:
    """Of what an expert needs for a question, the first thing that the gate would not open, and why; None when nothing is missing."""
    facts = _facts(dossier, person, role, today)
    verdicts = ((decide(facts, touch, today=today).why, touch) for touch in _needed(part))
    found = next(((why, touch) for why, touch in verdicts if why is not Why.OPEN), None)
    if found is None and not seats(person, today).filter(dossier=dossier, role=role, start__lte=today).exists():
        return Why.SEAT_OVER, read(Part.PROCESS)
    return found


def _needed(part: Part) -> tuple[Touch, ...]:
    return (read(Part.PROCESS), read(Part.CONSULTATION), write(Part.CONSULTATION), read(part))


def _expert(opened: Opened, person: Any, role: Role, name: str, part: Part) -> Partner:
    if not person.is_active:
        return Partner(person, role, name, _GONE.format(name=name))
    missing = missing_key(opened.dossier, person, role, part, opened.today)
    return Partner(person, role, name, _sentence(*missing, name) if missing else "")


def _sentence(why: Why, touch: Touch, name: str) -> str:
    what = f"schrijven in ‘{touch.part.label}’" if touch.act is Act.WRITE else f"‘{touch.part.label}’"
    return _SENTENCES[why].format(part=what, name=name)


def _facts(dossier: Dossier, person: Any, role: Role, today: dt.date) -> Facts:
    """The facts of a seat, or, before a first yes, of a share alone."""
    seat = seats(person, today).filter(dossier=dossier, role=role).first()
    if seat is not None:
        return facts_today(seat)
    rows = shared_parts(dossier_id=dossier.pk, share__person=person, share__role=role).select_related("share")
    return Facts(role=role, seat_start=today, seat_until=None, closed=dossier.closed_on is not None, shared=plain_shared_parts(rows, dossier))


def _shared_with(opened: Opened) -> list[tuple[Any, Role, str]]:
    """Everybody the dossier was ever shared with, as in the newest share, by role; after a change of arbodienst only what this physician may know."""
    rows = Share.objects.filter(dossier=opened.dossier).select_related("person").order_by("made_at")
    if opened.sees_from is not None:
        rows = rows.filter(made_at__gte=opened.sees_from)
    newest = {row.person_id: (row.person, Role(row.role), row.name) for row in rows}
    order = list(Role)
    return sorted(newest.values(), key=lambda one: (order.index(one[1]), one[2]))


def _lock(dossier: Dossier, person: Any) -> None:
    """The lock of a dependent write, on the other side's shares: after the own seat, before the question itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM consent_share WHERE dossier_id = %s AND person_id = %s FOR SHARE", [dossier.pk, person.pk])
