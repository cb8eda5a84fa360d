"""The questions between professionals that this reader may know of, and, for the physician, when asking may help.

Asking and answering need to know whom the employee let in: those doors are in `consent/views/consultation.py`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers import queries
from dossiers.door import DossierRequest, Opened, door, read
from dossiers.helpful import helpful_now, number_of
from dossiers.models import Thread, ThreadState
from dossiers.pages import dossier_page
from dossiers.partners import ASKERS, side_of
from dossiers.parts import Act, Part, Role
from dossiers.rules.consultation import AskReason, Side, Standing, standing
from dossiers.rules.dutch import long_date
from dossiers.rules.triggers import Suggestion
from dossiers.topics import label_of, topic_about
from dossiers.views.version_page import BAR_PARTS

RUNNING = frozenset({ThreadState.OPEN, ThreadState.ANSWERED})


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One question in a list."""

    title: str
    url: str
    who: str
    by: str
    standing: Standing
    waits_for_me: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A moment at which asking may help, and where that begins."""

    title: str
    sentence: str
    ask: str
    url: str


@door(needs=read(Part.CONSULTATION), may_show=BAR_PARTS)
@require_safe
def threads(request: DossierRequest, number: str) -> HttpResponse:
    """The list: what waits for this reader on top, then the newest first."""
    opened = request.opened
    rows = thread_rows(opened, list(queries.threads(opened).select_related("asker", "addressee").order_by("-opened_at")))
    may_ask = opened.role in ASKERS and opened.may(Part.CONSULTATION, Act.WRITE)
    values = {
        "title": Part.CONSULTATION.plain if opened.role is Role.EMPLOYEE else Part.CONSULTATION.label,
        "intro": _intro(opened, may_ask=may_ask),
        "rows": sorted(rows, key=lambda row: not row.waits_for_me),
        "why_empty": _why_empty(opened, may_ask=may_ask),
        "ask_url": reverse("new_thread", args=[number]) if may_ask else "",
        "offers": _offers(opened) if may_ask and opened.role is Role.PHYSICIAN else [],
    }
    return dossier_page(request, "consultation/threads.html", values, current="threads")


def thread_rows(opened: Opened, found: Sequence[Thread]) -> list[ThreadRow]:
    """The same questions as a page draws them."""
    names = names_in(opened)
    return [_row(opened, thread, names) for thread in found]


def _row(opened: Opened, thread: Thread, names: Mapping[uuid.UUID, str]) -> ThreadRow:
    mine = is_mine(opened, thread)
    asker, addressee = people_of(opened, thread, names)
    return ThreadRow(
        title=f"Vraag {thread.number}: {label_of(thread, plain=opened.role is Role.EMPLOYEE)}",
        url=reverse("thread", args=[opened.dossier.number, thread.number]),
        who=f"{asker} vraagt {addressee}",
        by=f"antwoord graag uiterlijk op {long_date(thread.reply_by)}" if thread.state == ThreadState.OPEN else "",
        standing=standing(thread.state, thread.reply_by, opened.today, mine=mine),
        waits_for_me=mine and thread.state == ThreadState.OPEN,
    )


def is_mine(opened: Opened, thread: Thread) -> bool:
    """Whether this reader is the one who must answer, and can."""
    return side_of(opened, thread) is Side.ADDRESSEE and opened.may(Part.CONSULTATION, Act.WRITE)


def names_in(opened: Opened) -> dict[uuid.UUID, str]:
    """People by the name they have in this dossier."""
    return dict(opened.dossier.seats.order_by("start").values_list("person_id", "name"))


def people_of(opened: Opened, thread: Thread, names: Mapping[uuid.UUID, str]) -> tuple[str, str]:
    """Who asks and who is asked, each with the role; the reader is "u"."""
    pairs = ((thread.asker_id, thread.asker_role), (thread.addressee_id, thread.addressee_role))
    asker, addressee = (
        "u" if person_id == opened.person.pk else f"{names.get(person_id) or 'iemand'} ({Role(role).label})" for person_id, role in pairs
    )
    return asker.capitalize() if asker == "u" else asker, addressee


def reason_words(thread: Thread, *, plain: bool) -> str:
    """Why it was asked, in the asker's words; told about the asker to who only reads."""
    if not plain:
        return AskReason(thread.reason).label
    return _REASONS_TOLD[AskReason(thread.reason)]


_REASONS_TOLD: Mapping[AskReason, str] = {
    AskReason.CANNOT_JUDGE: "Om te weten of werk bij u past",
    AskReason.CHANGED: "Omdat anders is geworden wat u kunt",
    AskReason.DOUBT: "Omdat niet zeker is welk werk bij u past",
    AskReason.TOGETHER: "Om samen te overleggen",
    AskReason.OTHER: "Een andere reden",
}


def _intro(opened: Opened, *, may_ask: bool) -> str:
    if opened.role is Role.EMPLOYEE:
        return "Hier leest u wat de deskundigen elkaar over u vragen, en wat het antwoord is. Uw werkgever leest dit niet."
    if may_ask:
        return "Vragen aan elkaar over één onderwerp, met een antwoord. De werknemer leest alles mee. De werkgever leest dit niet."
    return "Vragen van de deskundigen aan elkaar, met het antwoord. De werknemer leest alles mee."


def _why_empty(opened: Opened, *, may_ask: bool) -> str:
    match opened.role:
        case Role.EMPLOYEE:
            return "Nog niemand heeft iets gevraagd. Dat kan pas als u daar ja tegen zegt. U leest elke vraag en elk antwoord."
        case Role.PHYSICIAN if may_ask:
            return "Er is nog niets gevraagd. U kunt een vraag stellen aan een deskundige die van de werknemer mag meelezen."
        case Role.PHYSICIAN | Role.DELEGATE:
            return "Er is nog niets gevraagd. Alleen de bedrijfsarts stelt hier een vraag."
        case _ if may_ask:
            return "U heeft nog niets gevraagd, en er is u nog niets gevraagd. U kunt de bedrijfsarts iets vragen over wat u hier leest."
        case _:
            return "Er is u nog niets gevraagd. U kunt hier lezen, maar niet schrijven. De bedrijfsarts kan dat aan de werknemer vragen."


def _offers(opened: Opened) -> list[Offer]:
    """What may help now, and was not asked since the newest version."""
    return [_offer(opened, one) for one in helpful_now(opened)]


def _offer(opened: Opened, one: Suggestion) -> Offer:
    topic = topic_about(opened, one.item) if one.item else topic_about(opened, "", Part.CAPACITY)
    query = f"?onderwerp={topic.number}&aanleiding={number_of(one.trigger)}" if topic else ""
    return Offer(one.trigger.label, one.sentence, f"Vraag een {one.ask.label}", reverse("new_thread", args=[opened.dossier.number]) + query)
