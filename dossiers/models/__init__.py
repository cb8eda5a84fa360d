"""What is: the dossier and everything filled in, said or sent in it.

Every model names the Part of each of its fields in `PARTS`, carries `dossier_id` itself, and makes its key in Python.
Rules and decisions live elsewhere.
"""

from dossiers.models.assessment import Assessment, SectionDraft, Status
from dossiers.models.consultation import Post, PostKind, Thread, ThreadState, ThreadUse
from dossiers.models.contact import ContactRequest, ContactRequestState, PostalAddress
from dossiers.models.dossier import AbsenceProposal, Contract, Dossier, JobDemand, JobDescription, Recovery
from dossiers.models.letter import CopyState, Letter, LetterCopy, Outbox, Reader
from dossiers.models.notice import Notice, NoticeState
from dossiers.models.reports import (
    Agreement,
    Fit,
    InsuranceOpinion,
    InsuranceReport,
    LabourReport,
    OwnWork,
    RemarkState,
    ReportDemand,
    ReportFunction,
    ReportRemark,
    SecondTrack,
)
from dossiers.models.requests import Correction, CorrectionState, DocumentKind, DocumentRequest
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
    "Agreement",
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
    "DocumentKind",
    "DocumentRequest",
    "Dossier",
    "EmployeeView",
    "Fit",
    "InsuranceOpinion",
    "InsuranceReport",
    "JobDemand",
    "JobDescription",
    "LabourReport",
    "Letter",
    "LetterCopy",
    "Notice",
    "NoticeState",
    "Outbox",
    "OwnWork",
    "Possibilities",
    "Post",
    "PostKind",
    "PostalAddress",
    "Prognosis",
    "Reader",
    "Recovery",
    "RemarkState",
    "ReportDemand",
    "ReportFunction",
    "ReportRemark",
    "SecondTrack",
    "SectionDraft",
    "Status",
    "Switch",
    "Thread",
    "ThreadState",
    "ThreadUse",
    "TrailLine",
    "VersionView",
    "WorkFactorFinding",
    "WrittenBy",
]
