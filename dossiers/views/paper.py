"""A letter on paper: printing it behind its cover page, taking a mistake back, and where letters go.

Noting how a letter went belongs to the page of that letter (`letters.py`); who may is decided in `actions/paper.py`.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import queries
from dossiers.actions import paper as actions
from dossiers.door import DossierRequest, Opened, door, write
from dossiers.errors import Refused
from dossiers.forms.letters import AddressForm, PaperForm
from dossiers.letter import frozen_core
from dossiers.letter_cards import Stage, stage_of
from dossiers.models import Letter
from dossiers.pages import dossier_page
from dossiers.paper import employee_copy, reached_employee
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.rules.dutch import capitalised, long_date
from dossiers.rules.letter_text import file_name


@dataclass(frozen=True, slots=True)
class PaperBox:
    """What the page of a letter shows an author about paper."""

    sentences: list[str]
    print_url: str
    has_address: bool
    address_url: str
    form: PaperForm | None
    note_url: str
    undo_url: str
    mistakes: list[tuple[str, str]]


def paper_box(opened: Opened, letter: Letter, *, form: PaperForm | None = None) -> PaperBox | None:
    """For authors who may write, of a letter on paper that is ready and stands."""
    stage = stage_of(letter, opened.today)
    may = opened.role in AUTHORS and opened.may(Part.PROCESS, Act.WRITE)
    if not (may and letter.on_paper and stage in (Stage.TO_GIVE, Stage.UNDERWAY, Stage.READABLE)):
        return None
    address = [opened.dossier.number, letter.assessment.number]
    open_form = PaperForm(initial={"day": opened.today.isoformat()}) if stage is not Stage.READABLE else None
    return PaperBox(
        sentences=_how_it_went(letter, stage),
        print_url=reverse("print_letter", args=address),
        has_address=bool(actions.address_of(opened)),
        address_url=reverse("postal_address", args=[opened.dossier.number]),
        form=form or open_form,
        note_url=reverse("letter_on_paper", args=address),
        undo_url=reverse("undo_on_paper", args=address),
        mistakes=[(way.value, _WAYS[way]) for way in actions.mistakes_of(opened, letter=letter)],
    )


_WAYS = {actions.Way.HANDED_OVER: "meegegeven", actions.Way.POSTED: "op de post gedaan"}


def _how_it_went(letter: Letter, stage: Stage) -> list[str]:
    copy, reached = employee_copy(letter), reached_employee(letter)
    days = {actions.Way.POSTED: copy.posted_on, actions.Way.HANDED_OVER: copy.handed_over_on}
    found = [f"{capitalised(_WAYS[way])} op {long_date(day)}." for way, day in days.items() if day]
    if not found:
        if stage is Stage.READABLE:
            return ["De werknemer heeft nu een account en leest de brief daar. U hoeft hem niet meer te versturen."]
        return ["Deze brief is nog niet verstuurd. De werkgever ziet hem op de dag dat u hem meegeeft, of twee werkdagen nadat u hem post."]
    if reached:
        found.append(f"De werkgever ziet de brief {'sinds' if stage is Stage.READABLE else 'vanaf'} {long_date(reached)}.")
    return found


# `process` to write: the address is of that part. Reading alone leaves no letter on a printer.
@door(needs=write(Part.PROCESS), may_show={Part.LETTERS})
@require_safe
def print_letter(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """One PDF to print: the cover page and the employee's letter. A line in the trail is written before the first byte leaves."""
    opened = request.opened
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde print de brief voor de post.", status=403)
    found = queries.letter(opened, version)
    pdf = actions.print_of(opened, letter=found)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{file_name(frozen_core(found))}") or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@door(needs=write(Part.PROCESS), may_show={Part.LETTERS})
@require_POST
def undo_on_paper(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Take back what was noted today by mistake."""
    if request.POST.get("way") not in [way.value for way in actions.Way]:
        raise Refused("Kies wat u wilt terugnemen. Ga terug naar de brief.")
    actions.undo_on_paper(request.opened, letter=queries.letter(request.opened, version), way=actions.Way(request.POST["way"]))
    messages.success(request, "Teruggenomen. Leg opnieuw vast hoe de brief ging.")
    return HttpResponseRedirect(reverse("letter", args=[number, version]))


@door(needs=write(Part.PROCESS))
@require_http_methods(["GET", "HEAD", "POST"])
def postal_address(request: DossierRequest, number: str) -> HttpResponse:
    """Where letters on paper go: for the employee and the arbodienst only."""
    opened = request.opened
    known = actions.address_of(opened)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"address": known})
    if form.is_valid():
        actions.change_address(opened, address=form.cleaned_data["address"])
        messages.success(request, "Het postadres is opgeslagen." if form.cleaned_data["address"] else "Het postadres is weggehaald.")
        return HttpResponseRedirect(reverse("process", args=[number]))
    values = {"form": form, "process_url": reverse("process", args=[number]), "is_employee": opened.role is Role.EMPLOYEE}
    return dossier_page(request, "letters_pages/postal_address.html", values, current="process", status=422 if form.is_bound else 200)
