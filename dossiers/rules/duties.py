"""The duties of the statutory calendar as a table: who, what, by which rule, from which source.

Only sourced facts stand here; a practice norm is marked as one and is never shown as law. When each duty
is due is computed in `calendar.py`. No text here may claim that something happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self


class Actor(StrEnum):
    """Who must act; the same words as `who` in the actions of an advice."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.label = value, label
        return member

    EMPLOYER = "employer", "werkgever"
    EMPLOYEE = "employee", "werknemer"
    TOGETHER = "together", "werkgever en werknemer samen"
    PHYSICIAN = "physician", "bedrijfsarts"


class StepKind(StrEnum):
    """The duties we know, in the order of the two years."""

    PROBLEM_ANALYSIS = "problem_analysis"
    ACTION_PLAN = "action_plan"
    PLAN_CHANGE = "plan_change"
    EVALUATION = "evaluation"
    NOTICE_WEEK_42 = "notice_week_42"
    FIRST_YEAR_EVALUATION = "first_year_evaluation"
    CURRENT_JUDGEMENT = "current_judgement"
    FINAL_EVALUATION = "final_evaluation"
    WIA_APPLICATION = "wia_application"
    END_OF_WAITING = "end_of_waiting"


@dataclass(frozen=True, slots=True)
class Duty:
    """What is fixed about a step."""

    label: str
    """The official name, for professionals."""
    plain: str
    """The same for employee and employer."""
    actor: Actor | None
    """None when the date comes by itself."""
    hard: bool
    """True: a date of the law or of UWV ("moet"). False: a norm of practice ("liefst voor")."""
    rule: str
    source: str
    task: str = ""
    """For a letter, after the doer and a colon; {employee} is the form of address."""
    documents: tuple[str, ...] = ()
    """Words by which an action names the same document, in lower case."""


_PROCEDURE: Final = "Regeling procesgang eerste en tweede ziektejaar"

DUTIES: Final[Mapping[StepKind, Duty]] = MappingProxyType(
    {
        StepKind.PROBLEM_ANALYSIS: Duty(
            label="Probleemanalyse",
            plain="Eerste advies bedrijfsarts",
            actor=Actor.PHYSICIAN,
            hard=True,
            rule="Binnen 6 weken na de eerste ziektedag. De werkgever let op de datum.",
            source=f"{_PROCEDURE}, art. 2",
        ),
        StepKind.ACTION_PLAN: Duty(
            label="Plan van aanpak",
            plain="Plan van aanpak",
            actor=Actor.TOGETHER,
            hard=True,
            rule="Binnen 2 weken na de probleemanalyse. Meestal is dat uiterlijk in week 8.",
            source=f"{_PROCEDURE}, art. 4",
            task="maak samen het plan van aanpak",
            documents=("plan van aanpak",),
        ),
        StepKind.PLAN_CHANGE: Duty(
            label="Bijstelling plan van aanpak",
            plain="Plan van aanpak aanpassen",
            actor=Actor.TOGETHER,
            hard=False,
            rule="Liefst binnen 2 weken na een nieuw advies van de bedrijfsarts.",
            source="Norm uit de praktijk",
            task="zet de nieuwe uren en taken in het plan van aanpak",
            documents=("plan van aanpak",),
        ),
        StepKind.EVALUATION: Duty(
            label="Evaluatie van het plan",
            plain="Samen kijken hoe het gaat",
            actor=Actor.TOGETHER,
            hard=False,
            rule="Regelmatig; de norm is minstens elke 6 weken.",
            source="Norm uit de praktijk",
            task="kijk samen hoe het gaat en schrijf dat op",
            documents=("evaluatie", "evalueer"),
        ),
        StepKind.NOTICE_WEEK_42: Duty(
            label="42e-weeksmelding",
            plain="Ziekte melden bij UWV",
            actor=Actor.EMPLOYER,
            hard=True,
            rule="Uiterlijk op de eerste werkdag na week 42.",
            source="UWV, ziek melden bij UWV",
            task="meld bij UWV dat {employee} nog niet al het werk doet",
            documents=("uwv-melding", "weeksmelding", "melding bij uwv", "meld bij uwv"),
        ),
        StepKind.FIRST_YEAR_EVALUATION: Duty(
            label="Eerstejaarsevaluatie",
            plain="Terugkijken op het eerste jaar",
            actor=Actor.TOGETHER,
            hard=True,
            rule="Tussen week 46 en week 52.",
            source=f"{_PROCEDURE}, art. 4",
            task="kijk samen terug op het eerste jaar en schrijf dat op",
            documents=("eerstejaarsevaluatie", "eerstejaars evaluatie"),
        ),
        StepKind.CURRENT_JUDGEMENT: Duty(
            label="Actueel oordeel",
            plain="Laatste advies bedrijfsarts",
            actor=Actor.PHYSICIAN,
            hard=False,
            rule="Voor de WIA-aanvraag; in de praktijk tussen week 87 en week 90.",
            source="Norm uit de praktijk",
        ),
        StepKind.FINAL_EVALUATION: Duty(
            label="Eindevaluatie",
            plain="Terugkijken op twee jaar",
            actor=Actor.TOGETHER,
            hard=True,
            rule="In week 91, na het actueel oordeel en 2 weken voor de WIA-aanvraag.",
            source=f"{_PROCEDURE}, art. 6",
        ),
        StepKind.WIA_APPLICATION: Duty(
            label="WIA-aanvraag",
            plain="WIA-uitkering aanvragen",
            actor=Actor.EMPLOYEE,
            hard=True,
            rule="Uiterlijk in week 93. Dat is 11 weken voor het einde van de wachttijd.",
            source="WIA art. 64; UWV, aanvraag WIA",
        ),
        StepKind.END_OF_WAITING: Duty(
            label="Einde wachttijd",
            plain="Twee jaar voorbij",
            actor=None,
            hard=True,
            rule="De wachttijd duurt 104 weken.",
            source="WIA art. 23; BW 7:629",
        ),
    }
)
