"""What the employee reads when asked for consent: the three questions, the parts in plain words, and what a no means. Data only.

The version shown is stored with every answer, so a version that was ever shown stays here and never changes (tests/answers keeps its hash);
better words are a new version. Who may be asked for what is decided in `access.py`, never here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dossiers.parts import Labelled, Part, Role


class Question(Labelled):
    """The three plain questions; `ONLY_PROCESS` is asked when a share holds nothing but `process`."""

    WORK = "work", "Wat u kunt op uw werk"
    HOME = "home", "Uw eigen woorden en thuis"
    PAPERS = "papers", "Papieren en plan"
    ONLY_PROCESS = "only_process", "Wie, wat en wanneer"


# Every part that can be shared stands in exactly one question; `process` in none: it is given with the first yes, refused when all are no.
GROUPS: Mapping[Question, tuple[Part, ...]] = {
    Question.WORK: (Part.CAPACITY, Part.EXPLANATION, Part.ADVICE, Part.JOB, Part.WORK_FACTORS),
    Question.HOME: (Part.EMPLOYEE_VIEW, Part.CONTEXT, Part.EMPLOYEE_JUDGEMENT),
    Question.PAPERS: (
        Part.LETTERS,
        Part.PROBLEM_ANALYSIS,
        Part.PLAN,
        Part.HOURS_WORKED,
        Part.LABOUR_REPORT,
        Part.INSURANCE_REPORT,
        Part.ATTACHMENTS,
        Part.CONSULTATION,
    ),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the text. Texts may hold `{name}`, the person who wants to look."""

    version: str
    intro: str
    free: str
    asks: Mapping[Question, str]
    parts: Mapping[Part, str]
    process: str
    no_means: Mapping[Role, str]
    stop: str
    stop_on_paper: str
    when_on_paper: str


_UWV_NO = "U hoeft UWV geen toegang te geven. Zegt u nee, dan beoordeelt UWV met de papieren die u en uw werkgever opsturen."

_WORDINGS: tuple[Wording, ...] = (
    Wording(
        version="toestemming-1",
        intro="Uw bedrijfsarts vraagt of {name} mag meelezen in uw dossier. U beslist. Er gaat niets open zolang u geen ja zegt.",
        free="Ja en nee zijn allebei goed. U hoeft niet uit te leggen waarom. Uw werkgever ziet niet wat u kiest.",
        asks={
            Question.WORK: "Mag {name} lezen wat u kunt op uw werk?",
            Question.HOME: "Mag {name} uw eigen woorden lezen, en wat er staat over thuis en uzelf?",
            Question.PAPERS: "Mag {name} de papieren en het plan lezen?",
            Question.ONLY_PROCESS: "Mag {name} zien wie er meedoet, wanneer u ziek werd en welke stappen er zijn?",
        },
        parts={
            Part.CAPACITY: "Wat u nog kunt, en wat daarvoor nodig is",
            Part.EXPLANATION: "Uitleg van de bedrijfsarts",
            Part.ADVICE: "Het advies",
            Part.JOB: "Uw werk: wat u doet",
            Part.WORK_FACTORS: "Uw werk: wat u helpt en wat u tegenhoudt",
            Part.EMPLOYEE_VIEW: "Uw eigen woorden",
            Part.CONTEXT: "Thuis en uzelf",
            Part.EMPLOYEE_JUDGEMENT: "Uw oordeel over hoe het is gegaan",
            Part.LETTERS: "Brieven",
            Part.PROBLEM_ANALYSIS: "Probleemanalyse en oordeel",
            Part.PLAN: "Plan en gesprekken",
            Part.HOURS_WORKED: "Gewerkte uren",
            Part.LABOUR_REPORT: "Rapport van de arbeidsdeskundige",
            Part.INSURANCE_REPORT: "Reactie van de verzekeringsarts",
            Part.ATTACHMENTS: "Bijlagen",
            Part.CONSULTATION: "Vragen tussen deskundigen",
            Part.PROCESS: "Wie, wat en wanneer",
        },
        process="Zegt u ergens ja? Dan ziet {name} ook wie er meedoet, wanneer u ziek werd en welke stappen er zijn. "
        "Zegt u overal nee? Dan ziet {name} ook dat niet.",
        no_means={
            Role.LABOUR_EXPERT: "Zegt u nee, dan kan de arbeidsdeskundige hier niet kijken. Uw bedrijfsarts mag wel vertellen wat u op uw werk kunt.",
            Role.INSURANCE_PHYSICIAN: _UWV_NO,
            Role.UWV_LABOUR_EXPERT: _UWV_NO,
        },
        stop="U kunt een ja altijd weer intrekken, met één knop. Dat werkt meteen.",
        stop_on_paper="U kunt een ja altijd weer intrekken. Bel ons, of stuur ons een brief. Dat werkt meteen.",
        when_on_paper="Een nee telt meteen. Na een ja krijgt u van ons een brief waarin staat waar u ja op zei. Uw ja telt vanaf de derde werkdag "
        "nadat die brief op de post is gegaan. Klopt de brief niet? Bel ons, dan gaat er niets open.",
    ),
)
BY_VERSION: Mapping[str, Wording] = {wording.version: wording for wording in _WORDINGS}
CURRENT: Wording = _WORDINGS[-1]


def question_of(part: Part) -> Question | None:
    """The question a part belongs to; none for `process` and for what can never be shared."""
    return next((question for question, parts in GROUPS.items() if part in parts), None)


def questions_for(parts: Iterable[Part]) -> dict[Question, tuple[Part, ...]]:
    """The questions that hold parts of this share, each with its parts, in order."""
    asked = set(parts)
    found = {question: held for question, group in GROUPS.items() if (held := tuple(part for part in group if part in asked))}
    return found or ({Question.ONLY_PROCESS: (Part.PROCESS,)} if Part.PROCESS in asked else {})


def in_order(parts: Iterable[Part]) -> list[Part]:
    """Parts as the questions name them, `process` first."""
    held = set(parts)
    return [part for part in (Part.PROCESS, *(part for group in GROUPS.values() for part in group)) if part in held]
