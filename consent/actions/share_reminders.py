"""What the clock tells of shares: that one ends soon. It changes nothing: a share ends by its last day, and never goes on by itself.

Every reminder is a line in the trail; it can run any number of times: nobody is told twice.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from consent.models import Share
from consent.share_state import RUNNING, opens, state_of
from consent.share_story import plain_parts_of
from dossiers.acting import CLOCK, acting_as
from dossiers.notices import Reason, tell_all, tell_seated
from dossiers.parts import Part, Role
from dossiers.trail import append, reminder

NOTICE_DAYS = 14  # before the last day


@acting_as(CLOCK)
def remind_of_shares_by_clock(*, now: datetime.datetime) -> int:
    """Tell the physician and the expert, once, that a share which is open ends within two weeks; of how many shares somebody was told."""
    today = timezone.localdate(now)
    ending = Share.objects.filter(
        stopped_at__isnull=True, dossier__closed_on__isnull=True, last_day__gte=today, last_day__lte=today + datetime.timedelta(days=NOTICE_DAYS)
    )
    return sum(_remind(share, now=now) for share in ending.select_related("dossier__employee", "person").order_by("last_day", "pk"))


def _remind(share: Share, *, now: datetime.datetime) -> bool:
    today = timezone.localdate(now)
    parts = plain_parts_of(share.dossier)
    if not opens(parts.get(share.pk, ()), today):
        return False
    renewed = any(state_of(parts[row.pk], today) in RUNNING for row in share.renewals.filter(last_day__gt=share.last_day) if row.pk in parts)
    if renewed:
        return False
    with transaction.atomic():
        told = tell_seated(share.dossier, [Role.PHYSICIAN], Reason.SHARE_ENDS, now=now, object_id=share.pk, once=True)
        told += tell_all([share.person], Reason.SHARE_ENDS, now=now, dossier=share.dossier, object_id=share.pk, once=True)
        if told:
            append(reminder(share.dossier, Part.SHARING, object_type="share", object_id=share.pk))
    return bool(told)
