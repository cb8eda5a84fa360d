"""The process: the steps of the two years with their rule, the employment, the sick days; and the forms that change them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.actions import process as actions
from dossiers.door import DossierRequest, Opened, Touch, door, read, write
from dossiers.errors import Refused
from dossiers.forms.process import DaysForm, EmploymentForm
from dossiers.models import AbsenceProposal, Contract
from dossiers.models.dossier import ProposalKind, ProposalState
from dossiers.next_step import asks_of, phrase_of, standings
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.rules.calendar import State, Step, steps
from dossiers.rules.dutch import hours, long_date
from dossiers.rules.sick_weeks import is_over, is_recovered

CONFIRM = Touch(Part.PROCESS, Act.CONFIRM_DAYS)
CLOSE = Touch(Part.PROCESS, Act.CLOSE)
_STATE_KINDS: Mapping[State, str] = {State.NOW: "attention", State.LATE: "late", State.DONE: "done", State.DONE_LATE: "done"}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as the page draws it."""

    name: str
    who: str
    is_mine: bool
    by: str
    state_kind: str
    state_text: str
    rule: str
    source: str
    is_norm: bool
    advice: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A reported change of the sick days."""

    id: uuid.UUID
    words: str
    reported: str
    state_kind: str
    state_text: str
    is_open: bool


@door(needs=read(Part.PROCESS))
@require_safe
def process(request: DossierRequest, number: str) -> HttpResponse:
    """Steps, employment, sick days."""
    return dossier_page(request, "process/process.html", _values(request.opened), current="process")


def _values(opened: Opened) -> dict[str, Any]:
    dossier = opened.dossier
    standing = standings([dossier.pk])[dossier.pk]
    may_write = opened.may(Part.PROCESS, Act.WRITE)
    return {
        "steps": [_step_row(step, opened.role) for step in steps(dossier.absence, opened.today, standing.visits)],
        "counting": _counting(opened),
        "employment": _employment(opened),
        "days": _days(opened),
        "proposals": [_proposal_row(row) for row in _proposals(opened)],
        "has_address_form": may_write and opened.role in AUTHORS | {Role.EMPLOYEE},
        "may_give_account": may_write and opened.role in AUTHORS and not dossier.employee.can_sign_in,
        "may_help_to_sign_in": may_write and opened.role in AUTHORS and dossier.employee.can_sign_in,
        "may_change_employment": may_write and opened.role is not Role.EMPLOYEE,
        "may_propose": may_write,
        "may_decide": opened.may(*CONFIRM),
        "may_close": opened.may(*CLOSE),
        "is_over": is_over(dossier.absence, opened.today) and dossier.closed_on is None,
        "closed_on": dossier.closed_on,
    }


def _step_row(step: Step, role: Role) -> StepRow:
    plain = role in (Role.EMPLOYEE, Role.EMPLOYER)
    return StepRow(
        name=step.plain if plain else step.label,
        who=step.actor.label if step.actor else "",
        is_mine=asks_of(role, step),
        by=phrase_of(step) if step.actor else long_date(step.due),
        state_kind=_STATE_KINDS.get(step.state, "plain"),
        state_text=step.state.label,
        rule=step.rule,
        source=step.source,
        is_norm=not step.hard,
        advice=f"Ons advies: doe dit voor {long_date(step.target)}." if step.target else "",
    )


def _counting(opened: Opened) -> str:
    """How the dates come about."""
    absence = opened.dossier.absence
    start = f"Wij tellen vanaf de eerste ziektedag: {long_date(absence.first_sick_day)}. Week 1 is de eerste 7 dagen."
    return f"{start} Dagen dat iemand helemaal beter was, tellen niet mee." if absence.recoveries else start


def _employment(opened: Opened) -> list[tuple[str, str]]:
    dossier = opened.dossier
    rows = [
        ("Werkgever", dossier.employer.name),
        ("Functie", dossier.job_title),
        ("Uren per week", hours(dossier.hours_per_week)),
        ("Contract", Contract(dossier.contract).label),
    ]
    return [*rows, ("Laatste dag van het contract", long_date(dossier.contract_end))] if dossier.contract_end else rows


def _days(opened: Opened) -> list[tuple[str, str]]:
    absence = opened.dossier.absence
    rows = [("Eerste ziektedag", long_date(absence.first_sick_day))]
    for recovery in absence.recoveries:
        rows.append(("Beter vanaf", long_date(recovery.start)))
        if recovery.until:
            rows.append(("Weer ziek vanaf", long_date(recovery.until)))
    return rows


def _proposals(opened: Opened) -> list[AbsenceProposal]:
    return list(AbsenceProposal.objects.filter(dossier=opened.dossier).select_related("proposed_by").order_by("-proposed_on", "-pk"))


def _proposal_row(row: AbsenceProposal) -> ProposalRow:
    state = ProposalState(row.state)
    kinds = {ProposalState.OPEN: "attention", ProposalState.CONFIRMED: "done", ProposalState.DECLINED: "plain"}
    return ProposalRow(
        id=row.pk,
        words=f"{_PROPOSAL_WORDS[ProposalKind(row.kind)]} {long_date(row.day)}",
        reported=f"doorgegeven door {row.proposed_by.name} op {long_date(row.proposed_on)}",
        state_kind=kinds[state],
        state_text=state.label,
        is_open=state is ProposalState.OPEN,
    )


_PROPOSAL_WORDS: Mapping[ProposalKind, str] = {
    ProposalKind.RECOVERED: "Weer helemaal beter vanaf",
    ProposalKind.SICK_AGAIN: "Weer ziek vanaf",
    ProposalKind.FIRST_SICK_DAY: "Eerste ziektedag is",
}


@door(needs=write(Part.PROCESS))
@require_http_methods(["GET", "HEAD", "POST"])
def change_employment(request: DossierRequest, number: str) -> HttpResponse:
    """Correct the contract. The employee reads it; the employer or the physician puts it right."""
    opened = request.opened
    if opened.role is Role.EMPLOYEE:
        raise Refused("De gegevens van het contract verandert uw werkgever.", status=403)
    if request.method != "POST":
        return _form_page(request, "process/employment.html", EmploymentForm.of(opened.dossier))
    form = EmploymentForm(request.POST)
    if not form.is_valid():
        return _form_page(request, "process/employment.html", form, status=422)
    actions.change_employment(opened, employment=form.employment())
    return _done(request, "De gegevens van het contract zijn opgeslagen.")


@door(needs=write(Part.PROCESS))
@require_http_methods(["GET", "HEAD", "POST"])
def propose_days(request: DossierRequest, number: str) -> HttpResponse:
    """Report recovery, falling ill again or another first sick day. Counts once the physician confirms; a physician does both at once."""
    opened = request.opened
    recovered = is_recovered(opened.dossier.absence, opened.today)
    form = DaysForm(request.POST if request.method == "POST" else None, role=opened.role, is_recovered=recovered)
    if request.method != "POST":
        return _form_page(request, "process/days.html", form)
    if not form.is_valid():
        return _form_page(request, "process/days.html", form, status=422)
    kind, day = ProposalKind(form.cleaned_data["kind"]), form.cleaned_data["day"]
    try:
        if opened.may(*CONFIRM):
            actions.change_days(opened, kind=kind, day=day)
            return _done(request, "De ziektedagen zijn veranderd. Alle datums zijn opnieuw berekend.")
        actions.propose_days(opened, kind=kind, day=day)
    except Refused as refusal:
        form.add_error("day", refusal.sentence)
        return _form_page(request, "process/days.html", form, status=refusal.status)
    return _done(request, "Doorgegeven. De bedrijfsarts kijkt hiernaar. Daarna veranderen de datums.")


def _form_page(request: DossierRequest, template: str, form: Any, *, status: int = 200) -> HttpResponse:
    values = {"form": form, "process_url": reverse("process", args=[request.opened.dossier.number]), "decides": request.opened.may(*CONFIRM)}
    return dossier_page(request, template, values, current="process", status=status)


def _done(request: DossierRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("process", args=[request.opened.dossier.number]))


@door(needs=CONFIRM)
@require_POST
def decide_proposal(request: DossierRequest, number: str, proposal: uuid.UUID) -> HttpResponse:
    """The physician takes a reported change over, or not."""
    opened = request.opened
    row = AbsenceProposal.objects.filter(dossier=opened.dossier, pk=proposal).first()
    if row is None:
        raise Http404
    decision = request.POST.get("decision")
    if decision not in ("confirm", "decline"):
        raise Refused("Kies of u de melding overneemt of niet.")
    try:
        actions.decide_proposal(opened, proposal=row, confirm=decision == "confirm")
    except Refused as refusal:
        return dossier_page(
            request, "process/process.html", {**_values(opened), "refusal": refusal.sentence}, current="process", status=refusal.status
        )
    taken = "De melding is overgenomen. Alle datums zijn opnieuw berekend."
    return _done(request, taken if decision == "confirm" else "De melding is niet overgenomen.")


@door(needs=CLOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def close_dossier(request: DossierRequest, number: str) -> HttpResponse:
    """Ask once more, then close: nothing can be written any more and sharing ends."""
    opened = request.opened
    values = {"close_url": reverse("close_dossier", args=[number]), "process_url": reverse("process", args=[number])}
    if request.method != "POST":
        return dossier_page(request, "process/close.html", values, current="process")
    try:
        actions.close_dossier(opened)
    except Refused as refusal:
        return dossier_page(request, "process/close.html", {**values, "refusal": refusal.sentence}, current="process", status=refusal.status)
    messages.success(request, "Het dossier is gesloten.")
    return HttpResponseRedirect(reverse("overview", args=[number]))
