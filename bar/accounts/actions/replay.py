"""Closing again, after a backup was restored, what was closed later about accounts: somebody who works here no more, an invitation.

Called by the restore, without a person. Passwords and second steps are not in the ledger: docs/operate.md says what to do about those.
"""

from django.db import transaction
from django.utils import timezone

from bar.accounts.actions.people import end_account
from bar.accounts.models import Invitation, InvitationState, User
from dossiers.actions.replay import Replayed, who_closed
from dossiers.ledger import Entry
from dossiers.trail import COMMAND, Event, Line, append


def end_person_again(entry: Entry) -> Replayed:
    """The account of somebody who works here no more ends again. The seats have entries of their own."""
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=entry.object_id).first()
        if person is None or person.organisation is None:
            return Replayed.GONE
        if person.ended_at is not None:
            return Replayed.WAS
        end_account(person, by=who_closed(entry, otherwise=person), organisation=person.organisation, now=timezone.now())
        _note(entry)
    return Replayed.CLOSED


def close_invitation(entry: Entry) -> Replayed:
    """A link that was withdrawn does not work again."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().filter(pk=entry.object_id).first()
        if row is None:
            return Replayed.GONE
        if not row.is_open:
            return Replayed.WAS
        row.state = InvitationState.WITHDRAWN
        row.save(update_fields=["state"])
        _note(entry)
    return Replayed.CLOSED


def _note(entry: Entry) -> None:
    append(Line(Event.CLOSE_AGAIN, actor_role=COMMAND, object_type=entry.kind.value, object_id=str(entry.object_id)))
