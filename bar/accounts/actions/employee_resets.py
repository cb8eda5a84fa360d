"""Helping an employee who lost the second step or the address: asked by a physician or delegate of the dossier, confirmed by the employee's
own mail or by a second one of them.

Employees have no organisation, and so no administrator. Whoever works with this product elsewhere has one: nobody takes over a colleague's
account through a dossier. The lines stand in the trail of the dossier, where the employee reads them.
"""

import uuid
from typing import Any

from bar.accounts.actions import resets
from bar.accounts.models import Reset, ResetKind, User
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.parts import AUTHORS, Act, Part
from dossiers.trail import Event, action

NOT_HERE = (
    "Voor deze persoon kan dit hier niet. Laat de werknemer op de inlogpagina kijken bij ‘Lukt het niet?’, "
    "of de beheerder van de eigen organisatie vragen."
)


@action(Part.PROCESS, Act.WRITE)
def ask_for_employee(opened: Opened, *, kind: ResetKind, new_email: str) -> Reset:
    """Ask, for the employee of this dossier."""
    person = _employee(opened)
    row = resets.ask_for_another(person, kind, new_email, by=opened.person, now=opened.now, origin=None)
    opened.trail.note(Event.ASK_RESET, Part.PROCESS, object_type="reset", object_id=row.pk)
    return row


@action(Part.PROCESS, Act.WRITE)
def confirm_for_employee(opened: Opened, *, reset_pk: uuid.UUID) -> None:
    """The second voice: another physician or delegate of this dossier."""
    row = _of_colleague(opened, reset_pk)
    resets.confirm_for_another(row, by=opened.person, now=opened.now, origin=None)
    opened.trail.note(Event.CONFIRM_RESET, Part.PROCESS, object_type="reset", object_id=row.pk)


@action(Part.PROCESS, Act.WRITE)
def cancel_for_employee(opened: Opened, *, reset_pk: uuid.UUID) -> None:
    """Stop what one of the professionals of this dossier asked."""
    row = _of_colleague(opened, reset_pk)
    resets.cancel_for_another(row, by=opened.person, now=opened.now, origin=None)
    opened.trail.note(Event.CANCEL_RESET, Part.PROCESS, object_type="reset", object_id=row.pk)


def resets_of(opened: Opened) -> list[resets.Waiting]:
    """What runs for the employee, as far as it was asked in this dossier."""
    must_help(opened)
    authors = _authors(opened)
    return [one for one in resets.waiting_for(opened.person, opened.dossier.employee, now=opened.now) if one.row.asked_by_id in authors]


def must_help(opened: Opened) -> None:
    """Refuse whoever is no physician or delegate here, and an employee who cannot be helped here."""
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde helpt de werknemer bij inloggen.", status=403)
    employee = opened.dossier.employee
    if not employee.can_sign_in:
        raise Refused("De werknemer heeft geen account dat in gebruik is. Geef de werknemer eerst een account.", status=409)
    if employee.organisation_id is not None or employee.profession or employee.is_superuser:
        raise Refused(NOT_HERE, status=409)


def _employee(opened: Opened) -> User:
    person = resets.locked_person(opened.dossier.employee_id)
    opened.dossier.employee = person
    must_help(opened)
    return person


def _of_colleague(opened: Opened, reset_pk: uuid.UUID) -> Reset:
    row = resets.locked_of(_employee(opened), reset_pk, opened.now)
    if row.asked_by_id not in _authors(opened):
        raise Refused(resets.GONE, status=404)
    return row


def _authors(opened: Opened) -> set[Any]:
    """Who has a physician's or delegate's seat in this dossier today."""
    rows = opened.dossier.seats.filter(role__in=list(AUTHORS), ended_at__isnull=True, start__lte=opened.today)
    return {row.person_id for row in rows if row.until is None or row.until >= opened.today}
