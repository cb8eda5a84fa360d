"""What the clock reminds of. A mail says only that something waits: no name, no dossier, nothing about health.

The clock never finalises and changes nothing; every reminder is a line in the trail.
"""

import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from dossiers.models import Assessment, Status
from dossiers.parts import Part
from dossiers.trail import Event, Line, append

SUBJECT = "Er wacht iets op u in BAR-dossier"


def remind_by_clock(*, now: datetime.datetime) -> int:
    """Tell each responsible physician, once, that the reading term of one or more versions is over; how many were told."""
    today = timezone.localdate(now)
    late = Assessment.objects.filter(status=Status.OFFERED, term_until__lt=today, dossier__closed_on__isnull=True)
    by_physician: dict[str, list[Assessment]] = {}
    for version in late.select_related("dossier__physician").order_by("number"):
        physician = version.dossier.physician
        if physician.is_active and physician.email:
            by_physician.setdefault(physician.email, []).append(version)
    for email, versions in by_physician.items():
        _remind(email, versions)
    return len(by_physician)


def _remind(email: str, versions: list[Assessment]) -> None:
    many = "een versie" if len(versions) == 1 else f"{len(versions)} versies"
    with transaction.atomic():
        for version in versions:
            append(_line(version))
        send_mail(
            SUBJECT,
            f"De leestijd van {many} is voorbij. U kunt nu vaststellen, of eerst nog overleggen.\n\nGa naar {settings.BASE_URL}\n",
            settings.DEFAULT_FROM_EMAIL,
            [email],
        )


def _line(version: Assessment) -> Line:
    return Line(
        Event.REMIND,
        actor_role="worker",
        responsible_id=version.dossier.physician_id,
        responsible_role="physician",
        object_type="version",
        object_id=str(version.pk),
        dossier_id=version.dossier_id,
        parts=(Part.LETTERS.value,),
    )
