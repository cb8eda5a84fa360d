"""The facts of the process: making a dossier, employment, sick days, the job.

Own facts only: who may write what finely is told in docs/access.md. Seats are given by the door that opens a dossier (`bar`), not here.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.ledger import Closing, note_closing
from dossiers.models import AbsenceProposal, Dossier, JobDemand, JobDescription, Recovery
from dossiers.models.dossier import ProposalKind, ProposalState
from dossiers.notices import Reason, tell_seated
from dossiers.parts import Act, Part, Role
from dossiers.rules.sick_weeks import Recovery as RecoveryDays
from dossiers.rules.sick_weeks import recovery_problem
from dossiers.sealed import new_wrapped_key
from dossiers.trail import Event, action


@dataclass(frozen=True, slots=True)
class Employment:
    """The contract of the employee."""

    job_title: str
    hours_per_week: Decimal
    contract: str
    contract_end: datetime.date | None


def make_dossier(
    *,
    employee: Any,
    employee_name: str,
    physician: Any,
    birth_date: datetime.date,
    salutation: str = "",
    arbodienst: Any,
    employer: Any,
    employment: Employment,
    first_sick_day: datetime.date,
    recoveries: tuple[RecoveryDays, ...] = (),
    opened_by: Any,
    today: datetime.date,
    case_key: str | None = None,
    training: bool = False,
) -> Dossier:
    """A new dossier with its own data key. The calling door gives the seats and leaves the trail, in the same transaction."""
    if first_sick_day > today:
        raise Refused("De eerste ziektedag ligt in de toekomst. Vul een dag in het verleden in.")
    problem = recovery_problem(first_sick_day, recoveries)
    if problem is not None:
        raise Refused(problem.sentence)
    pk = uuid.uuid4()
    dossier = Dossier(
        id=pk,
        wrapped_key=new_wrapped_key(pk),
        employee=employee,
        employee_name=employee_name,
        physician=physician,
        birth_date=birth_date,
        salutation=salutation,
        arbodienst=arbodienst,
        employer=employer,
        job_title=employment.job_title,
        hours_per_week=employment.hours_per_week,
        contract=employment.contract,
        contract_end=employment.contract_end,
        first_sick_day=first_sick_day,
        opened_on=today,
        opened_by=opened_by,
        case_key=case_key,
        training=training,
    )
    dossier.save(force_insert=True)
    for row in recoveries:
        Recovery.objects.create(dossier=dossier, start=row.start, until=row.until)
    return dossier


@action(Part.PROCESS, Act.WRITE)
def change_employment(opened: Opened, *, employment: Employment) -> None:
    """Correct the employment. The employer's fact; physician and delegate may put it right."""
    if opened.role is Role.EMPLOYEE:
        raise Refused("De gegevens van het contract verandert uw werkgever.", status=403)
    dossier = opened.dossier
    dossier.job_title, dossier.hours_per_week = employment.job_title, employment.hours_per_week
    dossier.contract, dossier.contract_end = employment.contract, employment.contract_end
    dossier.save(update_fields=["job_title", "hours_per_week", "contract", "contract_end"])
    opened.trail.note(Event.CHANGE_PROCESS, Part.PROCESS)


@action(Part.PROCESS, Act.WRITE)
def propose_days(opened: Opened, *, kind: ProposalKind, day: datetime.date) -> AbsenceProposal:
    """Employee or employer reports a change of sick days; it counts once the physician confirms it."""
    if day > opened.today:
        raise Refused("Deze dag ligt in de toekomst. Meld het op de dag zelf.")
    row = AbsenceProposal.objects.create(dossier=opened.dossier, kind=kind, day=day, proposed_by=opened.person, proposed_on=opened.today)
    tell_seated(opened.dossier, [Role.PHYSICIAN], Reason.DAYS_PROPOSED, now=opened.now, object_id=row.pk, but=opened.person)
    opened.trail.note(Event.PROPOSE_DAYS, Part.PROCESS, object_type="proposal", object_id=row.pk)
    return row


@action(Part.PROCESS, Act.CONFIRM_DAYS)
def decide_proposal(opened: Opened, *, proposal: AbsenceProposal, confirm: bool) -> None:
    """The physician confirms or declines; only then do the dates of the calendar move."""
    proposal = AbsenceProposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state != ProposalState.OPEN:
        raise Refused("Hierover is al beslist.")
    if confirm:
        _apply(opened.dossier, ProposalKind(proposal.kind), proposal.day)
    proposal.state = ProposalState.CONFIRMED if confirm else ProposalState.DECLINED
    proposal.decided_by, proposal.decided_on = opened.person, opened.today
    proposal.save(update_fields=["state", "decided_by", "decided_on"])
    opened.trail.note(Event.CONFIRM_DAYS, Part.PROCESS, object_type="proposal", object_id=proposal.pk)


@action(Part.PROCESS, Act.CONFIRM_DAYS)
def change_days(opened: Opened, *, kind: ProposalKind, day: datetime.date) -> AbsenceProposal:
    """The physician changes the sick days in one act: reported and confirmed by the same person."""
    if day > opened.today:
        raise Refused("Deze dag ligt in de toekomst. Meld het op de dag zelf.")
    _apply(opened.dossier, kind, day)
    row = AbsenceProposal.objects.create(
        dossier=opened.dossier,
        kind=kind,
        day=day,
        proposed_by=opened.person,
        proposed_on=opened.today,
        state=ProposalState.CONFIRMED,
        decided_by=opened.person,
        decided_on=opened.today,
    )
    opened.trail.note(Event.CONFIRM_DAYS, Part.PROCESS, object_type="proposal", object_id=row.pk)
    return row


def _apply(dossier: Dossier, kind: ProposalKind, day: datetime.date) -> None:
    take_turns(dossier.pk)  # two who decide at once: one after the other
    dossier.refresh_from_db(fields=["first_sick_day"])
    standing = [RecoveryDays(row.start, row.until) for row in dossier.recoveries.order_by("start")]
    first = dossier.first_sick_day
    match kind:
        case ProposalKind.RECOVERED:
            standing.append(RecoveryDays(day, None))
        case ProposalKind.SICK_AGAIN:
            if not standing or standing[-1].until is not None:
                raise Refused("Er staat geen herstel open. Meld eerst vanaf welke dag de werknemer beter was.")
            standing[-1] = RecoveryDays(standing[-1].start, day)
        case ProposalKind.FIRST_SICK_DAY:
            first = day
    problem = recovery_problem(first, standing)
    if problem is not None:
        raise Refused(problem.sentence)
    if kind is ProposalKind.FIRST_SICK_DAY:
        if dossier.assessments.filter(date__lt=day).exists():
            raise Refused("Er is al een bezoek voor deze dag. De eerste ziektedag kan niet later zijn.")
        dossier.first_sick_day = day
        dossier.save(update_fields=["first_sick_day"])
    Recovery.objects.filter(dossier=dossier).delete()
    for row in standing:
        Recovery.objects.create(dossier=dossier, start=row.start, until=row.until)


@action(Part.JOB, Act.WRITE)
def write_job(opened: Opened, *, description: str, demands: Mapping[str, str], seen: int) -> JobDescription:
    """What the work is and what it asks per area, in the employer's words."""
    take_turns(opened.dossier.pk)  # one writer at a time, also for the first row
    job = JobDescription.objects.filter(dossier=opened.dossier).first() or JobDescription(dossier=opened.dossier, version=0)
    if job.version != seen:
        raise Refused(
            "Iemand anders heeft deze beschrijving intussen veranderd. Vergelijk de teksten en sla opnieuw op wat moet blijven.", status=409
        )
    job.description, job.changed_by, job.changed_at = description, opened.person, opened.now
    job.version += 1
    job.save()
    JobDemand.objects.filter(dossier=opened.dossier).delete()
    for item, demand in demands.items():
        if demand:
            JobDemand(dossier=opened.dossier, item=item, demand=demand).save(force_insert=True)
    opened.trail.note(Event.CHANGE_JOB, Part.JOB)
    return job


@action(Part.PROCESS, Act.CLOSE)
def close_dossier(opened: Opened) -> None:
    """Close the dossier: nothing can be written any more, and every share ends."""
    if opened.dossier.assessments.exclude(status="final").exists():
        raise Refused("Er is nog een versie in bewerking. Maak die eerst af, of gooi het concept weg.")
    opened.dossier.closed_on, opened.dossier.closed_by = opened.today, opened.person
    opened.dossier.save(update_fields=["closed_on", "closed_by"])
    note_closing(Closing.DOSSIER, opened.dossier.pk, by=opened.person)
    opened.trail.note(Event.CHANGE_PROCESS, Part.PROCESS)
