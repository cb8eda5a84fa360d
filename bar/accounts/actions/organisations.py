"""What an administrator changes about the own organisation, and the lock every change of its people takes.

Organisations and people only: a dossier is never touched here (`bar/replacement.py` does, when somebody with seats stops).
"""

from typing import Any

from django.db import transaction

from bar.accounts.models import Organisation, OrganisationKind, User
from bar.accounts.staff import administered_by
from dossiers.trail import Event, Line, Origin, append


def locked_by(by: User) -> Organisation:
    """The organisation this person administers, locked: its people change one act at a time. Asked again from the database."""
    current = User.objects.select_related("organisation").get(pk=by.pk)
    organisation = administered_by(current)
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def note(by: Any, person: User, origin: Origin) -> None:
    """The line about one person of an organisation; last in the transaction. `by` None: a command."""
    append(
        Line(
            Event.MANAGE_PEOPLE,
            actor_id=by.pk if by else None,
            actor_role="" if by else "command",
            object_type="person",
            object_id=str(person.pk),
            subject_id=person.pk,
            origin=origin,
        )
    )


def change_details(by: User, *, values: dict[str, str], origin: Origin) -> Organisation:
    """What stands on the letterhead; for an arbodienst also how letters name the employee."""
    with transaction.atomic():
        organisation = locked_by(by)
        organisation.address, organisation.phone, organisation.email = values["address"], values["phone"], values["email"]
        if organisation.kind == OrganisationKind.ARBODIENST:
            organisation.address_form = values["address_form"]
        organisation.save(update_fields=["address", "phone", "email", "address_form"])
        append(
            Line(Event.MANAGE_PEOPLE, actor_id=by.pk, object_type="organisation", object_id=str(organisation.pk), origin=origin),
        )
    return organisation
