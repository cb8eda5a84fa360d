"""From the physician's opening to the core of a letter: gathers the facts a letter may use and hands them to the one whitelist.

The whitelist itself is `rules/letter_core.build_core`. Nothing is rendered here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dossiers.door import Opened
from dossiers.models import Assessment, Correction, CorrectionState, Dossier, Status, WrittenBy
from dossiers.models.letter import Letter
from dossiers.parts import Act, Part, Role
from dossiers.rules import calendar, letter_core
from dossiers.rules.calendar import Visit
from dossiers.rules.compare import plan_visits
from dossiers.rules.dutch import FormOfAddress
from dossiers.rules.letter_core import LetterCore, LetterFacts
from dossiers.rules.sick_weeks import known_on, week_of
from dossiers.sections import is_switched_on, newest_view, read_all, with_sections
from instrument import library
from instrument.schema import Instrument


def core_of(opened: Opened, version: Assessment) -> LetterCore:
    """The core of this version's letter as it would be today. Needs the opening of an author."""
    opened.require_read(Part.LETTERS, Part.CAPACITY, Part.ADVICE, Part.EMPLOYEE_VIEW)
    instrument = library.get(*version.instrument)
    sections = read_all(version)
    return letter_core.build_core(
        _facts(opened, version, sections, instrument), sections, wording_of(instrument), wording_version=opened.dossier.arbodienst.letter_wording
    )


def wording_of(instrument: Instrument) -> dict[str, letter_core.ItemWording]:
    """Areas and work factors with their labels, in the order of the instrument."""
    return {
        item.key: letter_core.ItemWording(key=item.key, label=item.label, heading=item.heading, showing=letter_core.Showing(item.letter.value))
        for section in ("areas", "work_factors")
        for item in instrument.items(section)
    }


def goes_on_paper(dossier: Dossier) -> bool:
    """Whether letters of this dossier go on paper now: the employee has no account in use (docs/decisions/paper.md).

    A training dossier writes to nobody; there an address stands for an account.
    """
    employee = dossier.employee
    return employee.email is None if dossier.training else not employee.can_sign_in


def frozen_core(letter: Letter) -> LetterCore:
    """The core a letter was released with."""
    return LetterCore.from_json(letter.core)


def visits_of(version: Assessment) -> tuple[Visit, ...]:
    """Every final visit before this one, and this one, as the calendar wants them."""
    rows = with_sections(Assessment.objects.filter(dossier_id=version.dossier_id, number__lte=version.number).order_by("number"))
    return visits(row for row in rows if row.status == Status.FINAL or row.pk == version.pk)


def visits(versions: Iterable[Assessment]) -> tuple[Visit, ...]:
    """Visits for the calendar: did hours, tasks, conditions or goal change, and is there capacity?"""
    return plan_visits([{"date": row.date.isoformat(), **read_all(row)} for row in versions])


def _facts(opened: Opened, version: Assessment, sections: Mapping[str, Any], instrument: Instrument) -> LetterFacts:
    dossier = opened.dossier
    absence = known_on(dossier.absence, version.date)
    visited = visits_of(version)
    texts = [row["what"] for row in sections["advice"]["actions"]]
    nearest = calendar.nearest_step(absence, version.date, visited, action_texts=texts)
    author = opened.person if opened.may(Part.LETTERS, Act.FINALISE) else version.author
    return LetterFacts(
        arbodienst=letter_core.Letterhead(
            name=dossier.arbodienst.name,
            address_lines=tuple(line for line in dossier.arbodienst.address.splitlines() if line.strip()),
            phone=dossier.arbodienst.phone,
            email=dossier.arbodienst.email,
        ),
        employer=dossier.employer.name,
        employer_people=tuple(dossier.seats.filter(role=Role.EMPLOYER, ended_at__isnull=True).order_by("name").values_list("name", flat=True)),
        employee=dossier.employee_name,
        form_of_address=_form_of_address(opened),
        employee_on_paper=goes_on_paper(dossier),
        author=author.name,
        author_function="bedrijfsarts",
        job_title=dossier.job_title,
        contract_hours=_number(dossier.hours_per_week),
        first_sick_day=dossier.first_sick_day,
        recoveries=tuple(letter_core.Recovery(row.start, row.until) for row in absence.recoveries),
        week=week_of(absence, version.date),
        visit_date=version.date,
        contact=letter_core.Contact(version.contact),
        dossier_number=dossier.number,
        version=version.number,
        finalised_on=opened.today,
        view=_view(opened),
        remarks=_remarks(version),
        nearest=letter_core.NearestStep(nearest.kind, nearest.due, nearest.actor, nearest.hard) if nearest and nearest.actor else None,
        farther=tuple(
            letter_core.FartherStep(step.kind, step.due)
            for step in calendar.steps(absence, version.date, visited)
            if step.is_open and step.kind in calendar.LETTER_KINDS and (nearest is None or step.kind is not nearest.kind)
        ),
        instrument_footer=instrument.letter_footer,
    )


def _form_of_address(opened: Opened) -> FormOfAddress:
    """The first name, unless the arbodienst writes formally and the salutation is known."""
    dossier = opened.dossier
    if dossier.arbodienst.address_form == "formal" and dossier.salutation:
        return FormOfAddress(dossier.salutation)
    return FormOfAddress.FIRST_NAME


def _view(opened: Opened) -> letter_core.View | None:
    """The employee's view, only while the switch is on at this moment."""
    row = newest_view(opened.dossier, since=opened.sees_from)
    if row is None or not is_switched_on(opened.dossier, Part.EMPLOYEE_VIEW):
        return None
    return letter_core.View(can_do=row.can_do, needs=row.needs, on_advice=row.on_advice, noted=row.written_by == WrittenBy.PHYSICIAN)


def _remarks(version: Assessment) -> tuple[letter_core.Remark, ...]:
    """Corrections about something that stands in this letter, whose writer has read that the employer reads them too."""
    kinds = {CorrectionState.ADAPTED.value: letter_core.RemarkKind.ADAPTED, CorrectionState.DECLINED.value: letter_core.RemarkKind.DECLINED}
    rows = Correction.objects.filter(assessment=version, in_letter=True).exclude(state=CorrectionState.OPEN).order_by("asked_at")
    return tuple(letter_core.Remark(kinds[row.state], row.text) for row in rows)


def _number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)
