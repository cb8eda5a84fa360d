"""Invented dossiers for the demonstration, told as case files with days counted back from today, so that they never age.

Values only. Nobody here exists, and no text says anything about an illness.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bar.cases.case import FORMAT
from dossiers.rules.working_days import next_working_day, previous_working_day
from instrument import library

Json = dict[str, Any]

# Known from the two examples; a known address must be the same person.
HANNEKE: Json = {
    "name": "Hanneke Brouwer",
    "email": "h.brouwer@arbodienst.test",
    "organisation": "Arbodienst De Brug",
    "big_number": "19012345601",
}
YVONNE: Json = {"name": "Yvonne Schipper", "email": "y.schipper@arbodienst.test", "kind": "pob"}


def _contact(name: str, email: str, organisation: str, function: str) -> Json:
    return {"name": name, "email": email, "organisation": organisation, "function": function}


MARLEEN = _contact("Marleen Dijkhuis", "marleen.dijkhuis@pakketpunt.test", "Pakketpunt Noord", "Teamleider magazijn")
PETER = _contact("Peter Langeveld", "p.langeveld@scholengroep.test", "Scholengroep Het Kompas", "Adviseur HR")

EXPERTS: Mapping[str, Json] = {
    "labour_expert": {"name": "Rachid El Amrani", "email": "r.elamrani@adviesbureau.test", "organisation": "Bureau Passend Werk"},
    "insurance_physician": {"name": "Eline de Wit", "email": "e.dewit@uwv.test", "organisation": "UWV"},
    "uwv_labour_expert": {"name": "Wouter Postma", "email": "w.postma@uwv.test", "organisation": "UWV"},
}

# Only in the demonstration; these two are named by what they are there for.
SECOND: Json = {
    "name": "Tweede bedrijfsarts",
    "email": "tweede.bedrijfsarts@arbodienst.test",
    "organisation": "Arbodienst De Brug",
    "big_number": "19012345602",
}
OUTSIDER = _contact("Buitenstaander", "buitenstaander@bakkerij.test", "Bakkerij De Ster", "Eigenaar")
ANNEKE = _contact("Anneke Veenstra", "a.veenstra@installatie.test", "Installatiebedrijf Veenstra", "Eigenaar")
ROB = _contact("Rob Timmer", "r.timmer@delinde.test", "Restaurant De Linde", "Bedrijfsleider")
ILSE = _contact("Ilse de Graaf", "i.degraaf@waterdam.test", "Gemeente Waterdam", "Afdelingshoofd")
LINDA = _contact("Linda Vermaat", "l.vermaat@vermaat.test", "Supermarkt Vermaat", "Filiaalleider")
KOEN = _contact("Koen Wolters", "k.wolters@hetblad.test", "Drukkerij Het Blad", "Productiechef")


# What the physician of an invented dossier shared, with whom and why: the parts to read, those to write as well.
_SHARED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "labour_expert": (
        ("process", "job", "work_factors", "capacity", "advice", "consultation", "letters", "labour_report"),
        ("consultation", "labour_report"),
        "Onderzoeken welk werk past bij de eigen werkgever, of ergens anders.",
    ),
    "insurance_physician": (
        ("process", "job", "work_factors", "capacity", "explanation", "advice", "consultation", "insurance_report"),
        ("consultation", "insurance_report"),
        "Meedenken over de belastbaarheid in het tweede jaar.",
    ),
    "uwv_labour_expert": (
        ("process", "job", "capacity", "advice", "letters", "labour_report"),
        (),
        "Meekijken of de stappen naar werk genoeg zijn.",
    ),
}


@dataclass(frozen=True, slots=True)
class Sharing:
    """A share so many days ago with one expert, and the employee's word on it the next day."""

    role: str
    days_ago: int
    consent: str = "given"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit so many days ago: hours now and in the next step, the areas that need attention, what is said in plain words."""

    days_ago: int
    message: str
    areas: tuple[str, ...] = ()
    hours: int = 0
    then: int = 0
    status: str = "final"
    contact: str = "consultation"
    goal: str = "own_work"
    course: str = "improving"
    next_in: int = 42
    is_usable: bool = True
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """One dossier: who, where, for how long, and its visits. `recovered`: from so many days ago, until so many days ago."""

    key: str
    name: str
    born: str
    job: str
    hours: int
    employer: Json
    sick_days: int
    visits: tuple[Visit, ...] = ()
    physician: Json = field(default_factory=lambda: HANNEKE)
    has_delegate: bool = False
    is_on_paper: bool = False
    contract_ends_in: int | None = None
    recovered: tuple[tuple[int, int | None], ...] = ()
    shared: tuple[Sharing, ...] = ()


PLOTS = (
    Plot("demo-planner", "Karin Bos", "1990-02-17", "Planner", 32, MARLEEN, 20, has_delegate=True),
    Plot(
        "demo-monteur",
        "Dirk Hofman",
        "1982-06-30",
        "Monteur",
        38,
        ANNEKE,
        41,
        (Visit(0, "Dirk kan beginnen met 3 dagen van 4 uur. Werken op een ladder kan nog niet.", ("d430", "d455"), 0, 12, status="draft"),),
    ),
    Plot(
        "demo-kok",
        "Fatima Aksoy",
        "1988-09-08",
        "Kok",
        24,
        ROB,
        68,
        (
            Visit(33, "Fatima kan beginnen met 2 dagen van 4 uur, zonder zwaar tillen.", ("d415", "d430"), 0, 8, next_in=32),
            Visit(1, "Fatima werkt nu 8 uur en kan naar 16 uur. Lang staan kan nog niet.", ("d415",), 8, 16, status="offered", is_shared=True),
        ),
        has_delegate=True,
        contract_ends_in=240,
    ),
    Plot(
        "demo-beleid",
        "Willem Kuiper",
        "1971-12-03",
        "Beleidsmedewerker",
        36,
        ILSE,
        160,
        (
            Visit(120, "Willem kan nu nog niet werken. Bel elke twee weken kort.", goal="undecided", course="unknown", is_usable=False),
            Visit(43, "Willem kan 12 uur werken, met één taak tegelijk.", ("d160", "d220"), 6, 12, contact="video"),
        ),
    ),
    Plot(
        "demo-onderwijs",
        "Noor Jansen",
        "1995-04-22",
        "Onderwijsassistent",
        20,
        PETER,
        251,
        (
            Visit(215, "Noor kan 6 uur werken met kleine groepen.", ("d160", "d240"), 0, 6),
            Visit(96, "Noor werkt nu 12 uur en kan naar 16 uur. Werken onder druk kan nog niet.", ("d240",), 12, 16, goal="adapted_own_work"),
        ),
        has_delegate=True,
        shared=(Sharing("labour_expert", 5, consent="asked"),),
    ),
    Plot(
        "demo-winkel",
        "Sander Mulder",
        "1985-01-11",
        "Afdelingschef",
        38,
        LINDA,
        330,
        (
            Visit(290, "Sander kan 3 dagen van 4 uur werken, zonder zwaar tillen.", ("d415", "d430"), 0, 12),
            Visit(60, "Sander werkt nu 24 uur en kan naar 30 uur.", ("d430",), 24, 30, is_shared=True),
        ),
        recovered=((200, 188),),
    ),
    Plot(
        "demo-gastvrij",
        "Petra Visser",
        "1967-07-19",
        "Gastvrouw",
        16,
        ROB,
        92,
        (Visit(50, "Petra werkt nu 8 uur en kan over twee weken weer alles doen.", ("d450",), 8, 16),),
        is_on_paper=True,
        recovered=((9, None),),
    ),
    Plot(
        "demo-drukkerij",
        "Hassan Ouali",
        "1976-10-27",
        "Drukker",
        36,
        KOEN,
        612,
        (
            Visit(570, "Hassan kan nu nog niet werken. Houd contact.", goal="undecided", course="unknown", is_usable=False),
            Visit(330, "Hassan kan 12 uur licht werk doen.", ("d430", "d415"), 8, 12, goal="adapted_own_work", course="stable"),
            Visit(45, "Hassan werkt 16 uur in ander werk. Staand werk aan de pers past niet meer.", ("d430", "d415"), 16, 20, goal="other_employer"),
        ),
        shared=(Sharing("labour_expert", 40), Sharing("insurance_physician", 30), Sharing("uwv_labour_expert", 20)),
    ),
    Plot(
        "demo-bakker",
        "Johan Meijer",
        "1980-03-05",
        "Bakker",
        38,
        OUTSIDER,
        121,
        (Visit(80, "Johan kan 4 dagen van 4 uur werken, later op de dag.", ("d430", "d360"), 8, 16),),
        physician=SECOND,
    ),
    Plot("demo-verkoop", "Els Bakker", "1993-08-14", "Verkoper", 28, OUTSIDER, 12, physician=SECOND),
)

# Per area: explanation, what is still possible, the condition, and perhaps a limit.
_AREAS: Mapping[str, tuple[str, str, str, Json | None]] = {
    "d160": ("Aandacht houden lukt ongeveer een uur.", "Een uur werken met aandacht.", "Plan na elk uur een korte pauze.", None),
    "d220": ("Veel taken tegelijk kost te veel.", "Eén taak tegelijk.", "Geef één taak tegelijk, met een duidelijk einde.", None),
    "d240": ("Werken onder tijdsdruk lukt nog niet.", "Werk met een vast rooster.", "Vraag geen werk dat dezelfde dag af moet.", None),
    "d360": ("Lang achter een scherm is lastig.", "Een uur werken met een scherm.", "Wissel werken met een scherm af met ander werk.", None),
    "d415": (
        "Lang in één houding lukt nog niet.",
        "Een half uur achter elkaar zitten of staan.",
        "Wissel elk half uur staan, zitten en lopen af.",
        {"value": 30, "unit": "minutes", "per": "at_once"},
    ),
    "d430": (
        "Zwaar tillen lukt nog niet.",
        "Tillen op tafelhoogte tot 5 kilo.",
        "Niet meer dan 5 kilo tillen.",
        {"value": 5, "unit": "kg", "per": "at_once"},
    ),
    "d450": ("Lange stukken lopen lukt nog niet.", "Korte stukken lopen.", "Zorg dat er weinig gelopen hoeft te worden.", None),
    "d455": ("Een ladder vraagt nu te veel.", "Traplopen in een rustig tempo.", "Laat werk op een ladder door een collega doen.", None),
}


def invented_cases(today: datetime.date) -> list[Json]:
    """Every invented dossier as a case file, as if it were told today."""
    return [_case(plot, today) for plot in PLOTS]


def _case(plot: Plot, today: datetime.date) -> Json:
    first = previous_working_day(today - datetime.timedelta(days=plot.sick_days))
    ends = today + datetime.timedelta(days=plot.contract_ends_in) if plot.contract_ends_in else None
    slug = plot.name.lower().replace(" ", ".")
    return {
        "format": FORMAT,
        "key": plot.key,
        "instrument": library.current().name,
        "people": {
            "employee": {"name": plot.name, "email": None if plot.is_on_paper else f"{slug}@voorbeeld.test", "birth_date": plot.born},
            "employers": [plot.employer],
            "physician": plot.physician,
            **({"delegate": YVONNE} if plot.has_delegate else {}),
            **{row.role: EXPERTS[row.role] for row in plot.shared},
        },
        "employment": {
            "job_title": plot.job,
            "hours_per_week": plot.hours,
            "contract": "temporary" if ends else "permanent",
            "contract_end": ends.isoformat() if ends else None,
        },
        "absence": {
            "first_sick_day": first.isoformat(),
            "recoveries": [{"from": _ago(today, start), "until": None if until is None else _ago(today, until)} for start, until in plot.recovered],
        },
        "assessments": [_assessment(plot, visit, today) for visit in plot.visits],
        "shares": [_share(row, today) for row in plot.shared],
    }


def _assessment(plot: Plot, visit: Visit, today: datetime.date) -> Json:
    day = previous_working_day(today - datetime.timedelta(days=visit.days_ago))
    following = _coming(day, visit.next_in)
    returns = visit.is_usable and visit.goal == "own_work"
    return {
        "date": day.isoformat(),
        "contact": visit.contact,
        "status": visit.status,
        "work_factors": [],
        "areas": [_area(item) for item in visit.areas],
        "context_factors": [],
        "employee_view": {
            "can_do": "Een deel van mijn werk." if visit.is_usable else "Ik houd contact met mijn team.",
            "needs": "Duidelijke afspraken over de uren.",
            "on_advice": "Ik ben het eens met het advies.",
            "written_by": "employee" if visit.is_shared else "physician",
            "share_with_employer": visit.is_shared,
        },
        "possibilities": {
            "usable": "yes" if visit.is_usable else "not_now",
            "own_work": "partly" if visit.is_usable else "not",
            "going_well": "De afspraken worden goed nagekomen." if visit.hours else "",
            "hours_now": visit.hours,
            "build_up": [_step(visit, day)] if visit.is_usable else [],
            "hours_ground": "",
            "work_related": "unknown",
            "working_relationship": {"state": "no_issue", "advice": ""},
            "review_on": None if visit.is_usable else following,
        },
        "prognosis": {
            "course": visit.course,
            "expected_return": _coming(day, 90) if returns else None,
            "certainty": "likely" if returns else "uncertain",
            "next_contact": following,
            "note": "",
        },
        "advice": {
            "goal": visit.goal,
            "message": visit.message,
            "needs_answer": "De nieuwe uren staan in het rooster." if visit.is_usable else "De werkgever belt op een vast moment.",
            "labour_expert_needed": visit.goal == "other_employer",
            "actions": [_action(visit, day)],
        },
        "consultation": [],
    }


def _area(item: str) -> Json:
    explanation, still_possible, condition, limit = _AREAS[item]
    texts = {"explanation": explanation, "still_possible": still_possible, "condition": condition}
    return {"item": item, "status": "attention", **texts, **({"limit": limit} if limit else {})}


def _step(visit: Visit, day: datetime.date) -> Json:
    kind = "regular" if visit.hours else "practice"
    return {"from": _coming(day, 7), "hours_per_week": visit.then, "kind": kind, "tasks": "Het lichtere deel van het eigen werk"}


def _action(visit: Visit, day: datetime.date) -> Json:
    if visit.is_usable:
        return {"what": "Pas het rooster aan.", "who": "employer", "by": _coming(day, 7)}
    return {"what": "Bel elke twee weken kort.", "who": "employer", "by": _coming(day, 28)}


def _share(row: Sharing, today: datetime.date) -> Json:
    read, write, purpose = _SHARED[row.role]
    return {
        "with": row.role,
        "read": list(read),
        "write": list(write),
        "purpose": purpose,
        "shared_on": _ago(today, row.days_ago),
        "until": _ago(today, row.days_ago - 180),
        "consent": row.consent,
        "answered_on": _ago(today, row.days_ago - 1) if row.consent != "asked" else None,
    }


def _ago(today: datetime.date, days: int) -> str:
    return (today - datetime.timedelta(days=days)).isoformat()


def _coming(day: datetime.date, days: int) -> str:
    return next_working_day(day + datetime.timedelta(days=days)).isoformat()
