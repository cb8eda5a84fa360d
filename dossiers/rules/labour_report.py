"""What a labour expert's report is made of, as frozen values, and the rule that guards its words.

Of capacity a report says only what a released letter said (docs/decisions/labour-report-words.md): nothing of a version of the BAR may be read
here. No sentence of the report itself stands here; those are in `labour_report_text.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Self, cast

from dossiers.rules.dutch import FormOfAddress, Number
from dossiers.rules.letter.capacity import capacity_sections
from dossiers.rules.letter.document import Bullets, Groups, Paragraph, Runs, Section, plain
from dossiers.rules.letter.facts import Letterhead
from dossiers.rules.letter.frozen import decoded, encoded
from dossiers.rules.letter.voice import Voice
from dossiers.rules.letter_core import LetterCore

FORMAT: Final = "labour-report/1"
"""Changes with the sentences too: a report that was released keeps reading as it was."""

MOST_FUNCTIONS: Final = 8


class OwnWork(StrEnum):
    """Whether the own work suits (the values of the model)."""

    SUITABLE = "suitable"
    WITH_ADAPTATIONS = "with_adaptations"
    NOT_SUITABLE = "not_suitable"
    UNKNOWN = "unknown"


class Fit(StrEnum):
    """Whether one demand fits (the values of the model)."""

    FITS = "fits"
    WITH_CONDITION = "with_condition"
    DOES_NOT_FIT = "does_not_fit"
    UNKNOWN = "unknown"


class SecondTrack(StrEnum):
    """Whether work at another employer must be looked for (the values of the model)."""

    YES = "yes"
    NOT_NOW = "not_now"
    NO = "no"


# --- what was typed, once it is valid --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemandValue:
    """What a function asks on one area, and whether that fits."""

    item: str
    demand: str
    fit: Fit
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function at the own employer."""

    title: str
    hours: Number | None = None
    note: str = ""
    demands: tuple[DemandValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportValue:
    """Everything a labour expert fills in; texts are clean, answers known."""

    own_work: OwnWork | None = None
    own_work_note: str = ""
    answers: str = ""
    factors: str = ""
    second_track: SecondTrack | None = None
    second_track_reason: str = ""
    advice: str = ""
    functions: tuple[FunctionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """What still has to be there before the employee can read the report, and the field it is about."""

    field: str
    sentence: str


def gaps(value: ReportValue) -> tuple[Gap, ...]:
    """What is missing, in the order of the form."""
    return tuple(_gaps(value))


def _gaps(value: ReportValue) -> Iterator[Gap]:
    if not value.answers:
        yield Gap("answers", "Geef antwoord op wat u is gevraagd.")
    if value.own_work is None:
        yield Gap("own_work", "Kies of het eigen werk past.")
    elif value.own_work is not OwnWork.SUITABLE and not value.own_work_note:
        yield Gap("own_work_note", "Leg uit waarom het eigen werk niet zomaar past.")
    if value.second_track is None:
        yield Gap("second_track", "Kies of zoeken bij een andere werkgever nodig is.")
    elif not value.second_track_reason:
        yield Gap("second_track_reason", "Leg uit waarom zoeken bij een andere werkgever wel of niet nodig is.")
    if not value.advice:
        yield Gap("advice", "Schrijf uw advies op.")


NOT_NAMED: Final = (
    "De brief van de bedrijfsarts zegt hier niets over. Kies ‘past’ of ‘niet bekend’. Denkt u dat dit niet past? Vraag het dan aan de bedrijfsarts."
)
NO_REASON: Final = "Schrijf op waarom."


def may_say(fit: Fit, *, is_named: bool) -> bool:
    """Whether a report may say this of an area. That something does not (simply) fit, only where the letter named the area: else the employer
    would learn of an area that the letter left out."""
    return is_named or fit in {Fit.FITS, Fit.UNKNOWN}


def needs_reason(fit: Fit) -> bool:
    """Whether this answer must be explained."""
    return fit is not Fit.FITS


def problems(value: ReportValue, named: Iterable[str]) -> tuple[str, ...]:
    """What in a report breaks the rule on its words; empty for one that may be offered."""
    known = frozenset(named)
    demands = [demand for function in value.functions for demand in function.demands]
    broken = [NOT_NAMED for demand in demands if not may_say(demand.fit, is_named=demand.item in known)]
    return (*broken, *(NO_REASON for demand in demands if needs_reason(demand.fit) and not demand.reason))


# --- capacity, in the words of a letter ------------------------------------------------------------


class PieceKind(StrEnum):
    """How a letter says something: a sentence, an entry of a list, or an area with its name."""

    SENTENCE = "sentence"
    ENTRY = "entry"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class CapacityPiece:
    """One thing a letter says; a label only for an area that the letter names."""

    kind: PieceKind
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapacityGroup:
    """A heading of the letter with what stands under it, in its order."""

    heading: str
    pieces: tuple[CapacityPiece, ...]


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a released letter says about work: hours, build-up, areas. Its words, nothing else."""

    letter_day: date
    letter_version: int
    groups: tuple[CapacityGroup, ...]


def capacity_of(letter: LetterCore) -> Capacity:
    """The words of a letter about capacity. Advice on the relation at work and answers to the employee are no capacity."""
    core = replace(letter, message="", relationship_advice="", needs_answer="")  # without a message that said them, the hours are spelled out
    groups = tuple(CapacityGroup(plain(section.heading), tuple(_pieces(section))) for section in capacity_sections(Voice.of(core)))
    return Capacity(core.facts.finalised_on, core.facts.version, groups)


def named_items(capacity: Capacity, labels: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The areas that the letter names, with its words; `labels` are those of the areas of its instrument, by key."""
    words = {piece.label: piece.lines for group in capacity.groups for piece in group.pieces if piece.label}
    return {key: words[label] for key, label in labels.items() if label in words}


def _pieces(section: Section) -> Iterator[CapacityPiece]:
    for block in section.blocks:
        match block:
            case Paragraph(runs=runs):
                yield CapacityPiece(PieceKind.SENTENCE, "", _lines((runs,)))
            case Bullets(entries=entries):
                for entry in entries:
                    yield CapacityPiece(PieceKind.ENTRY, "", _lines((entry.runs, *entry.sub)))
            case Groups(groups=groups):
                for item in (item for group in groups for item in group.items):
                    yield CapacityPiece(PieceKind.NAMED, item.label, _lines(item.lines))


def _lines(runs: Iterable[Runs]) -> tuple[str, ...]:
    return tuple(plain(one) for one in runs)


# --- the core ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand as the report shows it; `can`: the words of the letter about the same area."""

    label: str
    asked: str
    can: tuple[str, ...]
    fit: Fit
    reason: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the report shows it."""

    title: str
    hours: Number | None
    note: str
    demands: tuple[Demand, ...]

    @property
    def verdict(self) -> Fit | None:
        """The least favourable of its demands; None when nothing was compared."""
        return min((demand.fit for demand in self.demands), key=_GRAVEST.index, default=None)


_GRAVEST: Final = [Fit.DOES_NOT_FIT, Fit.UNKNOWN, Fit.WITH_CONDITION, Fit.FITS]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the caller brings: names, the letterhead, which report."""

    house: Letterhead
    author: str
    employee: str
    form_of_address: FormOfAddress
    employer: str
    job_title: str
    contract_hours: Number
    dossier_number: str
    number: int
    offered_on: date


@dataclass(frozen=True, slots=True)
class ReportCore:
    """Everything a report is made of: frozen when it is offered, so that what becomes final is what the employee read."""

    format: str
    facts: ReportFacts
    capacity: Capacity
    answers: str
    own_work: OwnWork
    own_work_note: str
    functions: tuple[Function, ...]
    factors: str
    second_track: SecondTrack
    second_track_reason: str
    advice: str
    finalised_on: date | None = None

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
    facts: ReportFacts, value: ReportValue, capacity: Capacity, labels: Mapping[str, str], *, letter_labels: Mapping[str, str] | None = None
) -> ReportCore:
    """THE way to a report: the expert's own text, and of capacity the words of one letter. Raises ValueError for what may not be offered.

    `labels` are those of the areas the form asks about; `letter_labels` those of the letter's instrument, when that is another one.
    """
    words = named_items(capacity, letter_labels if letter_labels is not None else labels)
    if value.own_work is None or value.second_track is None or gaps(value) or problems(value, words):
        raise ValueError("a report with gaps, or with words that no letter used")
    functions = tuple(
        Function(
            title=function.title,
            hours=function.hours,
            note=function.note,
            demands=tuple(Demand(labels[row.item], row.demand, words.get(row.item, ()), row.fit, row.reason) for row in function.demands),
        )
        for function in value.functions
    )
    return ReportCore(
        format=FORMAT,
        facts=facts,
        capacity=capacity,
        answers=value.answers,
        own_work=value.own_work,
        own_work_note=value.own_work_note,
        functions=functions,
        factors=value.factors,
        second_track=value.second_track,
        second_track_reason=value.second_track_reason,
        advice=value.advice,
    )
