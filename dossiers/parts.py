"""The words of access: parts of a dossier, acts on them, roles of people.

Normative source: `docs/access.md`. Only names and Dutch labels live here; who may do what is decided in `consent/access.py` and nowhere else.
"""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A string enum whose members carry a Dutch label for professionals and, where it differs, one for the employee."""

    label: str
    plain: str

    def __new__(cls, value: str, label: str = "", plain: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.plain = plain or label
        return member


class Part(Labelled):
    """A part of the dossier; the unit in which access is given (docs/access.md, "Parts")."""

    PROCESS = "process", "Proces", "Wie, wat en wanneer"
    JOB = "job", "Functie", "Uw werk"
    WORK_FACTORS = "work_factors", "Werkfactoren", "Uw werk"
    CAPACITY = "capacity", "Belastbaarheid", "Wat u kunt op uw werk"
    EXPLANATION = "explanation", "Toelichting", "Uitleg van de bedrijfsarts"
    CONTEXT = "context", "Privé en persoonlijk", "Thuis en uzelf"
    EMPLOYEE_VIEW = "employee_view", "Visie werknemer", "Uw eigen woorden"
    ADVICE = "advice", "Advies", "Het advies"
    CONSULTATION = "consultation", "Overleg", "Vragen tussen deskundigen"
    LETTERS = "letters", "Brieven"
    PROBLEM_ANALYSIS = "problem_analysis", "Probleemanalyse en actueel oordeel", "Probleemanalyse en oordeel"
    PLAN = "plan", "Plan en evaluaties", "Plan en gesprekken"
    HOURS_WORKED = "hours_worked", "Gewerkte uren"
    EMPLOYEE_JUDGEMENT = "employee_judgement", "Oordeel werknemer", "Uw oordeel"
    LABOUR_REPORT = "labour_report", "Arbeidsdeskundig deel", "Rapport van de arbeidsdeskundige"
    INSURANCE_REPORT = "insurance_report", "Reactie van de verzekeringsarts"
    ATTACHMENTS = "attachments", "Bijlagen"
    IDENTITY = "identity", "Identiteit", "Uw gegevens"
    SHARING = "sharing", "Toestemming", "Uw toestemming"
    REQUESTS = "requests", "Verzoeken", "Uw verzoeken"
    NOTES = "notes", "Werkaantekeningen"
    TRAIL = "trail", "Logboek", "Wie heeft gekeken"


class Act(Labelled):
    """What somebody does with a part. After READ and WRITE: acts of one role (docs/access.md, "Acts of one role")."""

    READ = "read", "lezen"
    WRITE = "write", "schrijven"
    OFFER = "offer", "aanbieden"
    FINALISE = "finalise", "vaststellen"
    WITHDRAW_LETTER = "withdraw_letter", "brief intrekken"
    SHARE = "share", "delen"
    STOP = "stop", "delen stoppen"
    ANSWER = "answer", "antwoorden"
    WITHDRAW = "withdraw", "toestemming intrekken"
    RECORD_PAPER = "record_paper", "toestemming op papier vastleggen"
    SWITCH = "switch", "delen met de werkgever aan- of uitzetten"
    CONFIRM_DAYS = "confirm_days", "ziektedagen bevestigen"
    APPOINT = "appoint", "aanwijzen"
    COVER = "cover", "laten waarnemen"
    HAND_OVER = "hand_over", "overdragen"
    CLOSE = "close", "sluiten"


class Role(Labelled):
    """The role of a seat in one dossier (docs/access.md, "Roles")."""

    EMPLOYEE = "employee", "werknemer"
    EMPLOYER = "employer", "werkgever"
    PHYSICIAN = "physician", "bedrijfsarts"
    DELEGATE = "delegate", "taakgedelegeerde"
    LABOUR_EXPERT = "labour_expert", "arbeidsdeskundige"
    INSURANCE_PHYSICIAN = "insurance_physician", "verzekeringsarts"
    UWV_LABOUR_EXPERT = "uwv_labour_expert", "arbeidsdeskundige UWV"


class Basis(Labelled):
    """Why something is open (docs/access.md, the four kinds of basis; blank is never and has no member)."""

    DUTY = "duty", "taak"
    CONSENT = "consent", "toestemming"
    SHARED = "shared", "door de werknemer gedeeld"


EXPERTS = frozenset({Role.LABOUR_EXPERT, Role.INSURANCE_PHYSICIAN, Role.UWV_LABOUR_EXPERT})
AUTHORS = frozenset({Role.PHYSICIAN, Role.DELEGATE})

# The acts that only some roles know, with the part they belong to. Which roles: consent/access.py.
SPECIAL_TOUCHES: tuple[tuple[Part, Act], ...] = (
    (Part.LETTERS, Act.OFFER),
    (Part.LETTERS, Act.FINALISE),
    (Part.LETTERS, Act.WITHDRAW_LETTER),
    (Part.SHARING, Act.SHARE),
    (Part.SHARING, Act.STOP),
    (Part.SHARING, Act.ANSWER),
    (Part.SHARING, Act.WITHDRAW),
    (Part.SHARING, Act.RECORD_PAPER),
    (Part.EMPLOYEE_VIEW, Act.SWITCH),
    (Part.EMPLOYEE_JUDGEMENT, Act.SWITCH),
    (Part.PROCESS, Act.CONFIRM_DAYS),
    (Part.PROCESS, Act.APPOINT),
    (Part.PROCESS, Act.COVER),
    (Part.PROCESS, Act.HAND_OVER),
    (Part.PROCESS, Act.CLOSE),
)


def permission(part: Part, act: Act) -> str:
    """The codename of a part and act on a dossier, as Django and guardian know it: `read_capacity`."""
    return f"{act}_{part}"


def every_touch() -> list[tuple[Part, Act]]:
    """Every part and act that exists: read and write of each part, and the special acts."""
    plain = [(part, act) for part in Part for act in (Act.READ, Act.WRITE)]
    return plain + list(SPECIAL_TOUCHES)
