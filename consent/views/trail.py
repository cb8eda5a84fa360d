"""Who has looked: the trail in plain words for employee and physician. Looking here is a line of its own; the gate writes it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers.actions.trail import note_download
from dossiers.door import DossierRequest, Opened, door, read
from dossiers.errors import Refused
from dossiers.pages import dossier_page
from dossiers.parts import Part, Role
from dossiers.pdf import RenderFailed, render_document_pdf
from dossiers.trail_export import MOST_PRINTED, csv_of, printed_trail
from dossiers.trail_words import Day, Filter, folded, people_in, spoken
from instrument.forms.fields import DateField

PAGE = 50  # lines


class FilterForm(forms.Form):
    """One person, a first and a last day; all may stay empty."""

    wie = forms.ChoiceField(label="Wie", required=False, error_messages={"invalid_choice": "Kies iemand uit de lijst."})
    van = DateField(label="Vanaf", required=False)
    tot = DateField(label="Tot en met", required=False)

    def __init__(self, data: Any, people: list[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="id_%s")
        self.fields["wie"].choices = [("", "Iedereen"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("van") and values.get("tot") and values["tot"] < values["van"]:
            self.add_error("tot", "Deze dag ligt voor de eerste dag. Kies een latere dag.")
        return values

    @property
    def wanted(self) -> Filter:
        """What was asked for; everything when something is wrong with the question."""
        if not self.is_valid():
            return Filter()
        first, last = (dt.date.fromisoformat(day) if day else None for day in (self.cleaned_data["van"], self.cleaned_data["tot"]))
        return Filter(self.cleaned_data["wie"], first, last)


@door(needs=read(Part.TRAIL))
@require_safe
def trail(request: DossierRequest, number: str) -> HttpResponse:
    """Who looked and what was done, newest first."""
    opened = request.opened
    form = _form(request)
    is_valid = form.is_valid()
    wanted = form.wanted
    page = Paginator(folded(opened.dossier.pk, wanted, since=opened.sees_from), PAGE).get_page(request.GET.get("pagina"))
    url = reverse("trail", args=[number])
    asked = {name: request.GET[name] for name in ("wie", "van", "tot") if request.GET.get(name)} if is_valid else {}

    def file_url(name: str) -> str:
        return f"{reverse(name, args=[number])}{f'?{urlencode(asked)}' if asked else ''}"

    def page_url(of: int) -> str:
        return f"{url}?{urlencode({**asked, 'pagina': of})}"

    return dossier_page(
        request,
        "trail/trail.html",
        {
            "form": form,
            "days": _spoken(opened, page.object_list),
            "is_employee": opened.role is Role.EMPLOYEE,
            "is_filtered": wanted != Filter(),
            "trail_url": url,
            "pdf_url": file_url("trail_pdf"),
            "csv_url": file_url("trail_csv"),
            "previous_url": page_url(page.previous_page_number()) if page.has_previous() else "",
            "next_url": page_url(page.next_page_number()) if page.has_next() else "",
            "position": f"{page.start_index()}–{page.end_index()} van {page.paginator.count}",
        },
        current="trail",
        status=200 if is_valid else 422,
    )


@door(needs=read(Part.TRAIL), fresh=5)
@require_safe
def trail_csv(request: DossierRequest, number: str) -> HttpResponse:
    """What the page shows, for a spreadsheet; all of it, not one page."""
    opened = request.opened
    days, _, _ = _asked_for(request)
    made = csv_of(days)
    note_download(opened, kind="csv")
    return _file(made, "text/csv; charset=utf-8", f"wie-heeft-gekeken-{opened.today.isoformat()}.csv")


@door(needs=read(Part.TRAIL), fresh=5)
@require_safe
def trail_pdf(request: DossierRequest, number: str) -> HttpResponse:
    """What the page shows, to print or keep."""
    opened = request.opened
    days, wanted, person = _asked_for(request)
    if sum(len(day.lines) for day in days) > MOST_PRINTED:
        raise Refused("Deze lijst is te lang voor een PDF. Kies een kortere tijd of één persoon, of neem de lijst voor een rekenblad.")
    try:
        made = render_document_pdf(printed_trail(opened, days, wanted, person))
    except RenderFailed as failure:
        raise Refused("De PDF kon niet worden gemaakt. Kies een kortere tijd, of neem de lijst voor een rekenblad.", status=503) from failure
    note_download(opened, kind="pdf")
    return _file(made, "application/pdf", f"wie-heeft-gekeken-{opened.today.isoformat()}.pdf")


def _asked_for(request: DossierRequest) -> tuple[list[Day], Filter, str]:
    """The lines that were asked for, with the question and the name in it."""
    opened, form = request.opened, _form(request)
    if not form.is_valid():
        raise Refused("Er klopt iets niet in wat u zoekt. Ga terug naar ‘Wie heeft gekeken’ en kies opnieuw.")
    wanted = form.wanted
    names = dict(form.fields["wie"].choices)  # type: ignore[attr-defined]
    return _spoken(opened, folded(opened.dossier.pk, wanted, since=opened.sees_from)), wanted, names[wanted.person] if wanted.person else ""


def _form(request: DossierRequest) -> FilterForm:
    return FilterForm(request.GET, people_in(request.opened.dossier.pk, since=request.opened.sees_from))


def _spoken(opened: Opened, rows: Iterable[Any]) -> list[Day]:
    return spoken(rows, dossier_id=opened.dossier.pk, reader_id=opened.person.pk, plain=opened.role is Role.EMPLOYEE)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
