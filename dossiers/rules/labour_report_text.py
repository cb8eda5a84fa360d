"""From the core of a labour report to its text, the same for every reader, on screen and on paper.

Only what stands in the core is used. A change of these sentences is a new format (`labour_report.FORMAT`), never an edit of an old one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from dossiers.rules.dutch import address_name, capitalised, closed, hours, long_date, lowered
from dossiers.rules.labour_report import CapacityGroup, Demand, Fit, Function, OwnWork, PieceKind, ReportCore, SecondTrack
from dossiers.rules.letter.document import Block, Bullets, Entry, Group, Groups, Labelled, Paragraph, Run, Runs, Section

TITLE: Final = "Rapport van de arbeidsdeskundige"

_OWN_WORK: Final = {
    OwnWork.SUITABLE: "Het eigen werk past zoals het is.",
    OwnWork.WITH_ADAPTATIONS: "Het eigen werk past met aanpassingen.",
    OwnWork.NOT_SUITABLE: "Het eigen werk past niet.",
    OwnWork.UNKNOWN: "Over het eigen werk is nog niets te zeggen.",
}
_SECOND_TRACK: Final = {
    SecondTrack.YES: "Zoeken naar werk bij een andere werkgever is nodig.",
    SecondTrack.NOT_NOW: "Zoeken naar werk bij een andere werkgever is nu niet nodig.",
    SecondTrack.NO: "Zoeken naar werk bij een andere werkgever is niet nodig.",
}
_FITS: Final = {
    Fit.FITS: "Dit past.",
    Fit.WITH_CONDITION: "Dit past met een voorwaarde.",
    Fit.DOES_NOT_FIT: "Dit past niet.",
    Fit.UNKNOWN: "Of dit past, is niet bekend.",
}
_VERDICTS: Final = {
    Fit.FITS: "Alles wat ik vergeleek, past.",
    Fit.WITH_CONDITION: "Wat ik vergeleek, past met een voorwaarde.",
    Fit.DOES_NOT_FIT: "Niet alles wat ik vergeleek, past.",
    Fit.UNKNOWN: "Van een deel is niet bekend of het past.",
}


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The report as a value; its templates are templates/letters/labour_report*.html."""

    title: str
    organisation: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    reference: str
    day_iso: str
    day_words: str
    readers: Runs
    opening: Runs
    sections: tuple[Section, ...]
    signature: Runs
    about: Section


def compose(core: ReportCore) -> ReportDocument:
    """The whole report, for everybody."""
    facts = core.facts
    day = core.finalised_on or facts.offered_on
    return ReportDocument(
        title=TITLE,
        organisation=facts.house.name or facts.author,
        address_lines=facts.house.address_lines,
        phone=facts.house.phone,
        email=facts.house.email,
        reference=f"Dossier {facts.dossier_number} rapport {facts.number}",
        day_iso=day.isoformat(),
        day_words=long_date(day),
        readers=(
            Run("Dit rapport is voor "),
            Run(facts.employee, name=True),
            Run(", voor de werkgever, "),
            Run(facts.employer, name=True),
            Run(", en voor de bedrijfsarts. Zij krijgen op hetzelfde moment dezelfde tekst."),
        ),
        opening=_opening(core),
        sections=tuple(_sections(core)),
        signature=(Run(facts.author, name=True, strong=True), Run(", arbeidsdeskundige"), *_house(core)),
        about=_about(core),
    )


def file_name(core: ReportCore) -> str:
    """A name that says nothing about anybody: "rapport-arbeidsdeskundige-1-2026-03-30.pdf"."""
    day = core.finalised_on or core.facts.offered_on
    return f"rapport-arbeidsdeskundige-{core.facts.number}-{day.isoformat()}.pdf"


def _house(core: ReportCore) -> Runs:
    name = core.facts.house.name
    return (Run(", "), Run(name, name=True)) if name else ()


def _name(core: ReportCore) -> str:
    return address_name(core.facts.employee, core.facts.form_of_address)


def _opening(core: ReportCore) -> Runs:
    facts = core.facts
    name = _name(core)
    job = Run(lowered(facts.job_title, (facts.employee, facts.employer)), name=True)
    contract = f" en heeft een contract van {hours(facts.contract_hours)} per week." if facts.contract_hours > 0 else "."
    return (Run(f"Ik keek welk werk past bij wat {name} nu kan. {capitalised(name)} is "), job, Run(contract))


def _sections(core: ReportCore) -> Iterator[Section]:
    yield Section(_heading("Het belangrijkste"), (Paragraph((Run(f"{_OWN_WORK[core.own_work]} {_SECOND_TRACK[core.second_track]}"),), main=True),))
    yield Section(_heading("Mijn advies"), (_own(core.advice),))
    yield Section(_heading("De vraag en mijn antwoord"), (_own(core.answers),))
    yield from _capacity(core)
    yield Section(_heading("Het eigen werk"), (_said(_OWN_WORK[core.own_work]), *_texts(core.own_work_note)))
    if core.functions:
        yield from _functions(core)
    if core.factors:
        yield Section(_heading("Wat verder meetelt"), (_own(core.factors),))
    yield Section(_heading("Werk bij een andere werkgever"), (_said(_SECOND_TRACK[core.second_track]), *_texts(core.second_track_reason)))


def _capacity(core: ReportCore) -> Iterator[Section]:
    """The letter's own headings and sentences, after where they come from."""
    source = f"Dit staat in de brief van de bedrijfsarts van {long_date(core.capacity.letter_day)}. Ik heb daar niets aan toegevoegd."
    yield Section((Run("Wat zegt de brief van de bedrijfsarts?"),), (_said(source),))
    for group in core.capacity.groups:
        yield Section((Run(group.heading),), tuple(_blocks(group)))


def _blocks(group: CapacityGroup) -> Iterator[Block]:
    for kind, found in groupby(group.pieces, key=attrgetter("kind")):
        pieces = list(found)
        match kind:
            case PieceKind.SENTENCE:
                yield from (Paragraph((Run(" ".join(piece.lines), own=True),)) for piece in pieces)
            case PieceKind.ENTRY:
                yield Bullets(tuple(Entry((Run(" ".join(piece.lines), own=True),)) for piece in pieces), many=True)
            case PieceKind.NAMED:
                yield Groups((Group("", tuple(Labelled(piece.label, tuple((Run(line, own=True),) for line in piece.lines)) for piece in pieces)),))


def _functions(core: ReportCore) -> Iterator[Section]:
    intro = f"Ik vergeleek wat deze functies bij {core.facts.employer} vragen met wat in de brief van de bedrijfsarts staat."
    groups = tuple(Group(_function_title(function), tuple(_function_items(function))) for function in core.functions)
    yield Section(_heading("Ander werk bij de eigen werkgever"), (_said(intro), Groups(groups)))


def _function_title(function: Function) -> str:
    return f"{function.title}, {hours(function.hours)} per week" if function.hours else function.title


def _function_items(function: Function) -> Iterator[Labelled]:
    verdict = _VERDICTS[function.verdict] if function.verdict is not None else "Ik heb de eisen van deze functie nog niet vergeleken."
    yield Labelled("Uitkomst", ((Run(verdict),),))
    if function.note:
        yield Labelled("Wat voor werk is dit?", ((Run(function.note, own=True),),))
    for demand in function.demands:
        yield Labelled(demand.label, tuple(_demand_lines(demand)))


def _demand_lines(demand: Demand) -> Iterator[Runs]:
    yield (Run("Dit vraagt de functie: "), Run(demand.asked, own=True), Run(closed(demand.asked)))
    if demand.can:
        yield (Run("In de brief staat: “"), Run(" ".join(demand.can), own=True), Run("”"))
    verdict: Runs = (Run(_FITS[demand.fit], strong=True),)
    yield (*verdict, Run(" "), Run(demand.reason, own=True)) if demand.reason else verdict


def _about(core: ReportCore) -> Section:
    name = capitalised(_name(core))
    return Section(
        _heading("Over dit rapport"),
        (
            _said(
                f"{name} kon dit rapport eerst lezen en zeggen wat niet klopt. In dit rapport staan geen medische gegevens. "
                f"Wat iemand kan, beschrijft alleen de bedrijfsarts. {_reach(core)}"
            ),
        ),
    )


def _reach(core: ReportCore) -> str:
    house = core.facts.house
    if house.phone:
        return f"Heeft u een vraag over dit rapport? Bel {house.phone}."
    if house.email:
        return f"Heeft u een vraag over dit rapport? Mail naar {house.email}."
    return "Heeft u een vraag over dit rapport? Vraag het aan de arbeidsdeskundige."


def _heading(text: str) -> Runs:
    return (Run(text),)


def _said(sentence: str) -> Paragraph:
    return Paragraph((Run(sentence),))


def _own(text: str) -> Paragraph:
    return Paragraph((Run(text, own=True),))


def _texts(text: str) -> tuple[Paragraph, ...]:
    return (_own(text),) if text else ()
