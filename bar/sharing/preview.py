"""What somebody would see with a share that is not asked yet, as a value for the page that shows it to the physician beforehand.

Built from the gate's own decision (`access.as_if_given`) and the same extracts and pages that person gets; never a projection of its own.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate

from bar.accounts.models import User
from bar.sharing.forms import AskedShare
from consent.access import as_if_given, consentable
from consent.explain import holders
from consent.facts import SharedPart
from consent.models import AnswerState
from consent.share_state import RUNNING, state_of
from consent.share_story import open_words, plain_parts_of, shares_of
from consent.wording import GROUPS
from dossiers import queries
from dossiers.door import Opened
from dossiers.letter_cards import card_of
from dossiers.parts import Act, Part
from dossiers.people import people_of
from dossiers.rules.dutch import long_date, quantity
from dossiers.rules.share_presets import MEANING
from dossiers.views.job import reading_values
from dossiers.views.version_page import BAR_PARTS, fetch, page_values


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part that would be open: what it holds, what stands there now, and whether this question adds it."""

    label: str
    meaning: str
    now: str
    writes: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything the page shows. `hidden`: parts that person reads and the physician does not."""

    parts: list[PartSeen]
    closed: list[str]
    hidden: list[str]
    people: list[Any]
    version: dict[str, Any] | None
    job: dict[str, Any] | None
    letters: list[str]
    opens_version: bool  # the pages of a version start from the part `capacity`; without it the overview shows the gist of what is open
    seen: frozenset[Part]


def preview_of(opened: Opened, asked: AskedShare) -> Preview:
    """What that person would see on the first day, when the employee says yes to everything that is asked now."""
    asks, already = asked.plan.read, _already(opened, asked)
    day = max(opened.today, asked.plan.first_day)
    person = asked.whom.person or User(pk=uuid.uuid4(), name=asked.whom.name)
    theirs = as_if_given(opened, person=person, role=asked.plan.role, shared=(*_new(asked), *already), day=day)
    before = as_if_given(opened, person=person, role=asked.plan.role, shared=already, day=day)
    newest = queries.newest_final(theirs) if theirs.readable & (BAR_PARTS - {Part.PROCESS}) else None
    open_parts = [part for part in _in_order() if theirs.may(part)]
    hidden = [part for part in _in_order() if part in asks and not opened.may(part)]
    return Preview(
        parts=[
            PartSeen(part.label, MEANING[part], _now(theirs, part), _writes(asked, already, part), is_new=not before.may(part)) for part in open_parts
        ],
        closed=[part.label for part in _in_order() if part not in {*open_parts, *hidden}],
        hidden=[part.label for part in hidden],
        people=people_of(theirs),
        version=page_values(theirs, fetch(theirs, newest.number)) if newest else None,
        job=reading_values(theirs) if theirs.may(Part.JOB) else None,
        letters=[card_of(theirs, row).title for row in queries.released_letters(theirs)],
        opens_version=theirs.may(Part.CAPACITY),
        seen=theirs.readable,
    )


def _in_order() -> tuple[Part, ...]:
    return (Part.PROCESS, *(part for parts in GROUPS.values() for part in parts))


def _new(asked: AskedShare) -> Iterator[SharedPart]:
    """The parts of this question as if the employee had said yes."""
    plan, pk = asked.plan, uuid.uuid4()
    for part in plan.read:
        write = part in plan.write and consentable(plan.role, part, Act.WRITE)
        yield SharedPart(pk, part, write, plan.first_day, plan.last_day, stopped=False, answer=AnswerState.GIVEN, counts_from=plan.first_day)


def _already(opened: Opened, asked: AskedShare) -> tuple[SharedPart, ...]:
    """What was shared with that person before, with the answers as they are."""
    return tuple(part for rows in _rows_of(opened, asked).values() for part in rows)


def _rows_of(opened: Opened, asked: AskedShare) -> dict[uuid.UUID, tuple[SharedPart, ...]]:
    """The shares of that person in that role, found by the person or by the address, among the shares of this dossier only."""
    parts = plain_parts_of(opened.dossier)
    return {row.pk: parts[row.pk] for row in shares_of(opened) if row.role == asked.plan.role and _is_to(row.person, asked)}


def _is_to(person: Any, asked: AskedShare) -> bool:
    if asked.whom.person is not None:
        return bool(person.pk == asked.whom.person.pk)
    return bool(person.email) and person.email.lower() == asked.whom.email


def _writes(asked: AskedShare, already: tuple[SharedPart, ...], part: Part) -> bool:
    return part in asked.plan.write or any(row.part is part and row.write and row.answer is AnswerState.GIVEN for row in already)


def _now(theirs: Opened, part: Part) -> str:
    """What stands in a part now, where that can be counted."""
    match part:
        case Part.LETTERS:
            return _counted(queries.released_letters(theirs).count(), "brief", "brieven")
        case Part.CONSULTATION:
            return _counted(queries.threads(theirs).count(), "vraag", "vragen")
        case Part.LABOUR_REPORT:
            return _counted(queries.labour_reports(theirs).count(), "rapport", "rapporten")
        case Part.INSURANCE_REPORT:
            return _counted(queries.insurance_reports(theirs).count(), "reactie", "reacties")
        case _:
            return ""


def _counted(count: int, one: str, more: str) -> str:
    return f"nu {quantity(count, one, more)}" if count else f"nu nog geen {more}"


def overlap_of(opened: Opened, asked: AskedShare) -> list[str]:
    """What is open or asked already for this person, in sentences; empty when nothing is."""
    rows = _rows_of(opened, asked)
    shares = {row.pk: row for row in shares_of(opened)}
    people = {shares[pk].person_id for pk in rows}
    present = [holder for holder in holders(opened.dossier, opened.today) if holder.seat.person_id in people]
    now = [f"Nu open: {words}." for holder in present if (words := open_words(holder, opened))]
    waiting = [pk for pk, parts in rows.items() if _waits(parts, opened)]
    return now + [f"Op {long_date(localdate(shares[pk].made_at))} is al iets gevraagd. Daarop is nog niet overal antwoord." for pk in waiting]


def _waits(parts: tuple[SharedPart, ...], opened: Opened) -> bool:
    return state_of(parts, opened.today) in RUNNING and any(row.answer is AnswerState.ASKED for row in parts)
