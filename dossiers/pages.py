"""The frame of a page as a value: who is signed in, where they can go, which dossier, the one next step.

Templates get this and the page's own values; never `user`, `perms` or `request`. Navigation follows what is open, so it names nothing that is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dossiers import queries
from dossiers.date_language import DUTCH, dates_in
from dossiers.door import Opened
from dossiers.next_step import NextStep, next_step, standings
from dossiers.parts import AUTHORS, EXPERTS, Act, Part, Role
from dossiers.rules.dutch import long_date
from dossiers.rules.phase_line import PhaseLine, phase_line
from dossiers.rules.sick_weeks import is_recovered, week_of


@dataclass(frozen=True, slots=True)
class NavLink:
    """One place to go."""

    label: str
    url: str
    current: bool = False
    badge_text: str = ""


@dataclass(frozen=True, slots=True)
class DossierChrome:
    """The head of every page of one dossier."""

    number: str
    title: str
    url: str
    week_text: str
    nav: list[NavLink]
    phase_line: PhaseLine
    next_step: NextStep | None
    notice: str = ""  # what holds on every page of this dossier, for this reader


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame of every page behind sign-in."""

    person_name: str
    role_label: str
    nav: list[NavLink]
    demo: bool
    training: bool = False
    dossier: DossierChrome | None = None
    time: Any = None  # how much time the session has (.idle_seconds, .absolute_seconds), for the warning before it ends


# In the order of the menu: which part must be readable, for whom, the words, the URL name. A page names nothing that is not open.
_ALL = frozenset(Role)
_MENU: tuple[tuple[Part, frozenset[Role], str, str], ...] = (
    (Part.PROCESS, _ALL, "Overzicht", "overview"),
    (Part.CAPACITY, AUTHORS | EXPERTS, "BAR", "versions"),
    (Part.LETTERS, frozenset({Role.EMPLOYEE}), "Mijn brieven", "letters"),
    (Part.LETTERS, _ALL - {Role.EMPLOYEE}, "Brieven", "letters"),
    (Part.EMPLOYEE_VIEW, frozenset({Role.EMPLOYEE}), "Mijn visie", "own_view"),
    (Part.CAPACITY, frozenset({Role.EMPLOYEE}), "Mijn dossier", "versions"),
    (Part.JOB, _ALL, "Het werk", "job"),
    (Part.PROCESS, _ALL, "Proces", "process"),
    (Part.CAPACITY, _ALL - {Role.EMPLOYEE}, "Verloop", "course"),
    (Part.CONSULTATION, _ALL - {Role.EMPLOYEE}, "Overleg", "threads"),
    (Part.CONSULTATION, frozenset({Role.EMPLOYEE}), "Vragen tussen deskundigen", "threads"),
    (Part.LABOUR_REPORT, _ALL, "Rapport arbeidsdeskundige", "labour_reports"),
    (Part.INSURANCE_REPORT, _ALL, "Reactie verzekeringsarts", "insurance_reports"),
    (Part.SHARING, AUTHORS, "Delen", "shares"),
    (Part.SHARING, frozenset({Role.EMPLOYEE}), "Uw toestemming", "shares"),
    (Part.SHARING, AUTHORS | {Role.EMPLOYEE}, "Wie kan wat zien", "explain"),
    (Part.REQUESTS, AUTHORS, "Verzoeken", "requests"),
    (Part.REQUESTS, frozenset({Role.EMPLOYEE}), "Uw verzoeken", "requests"),
    (Part.SHARING, AUTHORS | {Role.EMPLOYEE}, "Wie doet mee", "seats"),
    (Part.PROCESS, _ALL - AUTHORS - {Role.EMPLOYEE}, "Wie doet mee", "people"),
    (Part.TRAIL, _ALL, "Wie heeft gekeken", "trail"),
)

# What somebody else writes: a reader's menu names it once there is one to read; its writers' always does.
_ONCE_THERE: Mapping[str, tuple[frozenset[Role], Callable[[Opened], QuerySet[Any]]]] = {
    "labour_reports": (frozenset({Role.LABOUR_EXPERT}), queries.labour_reports),
    "insurance_reports": (frozenset({Role.INSURANCE_PHYSICIAN}), queries.insurance_reports),
    "threads": (EXPERTS | {Role.PHYSICIAN}, queries.threads),
    "requests": (frozenset(), queries.requests),
}


def dossier_page(
    request: HttpRequest, template: str, values: Mapping[str, Any] | None = None, *, current: str = "", status: int = 200
) -> HttpResponse:
    """A page of the opened dossier. `current` is the URL name that the menu marks."""
    opened: Opened = request.opened  # type: ignore[attr-defined]
    chrome = Chrome(
        person_name=opened.person.name,
        role_label=opened.role.label,
        nav=site_nav(opened.person),
        demo=settings.DEMO,
        training=opened.dossier.training,
        dossier=dossier_chrome(opened, current),
        time=getattr(request, "bar_time", None),
    )
    with dates_in(opened.person.date_language):
        return render(request, template, {"chrome": chrome, "messages": get_messages(request), **(values or {})}, status=status)


def own_page(request: HttpRequest, template: str, values: Mapping[str, Any] | None = None, *, current: str = "", status: int = 200) -> HttpResponse:
    """A page outside any dossier, of the signed-in person; without a person it has a bare frame."""
    person = request.user
    chrome = None
    if person.is_authenticated:
        chrome = Chrome(
            person_name=person.name, role_label="", nav=site_nav(person, current), demo=settings.DEMO, time=getattr(request, "bar_time", None)
        )
    with dates_in(getattr(person, "date_language", DUTCH)):
        return render(request, template, {"chrome": chrome, "messages": get_messages(request), **(values or {})}, status=status)


def site_nav(person: Any, current: str = "") -> list[NavLink]:
    """The main menu: the same for everybody, but for who opens dossiers or administers an organisation."""
    links = [NavLink("Mijn dossiers", reverse("home"), current == "home")]
    if person.profession in (Role.PHYSICIAN, Role.DELEGATE):
        links.append(NavLink("Nieuw dossier", reverse("new_dossier"), current == "new_dossier"))
    if person.is_administrator and person.organisation_id:
        links.append(NavLink("Mijn organisatie", reverse("organisation"), current == "organisation"))
    return links


def dossier_chrome(opened: Opened, current: str = "") -> DossierChrome:
    """Who, which week, where to go, the line and the next step."""
    dossier = opened.dossier
    absence = dossier.absence
    standing = standings([dossier.pk], role=opened.role)[dossier.pk]
    week = week_of(absence, opened.today)
    week_text = f"Week {week} van 104" if week <= 104 else "Na week 104"
    if is_recovered(absence, opened.today):
        week_text += " · hersteld gemeld"
    return DossierChrome(
        number=dossier.number,
        title="Mijn dossier" if opened.role is Role.EMPLOYEE else dossier.employee_name,
        url=reverse("overview", args=[dossier.number]),
        week_text=week_text,
        nav=_dossier_nav(opened, current),
        phase_line=phase_line(absence, opened.today, standing.visits, plain=opened.role in (Role.EMPLOYEE, Role.EMPLOYER)),
        next_step=next_step(opened, standing),
        notice=_notice(opened),
    )


def _notice(opened: Opened) -> str:
    """Why this reader cannot write now, or not read everything: said where it is met, and who can change it."""
    dossier = opened.dossier
    if opened.role is Role.PHYSICIAN and dossier.closed_on is None and not opened.may(Part.PROCESS, Act.WRITE):
        running = dossier.seats.filter(ended_at__isnull=True, start__lte=opened.today, until__gte=opened.today, person__is_active=True)
        cover = running.filter(kind="cover").first()  # `consent.models.SeatKind`, which this package may not know
        if cover is None or cover.until is None:
            return ""
        until = f" {cover.name} neemt waar tot en met {long_date(cover.until)} en kan de waarneming eerder beëindigen."
        return f"Een waarnemer werkt nu in dit dossier. U kunt lezen, maar niet schrijven.{until}"
    if opened.sees_from is not None:
        return "Dit dossier komt van een andere arbodienst. Wat daar verder is geschreven, leest u pas als de werknemer ja zegt."
    return ""


def _dossier_nav(opened: Opened, current: str) -> list[NavLink]:
    links = []
    for part, roles, label, name in _MENU:
        if opened.role in roles and opened.may(part) and _is_there(opened, name):
            links.append(NavLink(label, reverse(name, args=[opened.dossier.number]), name == current))
    return links


def _is_there(opened: Opened, name: str) -> bool:
    """Whether the menu names this to this reader: always, or, for what somebody else writes, once there is one."""
    if name not in _ONCE_THERE:
        return True
    writers, fetch = _ONCE_THERE[name]
    return opened.role in writers or fetch(opened).exists()
