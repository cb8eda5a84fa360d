"""What is: the dossier and everything filled in, said or sent in it.

Every model names the Part of each of its fields in `PARTS`, carries `dossier_id` itself, and makes its key in Python.
Rules and decisions live elsewhere.
"""

from dossiers.models.assessment import Assessment, SectionDraft, Status
from dossiers.models.contact import ContactRequest, ContactRequestState, PostalAddress
from dossiers.models.dossier import AbsenceProposal, Contract, Dossier, JobDemand, JobDescription, Recovery
from dossiers.models.letter import CopyState, Letter, LetterCopy, Outbox, Reader
from dossiers.models.notice import Notice, NoticeState
from dossiers.models.requests import Correction, CorrectionState
from dossiers.models.sections import (
    Advice,
    AdviceAction,
    AreaFinding,
    BuildUpStep,
    ConsultationNote,
    ContextFinding,
    Possibilities,
    Prognosis,
    WorkFactorFinding,
)
from dossiers.models.trail import TrailLine
from dossiers.models.view import EmployeeView, Switch, VersionView, WrittenBy

__all__ = [
    "AbsenceProposal",
    "Advice",
    "AdviceAction",
    "AreaFinding",
    "Assessment",
    "BuildUpStep",
    "ConsultationNote",
    "ContactRequest",
    "ContactRequestState",
    "ContextFinding",
    "Contract",
    "CopyState",
    "Correction",
    "CorrectionState",
    "Dossier",
    "EmployeeView",
    "JobDemand",
    "JobDescription",
    "Letter",
    "LetterCopy",
    "Notice",
    "NoticeState",
    "Outbox",
    "Possibilities",
    "PostalAddress",
    "Prognosis",
    "Reader",
    "Recovery",
    "SectionDraft",
    "Status",
    "Switch",
    "TrailLine",
    "VersionView",
    "WorkFactorFinding",
    "WrittenBy",
]
