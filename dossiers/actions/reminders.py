"""What the clock tells of: a reading term that is over, a letter on paper that has arrived. Never what it is about: that is `notices.py`.

The clock never finalises and changes nothing; every reminder is a line in the trail. Both can run any number of times: nobody is told twice.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from dossiers.acting import CLOCK, acting_as
from dossiers.actions.requests import remind_of_requests_by_clock
from dossiers.models import Assessment, Letter, Status
from dossiers.notices import Reason, tell_seated
from dossiers.paper import reached_employee, reached_employee_by
from dossiers.parts import Part, Role
from dossiers.trail import append, reminder

CATCH_UP = datetime.timedelta(days=7)  # how long the clock may have stood still; who gets an account later is not told of older letters


@acting_as(CLOCK)
def remind_by_clock(*, now: datetime.datetime) -> int:
    """Tell the physician, once, that the reading term of a version is over, or the term of a request nearly; of how many somebody was told."""
    late = Assessment.objects.filter(status=Status.OFFERED, term_until__lt=timezone.localdate(now), dossier__closed_on__isnull=True)
    versions = sum(_remind(version, now=now) for version in late.select_related("dossier").order_by("number"))
    return versions + remind_of_requests_by_clock(now=now)


def _remind(version: Assessment, *, now: datetime.datetime) -> bool:
    term = f"{version.pk}:{version.term_until}"  # offered again, it gets a new term
    with transaction.atomic():
        told = tell_seated(version.dossier, [Role.PHYSICIAN], Reason.TERM_OVER, now=now, object_id=term, once=True)
        if told:
            append(reminder(version.dossier, Part.LETTERS, object_type="version", object_id=version.pk))
    return bool(told)


@acting_as(CLOCK)
def tell_of_paper_by_clock(*, now: datetime.datetime) -> int:
    """Tell the employer's people of letters on paper that have reached the employee by now; how many letters that were."""
    today = timezone.localdate(now)
    ready = Letter.objects.filter(reached_employee_by(today), on_paper=True, released_at__isnull=False, withdrawn_at__isnull=True)
    return sum(_tell_employer(letter, now=now) for letter in ready.select_related("dossier__employee").prefetch_related("copies"))


def _tell_employer(letter: Letter, *, now: datetime.datetime) -> bool:
    reached = reached_employee(letter)
    if reached is None or timezone.localdate(now) - reached > CATCH_UP:
        return False
    with transaction.atomic():
        return bool(tell_seated(letter.dossier, [Role.EMPLOYER], Reason.LETTER_RELEASED, now=now, object_id=letter.pk, once=True))
