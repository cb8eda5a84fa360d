"""Letters as a reader meets them: a card in a list, with how far it is and what can be done.

Made from the frozen core and the rows of the letter; decides nothing about access, and renders nothing.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from django.urls import reverse

from dossiers.door import Opened
from dossiers.letter import frozen_core
from dossiers.models import CopyState, Letter
from dossiers.paper import reached_employee
from dossiers.parts import AUTHORS, Act, Part
from dossiers.queries import copies_open_to
from dossiers.rules.dutch import long_date

LONG = dt.timedelta(minutes=2)  # a letter takes seconds; when the worker, the broker or the disk is away it waits, and that is said


class Stage(StrEnum):
    """How far a letter is, with the kind of sign that goes with it (components/state.html)."""

    kind: str

    def __new__(cls, value: str, kind: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.kind = kind
        return member

    BEING_MADE = "being_made", "busy"
    FAILED = "failed", "attention"
    TO_GIVE = "to_give", "attention"
    UNDERWAY = "underway", "busy"
    READABLE = "readable", "done"
    WITHDRAWN = "withdrawn", "attention"


@dataclass(frozen=True, slots=True)
class LetterCard:
    """What components/letter_card.html draws, and what its list adds below it."""

    version: int
    title: str
    from_text: str
    date_text: str
    sentence: str
    url: str
    pdf_url: str
    state_kind: str
    state_text: str
    withdrawn: bool
    withdrawn_text: str = ""
    note: str = ""
    retry_url: str = ""


def card_of(opened: Opened, letter: Letter) -> LetterCard:
    """A letter as this reader sees it in a list. Progress is for authors; readers only learn that a letter was withdrawn."""
    core = frozen_core(letter)
    stage = stage_of(letter, opened.today)
    number, version = opened.dossier.number, letter.assessment.number
    is_author = opened.role in AUTHORS
    is_withdrawn = stage is Stage.WITHDRAWN
    own = copies_open_to(opened.role)[0]
    return LetterCard(
        version=version,
        title=core.wording["opening.title"],
        from_text=f"{core.facts.author}, {core.facts.author_function}",
        date_text=f"{long_date(letter.day)} · versie {version}",
        sentence="" if is_withdrawn else core.message,
        url=reverse("letter", args=[number, version]),
        pdf_url="" if is_author or is_withdrawn else reverse("letter_pdf", args=[number, version, own.value]),
        state_kind=stage.kind,
        state_text=state_text(letter, opened.today) if is_author or is_withdrawn else "",
        withdrawn=is_withdrawn,
        withdrawn_text=withdrawn_text(letter),
        note=_note(letter, opened) if is_author else "",
        retry_url=reverse("retry_letter", args=[number, version]) if stage is Stage.FAILED and opened.may(Part.LETTERS, Act.FINALISE) else "",
    )


def stage_of(letter: Letter, today: dt.date) -> Stage:
    """Where a letter stands on this day."""
    if letter.withdrawn_at is not None:
        return Stage.WITHDRAWN
    if letter.released_at is None:
        failed = any(copy.state == CopyState.FAILED for copy in letter.copies.all())
        return Stage.FAILED if failed else Stage.BEING_MADE
    if not letter.on_paper:
        return Stage.READABLE
    reached = reached_employee(letter)
    if reached is None:
        return Stage.TO_GIVE
    return Stage.READABLE if reached <= today else Stage.UNDERWAY


def state_text(letter: Letter, today: dt.date) -> str:
    """The stage in a word or two."""
    match stage_of(letter, today):
        case Stage.WITHDRAWN:
            return "ingetrokken"
        case Stage.FAILED:
            return "mislukt"
        case Stage.BEING_MADE:
            return "wordt gemaakt"
        case Stage.TO_GIVE:
            return "nog geven of opsturen"
        case Stage.UNDERWAY:
            return "op de post"
        case Stage.READABLE:
            return "klaar voor beide lezers"


def withdrawn_text(letter: Letter) -> str:
    """That and why a letter was withdrawn, for every reader; empty for a letter that stands."""
    if letter.withdrawn_at is None:
        return ""
    reason = letter.withdrawn_reason
    return f"De bedrijfsarts heeft deze brief ingetrokken. De reden: {reason}"


def _note(letter: Letter, opened: Opened) -> str:
    match stage_of(letter, opened.today):
        case Stage.FAILED:
            return "De brief kon niet worden gemaakt. Werknemer en werkgever zien nog niets. Probeer het opnieuw."
        case Stage.BEING_MADE if opened.now - letter.made_at > LONG:
            return (
                "Dit duurt langer dan anders. U hoeft niets te doen: de brief komt vanzelf zodra het weer kan. Werknemer en werkgever zien nog niets."
            )
        case Stage.BEING_MADE:
            return "Dit duurt meestal een paar tellen. Werknemer en werkgever zien de brief op hetzelfde moment."
        case Stage.TO_GIVE:
            return "De werknemer leest op papier. Druk de brief af. De werkgever ziet de brief als de werknemer hem heeft."
        case Stage.UNDERWAY:
            reached = reached_employee(letter)
            return f"De werkgever ziet de brief vanaf {long_date(reached)}." if reached else ""
        case Stage.WITHDRAWN | Stage.READABLE:
            return ""
