"""A case file that was read: frozen values in the words of the product.

Only values. How they are read is in `reader`, what becomes of them in `importer`.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from consent.models import AnswerState
from dossiers.actions.process import Employment
from dossiers.models import Status
from dossiers.parts import Part, Role
from dossiers.rules.sick_weeks import Recovery
from instrument.forms import SectionValue

FORMAT = "bar-case/1"
PARTIAL = "partial"
LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class CasePerson:
    """Somebody in a case file and the place where they stand, such as "people.employers[0]"."""

    path: str
    role: Role
    name: str
    email: str | None
    organisation: str = ""
    function: str = ""
    big_number: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CaseVisit:
    """One filled-in BAR: its sections are values that their forms gave back."""

    path: str
    date: datetime.date
    status: Status
    sections: Mapping[str, SectionValue]


@dataclass(frozen=True, slots=True)
class CaseShare:
    """One share with the employee's answers so far."""

    path: str
    role: Role
    read: tuple[Part, ...]
    write: tuple[Part, ...]
    purpose: str
    first_day: datetime.date
    last_day: datetime.date
    answers: Mapping[Part, AnswerState]
    answered_on: datetime.date | None
    withdrawn_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Case:
    """One whole dossier as a file tells it."""

    key: str
    people: tuple[CasePerson, ...]
    birth_date: datetime.date
    employment: Employment
    first_sick_day: datetime.date
    recoveries: tuple[Recovery, ...]
    visits: tuple[CaseVisit, ...]
    shares: tuple[CaseShare, ...]

    def person(self, role: Role) -> CasePerson | None:
        """The person in this role, if there is one."""
        return next((person for person in self.people if person.role is role), None)

    @property
    def employers(self) -> tuple[CasePerson, ...]:
        """The people of the employer, in the order of the file."""
        return tuple(person for person in self.people if person.role is Role.EMPLOYER)
