"""Every share of a dossier with its state, on one page for both sides; and stopping one. Opening one spans packages: `bar/sharing/views.py`.

The values come from `consent.share_story`; who may do what next is asked of `opened`. The employer never comes here.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import shares as actions
from consent.forms.shares import StopForm
from consent.models import Moment, Share
from consent.share_state import RUNNING, YES, ShareState
from consent.share_story import PersonStory, ShareStory, shares_of, stories
from dossiers.door import DossierRequest, Opened, Touch, door, read
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import capitalised, long_date

KINDS = {ShareState.ASKED: "attention", ShareState.GIVEN: "done", ShareState.PARTLY: "done"}
WORDS = {
    ShareState.ASKED: "gevraagd, nog geen antwoord",
    ShareState.GIVEN: "toestemming gegeven",
    ShareState.PARTLY: "voor een deel toestemming",
    ShareState.REFUSED: "geen toestemming",
    ShareState.WITHDRAWN: "toestemming ingetrokken",
    ShareState.STOPPED: "gestopt door de bedrijfsarts",
    ShareState.ENDED: "afgelopen",
    ShareState.CLOSED: "afgelopen, het dossier is gesloten",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Something to do with a share; `about` is for the ear only. `posts`: a button that does it at once (a yes is taken back with one click)."""

    text: str
    url: str
    about: str
    posts: bool = False


@dataclass(frozen=True, slots=True)
class ShareCard:
    """One share on the page."""

    anchor: str
    title: str
    kind: str
    state: str
    period: str
    moment: str
    purpose: str
    answers: list[Any]
    events: list[Any]
    notes: list[str]
    links: list[Link]
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One person with all shares to that person."""

    anchor: str
    name: str
    meta: str
    now: str
    cards: list[ShareCard]
    past: list[ShareCard]


@door(needs=read(Part.SHARING))
@require_safe
def shares(request: DossierRequest, number: str) -> HttpResponse:
    """With whom this dossier is shared: asked, answered, stopped and ended, by person."""
    opened = request.opened
    people = [_person(one, opened) for one in stories(opened)]
    may_share = opened.may(Part.SHARING, Act.SHARE)
    values = {
        "people": people,
        "is_employee": opened.role is Role.EMPLOYEE,
        "closed": f"Het dossier is gesloten op {long_date(opened.dossier.closed_on)}. Daarmee is alles wat gedeeld werd gestopt."
        if opened.dossier.closed_on
        else "",
        "new_url": reverse("new_share", args=[number]) if may_share else "",
        "explain_url": reverse("explain", args=[number]),
        "empty_text": _why_empty(opened.role, may_share=may_share),
    }
    return dossier_page(request, "sharing/shares.html", values, current="shares")


def _why_empty(role: Role, *, may_share: bool) -> str:
    if role is Role.EMPLOYEE:
        return "Niemand van buiten kan in uw dossier kijken. Wil uw bedrijfsarts met iemand delen? Dan vraagt die het hier aan u. U beslist."
    if may_share:
        return "Er is nog niets gedeeld. Wilt u dat een deskundige meekijkt? Vraag dan hier toestemming aan de werknemer."
    return "Er is nog niets gedeeld. De bedrijfsarts kan de werknemer om toestemming vragen."


def _person(story: PersonStory, opened: Opened) -> PersonCard:
    cards = [(one.state, _card(one, story, opened)) for one in story.shares]
    role = "verzekeringsarts van UWV" if story.role is Role.INSURANCE_PHYSICIAN else story.role.label
    meta = f"{role}, {story.organisation}" if story.organisation and story.organisation not in role else role
    return PersonCard(
        anchor=f"{story.role}-{story.person_id}",
        name=story.name,
        meta=capitalised(meta),
        now=f"Nu open: {story.open_words}." if story.open_words else _nothing_open(story, opened),
        cards=[card for state, card in cards if state in RUNNING],
        past=[card for state, card in cards if state not in RUNNING],
    )


def _nothing_open(story: PersonStory, opened: Opened) -> str:
    """Why nothing is open to this person, from what helps most to know."""
    states = {one.state for one in story.shares}
    coming = [one.since for one in story.shares if one.state in YES and one.since is not None and one.since > opened.today]
    if coming:
        return f"Nu staat er niets open. Dat begint op {long_date(min(coming))}."
    if ShareState.ASKED in states:
        return f"Nu staat er niets open. {'U heeft' if opened.role is Role.EMPLOYEE else 'De werknemer heeft'} nog niet geantwoord."
    return "Nu staat er niets open."


def _card(story: ShareStory, person: PersonStory, opened: Opened) -> ShareCard:
    row = story.share
    return ShareCard(
        anchor=f"delen-{row.pk}",
        title=f"Gevraagd op {long_date(_day(row))}",
        kind=KINDS.get(story.state, "plain"),
        state=WORDS[story.state],
        period=f"van {long_date(row.first_day)} tot en met {long_date(row.last_day)}",
        moment=Moment(row.moment).label if row.moment else "",
        purpose="" if story.is_older else row.purpose,
        answers=story.answers,
        events=story.events,
        notes=_notes(story, opened),
        links=list(_links(story, person, opened)),
        is_waiting=story.state is ShareState.ASKED and opened.may(Part.SHARING, Act.ANSWER),
    )


def _day(row: Share) -> dt.date:
    return localdate(row.made_at)


def _notes(story: ShareStory, opened: Opened) -> list[str]:
    """What must be said of a share in a sentence."""
    notes = []
    if story.is_older:
        notes.append("Deze vraag komt van een andere arbodienst. Waarom er is gedeeld, leest u pas als de werknemer ja zegt.")
    if story.waits_on_paper:
        notes.append("Er is een ja op papier opgeschreven. Dat telt pas als een collega het bevestigt.")
    if story.state is ShareState.ASKED and not opened.dossier.employee.can_sign_in:
        notes.append("De werknemer heeft geen account. Vraag het op papier of per telefoon.")
    return notes


def _links(story: ShareStory, person: PersonStory, opened: Opened) -> Iterator[Link]:
    """What this reader can do with a share, the most likely first."""
    counts = story.state in RUNNING
    stops = story.state not in {ShareState.STOPPED, ShareState.ENDED, ShareState.CLOSED}
    doors = (
        (
            stops and opened.may(Part.SHARING, Act.ANSWER),
            "Geef antwoord" if story.state is ShareState.ASKED else "Antwoord veranderen",
            "answer_share",
        ),
        (story.state in YES and opened.may(Part.SHARING, Act.WITHDRAW), "Toestemming intrekken", "withdraw_share"),
        (story.state in YES and opened.may(Part.SHARING, Act.WITHDRAW), "Per onderdeel bekijken", "share_answered"),
        (stops and opened.may(Part.SHARING, Act.RECORD_PAPER), "Antwoord op papier of per telefoon", "paper_answer"),
        (counts and opened.may(Part.SHARING, Act.STOP), "Delen stoppen", "stop_share"),
    )
    number, pk = opened.dossier.number, story.share.pk
    about = f"{person.name}, gevraagd op {long_date(_day(story.share))}"
    for is_open, text, name in doors:
        url = reverse(name, args=[number, pk]) if is_open else ""
        if url:
            yield Link(text, url, about, posts=name == "withdraw_share")
    if story.state is not ShareState.ASKED and opened.may(Part.SHARING, Act.SHARE):
        yield Link("Opnieuw vragen", f"{reverse('new_share', args=[number])}?na={pk}", about)


# --- stopping ----------------------------------------------------------------------------------------


@door(needs=Touch(Part.SHARING, Act.STOP))
@require_http_methods(["GET", "HEAD", "POST"])
def stop_share(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """Ask why, then stop at once. Stopping twice is stopping once."""
    opened = request.opened
    found = next((row for row in shares_of(opened) if row.pk == share), None)
    if found is None:
        raise Http404
    back = reverse("shares", args=[number])
    if found.stopped_at is not None:
        messages.info(request, f"Delen met {found.name} was al gestopt.")
        return HttpResponseRedirect(back)
    form = StopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.stop(opened, share=found, reason=form.cleaned_data["reason"])
        messages.success(request, f"Delen met {found.name} is gestopt. De werknemer leest waarom.")
        return HttpResponseRedirect(back)
    values = {
        "form": form,
        "name": found.name,
        "period": f"van {long_date(found.first_day)} tot en met {long_date(found.last_day)}",
        "shares_url": back,
    }
    return dossier_page(request, "sharing/stop.html", values, current="shares", status=422 if form.errors else 200)
