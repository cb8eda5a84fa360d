"""Who has looked: the trail in plain words for employee and physician. Looking here is a line of its own; the gate writes it."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers.door import DossierRequest, door, read
from dossiers.pages import dossier_page
from dossiers.parts import Part, Role
from dossiers.trail_words import Filter, folded, people_in, spoken
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
    form = FilterForm(request.GET, people_in(opened.dossier.pk, since=opened.sees_from))
    is_valid = form.is_valid()
    wanted = form.wanted
    page = Paginator(folded(opened.dossier.pk, wanted, since=opened.sees_from), PAGE).get_page(request.GET.get("pagina"))
    url = reverse("trail", args=[number])
    asked = {name: request.GET[name] for name in ("wie", "van", "tot") if request.GET.get(name)} if is_valid else {}

    def page_url(of: int) -> str:
        return f"{url}?{urlencode({**asked, 'pagina': of})}"

    return dossier_page(
        request,
        "trail/trail.html",
        {
            "form": form,
            "days": spoken(page.object_list, dossier_id=opened.dossier.pk, reader_id=opened.person.pk, plain=opened.role is Role.EMPLOYEE),
            "is_employee": opened.role is Role.EMPLOYEE,
            "is_filtered": wanted != Filter(),
            "trail_url": url,
            "previous_url": page_url(page.previous_page_number()) if page.has_previous() else "",
            "next_url": page_url(page.next_page_number()) if page.has_next() else "",
            "position": f"{page.start_index()}–{page.end_index()} van {page.paginator.count}",
        },
        current="trail",
        status=200 if is_valid else 422,
    )
