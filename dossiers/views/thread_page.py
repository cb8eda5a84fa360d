"""What the page of one question holds, as values: who, why, by when, every post in order, and what this reader may do next.

Doors are in `consent/views/consultation.py`, which know the other side.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from dossiers import queries
from dossiers.door import Opened
from dossiers.forms.consultation import PostForm
from dossiers.models import Thread, ThreadUse
from dossiers.partners import Partner, draft_to_fill, may_close, side_of
from dossiers.parts import Act, Part, Role
from dossiers.rules.consultation import Moves, moves, standing
from dossiers.rules.dutch import long_date
from dossiers.topics import label_of
from dossiers.views.consultation import is_mine, names_in, people_of, reason_words


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post as the page draws it."""

    kind: str
    name: str
    at: datetime
    text: str
    is_answer: bool


def thread_values(opened: Opened, thread: Thread, partner: Partner | None, *, form: PostForm | None = None, problem: str = "") -> dict[str, Any]:
    """Everything the page of a question shows to this reader."""
    number = opened.dossier.number
    plain = opened.role is Role.EMPLOYEE
    writes = opened.may(Part.CONSULTATION, Act.WRITE) and partner is not None
    allowed = moves(thread.state, side_of(opened, thread)) if writes else Moves()
    is_open = partner is not None and partner.may_be_asked
    closes = writes and partner is not None and not allowed.withdraw and may_close(opened, thread, partner)
    draft = draft_to_fill(opened, thread)
    return {
        "number": thread.number,
        "topic": label_of(thread, plain=plain),
        "list_title": Part.CONSULTATION.plain if plain else Part.CONSULTATION.label,
        "list_url": reverse("threads", args=[number]),
        "standing": standing(thread.state, thread.reply_by, opened.today, mine=is_mine(opened, thread)),
        "facts": _facts(opened, thread, plain=plain),
        "posts": _posts(opened, thread),
        "form": form or (PostForm(label=_label(allowed)) if allowed.writes and is_open else None),
        "form_url": reverse("post_in_thread", args=[number, thread.number]),
        "submit_text": "Antwoord versturen" if allowed.answer else "Aanvulling versturen",
        "is_answer": allowed.answer,
        "problem": problem,
        "other_side": partner.sentence if partner and writes and (allowed.writes or allowed.close) else "",
        "close_url": reverse("close_thread", args=[number, thread.number]) if closes else "",
        "withdraw_url": reverse("withdraw_thread", args=[number, thread.number]) if allowed.withdraw else "",
        "take_over_url": reverse("take_over_answer", args=[number, thread.number]) if draft else "",
        "draft": draft.number if draft else 0,
        "used_in": _used_in(opened, thread),
    }


def post_form(opened: Opened, thread: Thread, data: Any) -> PostForm:
    """The form as it was sent."""
    return PostForm(data, label=_label(moves(thread.state, side_of(opened, thread))))


def _label(allowed: Moves) -> str:
    return "Uw antwoord" if allowed.answer else "Uw aanvulling"


def _facts(opened: Opened, thread: Thread, *, plain: bool) -> list[tuple[str, str]]:
    asker, addressee = people_of(opened, thread, names_in(opened))
    rows = [
        ("Vraag van", asker),
        ("Aan", addressee),
        ("Waarom", reason_words(thread, plain=plain)),
        ("Antwoord graag uiterlijk op", long_date(thread.reply_by)),
    ]
    version = queries.versions(opened).filter(pk=thread.version_id).first() if thread.version_id else None
    if version is not None:
        rows.append(("Nieuwste versie toen", f"gesprek van {long_date(version.date)}" if plain else f"versie {version.number}"))
    return rows


def _posts(opened: Opened, thread: Thread) -> list[PostRow]:
    names = names_in(opened)
    return [
        PostRow(
            kind=row.get_kind_display().capitalize(),
            name="u" if row.by_id == opened.person.pk else f"{names.get(row.by_id) or 'iemand'}, {Role(row.role).label}",
            at=row.at,
            text=row.text,
            is_answer=row.role == thread.addressee_role,
        )
        for row in thread.posts.all()
    ]


def _used_in(opened: Opened, thread: Thread) -> list[tuple[str, str]]:
    """The versions that took this answer over, as far as this reader may know of them."""
    if not opened.may(Part.CAPACITY):
        return []
    found = (
        ThreadUse.objects.filter(thread=thread, assessment__in=queries.versions(opened)).select_related("assessment").order_by("assessment__number")
    )
    plain = opened.role is Role.EMPLOYEE
    return [
        (
            f"het gesprek van {long_date(use.assessment.date)}" if plain else f"versie {use.assessment.number}",
            f"{reverse('version', args=[opened.dossier.number, use.assessment.number])}#consultation",
        )
        for use in found
    ]
