"""Which letter a labour report speaks from, for one reader, and the core made with it.

Only a released letter that stands, and only for who may read what is in it. Nothing of a version of the BAR may be fetched here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dossiers.door import Opened
from dossiers.letter import frozen_core
from dossiers.models import LabourReport, Letter
from dossiers.paper import reached_employee_by
from dossiers.parts import Part
from dossiers.rules import labour_report as rules
from dossiers.rules.dutch import FormOfAddress
from dossiers.rules.labour_report import Capacity, ReportCore, ReportFacts, ReportValue
from dossiers.rules.letter_core import Letterhead
from instrument import library


@dataclass(frozen=True, slots=True)
class Source:
    """The newest letter that stands, with what it says of capacity."""

    letter: Letter
    capacity: Capacity
    form_of_address: FormOfAddress
    labels: Mapping[str, str]  # of the areas of its instrument

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The areas it names, with its words."""
        return rules.named_items(self.capacity, self.labels)


def source_of(opened: Opened) -> Source | None:
    """The letter a report would speak from now; None when there is none, or when this reader may read neither capacity nor letters."""
    if not (opened.may(Part.CAPACITY) or opened.may(Part.LETTERS)):
        return None
    letters = Letter.objects.filter(dossier=opened.dossier, released_at__isnull=False, released_at__lte=opened.now, withdrawn_at__isnull=True)
    letter = letters.filter(reached_employee_by(opened.today)).select_related("assessment").order_by("-assessment__number").first()
    if letter is None:
        return None
    core = frozen_core(letter)
    return Source(letter, rules.capacity_of(core), core.facts.form_of_address, area_labels(letter.assessment.instrument))


def area_labels(instrument: tuple[str, str] | None = None) -> dict[str, str]:
    """The areas of an instrument by key, in its order; without one, of the current one."""
    found = library.get(*instrument) if instrument else library.current()
    return {item.key: item.label for item in found.items("areas")}


def core_of(opened: Opened, report: LabourReport, value: ReportValue, source: Source) -> ReportCore:
    """The core of this report as it would be offered today. Raises ValueError for a value with gaps."""
    dossier, house = opened.dossier, report.author.organisation
    facts = ReportFacts(
        house=Letterhead(
            name=report.author_organisation,
            address_lines=tuple(line for line in house.address.splitlines() if line.strip()) if house else (),
            phone=house.phone if house else "",
            email=house.email if house else "",
        ),
        author=report.author_name,
        employee=dossier.employee_name,
        form_of_address=source.form_of_address,
        employer=dossier.employer.name,
        job_title=dossier.job_title,
        contract_hours=_number(float(dossier.hours_per_week)),
        dossier_number=dossier.number,
        number=report.number,
        offered_on=opened.today,
    )
    return rules.build_core(facts, value, source.capacity, area_labels(), letter_labels=source.labels)


def frozen_report(report: LabourReport) -> ReportCore:
    """The core a report was offered with."""
    return ReportCore.from_json(report.core)


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() else value
