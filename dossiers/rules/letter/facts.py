"""The values a letter is made of: what the caller must bring, and the words with a fixed meaning.

Only what `case-format.md` allows in a letter has a place here; a new field is a change of the whitelist.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dossiers.rules.amounts import LimitPer, LimitUnit
from dossiers.rules.dutch import FormOfAddress, Number
from dossiers.rules.duties import Actor, StepKind
from dossiers.rules.sick_weeks import Recovery


class Showing(StrEnum):
    """How an item of the instrument may reach a letter (`instrument.md`)."""

    LABEL = "label"
    TEXT_ONLY = "text_only"
    ASK = "ask"


class Contact(StrEnum):
    """How physician and employee met."""

    CONSULTATION = "consultation"
    PHONE = "phone"
    VIDEO = "video"
    WORKPLACE = "workplace"
    JOINT = "joint"
    FILE_ONLY = "file_only"
    NO_SHOW = "no_show"


class Usable(StrEnum):
    """Whether there is any capacity for work."""

    YES = "yes"
    NOT_NOW = "not_now"
    NO = "no"


class OwnWork(StrEnum):
    """How much of the own work can be done."""

    FULLY = "fully"
    PARTLY = "partly"
    NOT = "not"


class BuildUpKind(StrEnum):
    """Whether a step is practice or ordinary work."""

    PRACTICE = "practice"
    REGULAR = "regular"


class Course(StrEnum):
    """Which way capacity for work goes."""

    IMPROVING = "improving"
    STABLE = "stable"
    WORSENING = "worsening"
    FLUCTUATING = "fluctuating"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How sure the physician is of the expectation."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNCERTAIN = "uncertain"


class Goal(StrEnum):
    """The work that everyone works towards."""

    OWN_WORK = "own_work"
    ADAPTED_OWN_WORK = "adapted_own_work"
    OTHER_WORK_OWN_EMPLOYER = "other_work_own_employer"
    OTHER_EMPLOYER = "other_employer"
    UNDECIDED = "undecided"


class RemarkKind(StrEnum):
    """What became of the employee's request about something that stands in this letter."""

    ADAPTED = "adapted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The arbodienst that writes."""

    name: str
    address_lines: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class NearestStep:
    """The next step that employer or employee must take."""

    kind: StepKind
    due: date
    actor: Actor
    hard: bool
    """A duty by law ("moet") or a norm of practice ("liefst")."""


@dataclass(frozen=True, slots=True)
class FartherStep:
    """A later duty, for the employer's own page."""

    kind: StepKind
    due: date


@dataclass(frozen=True, slots=True)
class View:
    """The employee's own words, only made while the employee's switch is on."""

    can_do: str
    needs: str
    on_advice: str
    noted: bool
    """Spoken and written down by the physician."""


@dataclass(frozen=True, slots=True)
class Remark:
    """The employee's correction or statement about something that stands in this letter."""

    kind: RemarkKind
    text: str


@dataclass(frozen=True, slots=True)
class ItemWording:
    """What the instrument says of an area or work factor; `showing` decides what of it a letter shows."""

    key: str
    label: str
    heading: str
    showing: Showing


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with its unit and period."""

    value: Number
    unit: LimitUnit
    per: LimitPer


@dataclass(frozen=True, slots=True)
class LetterItem:
    """An area or work factor in a letter. Without label (and heading) only its texts are shown."""

    label: str
    heading: str
    still_possible: str
    condition: str
    limit: Limit | None


@dataclass(frozen=True, slots=True)
class BuildUpStep:
    """Hours from a day on."""

    start: date
    hours_per_week: Number
    hours_per_day: Number | None
    kind: BuildUpKind
    tasks: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something that somebody does, and by when."""

    what: str
    who: Actor
    by: date | None


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """The facts of the process that a letter may use; made from the physician's opening only."""

    arbodienst: Letterhead
    employer: str
    employer_people: tuple[str, ...]
    employee: str
    form_of_address: FormOfAddress
    employee_on_paper: bool
    author: str
    author_function: str
    job_title: str
    contract_hours: Number
    first_sick_day: date
    recoveries: tuple[Recovery, ...]
    week: int
    """Week of sickness on the day of the visit; recovered days do not count."""
    visit_date: date
    contact: Contact
    dossier_number: str
    version: int
    finalised_on: date
    view: View | None
    remarks: tuple[Remark, ...]
    nearest: NearestStep | None
    farther: tuple[FartherStep, ...]
    instrument_footer: str
