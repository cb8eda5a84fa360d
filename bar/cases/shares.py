"""Reading the shares of a case file: what may be shared is asked of the action that shares; what was answered, and when, is checked here."""

import datetime
from collections.abc import Mapping, Sequence

from bar.cases.case import CaseShare
from bar.cases.messages import Message
from bar.cases.tables import Table, word
from consent.actions import SharePlan, share_problems
from consent.models import AnswerState
from dossiers.parts import EXPERTS, Part, Role

LONGEST_PURPOSE = 2_000
GIVEN_ONCE = frozenset({AnswerState.GIVEN, AnswerState.WITHDRAWN})
FIELDS = {"person": "with", "read": "read", "write": "write", "first_day": "shared_on", "last_day": "until"}


def read_shares(rows: Sequence[Table], present: set[Role], *, first: datetime.date | None, today: datetime.date) -> tuple[CaseShare, ...]:
    """Every share that could be read; what is wrong stands with its table."""
    return tuple(share for row in rows if (share := _share(row, present, first, today)) is not None)


def _share(row: Table, present: set[Role], first: datetime.date | None, today: datetime.date) -> CaseShare | None:
    if not row.is_table:
        return None
    known = len(row.problems)
    role = row.choice("with", Role, among=EXPERTS)
    if role is not None and role not in present:
        row.refuse("with", Message.NOT_AMONG_PEOPLE)
    read, write = _parts(row, "read"), _parts(row, "write")
    purpose = row.text("purpose", most=LONGEST_PURPOSE)
    shared_on, until = row.date("shared_on"), row.date("until")
    answers = _answers(row, read)
    answered_on, withdrawn_on = row.date("answered_on", optional=True), row.date("withdrawn_on", optional=True)
    row.close()
    for key, day in (("shared_on", shared_on), ("answered_on", answered_on), ("withdrawn_on", withdrawn_on)):
        if day is not None and day > today:
            row.refuse(key, Message.FUTURE)
    if shared_on is not None and first is not None and shared_on < first:
        row.refuse("shared_on", Message.BEFORE_ABSENCE)
    if role is None or shared_on is None or until is None:
        return None
    if not row.was_refused("read", "write"):
        plan = SharePlan(None, role, read, write, purpose, shared_on, until)
        for problem in share_problems(plan):
            row.refuse(FIELDS[problem.field], problem.sentence)
    if Part.PROCESS in read:
        _check_answers(row, answers)
    _check_days(row, answers, (shared_on, until), answered_on, withdrawn_on)
    if len(row.problems) > known:
        return None
    return CaseShare(row.path, role, read, write, purpose, shared_on, until, answers, answered_on, withdrawn_on)


def _parts(row: Table, key: str) -> tuple[Part, ...]:
    found: list[Part] = []
    for value in row.rows(key):
        part = word(value, Part)
        if part is None:
            row.refuse(key, Message.CHOICE)
        elif part in found:
            row.refuse(key, Message.PART_TWICE)
        else:
            found.append(part)
    return tuple(part for part in Part if part in found)


def _answers(row: Table, read: Sequence[Part]) -> Mapping[Part, AnswerState]:
    """The answer per part: one word for all of them, or a word for each; a part that is not named was not answered yet."""
    if not isinstance(row.left.get("consent"), dict):
        state = row.choice("consent", AnswerState)
        return dict.fromkeys(read, state or AnswerState.ASKED)
    table = row.table("consent")
    answers = dict.fromkeys(read, AnswerState.ASKED)
    for key in list(table.left):
        part = word(key, Part)
        if part not in answers:
            table.left.pop(key)
            table.refuse(key, Message.NOT_SHARED)
        else:
            answers[part] = table.choice(key, AnswerState) or AnswerState.ASKED
    return answers


def _check_answers(row: Table, answers: Mapping[Part, AnswerState]) -> None:
    process = answers.get(Part.PROCESS)
    given = AnswerState.GIVEN in answers.values() and process is not AnswerState.GIVEN
    withdrawn = AnswerState.WITHDRAWN in answers.values() and process not in GIVEN_ONCE
    if given or withdrawn:
        row.refuse("consent", Message.WITHOUT_PROCESS)


def _check_days(
    row: Table,
    answers: Mapping[Part, AnswerState],
    term: tuple[datetime.date, datetime.date],
    answered_on: datetime.date | None,
    withdrawn_on: datetime.date | None,
) -> None:
    first, last = term
    is_answered = any(state is not AnswerState.ASKED for state in answers.values())
    is_withdrawn = AnswerState.WITHDRAWN in answers.values()
    if row.was_refused("read", "consent", "answered_on", "withdrawn_on"):
        return
    if is_answered and answered_on is None:
        row.refuse("answered_on", Message.NO_ANSWER_DAY)
    elif not is_answered and answered_on is not None:
        row.refuse("answered_on", Message.NO_ANSWER_YET)
    elif answered_on is not None and answered_on < first:
        row.refuse("answered_on", Message.ANSWER_TOO_EARLY)
    elif answered_on is not None and answered_on > last:
        row.refuse("answered_on", Message.ANSWER_TOO_LATE)
    if is_withdrawn and withdrawn_on is None:
        row.refuse("withdrawn_on", Message.NO_WITHDRAWAL_DAY)
    elif not is_withdrawn and withdrawn_on is not None:
        row.refuse("withdrawn_on", Message.NOT_WITHDRAWN)
    elif withdrawn_on is not None and answered_on is not None and withdrawn_on < answered_on:
        row.refuse("withdrawn_on", Message.WITHDRAWN_TOO_EARLY)
