"""A row in every table with dossier data, so that "nobody sees a row" says something about each of them.

What the world holds already is not made again. A new model with dossier data must be added here: `test_rows` is red until it is.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils import timezone

from bar.wall.policies import dossier_column, walled
from consent.access import opening
from consent.models import AnswerState, HandOver, NoteKind, Seat
from dossiers.actions.versions import start_version
from dossiers.door import write
from dossiers.models import Assessment, Dossier, InsuranceReport, LabourReport, ReportFunction, Thread
from dossiers.models.dossier import ProposalKind
from dossiers.parts import Part, Role
from tests.world import World

TEXT = "Tekst."


def fill(world: World) -> None:
    """Put a row of the world's dossier in every table that has none yet, straight, without the actions."""
    if not Assessment.objects.filter(status="draft").exists():
        with opening(world.people["physician"], world.number, needs=write(Part.CAPACITY), writing=True) as opened:
            start_version(opened, date=timezone.localdate(), carry=False)
    for label, values in _rows(world):
        model = apps.get_model(label)
        if not model._default_manager.filter(dossier=world.dossier).exists():
            model._default_manager.create(dossier=world.dossier, **{name: value() if callable(value) else value for name, value in values.items()})


def _rows(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Models in the order in which their rows can be made."""
    now, today = timezone.now(), timezone.localdate()
    people, dossier = world.people, world.dossier
    employee, employer, physician, expert = (people[who] for who in ("employee", "employer", "physician", "labour_expert"))
    share = world.shares[Role.LABOUR_EXPERT]
    final = Assessment.objects.get(dossier=dossier, status="final")
    draft = Assessment.objects.get(dossier=dossier, status="draft")
    asked = {"text": TEXT, "asked_at": now, "asked_by": employee}
    started = {"number": 1, "author": expert, "author_name": expert.name, "started_at": now, "typed": {}}
    by = {"at": now, "by": employee}
    return [
        ("dossiers.Recovery", {"start": today, "until": today + dt.timedelta(days=1)}),
        ("dossiers.AbsenceProposal", {"kind": ProposalKind.RECOVERED, "day": today, "proposed_by": employer, "proposed_on": today}),
        ("dossiers.SectionDraft", {"assessment": draft, "section": "visit", "content": {}, "saved_by": physician, "saved_at": now}),
        (
            "dossiers.Thread",
            {
                "number": 1,
                "part": Part.CAPACITY,
                "asker": expert,
                "asker_role": Role.LABOUR_EXPERT,
                "addressee": physician,
                "addressee_role": Role.PHYSICIAN,
                "reason": "other",
                "reply_by": today,
                "opened_at": now,
            },
        ),
        ("dossiers.Post", {"thread": Thread.objects.first, "kind": "question", "by": expert, "role": Role.LABOUR_EXPERT, "text": TEXT, "at": now}),
        ("dossiers.ThreadUse", {"assessment": draft, "thread": Thread.objects.first, "at": now, "by": physician}),
        ("dossiers.PostalAddress", {"address": TEXT, "changed_at": now, "changed_by": employee}),
        ("dossiers.ContactRequest", {"person": employer, **asked}),
        ("dossiers.LabourReport", started),
        ("dossiers.ReportFunction", {"report": LabourReport.objects.first, "place": 1, "title": TEXT, "hours": Decimal(8)}),
        ("dossiers.ReportDemand", {"function": ReportFunction.objects.first, "item": "d430", "demand": TEXT, "fit": "fits"}),
        ("dossiers.ReportRemark", {"report": LabourReport.objects.first, **asked}),
        ("dossiers.InsuranceReport", {**started, "version": final}),
        ("dossiers.InsuranceOpinion", {"report": InsuranceReport.objects.first, "item": "d430", "agreement": "agrees"}),
        ("dossiers.Correction", {"assessment": final, "section": "visit", **asked}),
        ("dossiers.DocumentRequest", {"document": "version", "document_id": final.pk, "due_on": today, **asked}),
        ("dossiers.Switch", {"part": Part.EMPLOYEE_VIEW.value, "on": True, **by}),
        (
            "consent.PaperAnswer",
            {
                "share": share,
                "parts": ["process"],
                "wording": "1",
                "signed_on": today,
                "posted_on": today,
                "recorded_by": physician,
                "recorded_at": now,
            },
        ),
        ("consent.ShareNote", {"share": share, "kind": NoteKind.LATER, **by}),
        (
            "consent.HandOverQuestion",
            {"address": "a@proef.test", "name": "A", "organisation_name": "B", "made_at": now, "made_by": physician, "open_until": today},
        ),
        (
            "consent.HandOver",
            {
                "from_person": physician,
                "to_person": physician,
                "seat": Seat.objects.filter(dossier=dossier, role=Role.PHYSICIAN).first,
                "from_organisation": dossier.arbodienst,
                "to_organisation": dossier.arbodienst,
                "day": today,
                "made_at": now,
                "made_by": physician,
            },
        ),
        ("consent.HandOverAnswer", {"hand_over": HandOver.objects.first, "state": AnswerState.GIVEN, "wording": "1", **by}),
    ]


def rows_of(model: Any, dossier: Dossier | None = None) -> int:
    """How many rows of this table are shown, of any or of one dossier."""
    found = model._default_manager.all()
    return int((found if dossier is None else found.filter(**{str(dossier_column(model)): dossier.pk})).count())


def tables() -> list[type[Any]]:
    """Every model with dossier data."""
    return [model for model, _column in walled()]
