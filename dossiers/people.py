"""The people of a dossier, as one reader may know of them (docs/access.md, "index and colleagues are projected per reader").

The employer knows the employee, the own people, the physician, the delegate, and a labour expert whose report is released; never that a share
or an insurance physician exists.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dossiers.door import Opened
from dossiers.models import LabourReport
from dossiers.parts import EXPERTS, Role

_KNOWN_TO_EMPLOYER = frozenset({Role.EMPLOYEE, Role.EMPLOYER, Role.PHYSICIAN, Role.DELEGATE})
_ORDER: Mapping[Role, int] = {
    role: place for place, role in enumerate((Role.EMPLOYEE, Role.PHYSICIAN, Role.DELEGATE, Role.EMPLOYER, *sorted(EXPERTS)))
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a seat: name, what they are here, where they work, and whether that is the reader."""

    name: str
    role: str
    organisation: str
    is_reader: bool
    is_delegate: bool = False


def people_of(opened: Opened) -> list[Colleague]:
    """Everybody with a seat today whom this reader may know of."""
    rows = opened.dossier.seats.filter(ended_at__isnull=True, start__lte=opened.today).select_related("person", "person__organisation")
    current = [row for row in rows if row.until is None or row.until >= opened.today]
    released = authors_of_released(opened) if opened.role is Role.EMPLOYER else frozenset()
    known = [row for row in current if _is_known(Role(row.role), opened.role) or row.person_id in {opened.person.pk, *released}]
    known.sort(key=lambda row: (_ORDER[Role(row.role)], row.name))
    return [
        Colleague(
            name=row.name,
            role=_role_words(row.role, row.get_kind_display(), row.function),
            organisation=_organisation(row, opened),
            is_reader=row.person_id == opened.person.pk,
            is_delegate=row.role == Role.DELEGATE,
        )
        for row in known
    ]


def authors_of_released(opened: Opened) -> frozenset[uuid.UUID]:
    """The labour experts with a released report: only these an employer knows of, whatever became of their share since."""
    rows = LabourReport.objects.filter(dossier=opened.dossier, released_at__isnull=False, released_at__lte=opened.now)
    return frozenset(rows.values_list("author_id", flat=True))


def delegate_sentence(name: str) -> str:
    """What the employee reads of everybody who works under the physician."""
    return f"{name} werkt namens uw bedrijfsarts. U mag altijd de bedrijfsarts zelf spreken."


def _organisation(row: Any, opened: Opened) -> str:
    """Employee and employer's people belong to the employer of this dossier, whatever an account says."""
    if row.role == Role.EMPLOYEE:
        return ""
    if row.role == Role.EMPLOYER:
        return opened.dossier.employer.name
    return row.person.organisation.name if row.person.organisation else ""


def _is_known(role: Role, reader: Role) -> bool:
    """Experts do not learn of each other: whom a dossier is shared with is between employee and physician."""
    if reader is Role.EMPLOYER:
        return role in _KNOWN_TO_EMPLOYER
    if reader in EXPERTS:
        return role not in EXPERTS
    return True


def _role_words(role: str, kind: str, function: str) -> str:
    extra = function or (kind if role in (Role.DELEGATE, Role.PHYSICIAN) else "")
    return f"{Role(role).label}, {extra}" if extra else Role(role).label
