"""The employee's own words: a running text of the dossier, its copy in each version, and the employee's switches.

The switch is dated rows apart from the version, and lets the view into the next letter only.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.base import AssessmentRow, DossierRow, by_part
from dossiers.models.dossier import Dossier
from dossiers.sealed import SealedText


class WrittenBy(models.TextChoices):
    """Who put the words down."""

    EMPLOYEE = "employee", "door de werknemer zelf geschreven"
    PHYSICIAN = "physician", "opgeschreven door de bedrijfsarts"


class EmployeeView(DossierRow):
    """The running view: one row of the employee's own words, one of words that were noted. Noted words never overwrite typed ones;
    the row that was changed last goes into the next version."""

    PARTS = by_part(process="id dossier", employee_view="can_do needs on_advice written_by changed_by changed_at version")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="views")
    can_do = SealedText()
    needs = SealedText()
    on_advice = SealedText()
    written_by = models.CharField(max_length=10, choices=WrittenBy.choices)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "written_by"], name="one_running_view_per_writer")]


class VersionView(AssessmentRow):
    """The view as it stood when the version was offered, renewed when it was finalised. `shared`: it stands in the letter of this version."""

    PARTS = by_part(process="id dossier assessment", employee_view="can_do needs on_advice written_by shared")

    assessment = models.OneToOneField("dossiers.Assessment", on_delete=models.CASCADE, related_name="view")
    can_do = SealedText()
    needs = SealedText()
    on_advice = SealedText()
    written_by = models.CharField(max_length=10, choices=WrittenBy.choices)
    shared = models.BooleanField(default=False)


class Switch(DossierRow):
    """The employee turned sharing with the employer on or off for one part. Dated rows; the newest counts."""

    append_only = True
    PARTS = by_part(process="id dossier", sharing="part on at by")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="switches")
    part = models.CharField(max_length=20)
    on = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=Q(part__in=["employee_view", "employee_judgement"]), name="switch_of_a_known_part")]
