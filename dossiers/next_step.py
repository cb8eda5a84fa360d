"""The one next step of a dossier: what, who, by when. Computed from what is open; claims no event that nobody recorded.

Work on the BAR comes before the statutory calendar. For lists, `next_step_of` works on plain values so that it needs no query of its own.
"""

import datetime
from dataclasses import dataclass

from django.urls import reverse

from dossiers.door import Opened
from dossiers.letter import visits
from dossiers.models import Assessment, Status
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.rules.calendar import Step, steps
from dossiers.rules.calendar import Visit
from dossiers.rules.duties import Actor
from dossiers.rules.dutch import long_date
from dossiers.rules.sick_weeks import Absence, is_recovered
from dossiers.sections import with_sections


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is asked now. `by` is a phrase; `mine`: the reader must do it; `late`: that day is past."""

    what: str
    who: str
    by: str = ""
    url: str = ""
    url_text: str = ""
    mine: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class OpenVersion:
    """The version being worked on, as plain values."""

    number: int
    status: Status
    term_until: datetime.date | None


def all_versions(opened: Opened) -> list[Assessment]:
    """Every version of the dossier with its rows: the calendar counts them all, whoever reads. Never shown as such."""
    return list(with_sections(Assessment.objects.filter(dossier=opened.dossier).order_by("number")))


def next_step(opened: Opened, rows: list[Assessment]) -> NextStep | None:
    """The next step for this reader of this dossier."""
    open_row = next((row for row in rows if row.status != Status.FINAL), None)
    open_version = OpenVersion(open_row.number, Status(open_row.status), open_row.term_until) if open_row else None
    return next_step_of(
        role=opened.role,
        number=opened.dossier.number,
        absence=opened.dossier.absence,
        visited=visits(row for row in rows if row.status == Status.FINAL),
        open_version=open_version,
        today=opened.today,
        closed=opened.dossier.closed_on is not None,
        finalises=opened.may(Part.LETTERS, Act.FINALISE),
    )


def next_step_of(
    *,
    role: Role,
    number: str,
    absence: Absence,
    visited: tuple[Visit, ...],
    open_version: OpenVersion | None,
    today: datetime.date,
    closed: bool = False,
    finalises: bool = False,
) -> NextStep | None:
    """The same from plain values. Drafts exist for authors only; an offered version for the employee too."""
    if closed:
        return None
    if open_version is not None and (role in AUTHORS or (role is Role.EMPLOYEE and open_version.status is Status.OFFERED)):
        return _work_on_version(role, number, open_version, today, finalises)
    if role in AUTHORS and not visited:
        return NextStep("Plan het eerste bezoek en vul de BAR in", "bedrijfsarts", "binnen 6 weken ziekte", reverse("versions", args=[number]), "Nieuw bezoek", mine=True)
    return _of_calendar(role, absence, visited, today)


def _work_on_version(role: Role, number: str, version: OpenVersion, today: datetime.date, finalises: bool) -> NextStep:
    over = version.term_until is not None and today > version.term_until
    until = f"tot en met {long_date(version.term_until)}" if version.term_until else ""
    read = reverse("version", args=[number, version.number])
    if version.status is Status.DRAFT:
        return NextStep(f"Maak versie {version.number} van de BAR af", "bedrijfsarts", "", reverse("fill_in", args=[number, version.number]), "Verder invullen", mine=True)
    if role is Role.EMPLOYEE:
        return NextStep("Lees het nieuwe advies en de brief. Klopt er iets niet? Zeg het dan.", "u", until, read, "Lees het advies", mine=True)
    if over:
        return NextStep(f"Stel versie {version.number} vast: de leestijd is voorbij", "bedrijfsarts", "", reverse("check", args=[number, version.number]), "Vaststellen", mine=finalises)
    return NextStep(f"De werknemer leest versie {version.number}", "werknemer", until, read, "Bekijk de versie")


_ACTORS = {
    Role.EMPLOYEE: {Actor.EMPLOYEE, Actor.TOGETHER},
    Role.EMPLOYER: {Actor.EMPLOYER, Actor.TOGETHER},
    Role.PHYSICIAN: {Actor.PHYSICIAN},
    Role.DELEGATE: {Actor.PHYSICIAN},
}


def _of_calendar(role: Role, absence: Absence, visited: tuple[Visit, ...], today: datetime.date) -> NextStep | None:
    if is_recovered(absence, today):
        return None
    coming = [step for step in steps(absence, today, visited) if step.is_open and step.actor is not None]
    mine = [step for step in coming if step.actor in _ACTORS.get(role, set())]
    own = role in (Role.EMPLOYEE, Role.EMPLOYER)
    chosen = (mine if own else coming)[:1]
    return _as_next_step(chosen[0], role) if chosen else None


def _as_next_step(step: Step, role: Role) -> NextStep:
    plain = role in (Role.EMPLOYEE, Role.EMPLOYER)
    by = f"uiterlijk {long_date(step.due)}" if step.hard else f"liefst voor {long_date(step.due)}"
    return NextStep(step.plain if plain else step.label, step.actor.label if step.actor else "", by, mine=step.actor in _ACTORS.get(role, set()))
