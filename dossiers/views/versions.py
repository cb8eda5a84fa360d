"""The versions of a BAR on screen: the list, beginning one, reading one, repairing and throwing away.

From draft to final is in `release.py`; what a page holds is made in `version_page.py`.
"""

import datetime
import itertools
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import queries
from dossiers.actions import versions as actions
from dossiers.door import DossierRequest, Opened, door, read, write
from dossiers.errors import Refused
from dossiers.forms.versions import RepairForm, StartForm
from dossiers.models import Assessment, Status
from dossiers.pages import dossier_page
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.rules.dutch import long_date
from dossiers.views.version_page import PAGE_PARTS, STATE_KINDS, fetch, page_values, phase_words, state_text


@door(needs=read(Part.CAPACITY), may_show={Part.PROCESS})
@require_safe
def version_list(request: DossierRequest, number: str) -> HttpResponse:
    """Every version this reader may know of, by phase and week; for authors the way to begin a new one."""
    return _list_page(request)


@door(needs=write(Part.CAPACITY), may_show={Part.PROCESS})
@require_POST
def start_version(request: DossierRequest, number: str) -> HttpResponse:
    """Begin a new visit; it starts from the previous one."""
    form = StartForm(request.POST)
    if form.is_valid():
        try:
            date = datetime.date.fromisoformat(form.cleaned_data["date"])
            version = actions.start_version(request.opened, date=date, contact=form.cleaned_data["contact"])
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            words = "Alles van de vorige keer staat klaar." if version.started_from_id else "Vul in wat u weet. Alles wordt vanzelf bewaard."
            messages.success(request, f"Versie {version.number} is begonnen. {words}")
            return redirect("fill_in", number, version.number)
    return _list_page(request, form, status=422)


@door(needs=read(Part.CAPACITY), may_show=PAGE_PARTS)
@require_safe
def read_version(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """One version, read in full as far as it is open to this reader."""
    found = fetch(request.opened, version)
    return reading_page(request, found)


@door(needs=write(Part.CAPACITY), may_show=PAGE_PARTS)
@require_POST
def start_repair(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Begin a version that corrects a final one, and says what was wrong."""
    opened = request.opened
    found = fetch(opened, version)
    if found.status != Status.FINAL:
        raise Http404
    form = RepairForm(request.POST)
    if form.is_valid():
        try:
            repair = actions.start_version(
                opened, date=_newest_date(opened), contact=found.contact, repairs=found, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            only_mistakes(refusal)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"Versie {repair.number} is begonnen. Daarin verbetert u versie {version}.")
            return redirect("fill_in", number, repair.number)
    return reading_page(request, found, status=422, repair_form=form)


@door(needs=write(Part.CAPACITY), may_show={Part.PROCESS})
@require_http_methods(["GET", "HEAD", "POST"])
def discard_version(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """Asks once more, then throws a draft away."""
    found = queries.version(request.opened, version)
    if found.status == Status.FINAL:
        raise Http404
    if request.method == "POST":
        try:
            actions.discard_version(request.opened, version=found)
        except Refused as refusal:
            only_mistakes(refusal)
            return _discard_page(request, found, status=422, sentence=refusal.sentence)
        messages.success(request, f"Het concept van versie {version} is weggegooid.")
        return redirect("versions", number)
    return _discard_page(request, found)


def reading_page(request: DossierRequest, version: Assessment, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one version. `more`: a form that shows again what was typed."""
    opened = request.opened
    repair = {"repair_form": more.pop("repair_form", None) or RepairForm(), "is_repairing": status == 422 and "asking" not in more}
    values = {**page_values(opened, version, **more), **repair, "number": opened.dossier.number, "list_title": _list_title(opened)}
    return dossier_page(request, "versions/version.html", values, current="versions", status=status)


def _list_page(request: DossierRequest, form: StartForm | None = None, *, status: int = 200) -> HttpResponse:
    opened = request.opened
    rows = list(queries.versions(opened).order_by("-number"))
    may_start = opened.may(Part.CAPACITY, Act.WRITE)
    open_row = next((row for row in rows if row.status != Status.FINAL), None)
    values = {
        "title": _list_title(opened),
        "plain": opened.role is Role.EMPLOYEE,
        "number": opened.dossier.number,
        "groups": _groups(opened, rows),
        "empty_text": _why_empty(opened.role, may_start=may_start),
        "open_version": open_row if opened.role in AUTHORS else None,
        "form": form or (StartForm.preset(opened.today, rows[0] if rows else None) if may_start and open_row is None else None),
        "is_first": not rows,
    }
    return dossier_page(request, "versions/list.html", values, current="versions", status=status)


def _groups(opened: Opened, rows: list[Assessment]) -> list[tuple[str, list[dict[str, str]]]]:
    """The rows by Poortwachter phase, newest first, as the list component draws them."""
    lines = [(phase_words(opened, row), row) for row in rows]
    return [(phase, [_row(opened, row, week) for (_, week), row in group]) for phase, group in itertools.groupby(lines, key=lambda line: line[0][0])]


def _row(opened: Opened, version: Assessment, week: int) -> dict[str, str]:
    status = Status(version.status)
    plain = opened.role is Role.EMPLOYEE
    return {
        "title": version_title(version, plain=plain),
        "url": reverse("version", args=[opened.dossier.number, version.number]),
        "meta": f"week {week} · {version.author.name}",
        "state_kind": STATE_KINDS[status],
        "state_text": state_text(status, plain=plain),
    }


def version_title(version: Assessment, *, plain: bool) -> str:
    """How a version is called in a list."""
    return f"Gesprek van {long_date(version.date)}" if plain else f"Versie {version.number} van {long_date(version.date)}"


def _list_title(opened: Opened) -> str:
    return "Mijn dossier" if opened.role is Role.EMPLOYEE else "BAR"


def _why_empty(role: Role, *, may_start: bool) -> str:
    if may_start:
        return "Er is nog geen bezoek geweest. Begin hierboven met het eerste bezoek."
    if role is Role.EMPLOYEE:
        return "Hier komt wat de bedrijfsarts na een gesprek met u opschrijft. U leest het als eerste, nog voor uw werkgever de brief krijgt."
    return "Er is nog geen definitieve versie. U ziet een versie zodra de bedrijfsarts die heeft vastgesteld."


def _newest_date(opened: Opened) -> datetime.date:
    newest = queries.versions(opened).order_by("-number").first()
    return newest.date if newest else opened.today


def _discard_page(request: DossierRequest, version: Assessment, *, status: int = 200, sentence: str = "") -> HttpResponse:
    number = request.opened.dossier.number
    values = {
        "version": version,
        "sentence": sentence,
        "here": reverse("discard_version", args=[number, version.number]),
        "back": reverse("version", args=[number, version.number]),
        "list_url": reverse("versions", args=[number]),
    }
    return dossier_page(request, "versions/discard.html", values, current="versions", status=status)


def only_mistakes(refusal: Refused) -> None:
    """What a role may not do at all is for the gate to answer; the rest is shown beside what was typed."""
    if refusal.status == 403:
        raise refusal
