"""When it may help to ask another professional: moments in the course of an absence, each with its reason in one sentence.

Offered, never forced. The one published moment is stagnation or threatening arbeidsongeschiktheid (leidraad bij de BAR); the others are our own
reading of practice, named in docs/glossary.md. Compares answers and numbers of final versions; what a text means is for people.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from dossiers.parts import Labelled, Role
from dossiers.rules.compare import Arrow, Change, ChangeKind, Wording, compare
from dossiers.rules.consultation import AskReason
from dossiers.rules.dutch import long_date
from dossiers.rules.sick_weeks import WAITING_WEEKS, Absence, date_of_week_end, is_recovered, week_of

Value: TypeAlias = Mapping[str, Any]
"""The sections of one final version by their key, and `date` of the visit."""

FIRST_YEAR_WEEKS: Final = range(42, 53)
"""Where labour experts' research usually falls when return to the own work is uncertain, before the evaluation of the first year."""

WIA_FROM_WEEK: Final = 80
"""UWV writes around week 88; eight weeks before it there is still time for an answer that changes something."""

MARKED: Final = 3
"""So many areas of attention that came, went or got another limit are a marked change."""

_NOT_BETTER = frozenset({"stable", "worsening", "fluctuating"})
_OTHER_WORK = frozenset({"other_work_own_employer", "other_employer"})
_OWN_WORK_ORDER = ("not", "partly", "fully")
_MOVED = frozenset({ChangeKind.AREA_NEW, ChangeKind.AREA_GONE, ChangeKind.AREA_LIMIT})
_TALK = re.compile(
    r"\b(samen praten|met elkaar praten|met z[’']?n drieën|om (de )?tafel|gesprek met|overleg\w*|arbeidsdeskundige\w*)\b", re.IGNORECASE
)


class Trigger(Labelled):
    """A moment at which asking may help."""

    STAGNATION = "stagnation", "De re-integratie komt niet verder"
    FIRST_YEAR = "first_year", "Het eerste jaar is bijna om"
    SUITABLE_WORK = "suitable_work", "Twijfel over passend werk"
    WIA = "wia", "Het einde van de twee jaar komt dichterbij"
    CHANGE = "change", "Er is veel veranderd"
    JOINT_TALK = "joint_talk", "Iemand wil samen praten"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom it may help to ask, and why, in one sentence. `item`: what it is about, if one thing."""

    trigger: Trigger
    sentence: str
    ask: Role
    reason: AskReason
    item: str = ""


def suggestions(versions: Sequence[Value], absence: Absence, today: datetime.date, wording: Wording, *, words: str = "") -> list[Suggestion]:
    """What may help now. `versions`: final ones, oldest first. `words`: what the employee wrote last. Nothing before the first version, while
    recovered, or once all of the own work is done."""
    if not versions or is_recovered(absence, today) or _of(versions[-1], "possibilities").get("own_work") == "fully":
        return []
    now = versions[-1]
    before = versions[-2] if len(versions) > 1 else None
    week = week_of(absence, today)
    return [
        *(_stagnation(before, now, wording) if before is not None else ()),
        *_first_year(week),
        *_suitable_work(now),
        *_wia(now, absence, week),
        *(_change(before, now, wording) if before is not None else ()),
        *_joint_talk(now, words),
    ]


def _stagnation(before: Value, now: Value, wording: Wording) -> Iterator[Suggestion]:
    course = _of(now, "prognosis").get("course")
    old, new = _of(before, "possibilities"), _of(now, "possibilities")
    if course not in _NOT_BETTER or (new.get("hours_now") or 0) > (old.get("hours_now") or 0) or _rank(new) > _rank(old):
        return
    since = long_date(_day(before["date"]))
    sentence = f"Sinds {since} is er geen uitbreiding van uren of van eigen werk. Het verloop: {wording.label('course', course)}."
    yield Suggestion(Trigger.STAGNATION, sentence, Role.LABOUR_EXPERT, AskReason.TOGETHER)


def _rank(possibilities: Value) -> int:
    answer = possibilities.get("own_work")
    return _OWN_WORK_ORDER.index(answer) if answer in _OWN_WORK_ORDER else -1


def _first_year(week: int) -> Iterator[Suggestion]:
    if week in FIRST_YEAR_WEEKS:
        sentence = f"Het is week {week}, en al het eigen werk gaat nog niet. In week 42 tot en met 52 wordt vaak een arbeidsdeskundige gevraagd."
        yield Suggestion(Trigger.FIRST_YEAR, sentence, Role.LABOUR_EXPERT, AskReason.CANNOT_JUDGE)


def _suitable_work(now: Value) -> Iterator[Suggestion]:
    possibilities, goal = _of(now, "possibilities"), _of(now, "advice").get("goal")
    if goal in _OTHER_WORK:
        sentence = "Het doel is ander werk dan het eigen werk. Een arbeidsdeskundige kan nagaan welk werk past."
    elif possibilities.get("usable") == "yes" and possibilities.get("own_work") == "not":
        sentence = "De werknemer kan werken, maar niet in het eigen werk. Een arbeidsdeskundige kan nagaan welk werk past."
    elif goal == "undecided":
        sentence = "Het is nog niet te zeggen welk werk het doel is. Een arbeidsdeskundige kan meedenken."
    else:
        return
    yield Suggestion(Trigger.SUITABLE_WORK, sentence, Role.LABOUR_EXPERT, AskReason.DOUBT)


def _wia(now: Value, absence: Absence, week: int) -> Iterator[Suggestion]:
    expected = _of(now, "prognosis").get("expected_return")
    end = date_of_week_end(absence, WAITING_WEEKS)
    if week < WIA_FROM_WEEK or (expected and _day(expected) <= end):
        return
    when = f"wordt verwacht op {long_date(_day(expected))}, na week {WAITING_WEEKS}" if expected else "heeft nog geen verwachte datum"
    yield Suggestion(Trigger.WIA, f"Het is week {week}. Al het eigen werk {when}.", Role.INSURANCE_PHYSICIAN, AskReason.TOGETHER)


def _change(before: Value, now: Value, wording: Wording) -> Iterator[Suggestion]:
    moved = [change for change in compare(before, now, wording) if change.kind in _MOVED]
    if len(moved) >= MARKED:
        sentence = f"Sinds de vorige versie zijn {len(moved)} aandachtspunten nieuw, weg of anders begrensd."
        yield Suggestion(Trigger.CHANGE, sentence, Role.LABOUR_EXPERT, AskReason.CHANGED, _first_that_matters(moved))


def _first_that_matters(moved: Sequence[Change]) -> str:
    """The area that asks most: one that got worse, else a new one, else the first."""
    order = (Arrow.WORSE, Arrow.NEW)
    return min(moved, key=lambda change: order.index(change.arrow) if change.arrow in order else len(order)).item


def _joint_talk(now: Value, words: str) -> Iterator[Suggestion]:
    if _of(now, "advice").get("labour_expert_needed"):
        sentence = "In de laatste versie staat dat een arbeidsdeskundige nodig is."
    elif _TALK.search(words):
        sentence = "De werknemer schrijft over overleg of een gesprek samen. Lees de eigen woorden na."
    else:
        return
    yield Suggestion(Trigger.JOINT_TALK, sentence, Role.LABOUR_EXPERT, AskReason.TOGETHER)


def _of(version: Value, section: str) -> Value:
    found: Value = version.get(section) or {}
    return found


def _day(value: datetime.date | str) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
