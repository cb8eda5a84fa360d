"""Sending notices: one neutral mail, in which nothing stands but that something waits.

Called by the promise (`promises.py`), without a person.
"""

import datetime
import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from dossiers.models import Notice
from dossiers.models.notice import NoticeState

SUBJECT = "Er staat iets voor u klaar"


def send(notice_id: uuid.UUID, *, now: datetime.datetime) -> None:
    """Send one notice, once."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update(of=("self",)).select_related("person").get(pk=notice_id)
        if notice.state != NoticeState.WAITING:
            return
        EmailMessage(SUBJECT, f"Er staat iets voor u klaar.\n\nGa naar {settings.BASE_URL}\n", to=[notice.address or str(notice.person.email)]).send()
        notice.state, notice.sent_at = NoticeState.SENT, now
        notice.save(update_fields=["state", "sent_at"])


def failed(notice_id: uuid.UUID, given_up: bool) -> bool:
    """A mail could not be sent."""
    if given_up:
        Notice.objects.filter(pk=notice_id, state=NoticeState.WAITING).update(state=NoticeState.FAILED)
    return True
