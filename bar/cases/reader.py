"""From the bytes of a case file to a `Case`, or to everything that is wrong with it.

Whatever can be known without the database is checked here; sections go through their forms, as on screen. `today` is the last day
on which an act of the file may have happened.
"""

import datetime
import re
from collections.abc import Callable, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from bar.cases import case as case_file
from bar.cases.case import Case, CasePerson, CaseVisit
from bar.cases.messages import CaseRefused, Message, Problem
from bar.cases.shares import read_shares
from bar.cases.tables import Table
from bar.cases.visits import Setting, read_visits
from bar.opening_form import OLDEST, YOUNGEST
from consent.models import SeatKind
from dossiers.actions.process import Employment
from dossiers.forms.process import EmploymentForm
from dossiers.models import Contract
from dossiers.parts import EXPERTS, Role
from dossiers.rules.sick_weeks import Recovery, recovery_problem
from instrument import library
from instrument.schema import Instrument
from instrument.text import BadText, clean_json

DELEGATES = (SeatKind.POB, SeatKind.CASE_MANAGER, SeatKind.ARBOARTS, SeatKind.AIOS)
EXPERT_ROLES = tuple(role for role in Role if role in EXPERTS)
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3

_KEY = re.compile(r"[a-z0-9-]{1,60}", re.ASCII)
_BIG = re.compile(r"\d{11}", re.ASCII)


def read_case(raw: bytes, *, today: datetime.date) -> Case:
    """A whole, valid case. Raises `CaseRefused` with everything that is wrong."""
    try:
        value = clean_json(raw)
    except BadText as error:
        raise CaseRefused([Problem(error.path, error.message)]) from error
    problems: list[Problem] = []
    table = Table(value, "", problems)
    if not table.is_table or table.left.get("format") != case_file.FORMAT:
        raise CaseRefused([Problem("format" if table.is_table else "", Message.FORMAT)])
    if table.left.get(case_file.PARTIAL):
        raise CaseRefused([Problem(case_file.PARTIAL, Message.PARTIAL)])
    case = _Reader(table, today).case()
    if case is None or problems:
        raise CaseRefused(list(dict.fromkeys(problems)))
    return case


class _Reader:
    """One reading of one file. Parts that others need are read first; what was refused is None."""

    def __init__(self, table: Table, today: datetime.date) -> None:
        self.table = table
        self.today = today
        for key in ("format", case_file.PARTIAL, case_file.LEFT_OUT):
            table.left.pop(key, None)

    def case(self) -> Case | None:
        """Everything, in the order of the file."""
        key = self._key()
        instrument = self._instrument()
        people, birth_date = self._people(self.table.table("people"))
        employment = self._employment(self.table.table("employment"))
        first, recoveries = self._absence(self.table.table("absence"))
        if birth_date and first and not YOUNGEST <= first.year - birth_date.year <= OLDEST:
            self.table.refuse("people.employee.birth_date", Message.AGE)
        hours = employment.hours_per_week if employment else None
        visits = self._visits(instrument, Setting(first, hours, self.today))
        present = set(Role) if self.table.was_refused("people") else {person.role for person in people}
        shares = read_shares(self.table.tables("shares", optional=True), present, first=first, today=self.today)
        self.table.close()
        if employment is None or first is None or birth_date is None:
            return None
        return Case(key, people, birth_date, employment, first, recoveries, visits, shares)

    def _key(self) -> str:
        key = self.table.line("key")
        if key and not _KEY.fullmatch(key):
            self.table.refuse("key", Message.KEY)
        return key

    def _instrument(self) -> Instrument:
        name = self.table.line("instrument")
        current = library.current()
        if name and name != current.name:
            self.table.refuse("instrument", Message.INSTRUMENT)
        return current

    def _visits(self, instrument: Instrument, setting: Setting) -> tuple[CaseVisit, ...]:
        return read_visits(self.table.tables("assessments"), instrument, setting)

    # --- people -------------------------------------------------------------------------------

    def _people(self, table: Table) -> tuple[tuple[CasePerson, ...], datetime.date | None]:
        employee = table.table("employee")
        birth_date = employee.date("birth_date")
        people = [_person(employee, Role.EMPLOYEE, _optional_email), *self._employers(table)]
        physician = table.table("physician")
        people.append(_person(physician, Role.PHYSICIAN, _email, with_organisation=True, big_number=_big_number(physician)))
        if table.has("delegate"):
            delegate = table.table("delegate")
            kind = delegate.choice("kind", SeatKind, among=DELEGATES)
            people.append(_person(delegate, Role.DELEGATE, _email, organisation=people[-1].organisation, kind=kind or ""))
        people += [_person(table.table(role), role, _email, with_organisation=True) for role in EXPERT_ROLES if table.has(role)]
        for key in (Role.DELEGATE, *EXPERT_ROLES):
            table.left.pop(key, None)  # null says: nobody
        table.close()
        _refuse_twice(table, people)
        return tuple(people), birth_date

    def _employers(self, table: Table) -> list[CasePerson]:
        rows = table.tables("employers")
        if table.is_table and not rows and not table.was_refused("employers"):
            table.refuse("employers", Message.NO_EMPLOYER)
        found = [_person(row, Role.EMPLOYER, _email, with_organisation=True, function=row.line("function", optional=True)) for row in rows]
        for row, person in zip(rows, found, strict=True):
            if person.organisation != found[0].organisation:
                row.refuse("organisation", Message.ONE_EMPLOYER)
        return found

    # --- employment and absence -----------------------------------------------------------------

    def _employment(self, table: Table) -> Employment | None:
        """The contract, through the form of the screen."""
        known = len(table.problems)
        hours = table.number("hours_per_week")
        typed = {
            "job_title": table.line("job_title"),
            "hours_per_week": "" if hours is None else f"{hours:f}".replace(".", ","),
            "contract": table.choice("contract", Contract) or "",
            "contract_end": _iso(table.date("contract_end", optional=True)),
        }
        table.close()
        if not table.is_table or len(table.problems) > known:
            return None
        form = EmploymentForm(typed)
        for name, messages in form.errors.items():
            for message in messages:
                table.refuse(name, str(message))
        return form.employment() if form.is_valid() else None

    def _absence(self, table: Table) -> tuple[datetime.date | None, tuple[Recovery, ...]]:
        first = table.date("first_sick_day")
        if first is not None and first > self.today:
            table.refuse("first_sick_day", Message.FUTURE)
        known = len(table.problems)
        recoveries = [self._recovery(row) for row in table.tables("recoveries", optional=True)]
        table.close()
        whole = [row for row in recoveries if row is not None]
        if first is not None and len(table.problems) == known:
            _refuse_impossible(table, first, whole)
        return first, tuple(whole)

    def _recovery(self, row: Table) -> Recovery | None:
        start, until = row.date("from"), row.date("until", optional=True)
        for key, day in (("from", start), ("until", until)):
            if day is not None and day > self.today:
                row.refuse(key, Message.FUTURE)
        row.close()
        return Recovery(start, until) if start is not None else None


def _person(
    table: Table,
    role: Role,
    email: Callable[[Table], str | None],
    *,
    with_organisation: bool = False,
    organisation: str = "",
    function: str = "",
    big_number: str = "",
    kind: str = "",
) -> CasePerson:
    name = table.line("name")
    address = email(table)
    if with_organisation:
        organisation = table.line("organisation")
    table.close()
    return CasePerson(table.path, role, name, address, organisation, function, big_number, kind)


def _email(table: Table) -> str | None:
    address = table.line("email", most=LONGEST_EMAIL).lower()
    if not address:
        return None
    try:
        validate_email(address)
    except ValidationError:
        table.refuse("email", Message.EMAIL)
        return None
    return address


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def _optional_email(table: Table) -> str | None:
    if not table.has("email"):
        table.left.pop("email", None)
        return None
    return _email(table)


def _big_number(table: Table) -> str:
    number = table.line("big_number")
    if number and not _BIG.fullmatch(number):
        table.refuse("big_number", Message.BIG)
    return number


def _refuse_twice(table: Table, people: Sequence[CasePerson]) -> None:
    seen: set[str] = set()
    for person in people:
        if person.email is None:
            continue
        if person.email in seen:
            table.problems.append(Problem(f"{person.path}.email", Message.SAME_PERSON))
        seen.add(person.email)


def _refuse_impossible(table: Table, first: datetime.date, recoveries: Sequence[Recovery]) -> None:
    problem = recovery_problem(first, recoveries)
    if problem is None:
        return
    position = problem.position
    before = recoveries[position - 1].until if position else first
    if before is None:  # the one before still lasts
        path = f"recoveries[{position - 1}].until"
    else:
        path = f"recoveries[{position}].{'from' if recoveries[position].start <= before else 'until'}"
    table.refuse(path, problem.sentence)
