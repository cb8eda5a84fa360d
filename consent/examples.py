"""A real example from the own dossier for each part that the employee is asked about: "this is what that person would read".

Made from the employee's own `Opened`: the newest final version through its extract, because only final versions are open to an expert.
Nothing is decided here; a part without text has no example, and the page says so.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from dossiers.door import Opened
from dossiers.extract import version_extract
from dossiers.letter_cards import card_of
from dossiers.models import JobDemand, JobDescription, Status
from dossiers.parts import Part
from dossiers.queries import insurance_reports, labour_reports, newest_final, released_letters, threads
from dossiers.rules.dutch import long_date
from instrument.schema import Instrument

LONGEST = 220  # characters: an example, not the whole text


def examples_of(opened: Opened, parts: Collection[Part], shown: frozenset[Part]) -> dict[Part, str]:
    """One short text per part that is open to this reader and that the page may show; a part without text is absent."""
    wanted = [part for part in parts if part in shown & opened.readable]
    version = newest_final(opened)
    found: dict[Part, str] = {}
    if version is not None:
        extract = version_extract(opened, version, only=frozenset(wanted) | ({Part.CAPACITY} & shown))
        found = {part: make(extract.sections, extract.head.instrument) for part, make in _FROM_VERSION.items() if part in wanted}
    found |= {part: make(opened) for part, make in _FROM_DOSSIER.items() if part in wanted and not found.get(part)}
    return {part: shortened(text) for part, text in found.items() if text}


def shortened(text: str) -> str:
    """At most so long, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rsplit(' ', 1)[0]} …"


# --- from the newest final version -----------------------------------------------------------------------

_Sections = Mapping[str, Any]


def _item(sections: _Sections, instrument: Instrument, section: str, *fields: str) -> str:
    """The first item that says something in one of these fields, with what it says."""
    for row in sections.get(section) or ():
        texts = [str(row[name]) for name in fields if row.get(name)]
        if texts:
            return f"{instrument.item(section, row['item']).label}: {' '.join(texts)}"
    return ""


def _capacity(sections: _Sections, instrument: Instrument) -> str:
    going_well = (sections.get("possibilities") or {}).get("going_well")
    return _item(sections, instrument, "areas", "still_possible", "condition") or str(going_well or "")


def _explanation(sections: _Sections, instrument: Instrument) -> str:
    note = (sections.get("prognosis") or {}).get("note") or (sections.get("possibilities") or {}).get("hours_ground")
    return _item(sections, instrument, "areas", "explanation") or str(note or "")


def _work_factors(sections: _Sections, instrument: Instrument) -> str:
    return _item(sections, instrument, "work_factors", "note", "condition")


def _context(sections: _Sections, instrument: Instrument) -> str:
    return _item(sections, instrument, "context_factors", "note")


def _employee_view(sections: _Sections, _: Instrument) -> str:
    view = sections.get("employee_view") or {}
    return next((str(view[name]) for name in ("can_do", "needs", "on_advice") if view.get(name)), "")


def _advice(sections: _Sections, _: Instrument) -> str:
    return str((sections.get("advice") or {}).get("message") or "")


def _agreed(sections: _Sections, _: Instrument) -> str:
    rows = sections.get("consultation") or ()
    return next((str(row.get("question") or row.get("agreed")) for row in rows if row.get("question") or row.get("agreed")), "")


_FROM_VERSION: Mapping[Part, Callable[[_Sections, Instrument], str]] = {
    Part.CAPACITY: _capacity,
    Part.EXPLANATION: _explanation,
    Part.WORK_FACTORS: _work_factors,
    Part.CONTEXT: _context,
    Part.EMPLOYEE_VIEW: _employee_view,
    Part.ADVICE: _advice,
    Part.CONSULTATION: _agreed,
}


# --- from elsewhere in the dossier -------------------------------------------------------------------------


def _process(opened: Opened) -> str:
    dossier = opened.dossier
    return f"{dossier.job_title} bij {dossier.employer.name}, ziek sinds {long_date(dossier.first_sick_day)}."


def _job(opened: Opened) -> str:
    row = JobDescription.objects.filter(dossier=opened.dossier).first()
    demand = JobDemand.objects.filter(dossier=opened.dossier).first()
    return (row.description if row else "") or (demand.demand if demand else "")


def _letters(opened: Opened) -> str:
    letter = next((row for row in released_letters(opened) if row.withdrawn_at is None), None)
    if letter is None:
        return ""
    card = card_of(opened, letter)
    return f"{card.date_text}: {card.sentence}" if card.sentence else card.date_text


def _labour_report(opened: Opened) -> str:
    row = labour_reports(opened).filter(released_at__isnull=False).order_by("-number").first()
    return f"Rapport van {row.author_name}: {row.advice}" if row else ""


def _insurance_report(opened: Opened) -> str:
    row = insurance_reports(opened).filter(status=Status.FINAL).order_by("-number").first()
    return f"Reactie van {row.author_name}: {row.advice}" if row else ""


def _threads(opened: Opened) -> str:
    thread = threads(opened).order_by("-number").first()
    post = thread.posts.first() if thread else None
    return post.text if post else ""


_FROM_DOSSIER: Mapping[Part, Callable[[Opened], str]] = {
    Part.PROCESS: _process,
    Part.JOB: _job,
    Part.LETTERS: _letters,
    Part.LABOUR_REPORT: _labour_report,
    Part.INSURANCE_REPORT: _insurance_report,
    Part.CONSULTATION: _threads,
}
