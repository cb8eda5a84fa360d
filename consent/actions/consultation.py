"""What the clock tells of questions between professionals: that an answer is late. Once per question, and only to who can still answer it.

It stands here because it looks at the keys of the addressee. It changes nothing; every reminder is a line in the trail.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from consent.consultation import missing_key
from dossiers.acting import CLOCK, acting_as
from dossiers.models import Thread, ThreadState
from dossiers.notices import Reason, tell_all, tell_seated
from dossiers.parts import Part, Role
from dossiers.taken_over import expert_role
from dossiers.trail import append, reminder


@acting_as(CLOCK)
def remind_of_questions_by_clock(*, now: datetime.datetime) -> int:
    """Tell whoever was asked, once, that the reply date of a question is past; of how many questions somebody was told."""
    late = Thread.objects.filter(state=ThreadState.OPEN, reply_by__lt=timezone.localdate(now), dossier__closed_on__isnull=True)
    rows = late.select_related("dossier__employee", "asker", "addressee").order_by("reply_by", "pk")
    return sum(_remind(thread, now=now) for thread in rows)


def _remind(thread: Thread, *, now: datetime.datetime) -> bool:
    if not _can_be_read(thread, timezone.localdate(now)):
        return False
    with transaction.atomic():
        told = _tell(thread, now=now)
        if told:
            append(reminder(thread.dossier, Part.CONSULTATION, object_type="thread", object_id=thread.pk))
    return told


def _can_be_read(thread: Thread, today: datetime.date) -> bool:
    """Whether the expert of this question, who asked or was asked, still has access: without it nobody can answer."""
    role = expert_role(thread)
    expert = thread.asker if thread.asker_role == role else thread.addressee
    return bool(expert.is_active) and missing_key(thread.dossier, expert, role, Part(thread.part), today) is None


def _tell(thread: Thread, *, now: datetime.datetime) -> bool:
    late = f"late:{thread.pk}"
    if thread.addressee_role == Role.PHYSICIAN:
        return bool(tell_seated(thread.dossier, [Role.PHYSICIAN], Reason.QUESTION_ASKED, now=now, object_id=late, once=True))
    return bool(tell_all([thread.addressee], Reason.QUESTION_ASKED, now=now, dossier=thread.dossier, object_id=late, once=True))
