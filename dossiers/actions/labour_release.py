"""A final labour report: making its PDF, releasing it to everybody in one moment, trying again, downloading.

What the worker does without a person (`make_report`) renders what the row holds and opens no dossier.
"""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from dossiers import outbox
from dossiers.actions.labour_report import KIND
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.labour_source import frozen_report
from dossiers.models import CopyState, LabourReport, Status
from dossiers.notices import Reason, tell_seated
from dossiers.parts import Act, Part, Role
from dossiers.pdf import render_report_pdf
from dossiers.stored_pdf import note_pdf, remove_other_pdfs, write_pdf
from dossiers.trail import Event, Line, Outcome, action, append, write_now


def make_report(report_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Render, keep, release. Called by the promise (`promises.py`), without a person; any number of times with one effect."""
    report = LabourReport.objects.get(pk=report_id)
    if report.pdf_state != CopyState.READY:
        _keep(report, render_report_pdf(frozen_report(report)), now=now)
    _release(report_id, now=now)


def _keep(report: LabourReport, pdf: bytes, *, now: dt.datetime) -> None:
    """Store one document, also when two workers made it at once or an earlier one died halfway."""
    name = write_pdf(report, pdf)
    with transaction.atomic():
        current = LabourReport.objects.select_for_update().get(pk=report.pk)
        if current.pdf_state != CopyState.READY:
            current.pdf_state = CopyState.READY
            note_pdf(current, name, pdf, now=now)
            current.save(update_fields=["pdf_state", "stored_as", "rendered_at", "sha256", "size", "attempts"])
            append(_line(current, Event.RENDER_REPORT))
    remove_other_pdfs(current)


def _release(report_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Employee, employer and physician in the same moment."""
    with transaction.atomic():
        row = LabourReport.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=report_id)
        if row.status != Status.FINAL or row.pdf_state != CopyState.READY or row.released_at is not None:
            return
        row.released_at = now
        row.save(update_fields=["released_at"])
        tell_seated(row.dossier, [Role.EMPLOYEE, Role.EMPLOYER, Role.PHYSICIAN], Reason.REPORT_RELEASED, now=now, object_id=row.pk)
        append(_line(row, Event.RELEASE_REPORT))


def failed(report_id: uuid.UUID, given_up: bool) -> bool:
    """Note that a report could not be made; False when somebody else made it in the meantime. Called in the transaction of the promise."""
    row = LabourReport.objects.select_for_update().get(pk=report_id)
    if row.pdf_state == CopyState.READY and row.released_at is not None:
        return False
    row.attempts += 1
    if given_up and row.pdf_state != CopyState.READY:
        row.pdf_state = CopyState.FAILED
    row.save(update_fields=["attempts", "pdf_state"])
    append(_line(row, Event.RENDER_REPORT, Outcome.ERROR))
    return True


@action(Part.LABOUR_REPORT, Act.WRITE)
def try_again(opened: Opened, *, report: LabourReport) -> None:
    """ "Opnieuw proberen": make a report that failed once more."""
    row = LabourReport.objects.select_for_update().get(pk=report.pk)
    if row.author_id != opened.person.pk:
        raise Refused("Dit rapport is van een andere arbeidsdeskundige.", status=403)
    if row.pdf_state != CopyState.FAILED:
        raise Refused("Het rapport wordt al opnieuw gemaakt, of is al klaar. Laad de pagina opnieuw.", status=409)
    row.pdf_state = CopyState.WAITING
    row.save(update_fields=["pdf_state"])
    outbox.put(KIND, row.pk, now=opened.now, again=str(row.attempts))
    opened.trail.note(Event.RETRY_REPORT, Part.LABOUR_REPORT, object_type="labour_report", object_id=row.pk)


def note_download(opened: Opened, *, report: LabourReport) -> None:
    """A download is an event of its own, written before the first byte leaves."""
    opened.require(Part.LABOUR_REPORT, Act.READ)
    template: Line = opened.trail.template
    parts = (Part.LABOUR_REPORT.value,)
    write_now(replace(template, event=Event.DOWNLOAD_REPORT, object_type="labour_report", object_id=str(report.pk), parts=parts))


def _line(report: LabourReport, event: Event, outcome: int = Outcome.SUCCESS) -> Line:
    """A worker's event: the initiator is this system, the responsible person is the expert who finalised."""
    return Line(
        event,
        outcome=outcome,
        actor_id=None,
        actor_role="worker",
        responsible_id=report.finalised_by_id,
        responsible_role=Role.LABOUR_EXPERT.value,
        object_type="labour_report",
        object_id=str(report.pk),
        dossier_id=report.dossier_id,
        parts=(Part.LABOUR_REPORT.value,),
    )
