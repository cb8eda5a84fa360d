"""Opening a dossier: people, dossier and seats in one act. The door that spans accounts, dossiers and consent.

A person not known yet gets an account that cannot sign in; on screen (`open_and_invite`) also an invitation. A case file invites nobody.
"""

import datetime
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from bar.accounts.actions.invitations import invite_seated
from bar.accounts.models import Organisation, OrganisationKind, User
from consent.actions import seat_person
from consent.models import SeatKind
from dossiers.acting import Beyond, beyond
from dossiers.actions.paper import keep_address
from dossiers.actions.process import Employment, make_dossier
from dossiers.errors import Refused
from dossiers.models import Dossier
from dossiers.parts import Part, Role
from dossiers.rules.sick_weeks import Recovery
from dossiers.trail import Event, Line, Origin, append


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as typed. Without e-mail letters go on paper."""

    name: str
    email: str | None = None
    function: str = ""


@dataclass(frozen=True, slots=True)
class NewDossier:
    """Everything needed to open a dossier."""

    employee: Person
    birth_date: datetime.date
    employers: tuple[Person, ...]
    employer_organisation: str
    employment: Employment
    first_sick_day: datetime.date
    recoveries: tuple[Recovery, ...] = ()
    salutation: str = ""
    case_key: str | None = None
    training: bool = False
    postal_address: str = ""  # where letters on paper go; without it they are handed over
    delegate_kind: str = ""  # as what the delegate works in this dossier; empty: as in the account


def open_dossier(
    by: User, *, plan: NewDossier, physician: User, delegate: User | None = None, today: datetime.date, origin: Origin | None = None
) -> Dossier:
    """Open a dossier as a physician, or as a delegate naming a physician of the same arbodienst (docs/access.md, "Outside a dossier")."""
    _may_open(by, physician, delegate)
    with transaction.atomic():
        employer = organisation(plan.employer_organisation, OrganisationKind.EMPLOYER)
        employee = _signs_in_for_own(person(plan.employee))
        contacts = [person(row, organisation=employer) for row in plan.employers]
        people = [employee, *contacts, physician, *([delegate] if delegate else [])]
        if len({one.pk for one in people}) < len(people):
            raise Refused("Dezelfde persoon staat twee keer in dit dossier. Iedereen heeft één rol.")
        assert physician.organisation is not None
        with beyond(Beyond.NEW_DOSSIER):
            dossier = make_dossier(
                employee=employee,
                employee_name=plan.employee.name,
                physician=physician,
                birth_date=plan.birth_date,
                salutation=plan.salutation,
                arbodienst=physician.organisation,
                employer=employer,
                employment=plan.employment,
                first_sick_day=plan.first_sick_day,
                recoveries=plan.recoveries,
                opened_by=by,
                today=today,
                case_key=plan.case_key,
                training=plan.training,
            )
            if plan.postal_address:
                keep_address(dossier, address=plan.postal_address, by=by, now=timezone.now())
            seat_person(dossier, employee, Role.EMPLOYEE, name=plan.employee.name, start=plan.first_sick_day, appointed_by=by)
            seat_person(dossier, physician, Role.PHYSICIAN, start=plan.first_sick_day, appointed_by=by)
            for typed, contact in zip(plan.employers, contacts, strict=True):
                seat_person(dossier, contact, Role.EMPLOYER, name=typed.name, start=plan.first_sick_day, function=typed.function, appointed_by=by)
            if delegate is not None:
                seat_person(
                    dossier,
                    delegate,
                    Role.DELEGATE,
                    start=plan.first_sick_day,
                    kind=SeatKind(plan.delegate_kind or delegate.delegate_kind or "pob"),
                    appointed_by=by,
                )
        line = Line(
            Event.OPEN_DOSSIER,
            actor_id=by.pk,
            actor_role=by.profession,
            object_type="dossier",
            dossier_id=dossier.pk,
            subject_id=employee.pk,
            parts=(Part.PROCESS.value,),
            origin=origin or Origin(),
        )
        append(line)
        for one in people:
            append(replace(line, event=Event.SEAT, object_type="person", object_id=str(one.pk)))
    return dossier


def open_and_invite(
    by: User, *, plan: NewDossier, physician: User, delegate: User | None = None, now: datetime.datetime, origin: Origin | None = None
) -> Dossier:
    """Open a dossier and tell everybody who got a seat: a notice for who has an account in use, else an invitation."""
    with transaction.atomic():
        dossier = open_dossier(by, plan=plan, physician=physician, delegate=delegate, today=timezone.localdate(now), origin=origin)
        seated = dossier.seats.filter(ended_at__isnull=True).select_related("person").order_by("start", "pk")
        invite_seated(by, [seat.person for seat in seated], dossier=dossier, now=now, origin=origin)
    return dossier


def _may_open(by: User, physician: User, delegate: User | None) -> None:
    if physician.profession != Role.PHYSICIAN or physician.organisation is None:
        raise Refused("Kies een bedrijfsarts van uw arbodienst.")
    if by.profession == Role.PHYSICIAN and by == physician:
        return
    if by.profession == Role.DELEGATE and by == delegate and by.organisation_id == physician.organisation_id:
        return
    raise Refused("Alleen een bedrijfsarts of taakgedelegeerde opent een dossier.", status=403)


def _signs_in_for_own(employee: User) -> User:
    """Whoever stopped at an organisation signs in again for the own dossier, and for nothing else."""
    if employee.ended_at is not None and not employee.is_active:
        employee.is_active = True
        employee.save(update_fields=["is_active"])
    return employee


def organisation(name: str, kind: OrganisationKind) -> Organisation:
    """The organisation of that name and kind, made when it is new."""
    found = Organisation.objects.filter(name__iexact=name, kind=kind).first()
    return found or Organisation.objects.create(name=name, kind=kind)


def person(typed: Person, *, organisation: Organisation | None = None, **fields: Any) -> User:
    """The person with this e-mail address, or a new one who cannot sign in yet. The typed name never changes a known person."""
    if typed.email:
        known = User.objects.filter(email__iexact=typed.email).first()
        if known is not None:
            return known
    return User.objects.create_user(typed.email, name=typed.name, organisation=organisation, function=typed.function, id=uuid.uuid4(), **fields)
