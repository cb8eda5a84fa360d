"""The page that asks the employee as values: who asks, for whom, what for, and the questions with their parts, examples and what was answered.

Only what the form, the wording and the examples say is put side by side here; nothing is decided. Also for the form on paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from consent.actions.answers import newest_answers, state_of
from consent.forms.answers import QuestionsForm, part_field, question_field
from consent.models import Answer, AnswerState, Channel, Moment, Share
from consent.wording import Question, Wording
from dossiers.parts import Part, Role
from dossiers.rules.dutch import long_date

WRITES = "mag hier ook iets opschrijven"


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One part inside a question."""

    label: str
    example: str
    writes: str
    said: str
    field: Any = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its parts."""

    key: str
    title: str
    ask: str
    parts: tuple[AskedPart, ...]
    field: Any = None
    is_open: bool = False  # unfolded: something was chosen per part


@dataclass(frozen=True, slots=True)
class About:
    """Who asks, for whom, what for, from when until when."""

    name: str
    who: str
    rows: tuple[tuple[str, str], ...]
    no_means: str


def about(share: Share, wording: Wording) -> About:
    """The head of a question: everything in words the employee knows."""
    role = Role(share.role)
    who = f"{share.name}, {role.label}" + (f" van {share.organisation_name}" if share.organisation_name else "")
    rows = [("Wie wil meelezen", who), ("Waarvoor", share.purpose)]
    if share.moment:
        rows.append(("Het gaat bij UWV om", Moment(share.moment).label))
    rows += [
        ("Vanaf", long_date(share.first_day)),
        ("Tot en met", long_date(share.last_day)),
        ("Wie vraagt het", f"{share.made_by.name}, bedrijfsarts, op {long_date(timezone.localdate(share.made_at))}"),
    ]
    return About(share.name, who, tuple(rows), wording.no_means[role])


def asked_questions(
    share: Share,
    questions: Mapping[Question, tuple[Part, ...]],
    wording: Wording,
    *,
    form: QuestionsForm | None = None,
    examples: Mapping[Part, str] | None = None,
) -> list[Asked]:
    """The questions with their parts; with a form its fields, with examples what the employee reads."""
    newest, writes = newest_answers(share), {Part(row.part) for row in share.parts.all() if row.write}

    def part_of(part: Part) -> AskedPart:
        field = form[part_field(part)] if form is not None and part_field(part) in form.fields else None
        said = said_words(newest[part], state_of(newest[part], share))
        return AskedPart(wording.parts[part], (examples or {}).get(part, ""), WRITES if part in writes else "", said, field)

    return [
        Asked(
            key=question.value,
            title=question.label,
            ask=wording.asks[question].format(name=share.name),
            parts=tuple(part_of(part) for part in parts),
            field=form[question_field(question)] if form is not None else None,
            is_open=form is not None and any(form.data.get(part_field(part)) for part in parts),
        )
        for question, parts in questions.items()
    ]


def said_words(newest: Answer | None, state: AnswerState) -> str:
    """What the employee answered before, and how it came in; empty when nothing counts."""
    if newest is None or state is AnswerState.ASKED:
        return ""
    words = {AnswerState.GIVEN: "U zei ja", AnswerState.REFUSED: "U zei nee", AnswerState.WITHDRAWN: "U trok uw ja in"}
    how = channel_words(newest)
    return f"{words[state]} op {long_date(newest.day)}{f' ({how})' if how else ''}."


def channel_words(answer: Answer) -> str:
    """How an answer came in, wherever it is shown: who wrote it down and who confirmed it. Empty for an answer on screen."""
    if answer.channel == Channel.SCREEN:
        return ""
    confirmed = f", bevestigd door {answer.confirmed_by.name}" if answer.confirmed_by else ""
    return f"{Channel(answer.channel).label}, opgeschreven door {answer.by.name}{confirmed}"
