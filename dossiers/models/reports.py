"""What a labour expert and an insurance physician write: a draft as typed, then rows, then final and never changed (trigger).

The labour report is offered to the employee first and has a PDF made from a frozen core; the insurance physician's reaction is read on screen.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.assessment import Assessment, Status
from dossiers.models.base import DossierRow, by_part, empty, filled, together
from dossiers.models.dossier import Dossier
from dossiers.models.letter import CopyState, Letter
from dossiers.sealed import SealedJSON, SealedText


class OwnWork(models.TextChoices):
    """Whether the own work suits what the employee can do."""

    SUITABLE = "suitable", "past zoals het is"
    WITH_ADAPTATIONS = "with_adaptations", "past met aanpassingen"
    NOT_SUITABLE = "not_suitable", "past niet"
    UNKNOWN = "unknown", "nog niet te zeggen"


class Fit(models.TextChoices):
    """Whether one demand of a function fits the capacity."""

    FITS = "fits", "past"
    WITH_CONDITION = "with_condition", "past met voorwaarde"
    DOES_NOT_FIT = "does_not_fit", "past niet"
    UNKNOWN = "unknown", "niet bekend"


class SecondTrack(models.TextChoices):
    """Whether work at another employer must be looked for (tweede spoor)."""

    YES = "yes", "ja, nodig"
    NOT_NOW = "not_now", "nu niet"
    NO = "no", "nee"


class LabourReport(DossierRow):
    """The labour expert's part (arbeidsdeskundig deel). `typed` is the draft as typed, valid or not; `saves` counts its saves: a stale write
    is refused. `core` is the only thing its PDF is made from; of capacity it holds words of `letter` only."""

    PARTS = by_part(
        process="id dossier",
        labour_report="number status author author_name author_organisation started_at typed saves saved_at own_work own_work_note answers factors "
        "second_track second_track_reason advice offered_at term_until finalised_at finalised_by medical_check_by letter core core_hash "
        "pdf_state stored_as sha256 size rendered_at attempts released_at",
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="labour_reports")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)  # as seated in this dossier
    author_organisation = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField()
    typed = SealedJSON()
    saves = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    own_work = models.CharField(max_length=20, choices=OwnWork.choices, blank=True, default="")
    own_work_note = SealedText()
    answers = SealedText()  # to what was asked in the share
    factors = SealedText()  # outside capacity: travel, shifts, tools, working relations
    second_track = models.CharField(max_length=8, choices=SecondTrack.choices, blank=True, default="")
    second_track_reason = SealedText()
    advice = SealedText()
    offered_at = models.DateTimeField(null=True, blank=True)
    term_until = models.DateField(null=True, blank=True)
    medical_check_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finalised_at = models.DateTimeField(null=True, blank=True)
    finalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    letter = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    core = SealedJSON()
    core_hash = models.CharField(max_length=64, blank=True, default="")
    pdf_state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.WAITING)
    stored_as = models.CharField(max_length=80, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="labour_report_number_once"),
            models.UniqueConstraint(fields=["dossier", "author"], condition=~Q(status="final"), name="one_open_labour_report_per_author"),
            models.CheckConstraint(condition=together("offered_at", "term_until"), name="labour_report_offered_with_term"),
            models.CheckConstraint(condition=together("finalised_at", "finalised_by", "medical_check_by"), name="labour_report_finalised_by_someone"),
            models.CheckConstraint(
                condition=(Q(status="draft") & empty("finalised_at"))
                | (Q(status="offered") & filled("offered_at") & empty("finalised_at") & ~Q(own_work=""))
                | (Q(status="final") & filled("offered_at", "finalised_at", "core") & ~Q(core_hash="") & ~Q(own_work="")),
                name="labour_report_status_matches_dates",
            ),
            models.CheckConstraint(condition=Q(released_at__isnull=True) | Q(status="final"), name="labour_report_released_is_final"),
        ]


class ReportFunction(DossierRow):
    """A function at the own employer that was looked at."""

    PARTS = by_part(process="id dossier", labour_report="report place title hours note")

    report = models.ForeignKey(LabourReport, on_delete=models.CASCADE, related_name="functions")
    place = models.PositiveSmallIntegerField()
    title = SealedText()
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)  # per week
    note = SealedText()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["report", "place"], name="function_place_once")]


class ReportDemand(DossierRow):
    """One demand of a function on one area of the instrument, against the capacity."""

    PARTS = by_part(process="id dossier", labour_report="function item demand fit reason")

    function = models.ForeignKey(ReportFunction, on_delete=models.CASCADE, related_name="demands")
    item = models.CharField(max_length=40)
    demand = SealedText()
    fit = models.CharField(max_length=14, choices=Fit.choices)
    reason = SealedText()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["function", "item"], name="one_demand_per_function_and_item"),
            models.CheckConstraint(condition=Q(fit="fits") | Q(reason__isnull=False), name="what_does_not_simply_fit_has_a_reason"),
        ]


class RemarkState(models.TextChoices):
    """Where a factual correction of an offered report stands."""

    OPEN = "open", "wacht op antwoord"
    ADAPTED = "adapted", "aangepast"
    DECLINED = "declined", "niet aangepast"


class ReportRemark(DossierRow):
    """What the employee says is not right in an offered labour report, and what its author answers."""

    PARTS = by_part(process="id dossier", labour_report="report text asked_at asked_by state reason answered_at answered_by")

    report = models.ForeignKey(LabourReport, on_delete=models.PROTECT, related_name="remarks")
    text = SealedText()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RemarkState.choices, default=RemarkState.OPEN)
    reason = SealedText()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(condition=together("answered_at", "answered_by"), name="remark_answered_by_someone"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(answered_at__isnull=False), name="remark_answered_or_open"),
            models.CheckConstraint(condition=~Q(state="declined") | Q(reason__isnull=False), name="remark_declined_with_reason"),
        ]


class InsuranceReport(DossierRow):
    """The insurance physician's reaction: collegial, non-binding, on one version of the BAR. Draft as typed, then final."""

    PARTS = by_part(
        process="id dossier",
        insurance_report="number status author author_name author_organisation version started_at typed saves saved_at advice "
        "finalised_at finalised_by hash",
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="insurance_reports")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=[("draft", "concept"), ("final", "vastgesteld")], default=Status.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)
    author_organisation = models.CharField(max_length=200, blank=True, default="")
    version = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="insurance_reports")
    started_at = models.DateTimeField()
    typed = SealedJSON()
    saves = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    advice = SealedText()
    finalised_at = models.DateTimeField(null=True, blank=True)
    finalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="insurance_report_number_once"),
            models.UniqueConstraint(fields=["dossier", "author"], condition=~Q(status="final"), name="one_open_insurance_report_per_author"),
            models.CheckConstraint(condition=together("finalised_at", "finalised_by"), name="insurance_report_finalised_by_someone"),
            models.CheckConstraint(
                condition=(Q(status="draft") & empty("finalised_at")) | (Q(status="final") & filled("finalised_at") & ~Q(hash="")),
                name="insurance_report_status_matches_dates",
            ),
        ]


class Agreement(models.TextChoices):
    """Whether the insurance physician agrees on one item."""

    AGREES = "agrees", "eens"
    PARTLY = "partly", "deels eens"
    DISAGREES = "disagrees", "niet eens"


class InsuranceOpinion(DossierRow):
    """The insurance physician's opinion on one item of the version."""

    PARTS = by_part(process="id dossier", insurance_report="report item agreement why")

    report = models.ForeignKey(InsuranceReport, on_delete=models.CASCADE, related_name="opinions")
    item = models.CharField(max_length=40)
    agreement = models.CharField(max_length=10, choices=Agreement.choices)
    why = SealedText()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "item"], name="one_opinion_per_item"),
            models.CheckConstraint(condition=Q(agreement="agrees") | Q(why__isnull=False), name="who_does_not_agree_says_why"),
        ]
