"""The physician has somebody work in this dossier, or has a colleague stand in for a period; and ends that again."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consent.access import NotOpen, Stranger, opening
from consent.actions import seats as actions
from consent.forms.seats import CoverForm, DelegateForm, colleagues_of
from consent.gate import origin_of
from consent.models import Seat, SeatKind
from dossiers.door import DossierRequest, Opened, Touch, door, signed_in
from dossiers.errors import Refused
from dossiers.pages import dossier_page, own_page
from dossiers.parts import Act, Part, Role
from dossiers.people import delegate_sentence
from dossiers.rules.dutch import long_date

APPOINT = Touch(Part.PROCESS, Act.APPOINT)
COVER = Touch(Part.PROCESS, Act.COVER)
BOTH = ["GET", "HEAD", "POST"]


@door(needs=APPOINT)
@require_http_methods(BOTH)
def appoint_delegate(request: DossierRequest, number: str) -> HttpResponse:
    """Choose who works under the physician here."""
    opened = request.opened
    people = colleagues_of(opened.dossier.arbodienst_id, Role.DELEGATE, but=opened.person)
    form = DelegateForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            actions.appoint_delegate(opened, person=person, kind=SeatKind(form.cleaned_data["kind"]))
        except Refused as refusal:
            form.add_error("person", refusal.sentence)
        else:
            return _done(request, f"{person.name} kan nu werken in dit dossier. De werknemer leest: ‘{delegate_sentence(person.name)}’")
    values = {"form": form, "has_people": people.exists(), "seats_url": reverse("seats", args=[number])}
    return _page(request, "seats/appoint.html", values, form)


@door(needs=APPOINT)
@require_http_methods(BOTH)
def end_delegate(request: DossierRequest, number: str, seat: uuid.UUID) -> HttpResponse:
    """Ask once more, then end the seat of a delegate."""
    found = _seat(request.opened, seat, role=Role.DELEGATE)
    question = {
        "heading": "Taakgedelegeerde laten stoppen",
        "title": f"Wilt u dat {found.name} stopt in dit dossier?",
        "text": f"{found.name} kan het dossier daarna niet meer openen. Wat {found.name} heeft geschreven, blijft in het dossier staan.",
        "submit_text": "Laten stoppen",
    }
    if request.method != "POST":
        return _confirm(request, question)
    actions.end_delegate(request.opened, seat=found)
    return _done(request, f"{found.name} werkt niet meer in dit dossier.")


@door(needs=COVER)
@require_http_methods(BOTH)
def start_cover(request: DossierRequest, number: str) -> HttpResponse:
    """Choose a colleague and the days."""
    opened = request.opened
    people = colleagues_of(opened.dossier.arbodienst_id, Role.PHYSICIAN, but=opened.person)
    form = CoverForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.start_cover(opened, person=values["person"], first_day=values["first_day"], last_day=values["last_day"])
        except Refused as refusal:
            form.add_error(_field_of(refusal.sentence), refusal.sentence)
        else:
            period = f"van {long_date(values['first_day'])} tot en met {long_date(values['last_day'])}"
            return _done(request, f"{values['person'].name} neemt waar {period}. De werknemer krijgt bericht.")
    return _page(request, "seats/cover.html", {"form": form, "has_people": people.exists(), "seats_url": reverse("seats", args=[number])}, form)


def _field_of(sentence: str) -> str:
    """Where a refusal belongs: at the days, or at the person."""
    if "laatste dag" in sentence:
        return "last_day"
    return "first_day" if "dagen" in sentence or "eerste dag" in sentence else "person"


@door(needs=COVER)
@require_http_methods(BOTH)
def end_cover(request: DossierRequest, number: str, seat: uuid.UUID) -> HttpResponse:
    """Ask once more, then end a cover before its last day."""
    found = _seat(request.opened, seat, kind=SeatKind.COVER)
    is_self = found.person_id == request.opened.person.pk
    regular = request.opened.dossier.physician.name
    question = {
        "heading": "Waarneming beëindigen",
        "title": "Wilt u de waarneming nu beëindigen?",
        "text": f"{regular} schrijft daarna weer zelf. {'U kunt' if is_self else f'{found.name} kan'} het dossier dan niet meer openen.",
        "submit_text": "Waarneming beëindigen",
    }
    if request.method != "POST":
        return _confirm(request, question)
    actions.end_cover(request.opened, seat=found)
    messages.success(request, f"De waarneming is beëindigd. {regular} schrijft weer zelf.")
    return HttpResponseRedirect(reverse("home") if is_self else reverse("seats", args=[number]))


def _seat(opened: Opened, pk: uuid.UUID, **wanted: Any) -> Seat:
    """One open seat of this dossier, or 404."""
    found = Seat.objects.filter(dossier=opened.dossier, pk=pk, ended_at__isnull=True, **wanted).select_related("person").first()
    if found is None:
        raise Http404
    return found


def _page(request: DossierRequest, template: str, values: dict[str, Any], form: Any) -> HttpResponse:
    return dossier_page(request, template, values, current="seats", status=422 if form.errors else 200)


def _confirm(request: DossierRequest, question: dict[str, str]) -> HttpResponse:
    number = request.opened.dossier.number
    values = {**question, "action_url": request.path, "seats_url": reverse("seats", args=[number])}
    return dossier_page(request, "seats/confirm.html", values, current="seats")


def _done(request: DossierRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("seats", args=[request.opened.dossier.number]))


# --- cover in every dossier at once, for a holiday ---------------------------------------------------


@signed_in
@require_http_methods(BOTH)
def cover_everywhere(request: HttpRequest) -> HttpResponse:
    """One colleague and one period for all open dossiers of a physician; what could not be is told per dossier."""
    person: Any = request.user
    if person.profession != Role.PHYSICIAN or person.organisation is None:
        raise Refused("Alleen een bedrijfsarts regelt waarneming.", status=403)
    people = colleagues_of(person.organisation_id, Role.PHYSICIAN, but=person)
    form = CoverForm(request.POST if request.method == "POST" else None, people=people)
    dossiers = _own_dossiers(person)
    values: dict[str, Any] = {"form": form, "has_people": people.exists(), "count": len(dossiers), "failed": [], "done": 0}
    if request.method != "POST" or not form.is_valid() or not dossiers:
        return own_page(request, "seats/cover_everywhere.html", values, status=422 if form.errors else 200)
    chosen = form.cleaned_data
    for number, name in dossiers:
        try:
            with opening(person, number, needs=COVER, writing=True, origin=origin_of(request)) as opened:
                actions.start_cover(opened, person=chosen["person"], first_day=chosen["first_day"], last_day=chosen["last_day"])
            values["done"] += 1
        except Stranger:
            continue  # ended meanwhile: not this physician's any more
        except (NotOpen, Refused) as refusal:
            values["failed"].append((name, refusal.sentence, reverse("seats", args=[number])))
    if values["failed"]:
        return own_page(request, "seats/cover_everywhere.html", values, status=422 if not values["done"] else 200)
    period = f"van {long_date(chosen['first_day'])} tot en met {long_date(chosen['last_day'])}"
    messages.success(request, f"{chosen['person'].name} neemt waar {period}, in {values['done']} {'dossier' if values['done'] == 1 else 'dossiers'}.")
    return HttpResponseRedirect(reverse("home"))


def _own_dossiers(person: Any) -> list[tuple[str, str]]:
    """Number and name of every open dossier this physician is responsible for."""
    rows = Seat.objects.filter(
        person=person, role=Role.PHYSICIAN, ended_at__isnull=True, start__lte=timezone.localdate(), dossier__closed_on__isnull=True
    )
    rows = rows.exclude(kind=SeatKind.COVER).order_by("dossier__employee_name", "dossier__number")
    return list(rows.values_list("dossier__number", "dossier__employee_name"))
