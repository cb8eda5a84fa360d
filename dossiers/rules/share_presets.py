"""What a physician who shares finds ticked per role, and what each part means in one line. A proposal only: docs/decisions/share-presets.md.

Pure data and dates. What can be shared at all is decided by the table in `consent/access.py`; whatever it does not allow is never offered.
"""

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dossiers.parts import Part, Role

PRESET_MONTHS: Final = 6
LONGEST_PURPOSE: Final = 600
"""Characters: what an employee reads in one go."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What is ticked to read and to write. `process` belongs to every share and is not named."""

    read: frozenset[Part]
    write: frozenset[Part] = frozenset()


PRESETS: Final[Mapping[Role, Preset]] = {
    # What the leidraad asks of a labour expert: the work against what somebody can do. Not why, and nothing of home.
    Role.LABOUR_EXPERT: Preset(
        read=frozenset(
            {Part.JOB, Part.WORK_FACTORS, Part.CAPACITY, Part.EMPLOYEE_VIEW, Part.ADVICE, Part.CONSULTATION, Part.PLAN, Part.LABOUR_REPORT}
        ),
        write=frozenset({Part.CONSULTATION, Part.LABOUR_REPORT}),
    ),
    # A physician among physicians: also the explanation, and where the own reaction is written. What is private only on purpose.
    Role.INSURANCE_PHYSICIAN: Preset(
        read=frozenset(
            {
                Part.JOB,
                Part.WORK_FACTORS,
                Part.CAPACITY,
                Part.EXPLANATION,
                Part.EMPLOYEE_VIEW,
                Part.ADVICE,
                Part.CONSULTATION,
                Part.PROBLEM_ANALYSIS,
                Part.PLAN,
                Part.LABOUR_REPORT,
                Part.INSURANCE_REPORT,
            }
        ),
        write=frozenset({Part.CONSULTATION, Part.INSURANCE_REPORT}),
    ),
    # Reviews the papers of the re-integration: what was agreed and done, and what work is possible. No health beyond that.
    Role.UWV_LABOUR_EXPERT: Preset(
        read=frozenset({Part.JOB, Part.CAPACITY, Part.ADVICE, Part.LETTERS, Part.PROBLEM_ANALYSIS, Part.PLAN, Part.HOURS_WORKED, Part.LABOUR_REPORT}),
    ),
}

MEANING: Final[Mapping[Part, str]] = {
    Part.PROCESS: "wie meedoen, het dienstverband, ziektedagen, stappen en termijnen",
    Part.JOB: "wat het werk is en wat het vraagt",
    Part.WORK_FACTORS: "wat op het werk helpt of tegenhoudt",
    Part.CAPACITY: "wat nog kan, onder welke voorwaarde, grenzen, uren en verwachting",
    Part.EXPLANATION: "uw uitleg per onderdeel, de grond van een urengrens, de arbeidsrelatie",
    Part.CONTEXT: "wat privé en persoonlijk meespeelt",
    Part.EMPLOYEE_VIEW: "wat de werknemer zelf zegt",
    Part.ADVICE: "doel, boodschap en afspraken",
    Part.CONSULTATION: "vragen aan en van deze persoon",
    Part.LETTERS: "de brieven die werknemer en werkgever kregen",
    Part.PROBLEM_ANALYSIS: "de wettelijke stukken van de bedrijfsarts",
    Part.PLAN: "plan van aanpak en evaluaties",
    Part.HOURS_WORKED: "uren die echt zijn gewerkt, per week",
    Part.EMPLOYEE_JUDGEMENT: "het oordeel van de werknemer over de re-integratie",
    Part.LABOUR_REPORT: "het rapport van de arbeidsdeskundige",
    Part.INSURANCE_REPORT: "de reactie van de verzekeringsarts",
    Part.ATTACHMENTS: "bijlagen zonder medische inhoud",
}
"""One line for the professional, per part that can be shared."""


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later; the last day of that month when it has no such day."""
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
