"""A letter to an employee who reads on paper: the address, printing, noting that it went, and putting a mistake right.

Only the cover page and its own form show the address; the employer never does. When others may read: `rules/on_paper.py`.
"""

import datetime as dt
from dataclasses import replace
from enum import StrEnum
from typing import Any

from django.utils import timezone

from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.letter import frozen_core
from dossiers.models import Dossier, Letter, LetterCopy, PostalAddress, Reader, TrailLine
from dossiers.paper import reached_employee
from dossiers.parts import AUTHORS, Act, Part, Role
from dossiers.pdf import RenderFailed, render_print_pdf
from dossiers.rules.cover import address_lines, address_problem, cover_of
from dossiers.trail import Event, Line, Outcome, action, write_now


class Way(StrEnum):
    """How a letter on paper goes to the employee."""

    HANDED_OVER = "handed_over"
    POSTED = "posted"


# --- the address --------------------------------------------------------------------------------


def address_of(opened: Opened) -> str:
    """Where letters on paper go, for who may know it; empty while it is not known."""
    _must_know_the_address(opened)
    row = PostalAddress.objects.filter(dossier=opened.dossier).first()
    return row.address if row else ""


def keep_address(dossier: Dossier, *, address: str, by: Any, now: dt.datetime) -> None:
    """Write the address, checked. The calling act leaves the trail: opening a dossier, or changing it."""
    lines = address_lines(address)
    problem = address_problem(lines)
    if problem:
        raise Refused(problem)
    take_turns(dossier.pk)  # one writer at a time, also for the first row
    row = PostalAddress.objects.filter(dossier=dossier).first() or PostalAddress(dossier=dossier)
    row.address, row.changed_by, row.changed_at = "\n".join(lines), by, now
    row.save()


@action(Part.PROCESS, Act.WRITE)
def change_address(opened: Opened, *, address: str) -> None:
    """Physician, delegate or the employee writes where letters on paper go. Empty: it is not known any more."""
    _must_know_the_address(opened)
    keep_address(opened.dossier, address=address, by=opened.person, now=opened.now)
    opened.trail.note(Event.CHANGE_POSTAL_ADDRESS, Part.PROCESS)


def _must_know_the_address(opened: Opened) -> None:
    opened.require_read(Part.PROCESS)
    if opened.role not in AUTHORS | {Role.EMPLOYEE}:
        raise Refused("Het postadres is alleen voor de werknemer en de arbodienst. Vraag het aan de werknemer zelf.", status=403)


# --- printing -----------------------------------------------------------------------------------


def print_of(opened: Opened, *, letter: Letter) -> bytes:
    """The employee's copy behind its cover page. A reading door has no transaction to end, so the line is written at once, before a byte leaves."""
    _must_be_author(opened)
    opened.require_read(Part.LETTERS)
    _must_be_on_paper(letter)
    template: Line = opened.trail.template
    line = replace(template, event=Event.PRINT, object_type="letter", object_id=str(letter.pk), parts=(Part.LETTERS.value, Part.PROCESS.value))
    core = frozen_core(letter)
    cover = cover_of(core.facts.arbodienst, name=core.facts.employee, address=address_of(opened), today=opened.today)
    try:
        pdf = render_print_pdf(core, cover)
    except RenderFailed as problem:
        write_now(replace(line, outcome=Outcome.ERROR))
        raise Refused("De brief kon nu niet worden klaargezet om te printen. Wacht even en probeer het opnieuw.", status=503) from problem
    write_now(line)
    return pdf


# --- how it went --------------------------------------------------------------------------------


@action(Part.PROCESS, Act.WRITE)
def note_on_paper(opened: Opened, *, letter: Letter, way: Way, day: dt.date) -> None:
    """The letter was given or posted to an employee who reads on paper. From then on, by date, the employer sees the own copy."""
    _must_be_author(opened)
    _must_be_on_paper(letter)
    copy = _locked_copy(letter)
    if _noted(copy, way) is not None:
        raise Refused("Dit is al vastgelegd. Laad de pagina opnieuw.", status=409)
    if not letter.day <= day <= opened.today:
        raise Refused("Deze dag kan niet. Kies een dag vanaf de dag van de brief tot en met vandaag.")
    _write(copy, way, day)
    opened.trail.note(Event.LETTER_ON_PAPER, Part.LETTERS, object_type="letter", object_id=f"{letter.pk}:{way.value}")


def mistakes_of(opened: Opened, *, letter: Letter) -> list[Way]:
    """What was noted today and can still be taken back: nobody else has looked while it was open to them."""
    if opened.role not in AUTHORS or not opened.may(Part.PROCESS, Act.WRITE) or letter.withdrawn_at is not None:
        return []
    copy = next(row for row in letter.copies.all() if row.reader == Reader.EMPLOYEE)
    return [way for way in Way if _noted(copy, way) is not None and _can_be_undone(opened, letter, way)]


@action(Part.PROCESS, Act.WRITE)
def undo_on_paper(opened: Opened, *, letter: Letter, way: Way) -> None:
    """Take back what was noted today by mistake, unless the employer may have read the letter already."""
    _must_be_author(opened)
    copy = _locked_copy(letter)
    if _noted(copy, way) is None:
        raise Refused("Dit is al teruggenomen. Laad de pagina opnieuw.", status=409)
    if letter.withdrawn_at is not None or not _can_be_undone(opened, letter, way):
        raise Refused("Dit kan niet meer terug: het is niet van vandaag, of de werkgever heeft al gekeken. Overleg met de werknemer.", status=409)
    _write(copy, way, None)
    opened.trail.note(Event.UNDO_ON_PAPER, Part.LETTERS, object_type="letter", object_id=f"{letter.pk}:{way.value}")


def _must_be_author(opened: Opened) -> None:
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde legt dit vast.", status=403)


def _must_be_on_paper(letter: Letter) -> None:
    if not letter.on_paper:
        raise Refused("Deze brief gaat niet op papier: de werknemer leest hem hier.")
    if letter.withdrawn_at is not None or letter.released_at is None:
        raise Refused("Deze brief kan nu niet worden gegeven: hij is nog niet klaar of hij is ingetrokken.")


def _locked_copy(letter: Letter) -> LetterCopy:
    return letter.copies.select_for_update().get(reader=Reader.EMPLOYEE)


def _noted(copy: LetterCopy, way: Way) -> dt.date | None:
    return copy.handed_over_on if way is Way.HANDED_OVER else copy.posted_on


def _write(copy: LetterCopy, way: Way, day: dt.date | None) -> None:
    if way is Way.HANDED_OVER:
        copy.handed_over_on = day
    else:
        copy.posted_on = day
    copy.save(update_fields=["handed_over_on", "posted_on"])


def _can_be_undone(opened: Opened, letter: Letter, way: Way) -> bool:
    """The trail knows when it was noted, and who came since. Who could not see the letter yet does not count."""
    lines = TrailLine.objects.filter(dossier_id=opened.dossier.pk)
    noted = lines.filter(event_code=Event.LETTER_ON_PAPER.value, object_id=f"{letter.pk}:{way.value}").order_by("-occurred_at").first()
    if noted is None or timezone.localdate(noted.occurred_at) != opened.today:
        return False
    reached = reached_employee(letter)
    if reached is None or reached > opened.today:
        return True
    own = {*(role.value for role in AUTHORS), Role.EMPLOYEE.value, "worker"}
    return not lines.filter(outcome=Outcome.SUCCESS, occurred_at__gt=noted.occurred_at).exclude(actor_role__in=own).exists()
