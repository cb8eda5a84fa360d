"""What the calendar must know of visits, without opening one sealed text: for lists, and for the head of every page.

A final version keeps an HMAC of what a plan van aanpak is made from; two that differ mean that the plan changes. What that is made from is
told in `rules/compare.py`, so that list, page and letter cannot disagree. No access here.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from dossiers.compiled import IsOneOf, compiled
from dossiers.models import Assessment, Status
from dossiers.rules.calendar import Visit
from dossiers.rules.compare import plan_content
from dossiers.sealed import keyed_hash

_COLUMNS = ("dossier_id", "number", "date", "started_at", "status", "term_until", "plan_hash", "possibilities__usable", "prognosis__next_contact")


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version as lists know it."""

    number: int
    date: datetime.date
    status: Status
    term_until: datetime.date | None
    plan_hash: str
    usable: str
    next_contact: datetime.date | None = None
    started_at: datetime.datetime | None = None


def plan_hash(dossier_id: uuid.UUID, sections: Mapping[str, Any]) -> str:
    """The mark of a final version's plan content. With the dossier in it, so that two dossiers never show the same mark."""
    return keyed_hash([str(dossier_id), *plan_content(sections)])


@compiled
def versions_of(ids: list[uuid.UUID]) -> QuerySet[Assessment, Any]:
    """The versions of many dossiers."""
    rows: QuerySet[Assessment, Any] = Assessment.objects.filter(IsOneOf("dossier_id", ids)).order_by("dossier_id", "number").values(*_COLUMNS)
    return rows


def facts_of_versions(rows: Iterable[Mapping[str, Any]]) -> dict[uuid.UUID, tuple[VersionFacts, ...]]:
    """What `versions_of` found, by dossier, oldest first."""
    found: dict[uuid.UUID, list[VersionFacts]] = defaultdict(list)
    for row in rows:
        facts = VersionFacts(
            number=row["number"],
            date=row["date"],
            status=Status(row["status"]),
            term_until=row["term_until"],
            plan_hash=row["plan_hash"],
            usable=row["possibilities__usable"] or "",
            next_contact=row["prognosis__next_contact"],
            started_at=row["started_at"],
        )
        found[row["dossier_id"]].append(facts)
    return {dossier_id: tuple(facts) for dossier_id, facts in found.items()}


def visits_from(versions: Iterable[VersionFacts]) -> tuple[Visit, ...]:
    """The final versions as the calendar wants them, in date order."""
    found: list[Visit] = []
    before: str | None = None
    for row in sorted((row for row in versions if row.status is Status.FINAL), key=lambda row: (row.date, row.number)):
        found.append(Visit(row.date, changes_plan=before is None or before != row.plan_hash, has_capacity=row.usable != "no"))
        before = row.plan_hash
    return tuple(found)
