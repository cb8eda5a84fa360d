"""The dossier as one opened reader may see it, as a value: the only way from models to a page or an export.

Which part each field of a section belongs to is normative in instrument.md ("Parts of the fields") and checked against the models.
Filters on what is in an open part (own threads only, final versions only) are made here and in `queries.py`.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dossiers.door import Opened
from dossiers.models import Assessment, Status
from dossiers.parts import EXPERTS, Part
from dossiers.sections import read_all
from instrument import library
from instrument.forms import FILLED_SECTIONS
from instrument.schema import Instrument

SECTION_PARTS: Mapping[str, Mapping[str, Part]] = {
    "visit": {"date": Part.PROCESS, "contact": Part.PROCESS},
    "work_factors": dict.fromkeys(("item", "influence", "note", "condition"), Part.WORK_FACTORS) | {"in_letter": Part.LETTERS},
    "areas": dict.fromkeys(("item", "status", "still_possible", "condition", "limit"), Part.CAPACITY)
    | {"explanation": Part.EXPLANATION, "in_letter": Part.LETTERS},
    "context_factors": dict.fromkeys(("item", "influence", "note"), Part.CONTEXT),
    "employee_view": dict.fromkeys(("can_do", "needs", "on_advice", "written_by"), Part.EMPLOYEE_VIEW) | {"share_with_employer": Part.SHARING},
    "possibilities": dict.fromkeys(("usable", "own_work", "going_well", "hours_now", "build_up", "review_on"), Part.CAPACITY)
    | dict.fromkeys(("hours_ground", "work_related", "working_relationship"), Part.EXPLANATION),
    "prognosis": dict.fromkeys(("course", "expected_return", "certainty", "next_contact"), Part.CAPACITY) | {"note": Part.EXPLANATION},
    "advice": dict.fromkeys(("goal", "message", "needs_answer", "labour_expert_needed", "actions"), Part.ADVICE),
    "consultation": dict.fromkeys(("with", "item", "question", "answer", "agreed"), Part.CONSULTATION),
}


@dataclass(frozen=True, slots=True)
class VersionHead:
    """What identifies a version: number, day, state, who, and the wording it was filled in with."""

    number: int
    date: datetime.date
    contact: str
    status: Status
    author: str
    instrument: Instrument
    offered_at: datetime.datetime | None
    term_until: datetime.date | None
    finalised_at: datetime.datetime | None
    repairs: int | None
    repair_reason: str


@dataclass(frozen=True, slots=True)
class VersionExtract:
    """One version, cut down to the parts that are open. A section without one open field is absent, not empty."""

    head: VersionHead
    sections: Mapping[str, Any]


def head_of(opened: Opened, version: Assessment) -> VersionHead:
    """The head of a version; the reason of a repair only to who reads the explanation."""
    return VersionHead(
        number=version.number,
        date=version.date,
        contact=version.contact,
        status=Status(version.status),
        author=version.author.name,
        instrument=library.get(*version.instrument),
        offered_at=version.offered_at,
        term_until=version.term_until,
        finalised_at=version.finalised_at,
        repairs=version.repairs.number if version.repairs else None,
        repair_reason=version.repair_reason if opened.may(Part.EXPLANATION) else "",
    )


def version_extract(opened: Opened, version: Assessment, *, only: frozenset[Part] | None = None) -> VersionExtract:
    """A version as this reader may see it; `only` narrows it to what a page may show."""
    parts = opened.readable if only is None else opened.readable & only
    values = read_all(version)
    sections = {section: cut for section in FILLED_SECTIONS if (cut := _cut(opened, section, values[section], parts)) is not None}
    return VersionExtract(head_of(opened, version), sections)


def _cut(opened: Opened, section: str, value: Any, parts: frozenset[Part]) -> Any:
    allowed = {key for key, part in SECTION_PARTS[section].items() if part in parts}
    if not allowed - {"in_letter", "share_with_employer"}:
        return None
    if section == "consultation" and opened.role in EXPERTS:
        value = [row for row in value if row["with"] == opened.role and _item_is_open(row["item"], opened, parts)]
    if isinstance(value, list):
        if "item" in SECTION_PARTS[section] and SECTION_PARTS[section]["item"] not in parts:
            return None  # an explanation without its item would name nothing
        return [{key: row[key] for key in row if key in allowed} for row in value]
    return {key: value[key] for key in value if key in allowed}


def _item_is_open(item: str, opened: Opened, parts: frozenset[Part]) -> bool:
    """A thread on an item is open only while the part of the item is open too."""
    if not item:
        return True
    section = library.current().section_of(item).key
    return SECTION_PARTS[section]["item"] in parts
