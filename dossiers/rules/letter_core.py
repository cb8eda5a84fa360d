"""What a letter may use, and nothing else: the one whitelist, as a frozen value and the function that fills it.

Never put in the core: explanation, notes, context factors, influence, ground of hours, relation with the work,
consultation, birth date, addresses of people; nor the key, label or heading of an item that may only show its text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self, TypeAlias, cast

from dossiers.rules.amounts import LimitPer, LimitUnit, holds, limit_amount
from dossiers.rules.dutch import FormOfAddress, Number
from dossiers.rules.duties import Actor, StepKind
from dossiers.rules.letter.facts import (
    Action,
    BuildUpKind,
    BuildUpStep,
    Certainty,
    Contact,
    Course,
    FartherStep,
    Goal,
    ItemWording,
    LetterFacts,
    Letterhead,
    LetterItem,
    Limit,
    NearestStep,
    OwnWork,
    Remark,
    RemarkKind,
    Showing,
    Usable,
    View,
)
from dossiers.rules.letter.frozen import decoded, encoded
from dossiers.rules.letter.wording import CURRENT, sentence_set
from dossiers.rules.sick_weeks import Recovery

Row: TypeAlias = Mapping[str, object]
SectionValue: TypeAlias = Row | Sequence[Row]

FORMAT: Final = "letter-core/1"
_ATTENTION: Final = "attention"
_ACTORS: Final = {actor.value: actor for actor in Actor}


class LetterIncompleteError(ValueError):
    """A field that every letter needs has no value; `path` names it ("advice.message")."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no value for {path}")
        self.path = path


@dataclass(frozen=True, slots=True)
class LetterCore:
    """Everything one letter is made of; frozen, hashed by the caller over `core_bytes`."""

    format: str
    wording_version: str
    wording: Mapping[str, str]
    facts: LetterFacts
    usable: Usable
    own_work: OwnWork | None
    going_well: str
    hours_now: Number
    build_up: tuple[BuildUpStep, ...]
    review_on: date | None
    areas: tuple[LetterItem, ...]
    work_factors: tuple[LetterItem, ...]
    agreements: tuple[LetterItem, ...]
    """Items that may show their text but not their name."""
    relationship_advice: str
    course: Course
    expected_return: date | None
    certainty: Certainty
    next_contact: date | None
    goal: Goal
    message: str
    needs_answer: str
    labour_expert_needed: bool
    actions: tuple[Action, ...]

    def to_json(self) -> dict[str, object]:
        """The core as plain JSON values."""
        return cast("dict[str, object]", encoded(self))

    @classmethod
    def from_json(cls, value: object) -> Self:
        """The core that `to_json` gave. Raises ValueError for anything else."""
        core = decoded(cls, value)
        if core.format != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        return core


def build_core(
    facts: LetterFacts,
    sections: Mapping[str, SectionValue],
    items: Mapping[str, ItemWording],
    *,
    wording_version: str = CURRENT,
) -> LetterCore:
    """THE whitelist: the only way from a filled-in BAR to a letter.

    `sections` are section values in the shape of the case file; of each, the fields named here are read and no
    others. `items` holds areas and work factors in the order of the instrument. Raises LetterIncompleteError.
    """
    possibilities = _Fields("possibilities", _row(sections, "possibilities"))
    prognosis = _Fields("prognosis", _row(sections, "prognosis"))
    advice = _Fields("advice", _row(sections, "advice"))
    core = LetterCore(
        format=FORMAT,
        wording_version=wording_version,
        wording=dict(sentence_set(wording_version)),
        facts=facts,
        usable=Usable(possibilities.needed("usable")),
        own_work=None,
        going_well=possibilities.text("going_well"),
        hours_now=0,
        build_up=(),
        review_on=None,
        areas=(),
        work_factors=(),
        agreements=(),
        relationship_advice=_relationship_advice(possibilities),
        course=Course(prognosis.needed("course")),
        expected_return=prognosis.day("expected_return"),
        certainty=Certainty(prognosis.needed("certainty")),
        next_contact=prognosis.day("next_contact"),
        goal=Goal(advice.needed("goal")),
        message=advice.needed("message"),
        needs_answer=advice.text("needs_answer"),
        labour_expert_needed=advice.values.get("labour_expert_needed") is True,
        actions=tuple(_action(row) for row in _rows(advice.values.get("actions"))),
    )
    if core.usable is not Usable.YES:
        return replace(core, review_on=possibilities.day("review_on"))
    return _with_capacity(core, possibilities, sections, items)


def core_bytes(core: LetterCore) -> bytes:
    """The canonical form of a core: what is hashed, and what is stored."""
    return json.dumps(core.to_json(), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def core_from_bytes(raw: bytes) -> LetterCore:
    """The core that `core_bytes` wrote."""
    return LetterCore.from_json(json.loads(raw))


@dataclass(frozen=True, slots=True)
class _Fields:
    """A section value that is read field by field, so that a missing one is named."""

    section: str
    values: Row

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return value.strip() if isinstance(value, str) else ""

    def needed(self, key: str) -> str:
        if not (text := self.text(key)):
            raise LetterIncompleteError(f"{self.section}.{key}")
        return text

    def day(self, key: str) -> date | None:
        text = self.text(key)
        return date.fromisoformat(text) if text else None

    def number(self, key: str) -> Number | None:
        value = self.values.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _with_capacity(
    core: LetterCore,
    possibilities: _Fields,
    sections: Mapping[str, SectionValue],
    items: Mapping[str, ItemWording],
) -> LetterCore:
    areas = _letter_items(sections, "areas", items)
    factors = _letter_items(sections, "work_factors", items)
    return replace(
        core,
        own_work=OwnWork(possibilities.needed("own_work")),
        hours_now=possibilities.number("hours_now") or 0,
        build_up=tuple(_step(row) for row in _rows(possibilities.values.get("build_up"))),
        areas=tuple(item for item in areas if item.label),
        work_factors=tuple(item for item in factors if item.label),
        agreements=tuple(item for item in (*areas, *factors) if not item.label),
    )


def _letter_items(sections: Mapping[str, SectionValue], section: str, items: Mapping[str, ItemWording]) -> tuple[LetterItem, ...]:
    order = {key: place for place, key in enumerate(items)}
    rows = sorted(_rows(sections.get(section)), key=lambda row: order[str(row["item"])])
    found = (_letter_item(_Fields(section, row), items[str(row["item"])], section) for row in rows)
    return tuple(item for item in found if item is not None)


def _letter_item(row: _Fields, wording: ItemWording, section: str) -> LetterItem | None:
    """The item as a letter shows it; None when it has nothing to say or may not be said."""
    if row.values.get("in_letter", wording.showing is not Showing.ASK) is not True:
        return None
    is_area = section == "areas"
    if is_area and row.text("status") != _ATTENTION:
        return None
    still_possible = row.text("still_possible") if is_area else ""
    condition = row.text("condition")
    limit = _limit(row.values.get("limit"), (still_possible, condition)) if is_area else None
    if not (still_possible or condition or limit):
        return None
    named = wording.showing is Showing.LABEL
    return LetterItem(
        label=wording.label if named else "",
        heading=wording.heading if named else "",
        still_possible=still_possible,
        condition=condition,
        limit=limit,
    )


def _limit(value: object, texts: Iterable[str]) -> Limit | None:
    """A limit that no text of the item says already (rule 4 of the letter)."""
    if not isinstance(value, Mapping):
        return None
    row = _Fields("limit", value)
    number = row.number("value")
    if number is None:
        raise LetterIncompleteError("areas.limit.value")
    limit = Limit(number, LimitUnit(row.needed("unit")), LimitPer(row.needed("per")))
    amount = limit_amount(limit.value, limit.unit)
    return None if any(holds(text, amount) for text in texts) else limit


def _step(row: Row) -> BuildUpStep:
    fields = _Fields("possibilities.build_up", row)
    hours = fields.number("hours_per_week")
    if hours is None:
        raise LetterIncompleteError("possibilities.build_up.hours_per_week")
    return BuildUpStep(
        start=date.fromisoformat(fields.needed("from")),
        hours_per_week=hours,
        hours_per_day=fields.number("hours_per_day"),
        kind=BuildUpKind(fields.needed("kind")),
        tasks=fields.text("tasks"),
    )


def _action(row: Row) -> Action:
    """An action without the item it is about: the label of that item may suggest an illness."""
    fields = _Fields("advice.actions", row)
    return Action(what=fields.needed("what"), who=_ACTORS[fields.needed("who")], by=fields.day("by"))


def _relationship_advice(possibilities: _Fields) -> str:
    relationship = possibilities.values.get("working_relationship")
    return _Fields("working_relationship", relationship).text("advice") if isinstance(relationship, Mapping) else ""


def _row(sections: Mapping[str, SectionValue], key: str) -> Row:
    value = sections.get(key)
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> tuple[Row, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(row for row in value if isinstance(row, Mapping))


__all__ = [
    "FORMAT",
    "Action",
    "Actor",
    "BuildUpKind",
    "BuildUpStep",
    "Certainty",
    "Contact",
    "Course",
    "FartherStep",
    "FormOfAddress",
    "Goal",
    "ItemWording",
    "LetterCore",
    "LetterFacts",
    "LetterIncompleteError",
    "LetterItem",
    "Letterhead",
    "Limit",
    "NearestStep",
    "OwnWork",
    "Recovery",
    "Remark",
    "RemarkKind",
    "SectionValue",
    "Showing",
    "StepKind",
    "Usable",
    "View",
    "build_core",
    "core_bytes",
    "core_from_bytes",
]
