"""The two sides of a question between professionals: where this reader stands, and the other side as a value.

A `Partner` is made by `consent/consultation.py` only, which knows shares and answers; actions require it and decide nothing about consent.
"""

from dataclasses import dataclass
from typing import Any

from dossiers import queries
from dossiers.door import Opened
from dossiers.models import Assessment, Status, Thread, ThreadState, ThreadUse
from dossiers.models.consultation import PostKind
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.rules.consultation import Side, moves

ASKERS = EXPERTS | {Role.PHYSICIAN}


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody to ask or to answer. `sentence`: which key is missing and who can turn it; empty when nothing is missing."""

    person: Any
    role: Role
    name: str
    sentence: str = ""

    @property
    def may_be_asked(self) -> bool:
        """Whether this person can read the question and answer it today."""
        return not self.sentence


def side_of(opened: Opened, thread: Thread) -> Side:
    """Where this reader stands. A question to or from the physician is for whoever is physician of the dossier now."""
    for side, role, person_id in ((Side.ASKER, thread.asker_role, thread.asker_id), (Side.ADDRESSEE, thread.addressee_role, thread.addressee_id)):
        if role == opened.role and (opened.role is Role.PHYSICIAN or person_id == opened.person.pk):
            return side
    return Side.READER


def may_close(opened: Opened, thread: Thread, partner: Partner) -> bool:
    """Whether this reader can close the question now."""
    if moves(thread.state, side_of(opened, thread)).close:
        return True
    is_running = thread.state in {ThreadState.OPEN, ThreadState.ANSWERED}
    return is_running and opened.role is Role.PHYSICIAN and not partner.may_be_asked


def draft_to_fill(opened: Opened, thread: Thread) -> Assessment | None:
    """The draft in which this answer can be taken over now, if any."""
    if opened.role is not Role.PHYSICIAN or not opened.may(Part.CAPACITY, Act.WRITE) or not opened.may(Part.CONSULTATION, Act.WRITE):
        return None
    version = queries.open_version(opened)
    if version is None or version.status != Status.DRAFT or not thread.posts.filter(kind=PostKind.ANSWER).exists():
        return None
    return None if ThreadUse.objects.filter(thread=thread, assessment=version).exists() else version
