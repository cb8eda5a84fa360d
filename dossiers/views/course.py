"""The course of capacity over all versions a reader may see: as a picture, and as tables with the same content.

A door only: which versions and which parts there are is decided by `queries` and `extract`; what stands in the course by `rules/course.py`.
"""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers import queries
from dossiers.door import DossierRequest, Opened, door, read
from dossiers.extract import version_extract
from dossiers.models import Status
from dossiers.pages import dossier_page
from dossiers.parts import Part, Role
from dossiers.rules.compare import Arrow, Change
from dossiers.rules.course import ENOUGH, Course, Period, Visit, course
from dossiers.rules.course_picture import TALL, TALL_PLOT, area_bands, hours_plot, legend
from dossiers.rules.dutch import long_date
from dossiers.sections import with_sections
from dossiers.views.version_page import ChangeLine, state_text

SHOWN = frozenset({Part.CAPACITY, Part.EXPLANATION, Part.PROCESS})


@door(needs=read(Part.CAPACITY), may_show=SHOWN)
@require_safe
def read_course(request: DossierRequest, number: str) -> HttpResponse:
    """How capacity went, from the first version to the last."""
    opened = request.opened
    found = course_of(opened)
    plain = opened.role is Role.EMPLOYEE
    values = {
        "title": "Hoe het ging" if plain else "Verloop van de belastbaarheid",
        "plain": plain,
        "summary": found.summary,
        "empty": _why_empty(opened, found),
        **(_values(opened, found) if len(found.visits) >= ENOUGH else {}),
    }
    return dossier_page(request, "course/course.html", values, current="course")


def course_of(opened: Opened) -> Course:
    """The course as this reader may see it."""
    rows = with_sections(queries.versions(opened)).select_related("author", "repairs").order_by("number")
    plain = opened.role is Role.EMPLOYEE
    visits = []
    for row in rows:
        extract = version_extract(opened, row, only=SHOWN)
        head = extract.head
        state = "" if head.status is Status.FINAL else state_text(head.status, plain=plain)
        visits.append(Visit(head.number, head.date, state, extract.sections, head.instrument, head.repairs))
    return course(visits, contract_hours=float(opened.dossier.hours_per_week) if opened.may(Part.PROCESS) else None)


def _values(opened: Opened, found: Course) -> dict[str, Any]:
    return {
        "course": found,
        "bands": area_bands(found),
        "tall_bands": area_bands(found, TALL, key="gebieden-smal"),
        "plots": [plot for plot in (hours_plot(found, opened.today), hours_plot(found, opened.today, TALL_PLOT, key="uren-smal")) if plot],
        "steps": [(step, step.day > opened.today) for step in found.hours],
        "areas": [(row, [(period, _span(period)) for period in row.periods], any(cell.explanation for cell in row.cells)) for row in found.rows],
        "legend": legend(found),
        "lines": [(line, [_change_line(change) for change in line.changes], _url(opened, line.visit)) for line in reversed(found.lines)],
    }


def _span(period: Period) -> tuple[str, str]:
    """Which versions a period holds, and from when until when."""
    first, last = period.first, period.last
    if period.visits == 1:
        return f"Versie {first.number}", long_date(first.day)
    return f"Versie {first.number} tot en met {last.number}", f"{long_date(first.day)} tot en met {long_date(last.day)}"


def _change_line(change: Change) -> ChangeLine:
    signs = {Arrow.BETTER: "up", Arrow.WORSE: "down"}
    return ChangeLine(change.label, change.sentence, signs.get(change.arrow, "pencil"))


def _url(opened: Opened, visit: Visit) -> str:
    return reverse("version", args=[opened.dossier.number, visit.number])


def _why_empty(opened: Opened, found: Course) -> tuple[str, str, str, str] | None:
    """Title, sentence, and where to go instead: a course needs two versions."""
    plain = opened.role is Role.EMPLOYEE
    if not found.visits:
        told = f"De bedrijfsarts heeft nog niets vastgelegd na een gesprek met {'u' if plain else 'de werknemer'}."
        return "Nog niets te zien", f"{told} Na twee gesprekken staat hier wat er veranderde.", "", ""
    if len(found.visits) < ENOUGH:
        visit = found.visits[0]
        told = f"Er is nu één gesprek: dat van {long_date(visit.day)}. Na het volgende gesprek staat hier wat er veranderde."
        return "Nog geen verloop", told, _url(opened, visit), "Bekijk dit gesprek" if plain else f"Bekijk versie {visit.number}"
    return None
