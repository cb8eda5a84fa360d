"""How a letter speaks: our own sentences, names, and people's own words, each as runs of text.

Every part of a letter is said through one `Voice`, so that own words stay verbatim everywhere.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from dossiers.rules.dutch import address_name, capitalised, closed, long_date, lowered
from dossiers.rules.letter.document import Block, Paragraph, Run, Runs, Section
from dossiers.rules.letter.wording import fill
from dossiers.rules.letter_core import LetterCore

SPACE: Final = (Run(" "),)


@dataclass(frozen=True, slots=True)
class Voice:
    """The core's wording with the names of this letter filled in."""

    core: LetterCore
    names: tuple[str, ...]
    places: dict[str, Run]

    @classmethod
    def of(cls, core: LetterCore) -> Self:
        """The voice of one letter."""
        facts = core.facts
        address = address_name(facts.employee, facts.form_of_address)
        named = {
            "employee": address,
            "Employee": capitalised(address),
            "full_name": facts.employee,
            "employer": facts.employer,
        }
        return cls(
            core=core,
            names=(facts.employee, *facts.employer_people, facts.employer, facts.arbodienst.name),
            places={key: Run(text, name=True) for key, text in named.items()},
        )

    def say(self, key: str, **values: str | Run) -> Runs:
        """A fixed sentence, filled in; empty when the set has nothing to say there."""
        return fill(self.core.wording[key], {**self.places, **values})

    def on(self, key: str, day: date) -> Runs:
        """A fixed sentence with one date."""
        return self.say(key, date=long_date(day))

    def own(self, text: str) -> Runs:
        """Own words after a lead: first letter lowered, sentence closed."""
        return _without_empty(Run(lowered(text, self.names), own=True), Run(closed(text)))

    def own_sentence(self, text: str) -> Runs:
        """Own words that stand as a sentence of their own."""
        return _without_empty(Run(text, own=True), Run(closed(text)))

    def data(self, text: str) -> Run:
        """A fact that somebody typed: a name, a job title, a telephone number."""
        return Run(text, name=True)

    def quoted(self, text: str) -> Runs:
        """The employee's words between quotes."""
        return (Run("“"), Run(text, own=True), Run("”"))

    def led(self, lead: str, text: str) -> Runs:
        """A lead with own words after it: "Dit kan: …"."""
        return joined(self.say(f"lead.{lead}"), self.own(text))

    def heading(self, key: str) -> Runs:
        """A heading of the shared part."""
        return self.say(f"heading.{key}")


def joined(*parts: Runs) -> Runs:
    """Sentences one after another, with a space between."""
    runs: list[Run] = []
    for part in parts:
        if part:
            runs.extend((*SPACE, *part) if runs else part)
    return tuple(runs)


def strong(runs: Runs) -> Runs:
    """The same words, in bold."""
    return tuple(Run(run.text, own=run.own, name=run.name, strong=True) for run in runs)


def paragraph(*parts: Runs) -> tuple[Paragraph, ...]:
    """One paragraph of sentences, or none when there is nothing to say."""
    runs = joined(*parts)
    return (Paragraph(runs),) if runs else ()


def section(heading: Runs, *blocks: Block) -> tuple[Section, ...]:
    """A section; an empty one vanishes with its heading."""
    return (Section(heading, blocks),) if blocks else ()


def _without_empty(*runs: Run) -> Runs:
    return tuple(run for run in runs if run.text)
