"""Telling somebody that something waits: a row and a promise, made in the business transaction. The mail itself: `actions/notices.py`.

Ids and codes only. What somebody is told never depends on what a mail could show: it shows nothing.
"""

import datetime
import uuid
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils import timezone

from dossiers import outbox
from dossiers.models import Dossier, Notice
from dossiers.parts import Role


class Reason(StrEnum):
    """Why somebody gets a notice; for ourselves and for "do not say it twice", never in a mail."""

    SEATED = "seated"  # a known person got a seat in a dossier
    OFFERED = "offered"  # a version to read before it is final
    LETTER_RELEASED = "letter_released"
    LETTER_WITHDRAWN = "letter_withdrawn"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_ANSWERED = "correction_answered"
    DAYS_PROPOSED = "days_proposed"
    TERM_OVER = "term_over"
    HANDED_OVER = "handed_over"
    COVER_STARTED = "cover_started"
    DELEGATE_APPOINTED = "delegate_appointed"
    CONTACT_CHANGED = "contact_changed"
    CONTACT_ASKED = "contact_asked"
    SHARE_ASKED = "share_asked"  # a question about consent
    SHARE_ANSWERED = "share_answered"
    SHARE_WITHDRAWN = "share_withdrawn"
    SHARE_STOPPED = "share_stopped"
    SHARE_ENDS = "share_ends"
    PAPER_TO_CONFIRM = "paper_to_confirm"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    REPORT_OFFERED = "report_offered"
    REPORT_REMARK = "report_remark"
    REPORT_RELEASED = "report_released"
    REQUEST_MADE = "request_made"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_DUE = "request_due"
    INVITATION_BOUNCED = "invitation_bounced"
    INVITATION_MISUSED = "invitation_misused"
    # about the account itself
    FACTOR_CHANGED = "factor_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- a code, not a secret
    ADDRESS_CHANGED = "address_changed"
    RESET_ASKED = "reset_asked"
    RESET_DONE = "reset_done"
    NEW_DEVICE = "new_device"


def tell(
    person: Any,
    reason: Reason,
    *,
    now: datetime.datetime,
    dossier: Dossier | None = None,
    object_id: object = "",
    account: bool = False,
    address: str = "",
) -> Notice | None:
    """Promise somebody a mail. None when there is nobody to tell: no account in use, no address, or a dossier to practise with.

    `account`: about the account itself, so it comes at once whatever the person chose. `address`: not the person's own one of today.
    """
    if dossier is not None and dossier.training and not settings.DEMO:  # the page says "Niemand krijgt hiervan bericht"; a demo's mail goes nowhere
        return None
    if not (person.is_active and (address or person.email)) or not (account or person.can_sign_in):
        return None
    row = Notice.objects.create(
        dossier=dossier, person=person, reason=reason, object_id=str(object_id), address=address, account=account, made_at=now, due_at=now
    )
    outbox.put("notice", row.pk, now=now)
    return row


def tell_all(
    people: Iterable[Any], reason: Reason, *, now: datetime.datetime, dossier: Dossier | None = None, object_id: object = "", once: bool = False
) -> list[uuid.UUID]:
    """The same notice to several people, each once. `once`: not to who was told of it before."""
    if once:
        told = set(Notice.objects.filter(dossier=dossier, reason=reason, object_id=str(object_id)).values_list("person_id", flat=True))
        people = [person for person in people if person.pk not in told]
    rows = [tell(person, reason, now=now, dossier=dossier, object_id=object_id) for person in {one.pk: one for one in people}.values()]
    return [row.pk for row in rows if row is not None]


def tell_seated(
    dossier: Dossier,
    roles: Iterable[Role],
    reason: Reason,
    *,
    now: datetime.datetime,
    object_id: object = "",
    but: Any = None,
    once: bool = False,
) -> list[uuid.UUID]:
    """The same notice to everybody with a seat of these roles today; not to `but`, who did it."""
    today = timezone.localdate(now)
    rows = dossier.seats.filter(role__in=list(roles), ended_at__isnull=True, start__lte=today).select_related("person")
    people = [row.person for row in rows if (row.until is None or row.until >= today) and row.person != but]
    return tell_all(people, reason, now=now, dossier=dossier, object_id=object_id, once=once)
