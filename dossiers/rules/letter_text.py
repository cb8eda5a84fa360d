"""From a letter core to the text of a letter, one copy for each reader, and what to warn of in the preview.

Only what stands in the core is used, the fixed sentences included: an old letter keeps reading as it was.
"""

from collections.abc import Iterator
from datetime import date

from dossiers.rules.dutch import capitalised, hours, long_date, lowered
from dossiers.rules.letter.capacity import capacity_sections, fits_in_columns, has_many_areas
from dossiers.rules.letter.document import (
    LetterDocument,
    Paragraph,
    Reader,
    Run,
    Runs,
    Section,
    all_sections,
    lines,
    plain,
)
from dossiers.rules.letter.help_pages import help_page
from dossiers.rules.letter.outlook import (
    closing_sections,
    expectation_section,
    phase_section,
    remarks_section,
    tasks_section,
    view_section,
)
from dossiers.rules.letter.voice import Voice, joined, paragraph, section
from dossiers.rules.letter_core import LetterCore, Usable
from dossiers.rules.working_days import holiday_name


def compose(core: LetterCore, reader: Reader) -> LetterDocument:
    """One reader's copy of the letter. The shared part is the same for every reader."""
    voice = Voice.of(core)
    facts, house = core.facts, core.facts.arbodienst
    return LetterDocument(
        reader=reader,
        title=core.wording["opening.title"],
        organisation=house.name,
        address_lines=house.address_lines,
        phone=house.phone,
        email=house.email,
        reference=plain(voice.say("page.dossier", number=facts.dossier_number, version=str(facts.version))),
        day_iso=facts.finalised_on.isoformat(),
        day_words=long_date(facts.finalised_on),
        footer=facts.instrument_footer,
        readers=voice.say("opening.readers_on_paper" if facts.employee_on_paper else "opening.readers"),
        opening=_opening(voice),
        sections=_shared_sections(voice),
        signature=_signature(core),
        remarks=remarks_section(voice),
        help_page=help_page(voice, reader),
        is_dense=has_many_areas(voice),
        has_columns=has_many_areas(voice) and fits_in_columns(voice),
    )


def file_name(core: LetterCore) -> str:
    """A name that says nothing about anybody: "advies-over-werken-2026-03-30.pdf"."""
    return f"advies-over-werken-{core.facts.finalised_on.isoformat()}.pdf"


def warnings(core: LetterCore, today: date) -> list[str]:
    """What the physician should look at once more before finalising; never a reason to refuse."""
    return list(dict.fromkeys(_warnings(core, today)))


def _opening(voice: Voice) -> Runs:
    facts = voice.core.facts
    job = voice.data(lowered(facts.job_title, voice.names))
    has_hours = facts.contract_hours > 0
    work = voice.say("opening.job_and_hours" if has_hours else "opening.job", job_title=job, hours=hours(facts.contract_hours))
    met = voice.on(f"opening.{facts.contact.value}", facts.visit_date)
    return joined(met, work, voice.say("opening.advice"))


def _shared_sections(voice: Voice) -> tuple[Section, ...]:
    """The order of rule 1."""
    core = voice.core
    message = Paragraph((Run(core.message, own=True),), main=True)
    going_well = paragraph(voice.own_sentence(core.going_well)) if core.going_well else ()
    return (
        *section(voice.heading("message"), message),
        *section(voice.heading("going_well"), *going_well),
        *capacity_sections(voice),
        *view_section(voice),
        *expectation_section(voice),
        *tasks_section(voice),
        *phase_section(voice),
        *closing_sections(voice),
    )


def _signature(core: LetterCore) -> Runs:
    facts = core.facts
    return (
        Run(facts.author, name=True, strong=True),
        Run(f", {facts.author_function}, ", name=True),
        Run(facts.arbodienst.name, name=True),
    )


def _warnings(core: LetterCore, today: date) -> Iterator[str]:
    for what, day in _planned_days(core):
        if day < today:
            yield f"{capitalised(what)} is al voorbij: {long_date(day)}."
        elif name := holiday_name(day):
            yield f"{capitalised(what)} valt op een feestdag: {long_date(day)} ({name})."
    if core.usable is Usable.YES and not core.hours_now and not core.build_up:
        yield "In de brief staan geen uren: er zijn nu geen uren en er is geen opbouw ingevuld."
    for action in core.actions:
        if action.by is None:
            yield f"Een actie heeft geen datum: {action.what}"


def _planned_days(core: LetterCore) -> Iterator[tuple[str, date]]:
    for step in core.build_up:
        yield "een begindatum in de opbouw", step.start
    for action in core.actions:
        if action.by:
            yield "de datum van een actie", action.by
    for what, day in (
        ("de volgende afspraak", core.next_contact),
        ("de dag waarop u opnieuw kijkt", core.review_on),
        ("de verwachte dag van terugkeer", core.expected_return),
    ):
        if day:
            yield what, day


__all__ = [
    "LetterDocument",
    "Reader",
    "all_sections",
    "compose",
    "file_name",
    "lines",
    "plain",
    "warnings",
]
