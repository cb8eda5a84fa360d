"""One absence of one employee: people, employment, sick days, job.

Phase and deadlines are computed from these (`rules/calendar.py`), never stored.
"""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from dossiers.models.base import DossierRow, by_part, together
from dossiers.parts import SPECIAL_TOUCHES, Act, Part, permission
from dossiers.rules.calendar import Absence
from dossiers.rules.calendar import Recovery as RecoveryDays
from dossiers.sealed import SealedText

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"  # no vowels and no look-alikes: a number never spells a word


def new_number() -> str:
    """A dossier number that cannot be guessed from another: 28^9, more than 10^13 possibilities."""
    return "D-" + "".join(secrets.choice(ALPHABET) for _ in range(9))


class Contract(models.TextChoices):
    """Kind of employment contract (case-format.md, `employment.contract`)."""

    PERMANENT = "permanent", "vast"
    TEMPORARY = "temporary", "tijdelijk"
    AGENCY = "agency", "uitzend"
    ON_CALL = "on_call", "oproep"


class Salutation(models.TextChoices):
    """How a formal letter names the employee after the first sentence (letter-example.md, rule 5)."""

    DE_HEER = "de_heer", "de heer"
    MEVROUW = "mevrouw", "mevrouw"


class Dossier(models.Model):
    """One absence of one employee. `number` is the only name it has in URLs."""

    PARTS: ClassVar[dict[str, Part]] = by_part(
        process="id number case_key training wrapped_key employee employee_name physician salutation birth_date arbodienst employer "
        "job_title hours_per_week contract contract_end first_sick_day opened_on opened_by closed_on closed_by"
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=16, unique=True, default=new_number, editable=False)
    case_key = models.CharField(max_length=60, unique=True, null=True, blank=True)
    training = models.BooleanField(default=False)
    wrapped_key = models.TextField(editable=False)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    employee_name = models.CharField(max_length=200)  # as typed when it was opened: it never tells the name of an account
    physician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")  # the responsible one; set with the seat
    salutation = models.CharField(max_length=8, choices=Salutation.choices, blank=True, default="")  # empty: the first name
    birth_date = models.DateField()
    arbodienst = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    job_title = models.CharField(max_length=200)
    hours_per_week = models.DecimalField(max_digits=6, decimal_places=2)
    contract = models.CharField(max_length=12, choices=Contract.choices)
    contract_end = models.DateField(null=True, blank=True)
    first_sick_day = models.DateField()
    opened_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        permissions = [
            ("open_dossier", "heeft een plaats in dit dossier"),
            *((permission(part, act), f"{act.label}: {part.label}") for part in Part for act in (Act.READ, Act.WRITE)),
            *((permission(part, act), f"{act.label}: {part.label}") for part, act in SPECIAL_TOUCHES),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(hours_per_week__gt=0, hours_per_week__lte=60), name="dossier_hours_possible"),
            models.CheckConstraint(condition=~Q(contract="temporary") | Q(contract_end__isnull=False), name="dossier_temporary_has_end"),
            models.CheckConstraint(condition=together("closed_on", "closed_by"), name="dossier_closed_by_someone"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def absence(self) -> Absence:
        """First sick day and recoveries, as the calendar wants them."""
        return Absence(
            first_sick_day=self.first_sick_day,
            recoveries=tuple(RecoveryDays(row.start, row.until) for row in sorted(self.recoveries.all(), key=lambda row: row.start)),
        )


class Recovery(DossierRow):
    """Fully recovered from `start` up to, not including, `until`; still recovered when `until` is empty (BW 7:629 lid 10)."""

    PARTS = by_part(process="id dossier start until")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="recoveries")
    start = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("start")), name="recovery_runs_forward"),
            ExclusionConstraint(
                name="recoveries_do_not_overlap",
                expressions=[
                    ("dossier", RangeOperators.EQUAL),
                    (Func(F("start"), F("until"), RangeBoundary(), function="DATERANGE", output_field=DateRangeField()), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class ProposalKind(models.TextChoices):
    """What somebody proposes about the sick days."""

    RECOVERED = "recovered", "weer helemaal beter"
    SICK_AGAIN = "sick_again", "weer ziek"
    FIRST_SICK_DAY = "first_sick_day", "andere eerste ziektedag"


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", "wacht op de bedrijfsarts"
    CONFIRMED = "confirmed", "bevestigd"
    DECLINED = "declined", "niet overgenomen"


class AbsenceProposal(DossierRow):
    """A change of sick days proposed by employee or employer; it counts once the physician confirms it (docs/access.md)."""

    PARTS = by_part(process="id dossier kind day proposed_by proposed_on state decided_by decided_on")

    kind = models.CharField(max_length=16, choices=ProposalKind.choices)
    day = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=together("decided_by", "decided_on"), name="proposal_decided_by_someone"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(decided_on__isnull=False), name="proposal_decided_or_open"),
        ]


class JobDescription(DossierRow):
    """What the work is, in the employer's words."""

    PARTS = by_part(process="id dossier", job="description version changed_by changed_at")

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="job")
    description = SealedText()
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()


class JobDemand(DossierRow):
    """What the work asks on one area of the instrument."""

    PARTS = by_part(process="id dossier", job="item demand")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="demands")
    item = models.CharField(max_length=40)
    demand = SealedText()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "item"], name="one_demand_per_item")]
