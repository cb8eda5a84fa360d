"""The job: what the work is, and what it asks per area. In the employer's words; everybody in the dossier may need to read it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions.process import write_job
from dossiers.door import DossierRequest, Opened, door, read, write
from dossiers.errors import Refused, Stale
from dossiers.forms.process import JobForm, demand_name
from dossiers.models import JobDemand, JobDescription
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import hours
from dossiers.views.autosave import SignInAgain, invalid_answer, is_by_script, kept_answer, stale_answer, version_seen
from instrument import library


@door(needs=read(Part.JOB))
@require_safe
def job(request: DossierRequest, number: str) -> HttpResponse:
    """The description and the demands, to read."""
    opened = request.opened
    values = {
        **reading_values(opened),
        "change_url": reverse("change_job", args=[number]) if opened.may(Part.JOB, Act.WRITE) else "",
        "readers": "werknemer, werkgever en bedrijfsarts",
        "is_employee": opened.role is Role.EMPLOYEE,
    }
    return dossier_page(request, "process/job.html", values, current="job")


def reading_values(opened: Opened) -> dict[str, Any]:
    """What stands there to read."""
    opened.require_read(Part.JOB)
    return {
        "facts": [("Functie", opened.dossier.job_title), ("Uren per week", hours(opened.dossier.hours_per_week))] if opened.may(Part.PROCESS) else [],
        "job": _standing(opened),
        "demands": _demand_groups(_demands(opened)),
    }


def _standing(opened: Opened) -> JobDescription | None:
    return JobDescription.objects.select_related("changed_by").filter(dossier=opened.dossier).first()


def _demands(opened: Opened) -> dict[str, str]:
    return {row.item: row.demand for row in JobDemand.objects.filter(dossier=opened.dossier)}


def _demand_groups(demands: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The demands under the headings of the instrument, in its order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in library.current().items("areas"):
        if demands.get(item.key):
            found.setdefault(item.heading, []).append((item.label, demands[item.key]))
    return list(found.items())


@door(needs=write(Part.JOB), folded=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_job(request: DossierRequest, number: str) -> HttpResponse:
    """The form, kept while typing. A stale save is refused with the other text beside one's own; nothing typed is lost."""
    opened = request.opened
    if request.method != "POST":
        return _form_page(request, JobForm(initial=_initial(opened)))
    form = JobForm(request.POST)
    by_script = is_by_script(request)
    if not form.is_valid():
        return invalid_answer(form) if by_script else _form_page(request, form, status=422)
    try:
        row = write_job(opened, description=form.cleaned_data["description"], demands=form.demands(), seen=_seen(request, form))
    except Refused as refusal:
        return _other_text(opened, refusal) if by_script else _refused(request, refusal)
    if by_script:
        return kept_answer(form, version=row.version, at=row.changed_at)
    messages.success(request, "De beschrijving van het werk is opgeslagen.")
    return HttpResponseRedirect(reverse("job", args=[number]))


def _initial(opened: Opened) -> dict[str, Any]:
    standing = _standing(opened)
    demands = {demand_name(item): demand for item, demand in _demands(opened).items()}
    return {"seen": standing.version if standing else 0, "description": standing.description if standing else "", **demands}


def _seen(request: DossierRequest, form: JobForm) -> int:
    standing = _standing(request.opened)
    seen: int = form.cleaned_data["seen"]
    return version_seen(request, seen, version=standing.version, writer=standing.changed_by_id, opened=request.opened) if standing else seen


def _other_text(opened: Opened, refusal: Refused) -> HttpResponse:
    """For the script: what stands now, per field."""
    standing = _standing(opened)
    writer = standing.changed_by if standing else opened.person
    now = _initial(opened)
    stale = Stale(version=now.pop("seen"), theirs=now, by=writer.name)
    own = "U heeft dit ook in een ander venster veranderd. Kies welke tekst moet blijven."
    return stale_answer(stale, own if writer == opened.person else refusal.sentence)


def _refused(request: DossierRequest, refusal: Refused) -> HttpResponse:
    """Show both texts. Saving once more is then a choice: the page knows the version that stands now."""
    standing = _standing(request.opened)
    data = request.POST.copy()
    data["seen"] = str(standing.version if standing else 0)
    theirs = {"theirs": standing, "their_demands": _demand_groups(_demands(request.opened))} if standing else {}
    return _form_page(request, JobForm(data), status=refusal.status, refusal=refusal.sentence, **theirs)


def _form_page(request: DossierRequest, form: JobForm, *, status: int = 200, **values: Any) -> HttpResponse:
    values = {"form": form, "job_url": reverse("job", args=[request.opened.dossier.number]), "again": SignInAgain(), **values}
    return dossier_page(request, "process/change_job.html", values, current="job", status=status)
