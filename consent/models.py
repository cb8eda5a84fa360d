"""Who may: seats, shares, answers, and guardian's grants behind them.

Rows only; what they mean today is decided in `access.py` at every request.
"""

import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from guardian.models import UserObjectPermissionBase

from dossiers.models import Dossier
from dossiers.models.base import DossierRow, by_part, together
from dossiers.parts import Part, Role
from dossiers.sealed import SealedText


class SeatKind(models.TextChoices):
    """What kind of seat: a physician may be responsible or cover; a delegate's kind is shown to the employee."""

    PLAIN = "plain", ""
    COVER = "cover", "waarnemer"
    POB = "pob", "praktijkondersteuner (POB)"
    CASE_MANAGER = "case_manager", "casemanager"
    ARBOARTS = "arboarts", "arboarts"
    AIOS = "aios", "arts in opleiding"


def _through() -> Func:
    """The days of a seat: from the first day through the last."""
    boundary = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
    return Func(F("start"), F("until"), boundary, function="DATERANGE", output_field=DateRangeField())


class Seat(DossierRow):
    """This person has this role in this dossier, from a day, until a day (open through that day)."""

    PARTS = by_part(process="id dossier person name role kind function start until sees_from appointed_by ended_at ended_by")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    name = models.CharField(max_length=200)  # as typed for this dossier
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    kind = models.CharField(max_length=12, choices=SeatKind.choices, default=SeatKind.PLAIN)
    function = models.CharField(max_length=200, blank=True, default="")
    start = models.DateField()
    until = models.DateField(null=True, blank=True)
    sees_from = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "dossier"], name="seat_of_person")]  # also of who had one: asked by the second wall (bar/wall)
        constraints = [
            models.UniqueConstraint(fields=["dossier", "person"], condition=Q(ended_at__isnull=True), name="one_seat_per_person"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("start")), name="seat_runs_forward"),
            models.CheckConstraint(condition=together("ended_at", "ended_by"), name="seat_ended_by_someone"),
            models.CheckConstraint(condition=~Q(kind="cover") | Q(role="physician", until__isnull=False), name="cover_is_a_physician_for_a_period"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(role="employee", ended_at__isnull=True), name="one_employee"),
            ExclusionConstraint(
                name="one_responsible_physician",
                condition=Q(role="physician", ended_at__isnull=True) & ~Q(kind="cover"),
                expressions=[("dossier", RangeOperators.EQUAL), (_through(), RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="one_cover_at_a_time",
                condition=Q(kind="cover", ended_at__isnull=True),
                expressions=[("dossier", RangeOperators.EQUAL), (_through(), RangeOperators.OVERLAPS)],
            ),
        ]


class Moment(models.TextChoices):
    """For which moment UWV reads along."""

    EXPERT_OPINION = "expert_opinion", "een deskundigenoordeel"
    RIV = "riv", "de RIV-toets"
    CONSULTATION = "consultation", "overleg"


class Share(DossierRow):
    """One key: the physician opens parts to one named person, for a purpose, from a day through a day, at most a year.

    `name` and `organisation_name` are as typed for this dossier: they never tell whether the address was known. `renews`: the share this one
    comes after; an end is never moved.
    """

    PARTS = by_part(
        sharing="id dossier person name organisation_name role moment purpose first_day last_day renews made_by made_at "
        "stopped_at stopped_by stop_reason"
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="shares")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shares")
    name = models.CharField(max_length=200, default="")
    organisation_name = models.CharField(max_length=200, blank=True, default="")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    moment = models.CharField(max_length=16, choices=Moment.choices, blank=True, default="")  # UWV only; a case file has none
    purpose = SealedText()
    first_day = models.DateField()
    last_day = models.DateField()
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stop_reason = SealedText()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="share_runs_forward"),
            models.CheckConstraint(condition=Q(last_day__lt=F("first_day") + Value(datetime.timedelta(days=366))), name="share_at_most_a_year"),
            models.CheckConstraint(condition=together("stopped_at", "stopped_by"), name="share_stopped_by_someone"),
            models.CheckConstraint(condition=Q(role__in=["labour_expert", "insurance_physician", "uwv_labour_expert"]), name="share_to_an_expert"),
            models.CheckConstraint(condition=Q(moment="") | ~Q(role="labour_expert"), name="share_moment_is_of_uwv"),
        ]


class SharePart(DossierRow):
    """One part of a share: to read, and perhaps to write. Write implies read."""

    PARTS = by_part(sharing="id dossier share part write")

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="parts")
    part = models.CharField(max_length=20, choices=[(part.value, part.label) for part in Part])
    write = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "part"], name="share_part_once")]


class AnswerState(models.TextChoices):
    """What the employee answered. `asked` is the absence of an answer to the newest question."""

    ASKED = "asked", "gevraagd"
    GIVEN = "given", "ja"
    REFUSED = "refused", "nee"
    WITHDRAWN = "withdrawn", "ingetrokken"


class Channel(models.TextChoices):
    """How an answer came in. On paper or by phone somebody else wrote it down (docs/access.md, "Shares and consent")."""

    SCREEN = "screen", "zelf, op het scherm"
    PAPER = "paper", "op papier"
    PHONE = "phone", "per telefoon"


class Answer(DossierRow):
    """The other key: the employee's answer to one share part. A dated row, never edited (trigger). A yes is never by phone."""

    append_only = True
    PARTS = by_part(sharing="id dossier share_part state day at by wording channel confirmed_by counts_from")

    share_part = models.ForeignKey(SharePart, on_delete=models.PROTECT, related_name="answers")
    state = models.CharField(max_length=10, choices=AnswerState.choices)
    day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    wording = models.CharField(max_length=20)
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.SCREEN)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    counts_from = models.DateField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["share_part", "-at"], name="newest_answer")]
        constraints = [
            models.CheckConstraint(condition=~Q(state="given", channel="phone"), name="a_yes_is_never_by_phone"),
            models.CheckConstraint(condition=~Q(state="given", channel="paper") | Q(confirmed_by__isnull=False), name="a_yes_on_paper_is_confirmed"),
            models.CheckConstraint(condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("by")), name="nobody_confirms_oneself"),
        ]


class PaperAnswer(DossierRow):
    """A yes on paper that somebody wrote down, waiting for another to confirm it. Its answers are made when it is confirmed, and count from the
    third working day after `posted_on`, the day the letter that tells the employee was posted."""

    PARTS = by_part(
        sharing="id dossier share parts wording signed_on posted_on recorded_by recorded_at confirmed_by confirmed_at cancelled_at cancelled_by"
    )

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="paper_answers")
    parts = ArrayField(models.CharField(max_length=20))
    wording = models.CharField(max_length=20)
    signed_on = models.DateField()
    posted_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["recorded_at"]
        constraints = [
            models.CheckConstraint(condition=together("confirmed_by", "confirmed_at"), name="paper_answer_confirmed_by_someone"),
            models.CheckConstraint(condition=together("cancelled_by", "cancelled_at"), name="paper_answer_cancelled_by_someone"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")), name="another_confirms_a_paper_answer"
            ),
            models.CheckConstraint(condition=Q(confirmed_at__isnull=True) | Q(cancelled_at__isnull=True), name="paper_answer_confirmed_or_cancelled"),
            models.UniqueConstraint(
                fields=["share"], condition=Q(confirmed_at__isnull=True, cancelled_at__isnull=True), name="one_open_paper_answer_per_share"
            ),
        ]


class NoteKind(models.TextChoices):
    """What an employee who does not answer yet may say. The state stays `asked`."""

    LATER = "later", "later"
    DISCUSS = "discuss", "ik wil dit eerst bespreken"


class ShareNote(DossierRow):
    """A note of the employee on a question that is not answered yet. A dated row, never edited."""

    append_only = True
    PARTS = by_part(sharing="id dossier share kind at by")

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=NoteKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]


class QuestionState(models.TextChoices):
    """How far a question to another arbodienst is. Whether its time is over is computed from `open_until`."""

    OPEN = "open", "wacht op antwoord"
    ACCEPTED = "accepted", "aangenomen"
    DECLINED = "declined", "niet aangenomen"
    WITHDRAWN = "withdrawn", "ingetrokken"


class HandOverQuestion(DossierRow):
    """A physician asks one of another arbodienst, by exact address, to take over. `name` and `organisation_name` are as typed, for the
    employee to read; `person` is who has that address here, if anybody: nothing on screen depends on it."""

    PARTS = by_part(process="id dossier address name organisation_name person made_at made_by open_until state closed_at closed_by")

    address = models.EmailField()
    name = models.CharField(max_length=200)
    organisation_name = models.CharField(max_length=200)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    open_until = models.DateField()
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=together("closed_at", "closed_by"), name="question_closed_by_someone"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(closed_at__isnull=False), name="question_closed_or_open"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(state="open"), name="one_open_hand_over_question"),
        ]


class HandOver(DossierRow):
    """A lasting change of the responsible physician. Within the arbodienst the successor sees everything; from another one `sees_from`
    of the seat hides what was written earlier, until the employee's yes (`HandOverAnswer`)."""

    PARTS = by_part(process="id dossier from_person to_person seat from_organisation to_organisation day made_at made_by")

    from_person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="hand_overs")  # the new seat
    from_organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at"]


class HandOverAnswer(DossierRow):
    """The employee's answer on what the new arbodienst may read of before. A dated row, never edited (trigger)."""

    append_only = True
    PARTS = by_part(sharing="id dossier hand_over state at by wording")

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="answers")
    state = models.CharField(max_length=10, choices=AnswerState.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    wording = models.CharField(max_length=20)

    class Meta:
        ordering = ["at"]


class Grant(UserObjectPermissionBase):
    """guardian's row behind an open seat or an opened share part; removed by the act that ends it, never by date.

    Own Meta: guardian's inherited uniqueness (user, permission, object) would refuse a renewed share.
    """

    PARTS: ClassVar[dict[str, Part]] = by_part(sharing="id permission user content_object seat share_part")

    content_object = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="grants")
    seat = models.ForeignKey(Seat, null=True, on_delete=models.CASCADE, related_name="grants")
    share_part = models.ForeignKey(SharePart, null=True, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seat__isnull=False) ^ Q(share_part__isnull=False), name="grant_has_one_ground"),
            models.UniqueConstraint(fields=["seat", "permission"], name="grant_once_per_seat"),
            models.UniqueConstraint(fields=["share_part", "permission"], name="grant_once_per_share_part"),
        ]
        indexes = [models.Index(fields=["user", "permission", "content_object"], name="grant_by_user")]
