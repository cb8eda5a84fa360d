"""Questions between professionals: a thread hangs on one item of the BAR or on a part, and names who asks and who answers.

What was written is never changed. Whose consent is needed is decided at each post, not here.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.assessment import Assessment
from dossiers.models.base import AssessmentRow, DossierRow, by_part, together
from dossiers.models.dossier import Dossier
from dossiers.parts import Part, Role
from dossiers.sealed import SealedText


class ThreadState(models.TextChoices):
    """Where a question stands. Whether its day is past is computed from `reply_by`."""

    OPEN = "open", "wacht op antwoord"
    ANSWERED = "answered", "beantwoord"
    CLOSED = "closed", "afgesloten"
    WITHDRAWN = "withdrawn", "ingetrokken"


class PostKind(models.TextChoices):
    """What a post is."""

    QUESTION = "question", "vraag"
    ANSWER = "answer", "antwoord"
    ADDITION = "addition", "aanvulling"


class Thread(DossierRow):
    """One question between two professionals. `part` is what it hangs on; with `item`, the part of that item.

    `reason` is why it is asked, `trigger` the suggestion it came from (codes of `rules/consultation.py`).
    """

    PARTS = by_part(
        process="id dossier",
        consultation="number part item version asker asker_role addressee addressee_role reason trigger reply_by state opened_at closed_at closed_by",
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="threads")
    number = models.PositiveIntegerField()
    part = models.CharField(max_length=20, choices=[(part.value, part.label) for part in Part])
    item = models.CharField(max_length=40, blank=True, default="")
    version = models.ForeignKey(Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="threads")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asker_role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    addressee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    addressee_role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    reason = models.CharField(max_length=30)
    trigger = models.CharField(max_length=30, blank=True, default="")  # a code of rules/consultation.py; mostly none
    reply_by = models.DateField()
    state = models.CharField(max_length=10, choices=ThreadState.choices, default=ThreadState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="thread_number_once"),
            models.CheckConstraint(condition=together("closed_at", "closed_by"), name="thread_closed_by_someone"),
            models.CheckConstraint(condition=Q(state__in=["open", "answered"]) ^ Q(closed_at__isnull=False), name="thread_closed_or_open"),
            models.CheckConstraint(condition=~Q(asker=models.F("addressee")), name="nobody_asks_oneself"),
        ]


class Post(DossierRow):
    """One text in a thread, by one person in one role. Append-only (trigger)."""

    append_only = True
    PARTS = by_part(process="id dossier", consultation="thread kind by role text at")

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=10, choices=PostKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    text = SealedText()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]


class ThreadUse(AssessmentRow):
    """A version took over the answer of a thread: the reference that stands beside it."""

    PARTS = by_part(process="id dossier assessment", consultation="thread at by")

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="uses")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "assessment"], name="thread_taken_over_once_per_version")]
