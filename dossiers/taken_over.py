"""Which row of a version's consultation came from which question: the reference that stands beside it.

A row may be edited after it was taken over; it stays the answer to that question as long as it is with the same expert and still looks like it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from dossiers import queries
from dossiers.door import Opened
from dossiers.models import Assessment, Thread, ThreadUse
from dossiers.parts import EXPERTS, Role
from dossiers.rules.consultation import STILL_THE_SAME, likeness
from instrument import library

Row = Mapping[str, Any]


def expert_role(thread: Thread) -> Role:
    """Who was talked with, from the physician's side."""
    return Role(thread.asker_role) if thread.asker_role in EXPERTS else Role(thread.addressee_role)


def item_in(version: Assessment, thread: Thread) -> str:
    """The item as a row of this version can name it; nothing when its instrument has no such item."""
    instrument = library.get(*version.instrument)
    sections = instrument.section("consultation").field("item").items_from
    return thread.item if any(item.key == thread.item for section in sections for item in instrument.items(section)) else ""


def texts_of(thread: Thread) -> tuple[str, str]:
    """What was asked, and what the addressee wrote, each as one text."""
    posts = list(thread.posts.all())
    asked, answered = ("\n\n".join(row.text for row in posts if row.role == role) for role in (thread.asker_role, thread.addressee_role))
    return asked, answered


def references(rows: Sequence[Row], uses: Iterable[ThreadUse]) -> dict[int, ThreadUse]:
    """Per place of a row: the use it came from. Each use belongs to the row that is most like it, and to none once nothing of it is left."""
    found: dict[int, ThreadUse] = {}
    for use in uses:
        role, texts = expert_role(use.thread).value, texts_of(use.thread)
        scores = {place: _likeness(row, texts) for place, row in enumerate(rows) if row["with"] == role and place not in found}
        best = max(scores, key=lambda place: (scores[place], place), default=None)
        if best is not None and scores[best] >= STILL_THE_SAME:
            found[best] = use
    return found


def _likeness(row: Row, texts: tuple[str, str]) -> float:
    return max(likeness(row["question"], texts[0]), likeness(row["answer"], texts[1]))


def forget_removed(version: Assessment, rows: Sequence[Row]) -> None:
    """A row that was taken out of a draft can be taken over again: its reference goes with it. Called while the section is saved."""
    uses = list(uses_in(version))
    kept = {use.pk for use in references(rows, uses).values()}
    for use in uses:
        if use.pk not in kept:
            use.delete()


def carry(opened: Opened, before: Assessment, version: Assessment) -> None:
    """A version that repairs another starts from its summaries, and so from where these came from."""
    for use in uses_in(before):
        ThreadUse(dossier=opened.dossier, assessment=version, thread=use.thread, at=opened.now, by=opened.person).save(force_insert=True)


def uses_in(version: Assessment) -> QuerySet[ThreadUse]:
    """What a version took over, in order."""
    return ThreadUse.objects.filter(assessment=version).select_related("thread").order_by("at", "thread__opened_at")


def known_uses(opened: Opened, version: Assessment) -> list[ThreadUse]:
    """The same, as far as this reader may know of the questions."""
    return list(uses_in(version).filter(thread__in=queries.threads(opened)))
