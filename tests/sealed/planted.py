"""A hundred canaries: a row of every model with a sealed column, each column with a text of its own that is nowhere else.

Rows are made as they are, without actions, because the question is what the database and its dump hold; what is made must open again.
"""

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import timezone

from consent.models import Share
from dossiers import models as own
from dossiers.models.base import AssessmentRow
from dossiers.sealed import SealedField, SealedJSON
from tests.world import World

TODAY = dt.date(2026, 3, 2)


def sealed_of(model: type[models.Model]) -> list[SealedField]:
    """The sealed columns of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]


class Planter:
    """Makes rows and remembers what was written where."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = itertools.count(1)
        self.planted: dict[str, tuple[models.Model, str]] = {}

    def text(self) -> str:
        """A text that is nowhere else."""
        return f"KNR{next(self.count):03}-{uuid.uuid4().hex[:12]}"

    def make(self, model: type[models.Model], **fields: Any) -> Any:
        """One row with a canary in every sealed column."""
        row = model(dossier=self.world.dossier, **fields)
        for field in sealed_of(model):
            canary = self.text()
            setattr(row, field.attname, {"typed": canary} if isinstance(field, SealedJSON) else canary)
            self.planted[canary] = (row, field.attname)
        row.save(force_insert=True)
        return row


def plant(world: World) -> dict[str, tuple[models.Model, str]]:
    """Fill the world; canary → (row, attribute)."""
    planter = Planter(world)
    make, now = planter.make, timezone.now()
    who = world.people["physician"]
    expert = world.people["labour_expert"]
    employee = world.people["employee"]
    draft = own.Assessment(dossier=world.dossier, number=9, date=TODAY, author=who, started_by=who, started_at=now)
    draft.instrument_key, draft.instrument_version, draft.instrument_hash = "bar", "2.0", "0" * 64
    draft.repairs = world.version(1)
    draft.repair_reason = planter.text()
    planter.planted[draft.repair_reason] = (draft, "repair_reason")
    draft.save(force_insert=True)
    for place, item in enumerate(("een", "twee", "drie")):
        for model, fields in _of_version(item, place):
            make(model, assessment=draft, **fields)
        make(own.SectionDraft, assessment=draft, section=item, saved_by=who, saved_at=now)
        make(own.Correction, assessment=draft, section=item, asked_at=now, asked_by=employee, state="declined", answered_at=now, answered_by=who)
        make(own.DocumentRequest, **_request(employee, who, now))
        make(own.ContactRequest, person=who, asked_at=now, asked_by=employee, state="declined", answered_at=now, answered_by=who)
        make(own.JobDemand, item=item)
        make(Share, person=expert, role="labour_expert", first_day=TODAY, last_day=TODAY, made_by=who, made_at=now, stopped_at=now, stopped_by=who)
    for once, fields in _once(draft):
        make(once, **fields)
    own.JobDescription.objects.filter(dossier=world.dossier).delete()
    make(own.JobDescription, changed_at=now, changed_by=who)
    make(own.PostalAddress, changed_at=now, changed_by=who)
    thread = own.Thread.objects.create(**_thread(world, who, expert, now))
    for kind in ("question", "answer"):
        make(own.Post, thread=thread, kind=kind, by=who, role="physician", at=now)
    _reports(planter, now)
    letter = world.version(1).letter
    letter.withdrawn_at, letter.withdrawn_by, letter.withdrawn_reason = now, who, planter.text()
    planter.planted[letter.withdrawn_reason] = (letter, "withdrawn_reason")
    letter.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    return planter.planted


def _of_version(item: str, place: int) -> Iterator[tuple[type[AssessmentRow], dict[str, Any]]]:
    yield own.WorkFactorFinding, {"item": item, "changed_on": TODAY}
    yield own.AreaFinding, {"item": item, "status": "attention", "changed_on": TODAY}
    yield own.ContextFinding, {"item": item, "changed_on": TODAY}
    yield own.BuildUpStep, {"position": place, "start": TODAY + dt.timedelta(days=place), "hours_per_week": 4, "kind": "practice"}
    yield own.AdviceAction, {"position": place, "who": "together", "by": TODAY}
    yield own.ConsultationNote, {"position": place, "with_role": "labour_expert"}


def _once(draft: own.Assessment) -> Iterator[tuple[type[models.Model], dict[str, Any]]]:
    for model in (own.Possibilities, own.Prognosis, own.Advice):
        yield model, {"assessment": draft}
    yield own.VersionView, {"assessment": draft, "written_by": "employee"}
    yield own.EmployeeView, {"written_by": "physician", "changed_by": draft.author, "changed_at": draft.started_at}


def _request(employee: Any, who: Any, now: dt.datetime) -> dict[str, Any]:
    said = {"statement_at": now, "statement_by": employee, "answered_at": now, "answered_by": who, "state": "declined"}
    return {"document": "version", "document_id": uuid.uuid4(), "asked_at": now, "asked_by": employee, "due_on": TODAY, **said}


def _thread(world: World, who: Any, expert: Any, now: dt.datetime) -> dict[str, Any]:
    people = {"asker": who, "asker_role": "physician", "addressee": expert, "addressee_role": "labour_expert"}
    return {"dossier": world.dossier, "number": 1, "part": "capacity", "reason": "work", "reply_by": TODAY, "opened_at": now, **people}


def _reports(planter: Planter, now: dt.datetime) -> None:
    make, people = planter.make, planter.world.people
    report = make(own.LabourReport, number=1, author=people["labour_expert"], author_name="Els Expert", started_at=now)
    for place in (1, 2):
        function = make(own.ReportFunction, report=report, place=place)
        make(own.ReportDemand, function=function, item="d430", fit="unknown")
        make(own.ReportRemark, report=report, asked_at=now, asked_by=people["employee"], state="declined", answered_at=now, answered_by=report.author)
    reaction = make(
        own.InsuranceReport,
        number=1,
        author=people["insurance_physician"],
        author_name="Vera Verzekeringsarts",
        version=planter.world.version(1),
        started_at=now,
    )
    for item in ("d430", "d240"):
        make(own.InsuranceOpinion, report=reaction, item=item, agreement="disagrees")
