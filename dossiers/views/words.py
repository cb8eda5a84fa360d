"""The employee's own view: three questions, what the physician noted beside them, and the switch towards the employer.

The employee only; physician and delegate note spoken words in the BAR.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dossiers.actions import words as actions
from dossiers.door import DossierRequest, Opened, Touch, door, read, write
from dossiers.errors import Refused, Stale
from dossiers.forms.words import OwnViewForm
from dossiers.models import EmployeeView, WrittenBy
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import FormOfAddress
from dossiers.rules.letter.document import Section
from dossiers.rules.letter.facts import View
from dossiers.rules.letter.own_words import own_words_section
from dossiers.sections import VIEW_FIELDS, is_switched_on, newest_view
from dossiers.views.autosave import SignInAgain, invalid_answer, is_by_script, kept_answer, stale_answer, version_seen

ONLY_EMPLOYEE = "Dit is de pagina van de werknemer zelf. Wat de werknemer schrijft, staat in de BAR bij ‘Visie van de werknemer’."

ELSEWHERE = "U heeft dit ook ergens anders veranderd."


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with what stands there."""

    question: str
    text: str


@door(needs=read(Part.EMPLOYEE_VIEW), may_show={Part.SHARING})
@require_safe
def own_view(request: DossierRequest, number: str) -> HttpResponse:
    """The three questions, as they stand."""
    _employee_only(request.opened)
    row = _own_row(request.opened)
    values = {name: getattr(row, name) if row else "" for name in VIEW_FIELDS}
    return _page(request, OwnViewForm(initial={**values, "seen": row.version if row else 0}))


@door(needs=write(Part.EMPLOYEE_VIEW), may_show={Part.SHARING}, folded=True)
@require_POST
def save_own_view(request: DossierRequest, number: str) -> HttpResponse:
    """Keep what was typed. A text that was changed elsewhere is shown beside it, and nothing is lost. A script gets JSON."""
    opened = request.opened
    _employee_only(opened)
    form = OwnViewForm(request.POST)
    by_script = is_by_script(request)
    if not form.is_valid():
        return invalid_answer(form) if by_script else _page(request, form, status=422)
    try:
        row = actions.write_view(opened, value=form.words, seen=_seen(request, form))
    except Stale as stale:
        return stale_answer(stale, f"{ELSEWHERE} Kies welke tekst moet blijven.") if by_script else _both_texts(request, form, stale)
    if by_script:
        in_letter = render_to_string("words/in_letter.html", _in_letter(opened))
        return kept_answer(form, version=row.version, at=row.changed_at, redraw={"in-letter": in_letter})
    messages.success(request, "Uw woorden zijn opgeslagen.")
    return HttpResponseRedirect(reverse("own_view", args=[number]))


@door(needs=Touch(Part.EMPLOYEE_VIEW, Act.SWITCH))
@require_POST
def switch_own_view(request: DossierRequest, number: str) -> HttpResponse:
    """Share with the employer from the next letter on, or stop that."""
    wanted = request.POST.get("delen")
    if wanted not in ("ja", "nee"):
        raise Refused("Kies of u uw woorden wilt delen. Laad de pagina opnieuw.")
    on = wanted == "ja"
    if on is not is_switched_on(request.opened.dossier, Part.EMPLOYEE_VIEW):
        actions.switch_view(request.opened, on=on)
    else:
        raise Refused("Dat stond al zo. Laad de pagina opnieuw.", status=409)
    messages.success(request, "Uw werkgever leest uw woorden in de volgende brief." if on else "Uw woorden komen niet meer in een brief.")
    return HttpResponseRedirect(reverse("own_view", args=[number]))


def _seen(request: DossierRequest, form: OwnViewForm) -> int:
    row = _own_row(request.opened)
    seen: int = form.cleaned_data["seen"]
    return version_seen(request, seen, version=row.version, writer=row.changed_by_id, opened=request.opened) if row else seen


def _both_texts(request: DossierRequest, form: OwnViewForm, stale: Stale) -> HttpResponse:
    again = OwnViewForm({**{name: form.data.get(name, "") for name in VIEW_FIELDS}, "seen": str(stale.version)})
    again.add_error(None, f"{ELSEWHERE} Uw tekst van nu staat in de vakken. De andere tekst staat eronder.")
    return _page(request, again, theirs=_answered(stale.theirs), status=409)


def _employee_only(opened: Opened) -> None:
    if opened.role is not Role.EMPLOYEE:
        raise Refused(ONLY_EMPLOYEE, status=403)


def _page(request: DossierRequest, form: OwnViewForm, *, theirs: list[Answered] | None = None, status: int = 200) -> HttpResponse:
    opened = request.opened
    number = opened.dossier.number
    is_on = is_switched_on(opened.dossier, Part.EMPLOYEE_VIEW)
    for name in VIEW_FIELDS:
        form.fields[name].employer_reads = is_on  # type: ignore[attr-defined]  # drawn by bar.forms_renderer
    noted = _row(opened, WrittenBy.PHYSICIAN)
    return dossier_page(
        request,
        "words/own_view.html",
        {
            "form": form,
            "may_write": opened.may(Part.EMPLOYEE_VIEW, Act.WRITE),
            "may_switch": opened.may(Part.EMPLOYEE_VIEW, Act.SWITCH),
            "save_url": reverse("save_own_view", args=[number]),
            "saved": _own_row(opened),
            "theirs": theirs,
            "noted": noted,
            "noted_answers": _answered({name: getattr(noted, name) for name in VIEW_FIELDS}) if noted else [],
            **_in_letter(opened),
            "switch_url": reverse("switch_own_view", args=[number]),
            "readers": _readers(opened),
            "seats_url": reverse("seats", args=[number]),
            "again": SignInAgain(),
        },
        current="own_view",
        status=status,
    )


def _row(opened: Opened, written_by: WrittenBy) -> EmployeeView | None:
    return EmployeeView.objects.filter(dossier=opened.dossier, written_by=written_by).select_related("changed_by").first()


def _own_row(opened: Opened) -> EmployeeView | None:
    return _row(opened, WrittenBy.EMPLOYEE)


def _answered(value: dict[str, Any]) -> list[Answered]:
    fields = OwnViewForm.base_fields
    return [Answered(str(fields[name].label), value.get(name, "")) for name in VIEW_FIELDS]


def _in_letter(opened: Opened) -> dict[str, Any]:
    """What the employer reads of this: on paper word for word, and whether it goes out."""
    newest = newest_view(opened.dossier, since=opened.sees_from)
    return {
        "is_on": is_switched_on(opened.dossier, Part.EMPLOYEE_VIEW),
        "preview": _preview(opened, newest) if newest else None,
        "preview_is_noted": newest is not None and newest.written_by == WrittenBy.PHYSICIAN,
    }


def _preview(opened: Opened, row: EmployeeView) -> Section | None:
    """What the employer would read in a letter that is made now."""
    dossier = opened.dossier
    return own_words_section(
        View(can_do=row.can_do, needs=row.needs, on_advice=row.on_advice, noted=row.written_by == WrittenBy.PHYSICIAN),
        employee=dossier.employee_name,
        form_of_address=FormOfAddress.FIRST_NAME,
        wording_version=dossier.arbodienst.letter_wording,
    )


def _readers(opened: Opened) -> str:
    """Who else reads these words today, by the same verdict as the gate gives."""
    seats = opened.dossier.seats.filter(ended_at__isnull=True).exclude(person=opened.person).select_related("person")
    names = {f"{seat.name} ({Role(seat.role).label})" for seat in seats if seat.person.has_perm("dossiers.read_employee_view", opened.dossier)}
    return ", ".join(["u", *sorted(names)])
