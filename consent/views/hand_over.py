"""Handing a dossier over: to a colleague at once; to another arbodienst by asking; and what the employee says about older pieces.

The pages of who is asked (`questions`, `take_over`) are outside any dossier: until the yes there is no place in it, so they name nobody who is ill.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.actions import hand_over as actions
from consent.forms.seats import ElsewhereForm, PhysicianForm, colleagues_of
from consent.gate import origin_of
from consent.models import AnswerState
from dossiers.door import DossierRequest, Touch, door, signed_in, signed_in_as
from dossiers.errors import Refused
from dossiers.models import Status
from dossiers.pages import dossier_page, own_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date

HAND_OVER = Touch(Part.PROCESS, Act.HAND_OVER)
ANSWER = Touch(Part.SHARING, Act.ANSWER)
WITHDRAW = Touch(Part.SHARING, Act.WITHDRAW)
BOTH = ["GET", "HEAD", "POST"]


@door(needs=HAND_OVER)
@require_http_methods(BOTH)
def hand_over(request: DossierRequest, number: str) -> HttpResponse:
    """Choose a colleague; the page says what happens, and it counts today."""
    opened = request.opened
    people = colleagues_of(opened.dossier.arbodienst_id, Role.PHYSICIAN, but=opened.dossier.physician)
    form = PhysicianForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            actions.hand_over(opened, successor=person)
        except Refused as refusal:
            form.add_error("person", refusal.sentence)
        else:
            messages.success(request, f"{person.name} is nu de bedrijfsarts van dit dossier. {person.name} en de werknemer krijgen bericht.")
            return HttpResponseRedirect(reverse("seats", args=[number]) if person == opened.person else reverse("home"))
    values = {
        "form": form,
        "has_people": people.exists(),
        "seats_url": reverse("seats", args=[number]),
        "has_draft": opened.dossier.assessments.exclude(status=Status.FINAL).exists(),
        "keeps_cover": opened.person != opened.dossier.physician,
    }
    return dossier_page(request, "seats/hand_over.html", values, current="seats", status=422 if form.errors else 200)


# --- to another arbodienst ---------------------------------------------------------------------------


@door(needs=HAND_OVER, fresh=5)
@require_http_methods(BOTH)
def hand_over_elsewhere(request: DossierRequest, number: str) -> HttpResponse:
    """Ask by exact address. The answer is the same whether the address is known here or not."""
    opened = request.opened
    form = ElsewhereForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.ask_elsewhere(opened, address=values["address"], name=values["name"], organisation=values["organisation"], told=values["told"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Het verzoek staat klaar. U blijft de bedrijfsarts tot het is aangenomen. U krijgt bericht.")
            return HttpResponseRedirect(reverse("seats", args=[number]))
    values = {
        "form": form,
        "seats_url": reverse("seats", args=[number]),
        "has_draft": opened.dossier.assessments.exclude(status=Status.FINAL).exists(),
        "days": actions.DAYS_TO_ACCEPT,
    }
    return dossier_page(request, "seats/elsewhere.html", values, current="seats", status=422 if form.errors else 200)


@door(needs=HAND_OVER)
@require_POST
def withdraw_elsewhere(request: DossierRequest, number: str) -> HttpResponse:
    """Take the question back."""
    actions.withdraw_elsewhere(request.opened)
    messages.success(request, "Het verzoek is ingetrokken. U blijft de bedrijfsarts.")
    return HttpResponseRedirect(reverse("seats", args=[number]))


@signed_in
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """What this physician is asked to take over."""
    rows = [
        {
            "number": row.dossier.number,
            "asked_by": row.made_by.name,
            "arbodienst": row.dossier.arbodienst.name,
            "phone": row.dossier.arbodienst.phone,
            "since": long_date(timezone.localdate(row.made_at)),
            "until": long_date(row.open_until),
            "url": reverse("take_over", args=[row.pk]),
        }
        for row in actions.questions_to(request.user, timezone.now())
    ]
    return own_page(request, "seats/questions.html", {"rows": rows}, current="questions")


@signed_in_as(fresh=5)
@require_http_methods(BOTH)
def take_over(request: HttpRequest, question: uuid.UUID) -> HttpResponse:
    """Accept or decline one question; before it counts the page says what comes along and what does not."""
    person: Any = request.user
    now = timezone.now()
    row = next((one for one in actions.questions_to(person, now) if one.pk == question), None)
    if row is None:
        raise Http404
    values: dict[str, Any] = {"number": row.dossier.number, "asked_by": row.made_by.name, "arbodienst": row.dossier.arbodienst.name, "problem": ""}
    if request.method != "POST":
        return own_page(request, "seats/take_over.html", values)
    try:
        return _answered(request, person, row, request.POST.get("answer", ""))
    except Refused as refusal:
        return own_page(request, "seats/take_over.html", {**values, "problem": refusal.sentence}, status=refusal.status)


def _answered(request: HttpRequest, person: Any, row: Any, answer: str) -> HttpResponse:
    if answer not in ("yes", "no"):
        raise Refused("Kies of u het dossier overneemt of niet.")
    now, origin = timezone.now(), origin_of(request)
    if answer == "no":
        actions.decline_from_elsewhere(person, row.pk, now=now, origin=origin)
        messages.success(request, f"U neemt het dossier niet over. {row.made_by.name} krijgt bericht.")
        return HttpResponseRedirect(reverse("home"))
    actions.accept_from_elsewhere(person, row.pk, now=now, origin=origin)
    messages.success(request, "U bent nu de bedrijfsarts van dit dossier. De werknemer krijgt bericht.")
    return HttpResponseRedirect(reverse("overview", args=[row.dossier.number]))


# --- the employee: may the new arbodienst read what is older? --------------------------------------------


@door(needs=ANSWER, fresh=5)
@require_http_methods(BOTH)
def older_pieces(request: DossierRequest, number: str) -> HttpResponse:
    """Yes or no, equally easy; nothing is chosen beforehand."""
    opened = request.opened
    row = actions.crossing(opened.dossier)
    if row is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        chosen = request.POST.get("answer")
        if chosen in ("yes", "no"):
            actions.answer_hand_over(opened, hand_over=row, yes=chosen == "yes")
            yes = f"U zei ja. {row.to_person.name} leest vanaf nu ook wat eerder is opgeschreven."
            no = f"U zei nee. {row.to_person.name} leest niet wat eerder is opgeschreven."
            messages.success(request, yes if chosen == "yes" else no)
            return HttpResponseRedirect(reverse("seats", args=[number]))
        problem = "Kies ja of nee."
    state = actions.answer_state(row)
    values = {
        "name": row.to_person.name,
        "organisation": row.to_organisation.name,
        "before": row.from_organisation.name,
        "day": long_date(row.day),
        "said_yes": state is AnswerState.GIVEN,
        "said_no": state in (AnswerState.REFUSED, AnswerState.WITHDRAWN),
        "withdraw_url": reverse("withdraw_older_pieces", args=[number]) if opened.may(*WITHDRAW) else "",
        "seats_url": reverse("seats", args=[number]),
        "problem": problem,
    }
    return dossier_page(request, "seats/older.html", values, current="seats", status=422 if problem else 200)


@door(needs=WITHDRAW)
@require_POST
def withdraw_older_pieces(request: DossierRequest, number: str) -> HttpResponse:
    """Take the yes back; it counts at the next request."""
    row = actions.crossing(request.opened.dossier)
    if row is None:
        raise Http404
    actions.withdraw_hand_over(request.opened, hand_over=row)
    messages.success(request, f"Ingetrokken. {row.to_person.name} leest vanaf nu niet meer wat eerder is opgeschreven.")
    return HttpResponseRedirect(reverse("seats", args=[request.opened.dossier.number]))
