"""Letters that go on paper: which are still to be given, and from when others may read them. Queries only.

The rule itself is `rules/on_paper.py`; here it is said in SQL and over rows, for lists and for one letter.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dossiers.compiled import IsOneOf, compiled
from dossiers.models import Letter, LetterCopy, PostalAddress, Reader
from dossiers.rules.on_paper import posted_in_time, reached_on

# The account took over: it came into use after the letter was made, or is in use again.
_ACCOUNT_TOOK_OVER = Q(dossier__employee__activated_at__gt=F("made_at")) | Q(
    dossier__employee__is_active=True, dossier__employee__activated_at__isnull=False
)


def reached_employee_by(today: dt.date) -> Q:
    """Letters the employee can have read by today: nobody reads a letter before the employee can."""
    copies = LetterCopy.objects.filter(letter=OuterRef("pk"), reader=Reader.EMPLOYEE)
    arrived = copies.filter(Q(handed_over_on__lte=today) | Q(posted_on__lte=posted_in_time(today)))
    return Q(on_paper=False) | Q(Exists(arrived)) | _ACCOUNT_TOOK_OVER


def reached_employee(letter: Letter) -> dt.date | None:
    """The day from which this letter on paper counts as with the employee; None while it is still to be given."""
    copy = employee_copy(letter)
    return reached_on(handed_over_on=copy.handed_over_on, posted_on=copy.posted_on, account_since=_account_since(letter))


def employee_copy(letter: Letter) -> LetterCopy:
    """The employee's copy, from rows fetched along."""
    return next(copy for copy in letter.copies.all() if copy.reader == Reader.EMPLOYEE)


def _account_since(letter: Letter) -> dt.date | None:
    employee = letter.dossier.employee
    if employee.activated_at is None or not (employee.is_active or employee.activated_at > letter.made_at):
        return None
    return timezone.localdate(max(employee.activated_at, letter.made_at))


@compiled
def letters_to_give(ids: list[uuid.UUID]) -> QuerySet[Letter, Any]:
    """Letters that are ready, go on paper, and of which nobody noted that they went, the oldest first: dossier, number of the version, day."""
    gone = LetterCopy.objects.filter(letter=OuterRef("pk"), reader=Reader.EMPLOYEE).filter(
        Q(handed_over_on__isnull=False) | Q(posted_on__isnull=False)
    )
    return (
        Letter.objects.filter(IsOneOf("dossier_id", ids), on_paper=True, released_at__isnull=False, withdrawn_at__isnull=True)
        .exclude(_ACCOUNT_TOOK_OVER)
        .filter(~Exists(gone))
        .order_by("day", "made_at")
        .values_list("dossier_id", "assessment__number", "day")
    )


def numbers_with_address(numbers: Iterable[str]) -> set[str]:
    """Which of these dossiers know where letters on paper go. Not the address itself."""
    return set(PostalAddress.objects.filter(dossier__number__in=list(numbers)).values_list("dossier__number", flat=True))
