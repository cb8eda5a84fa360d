"""Reading the visits of a case file: every section through the form that the screen uses, with the path to each refusal."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bar.cases.case import CaseVisit
from bar.cases.messages import Message, Problem
from bar.cases.tables import Table
from dossiers.models import Status
from instrument.forms import FILLED_SECTIONS, FormContext, SectionData, SectionForm, SectionValue, ValueShapeError, data_of, missing, section_form
from instrument.schema import Instrument, SectionKind

VISIT_KEYS = ("date", "contact")
EARLIEST = datetime.date.min


@dataclass(frozen=True, slots=True)
class Setting:
    """What the sections need to know of the rest of the file; None where that was refused."""

    first_sick_day: datetime.date | None
    contract_hours: Decimal | None
    today: datetime.date


def read_visits(rows: Sequence[Table], instrument: Instrument, setting: Setting) -> tuple[CaseVisit, ...]:
    """Every visit that could be read; what is wrong stands with its table."""
    visits: list[CaseVisit] = []
    last: datetime.date | None = None
    for index, row in enumerate(rows):
        if not row.is_table:
            continue
        status = row.choice("status", Status)
        if status is not None and status is not Status.FINAL and index < len(rows) - 1:
            row.refuse("status", Message.ONLY_LAST_OPEN)
        visit = _visit(row, status or Status.DRAFT, instrument, setting)
        if visit is None:
            continue
        if last is not None and visit.date < last:
            row.refuse("date", Message.VISIT_ORDER)
        last = visit.date
        visits.append(visit)
    return tuple(visits)


def _visit(row: Table, status: Status, instrument: Instrument, setting: Setting) -> CaseVisit | None:
    known = len(row.problems)
    forms = {section: _section(row, section, instrument, setting) for section in FILLED_SECTIONS}
    row.close()
    if len(row.problems) > known:
        return None
    whole = {section: form for section, form in forms.items() if form is not None}
    values = {section: form.value for section, form in whole.items()}
    if status is not Status.DRAFT:
        _refuse_incomplete(row, instrument, whole, values)
    visit = values["visit"]
    assert isinstance(visit, dict)
    return CaseVisit(row.path, datetime.date.fromisoformat(visit["date"]), status, values)


def _section(row: Table, section: str, instrument: Instrument, setting: Setting) -> SectionForm | None:
    data = _data(row, section, instrument)
    if data is None:
        return None
    context = FormContext(
        contract_hours=setting.contract_hours,
        first_sick_day=setting.first_sick_day or EARLIEST,
        visit_date=None,
        today=setting.today,
    )
    form = section_form(instrument, section, data, context=context)
    for path, message in form.path_errors:
        row.refuse(path, message)
    return form if form.is_valid() else None


def _data(row: Table, section: str, instrument: Instrument) -> SectionData | None:
    """The section as its form wants it, or None when its shape was refused."""
    value: object
    if section == "visit":
        if gone := [key for key in VISIT_KEYS if key not in row.left]:
            for key in gone:
                row.refuse(key, Message.MISSING)
        value = {key: row.left.pop(key) for key in VISIT_KEYS if key in row.left}
        if gone:
            return None
    elif section not in row.left and instrument.section(section).kind in {SectionKind.ITEMS, SectionKind.ROWS}:
        value = []
    elif section not in row.left:
        row.refuse(section, Message.MISSING)
        return None
    else:
        value = row.left.pop(section)
    try:
        return data_of(instrument, section, value)
    except ValueShapeError as error:
        row.problems.extend(_shape_problems(row, section, value, instrument, error))
        return None


def _shape_problems(row: Table, section: str, value: object, instrument: Instrument, first: ValueShapeError) -> list[Problem]:
    """The first problem of every row of a list, because a form's data stops at its first one; else that one."""
    found = [(first.path, first.message)]
    for index, part in enumerate(value if isinstance(value, list) else []):
        try:
            data_of(instrument, section, [part])
        except ValueShapeError as error:
            found.append((error.path.replace("[0]", f"[{index}]", 1), error.message))
    return [Problem(row.place(path), message) for path, message in dict.fromkeys(found)]


def _refuse_incomplete(row: Table, instrument: Instrument, forms: Mapping[str, SectionForm], values: Mapping[str, SectionValue]) -> None:
    """Offered and final versions are complete, as on screen."""
    for found in missing(instrument, values):
        path = forms[found.section].path(found.field) if found.field else found.section
        row.refuse(path, found.sentence)
