"""The filled-in sections of one version of the BAR, row by row.

Coded answers, numbers and dates stay in clear so that the database can check them; all free text is sealed. Wording lives in the instrument.
"""

from django.db import models
from django.db.models import Q

from dossiers.models.base import AssessmentRow, by_part, empty, together
from dossiers.sealed import SealedText

BASE = "id dossier assessment"


class WorkFactorFinding(AssessmentRow):
    """A work factor: its influence, a note, the condition it asks for."""

    PARTS = by_part(process=BASE, work_factors="item influence note condition changed_on", letters="in_letter")

    item = models.CharField(max_length=40)
    influence = models.CharField(max_length=10, blank=True, default="")
    note = SealedText()
    condition = SealedText()
    in_letter = models.BooleanField(default=True)
    changed_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "item"], name="work_factor_once")]


class AreaFinding(AssessmentRow):
    """An area of attention: what is still possible, the condition, an optional limit; and the physician's explanation."""

    PARTS = by_part(
        process=BASE,
        capacity="item status still_possible condition limit_value limit_unit limit_per changed_on",
        explanation="explanation",
        letters="in_letter",
    )

    item = models.CharField(max_length=40)
    status = models.CharField(max_length=14)
    explanation = SealedText()
    still_possible = SealedText()
    condition = SealedText()
    limit_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(max_length=10, null=True, blank=True)
    limit_per = models.CharField(max_length=10, null=True, blank=True)
    in_letter = models.BooleanField(default=True)
    changed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="area_once"),
            models.CheckConstraint(condition=Q(status__in=["not_assessed", "no_attention", "attention"]), name="area_status_known"),
            models.CheckConstraint(condition=together("limit_value", "limit_unit", "limit_per"), name="limit_whole"),
            models.CheckConstraint(
                condition=Q(status="attention") | empty("still_possible", "condition", "limit_value"), name="area_texts_need_attention"
            ),
            models.CheckConstraint(condition=Q(limit_value__isnull=True) | Q(limit_value__gte=0), name="limit_not_negative"),
        ]


class ContextFinding(AssessmentRow):
    """A private or personal factor; never in a letter."""

    PARTS = by_part(process=BASE, context="item influence note changed_on")

    item = models.CharField(max_length=40)
    influence = models.CharField(max_length=10, blank=True, default="")
    note = SealedText()
    changed_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "item"], name="context_factor_once")]


class Possibilities(AssessmentRow):
    """Whether there is capacity to use, own work, hours, and their ground."""

    PARTS = by_part(
        process=BASE,
        capacity="usable own_work going_well hours_now review_on",
        explanation="hours_ground work_related relationship_state relationship_advice",
    )

    assessment = models.OneToOneField("dossiers.Assessment", on_delete=models.CASCADE, related_name="possibilities")
    usable = models.CharField(max_length=8, blank=True, default="")
    own_work = models.CharField(max_length=8, blank=True, default="")
    going_well = SealedText()
    hours_now = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    hours_ground = SealedText()
    work_related = models.CharField(max_length=8, blank=True, default="")
    relationship_state = models.CharField(max_length=16, blank=True, default="")
    relationship_advice = SealedText()
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours_now__gte=0), name="hours_now_not_negative"),
            models.CheckConstraint(
                condition=Q(usable__in=["", "yes"]) | Q(hours_now=0, review_on__isnull=False), name="not_usable_no_hours_and_review"
            ),
        ]


class BuildUpStep(AssessmentRow):
    """A step of the build-up of hours, from a day on."""

    PARTS = by_part(process=BASE, capacity="position start hours_per_week hours_per_day kind tasks")

    position = models.PositiveSmallIntegerField()
    start = models.DateField()
    hours_per_week = models.DecimalField(max_digits=6, decimal_places=2)
    hours_per_day = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    kind = models.CharField(max_length=10)
    tasks = SealedText()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "start"], name="one_step_per_day"),
            models.CheckConstraint(
                condition=Q(hours_per_week__gte=0) & (Q(hours_per_day__isnull=True) | Q(hours_per_day__lte=24)), name="step_hours_possible"
            ),
        ]


class Prognosis(AssessmentRow):
    """What the physician expects."""

    PARTS = by_part(process=BASE, capacity="course expected_return certainty next_contact", explanation="note")

    assessment = models.OneToOneField("dossiers.Assessment", on_delete=models.CASCADE, related_name="prognosis")
    course = models.CharField(max_length=12, blank=True, default="")
    expected_return = models.DateField(null=True, blank=True)
    certainty = models.CharField(max_length=12, blank=True, default="")
    next_contact = models.DateField(null=True, blank=True)
    note = SealedText()


class Advice(AssessmentRow):
    """Goal, main message, answer to what the employee needs."""

    PARTS = by_part(process=BASE, advice="goal message needs_answer labour_expert_needed")

    assessment = models.OneToOneField("dossiers.Assessment", on_delete=models.CASCADE, related_name="advice")
    goal = models.CharField(max_length=24, blank=True, default="")
    message = SealedText()
    needs_answer = SealedText()
    labour_expert_needed = models.BooleanField(default=False)


class AdviceAction(AssessmentRow):
    """Who does what, by when, about which item."""

    PARTS = by_part(process=BASE, advice="position what who by about")

    position = models.PositiveSmallIntegerField()
    what = SealedText()
    who = models.CharField(max_length=10)
    by = models.DateField()
    about = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["position"]


class ConsultationNote(AssessmentRow):
    """The physician's summary of a talk with another professional. An expert reads only rows whose `with_role` is the own role."""

    PARTS = by_part(process=BASE, consultation="position with_role item question answer agreed")

    position = models.PositiveSmallIntegerField()
    with_role = models.CharField(max_length=20)
    item = models.CharField(max_length=40, blank=True, default="")
    question = SealedText()
    answer = SealedText()
    agreed = SealedText()

    class Meta:
        ordering = ["position"]
