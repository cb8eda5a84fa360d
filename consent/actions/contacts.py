"""The contacts of the employer: one or more; one who leaves is ended, the successor reads the employer's letters.

The employee may ask for another contact; who is asked about, and why, is between employee and physician: the employer never learns of it.
Finding or making the person behind an address is done by the door that spans packages (`bar/contacts.py`).
"""

from typing import Any

from django.db import OperationalError, transaction

from consent.actions.seats import close_seat, lock_seat, seat_person
from consent.models import Seat
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.models.contact import ContactRequest, ContactRequestState
from dossiers.notices import Reason, tell, tell_seated
from dossiers.parts import AUTHORS, EXPERTS, Act, Part, Role
from dossiers.trail import Event, action

_CHANGERS = AUTHORS | {Role.EMPLOYER}
NOT_HERE = "Dit e-mailadres kan hier niet. Kies het adres van iemand die bij de werkgever werkt."


def contacts_of(opened: Opened) -> Any:
    """The contacts of the employer today."""
    rows = Seat.objects.filter(dossier=opened.dossier, role=Role.EMPLOYER, ended_at__isnull=True)
    return rows.select_related("person", "dossier").order_by("name", "pk")


@action(Part.PROCESS, Act.WRITE)
def add_contact(opened: Opened, *, person: Any, name: str, function: str) -> Seat:
    """One more contact. Letters belong to the employer: this person reads them all at once, also the older ones."""
    _must_change(opened)
    # The same answer with and without a seat here: the employer never learns of an expert.
    if person.profession in EXPERTS | AUTHORS or not person.is_active:
        raise Refused(NOT_HERE)
    seat = seat_person(opened.dossier, person, Role.EMPLOYER, name=name, start=opened.today, function=function, appointed_by=opened.person)
    tell(opened.dossier.employee, Reason.CONTACT_CHANGED, now=opened.now, dossier=opened.dossier, object_id=seat.pk)
    opened.trail.note(Event.CHANGE_CONTACT, Part.PROCESS, object_type="seat", object_id=seat.pk)
    return seat


@action(Part.PROCESS, Act.WRITE)
def end_contact(opened: Opened, *, seat: Seat) -> None:
    """A contact leaves. Never the last one: somebody of the employer must be there to read."""
    _must_change(opened)
    try:
        with transaction.atomic():  # two contacts who end each other at once: one is told to try again, nobody waits in a circle
            locked = list(contacts_of(opened).select_for_update(of=("self",), nowait=True))
    except OperationalError as busy:
        raise Refused("Iemand is hier nu aan het werk. Probeer het over een paar tellen opnieuw.", status=409) from busy
    if seat.pk not in {row.pk for row in locked}:
        raise Refused("Deze contactpersoon doet al niet meer mee. Laad de pagina opnieuw.", status=409)
    if len(locked) == 1:
        raise Refused("Dit is de laatste contactpersoon van de werkgever. Voeg eerst een ander toe.")
    seat = lock_seat(seat)
    close_seat(seat, by=opened.person, now=opened.now)
    tell(opened.dossier.employee, Reason.CONTACT_CHANGED, now=opened.now, dossier=opened.dossier, object_id=f"end:{seat.pk}")
    opened.trail.note(Event.CHANGE_CONTACT, Part.PROCESS, object_type="seat", object_id=seat.pk)


def _must_change(opened: Opened) -> None:
    if opened.role not in _CHANGERS:
        raise Refused("De contactpersonen kiest uw werkgever. Wilt u een ander? Vraag het hier aan de bedrijfsarts.", status=403)


# --- the employee asks for another contact --------------------------------------------------------------


@action(Part.REQUESTS, Act.WRITE)
def ask_contact(opened: Opened, *, seat: Seat, text: str) -> ContactRequest:
    """The employee asks for another contact. Physician and delegate read why; nobody at the employer learns that it was asked."""
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer kan dit vragen.", status=403)
    if seat.dossier_id != opened.dossier.pk or seat.role != Role.EMPLOYER or seat.ended_at is not None:
        raise Refused("Deze contactpersoon doet niet meer mee. Kies iemand uit de lijst.")
    if open_request_of(opened) is not None:
        raise Refused("U heeft dit al gevraagd. De bedrijfsarts geeft u antwoord.", status=409)
    row = ContactRequest(dossier=opened.dossier, person=seat.person, text=text, asked_at=opened.now, asked_by=opened.person)
    row.save(force_insert=True)
    tell_seated(opened.dossier, AUTHORS, Reason.CONTACT_ASKED, now=opened.now, object_id=row.pk)
    opened.trail.note(Event.ASK_CONTACT, Part.REQUESTS, object_type="contact_request", object_id=row.pk)
    return row


@action(Part.REQUESTS, Act.WRITE)
def answer_contact(opened: Opened, *, request: ContactRequest, changed: bool, reason: str) -> None:
    """The physician answers: somebody else is the contact now, or not, with the reason."""
    if opened.role is not Role.PHYSICIAN:
        raise Refused("Alleen de bedrijfsarts geeft hier antwoord op.", status=403)
    row = ContactRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state != ContactRequestState.OPEN:
        raise Refused("Hierop is al geantwoord. Laad de pagina opnieuw.", status=409)
    if changed and contacts_of(opened).filter(person_id=row.person_id).exists():
        raise Refused("Deze contactpersoon doet nog mee. Voeg een ander toe en laat deze stoppen. Geef daarna antwoord.")
    if not changed and not reason:
        raise Refused("Schrijf op waarom het niet verandert. De werknemer leest dit.")
    row.state = ContactRequestState.DONE if changed else ContactRequestState.DECLINED
    row.reason, row.answered_at, row.answered_by = reason, opened.now, opened.person
    row.save(update_fields=["state", "reason", "answered_at", "answered_by"])
    tell(opened.dossier.employee, Reason.CONTACT_CHANGED, now=opened.now, dossier=opened.dossier, object_id=row.pk)
    opened.trail.note(Event.ANSWER_CONTACT, Part.REQUESTS, object_type="contact_request", object_id=row.pk)


def open_request_of(opened: Opened) -> ContactRequest | None:
    """The question that waits for an answer, for whoever reads requests. After a change of arbodienst: only what is newer, or was agreed to."""
    found: ContactRequest | None = requests_of(opened).filter(state=ContactRequestState.OPEN).first()
    return found


def requests_of(opened: Opened) -> Any:
    """What the employee asked about contacts, newest first."""
    opened.require_read(Part.REQUESTS)
    rows = ContactRequest.objects.filter(dossier=opened.dossier).select_related("person", "answered_by").order_by("-asked_at")
    return rows if opened.sees_from is None else rows.filter(asked_at__gte=opened.sees_from)
