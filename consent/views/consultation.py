"""Asking another professional and answering: each post looks at the keys of both sides at the moment it is posted.

What a page holds is made in `dossiers/views/thread_page.py`; who can be asked in `consent/consultation.py`.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.consultation import locked_partner, partner_in, partners
from dossiers import queries
from dossiers.actions import consultation as actions
from dossiers.door import DossierRequest, Opened, door, read, write
from dossiers.errors import Refused
from dossiers.forms.consultation import QuestionForm, TopicForm
from dossiers.helpful import helpful_now, trigger_at
from dossiers.models import Thread
from dossiers.pages import dossier_page
from dossiers.partners import Partner
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.rules.consultation import AskReason
from dossiers.rules.triggers import Suggestion, Trigger
from dossiers.topics import Topic, known_about, topic_at, topics
from dossiers.views.consultation import thread_rows
from dossiers.views.thread_page import post_form, thread_values
from dossiers.views.version_page import BAR_PARTS

PAGE_PARTS = BAR_PARTS | {Part.JOB, Part.LETTERS, Part.LABOUR_REPORT, Part.INSURANCE_REPORT}
BOTH = ["GET", "HEAD", "POST"]


# --- asking ---------------------------------------------------------------------------------------------


@door(needs=write(Part.CONSULTATION), may_show=PAGE_PARTS)
@require_http_methods(BOTH)
def new_thread(request: DossierRequest, number: str) -> HttpResponse:
    """First what it is about; then what is known already, and the question."""
    opened = request.opened
    sent = request.POST if request.method == "POST" else request.GET
    topic = topic_at(opened, sent.get("onderwerp", ""))
    trigger = trigger_at(sent.get("aanleiding", "")) if opened.role is Role.PHYSICIAN else None
    if topic is None:
        about = TopicForm(sent if "onderwerp" in sent else None, topics=topics(opened))
        values = {"form": about, "list_url": reverse("threads", args=[number])}
        return dossier_page(request, "consultation/about.html", values, current="threads", status=422 if about.errors else 200)
    if request.method != "POST":
        return _question_page(request, topic, trigger)
    form = QuestionForm(request.POST, partners=partners(opened, topic.part), today=opened.today)
    if form.is_valid():
        try:
            asked = _ask(opened, topic, trigger, form)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return _question_page(request, topic, trigger, form=form, status=refusal.status)
        messages.success(request, f"Uw vraag is verstuurd. De ander krijgt bericht. Dit is vraag {asked.number}.")
        return HttpResponseRedirect(reverse("thread", args=[number, asked.number]))
    return _question_page(request, topic, trigger, form=form, status=422)


def _ask(opened: Opened, topic: Topic, trigger: Trigger | None, form: QuestionForm) -> Thread:
    values = form.cleaned_data
    partner = locked_partner(opened, values["addressee"], topic.part)
    if partner is None:
        raise Refused("Deze persoon kan nu niet antwoorden. Kies iemand uit de lijst.")
    return actions.ask(
        opened,
        topic=topic,
        partner=partner,
        reason=AskReason(values["reason"]),
        reply_by=values["reply_by"],
        text=values["text"],
        trigger=trigger,
    )


def _question_page(
    request: DossierRequest, topic: Topic, trigger: Trigger | None, *, form: QuestionForm | None = None, status: int = 200
) -> HttpResponse:
    opened = request.opened
    found = partners(opened, topic.part)
    offered = _offered(opened, trigger)
    known = known_about(opened, topic)
    askable = [one for one in found if one.may_be_asked]
    form = form or QuestionForm(partners=_wanted_first(found, offered), today=opened.today, reason=offered.reason if offered else "")
    number = opened.dossier.number
    values = {
        "topic": topic,
        "known": known,
        "known_threads": thread_rows(opened, known.threads),
        "offered": offered,
        "trigger_number": request.POST.get("aanleiding", request.GET.get("aanleiding", "")) if trigger else "",
        **_missing(offered, askable, opened),
        "form": form if askable or form.is_bound else None,
        "closed": [one.sentence for one in found if not one.may_be_asked],
        "share_url": _share_url(opened),
        "list_url": reverse("threads", args=[number]),
        "about_url": reverse("new_thread", args=[number]),
    }
    return dossier_page(request, "consultation/new.html", values, current="threads", status=status)


def _offered(opened: Opened, trigger: Trigger | None) -> Suggestion | None:
    """The suggestion this question comes from, while it still holds."""
    return next((one for one in helpful_now(opened) if one.trigger is trigger), None) if trigger else None


def _wanted_first(found: list[Partner], offered: Suggestion | None) -> list[Partner]:
    return sorted(found, key=lambda one: offered is not None and one.role is not offered.ask)


def _missing(offered: Suggestion | None, askable: list[Partner], opened: Opened) -> dict[str, str]:
    """Whom it would help to ask, while nobody of that profession can be asked; for whoever can share."""
    if offered is None or any(one.role is offered.ask for one in askable) or not opened.may(Part.SHARING, Act.SHARE):
        return {"missing_title": "", "missing_text": ""}
    return {
        "missing_title": f"U kunt nu geen {offered.ask.label} vragen",
        "missing_text": f"Geef eerst een {offered.ask.label} toegang. Daarna zegt de werknemer ja of nee.",
    }


def _share_url(opened: Opened) -> str:
    if not opened.may(Part.SHARING, Act.SHARE):
        return ""
    return reverse("new_share", args=[opened.dossier.number])


# --- one question ---------------------------------------------------------------------------------------


@door(needs=read(Part.CONSULTATION), may_show=PAGE_PARTS)
@require_safe
def thread(request: DossierRequest, number: str, thread: int) -> HttpResponse:
    """One question with every post, and what this reader may do next."""
    return _thread_page(request, queries.thread(request.opened, thread))


@door(needs=write(Part.CONSULTATION), may_show=PAGE_PARTS)
@require_POST
def post_in_thread(request: DossierRequest, number: str, thread: int) -> HttpResponse:
    """An answer or an addition. What cannot be posted stands in the page again: nothing typed is lost."""
    found = _to_write_in(request.opened, thread)
    form = post_form(request.opened, found, request.POST)
    if not form.is_valid():
        return _thread_page(request, found, form=form, status=422)
    try:
        actions.post(request.opened, thread=found, partner=_other_side(request.opened, found), text=form.cleaned_data["text"])
    except Refused as refusal:
        return _thread_page(request, found, form=form, problem=refusal.sentence, status=refusal.status)
    messages.success(request, "Verstuurd. De ander krijgt bericht.")
    return HttpResponseRedirect(reverse("thread", args=[number, thread]))


@door(needs=write(Part.CONSULTATION), may_show=PAGE_PARTS)
@require_POST
def close_thread(request: DossierRequest, number: str, thread: int) -> HttpResponse:
    """The asker is done with a question."""
    found = _to_write_in(request.opened, thread)
    try:
        actions.close(request.opened, thread=found, partner=_other_side(request.opened, found))
    except Refused as refusal:
        return _thread_page(request, found, problem=refusal.sentence, status=refusal.status)
    messages.success(request, "De vraag is afgesloten. U kunt altijd een nieuwe vraag stellen.")
    return HttpResponseRedirect(reverse("thread", args=[number, thread]))


@door(needs=write(Part.CONSULTATION), may_show=PAGE_PARTS)
@require_POST
def withdraw_thread(request: DossierRequest, number: str, thread: int) -> HttpResponse:
    """The asker takes an unanswered question back."""
    found = _to_write_in(request.opened, thread)
    try:
        actions.withdraw_question(request.opened, thread=found)
    except Refused as refusal:
        return _thread_page(request, found, problem=refusal.sentence, status=refusal.status)
    messages.success(request, "De vraag is ingetrokken. Niemand hoeft haar nog te beantwoorden.")
    return HttpResponseRedirect(reverse("thread", args=[number, thread]))


@door(needs=write(Part.CONSULTATION), may_show=PAGE_PARTS)
@require_POST
def take_over_answer(request: DossierRequest, number: str, thread: int) -> HttpResponse:
    """Put the answer in the version that is being filled in."""
    found = _to_write_in(request.opened, thread)
    try:
        version = actions.take_over(request.opened, thread=found)
    except Refused as refusal:
        return _thread_page(request, found, problem=refusal.sentence, status=refusal.status)
    messages.success(request, f"Vraag en antwoord staan in versie {version.number}, bij ‘Overleg’. Daar kunt u de tekst nog aanpassen.")
    return HttpResponseRedirect(reverse("thread", args=[number, thread]))


def _to_write_in(opened: Opened, number: int) -> Thread:
    """A question to write in. An expert is told the same of every number that is not open now, and gets the text back (`Gate`)."""
    try:
        return queries.thread(opened, number)
    except Http404:
        if opened.role in EXPERTS:
            raise Refused(actions.NOT_YOURS, status=403) from None
        raise


def _other_side(opened: Opened, found: Thread) -> Partner:
    other = partner_in(opened, found)
    if other is None:
        raise Refused(actions.NOT_YOURS, status=403)
    return other


def _thread_page(request: DossierRequest, found: Thread, *, status: int = 200, **more: Any) -> HttpResponse:
    opened = request.opened
    values = thread_values(opened, found, partner_in(opened, found), **more)
    return dossier_page(request, "consultation/thread.html", values, current="threads", status=status)
