"""The employee's own words and switches.

The employee writes at any time. Physician and delegate may note spoken words beside them, marked as noted, and never touch what was typed.
"""

from collections.abc import Mapping
from typing import Any

from dossiers.actions.turns import take_turns
from dossiers.door import Opened
from dossiers.errors import Refused, Stale
from dossiers.ledger import Closing, note_closing
from dossiers.models import EmployeeView, Switch, WrittenBy
from dossiers.parts import Act, Part, Role
from dossiers.sections import VIEW_FIELDS, newest_view
from dossiers.trail import Event, action


@action(Part.EMPLOYEE_VIEW, Act.WRITE)
def write_view(opened: Opened, *, value: Mapping[str, Any], seen: int | None = None) -> EmployeeView:
    """The employee's own words. `seen` is the version on screen; a stale write is refused with both texts."""
    if opened.role is not Role.EMPLOYEE:
        raise Refused("Alleen de werknemer schrijft hier.", status=403)
    row = _save(opened, value, WrittenBy.EMPLOYEE, seen)
    opened.trail.note(Event.WRITE_VIEW, Part.EMPLOYEE_VIEW, object_type="view", object_id=row.pk)
    return row


@action(Part.EMPLOYEE_VIEW, Act.WRITE)
def note_view(opened: Opened, *, value: Mapping[str, Any], said_again: bool = False) -> EmployeeView | None:
    """Spoken words, noted by physician or delegate. Saving unchanged what the employee typed is no note, unless it was really said again."""
    if not said_again and not any(value[name] for name in VIEW_FIELDS):  # an emptied note is no note: what the employee typed counts again
        noted = EmployeeView.objects.filter(dossier=opened.dossier, written_by=WrittenBy.PHYSICIAN)
        (noted if opened.sees_from is None else noted.filter(changed_at__gte=opened.sees_from)).delete()  # never what the writer may not see
        opened.trail.note(Event.WRITE_VIEW, Part.EMPLOYEE_VIEW, object_type="view")
        return None
    newest = newest_view(opened.dossier, since=opened.sees_from)
    if (
        not said_again
        and newest is not None
        and newest.written_by == WrittenBy.EMPLOYEE
        and all(getattr(newest, name) == value[name] for name in VIEW_FIELDS)
    ):
        row = newest
    else:
        row = _save(opened, value, WrittenBy.PHYSICIAN, None)
    opened.trail.note(Event.WRITE_VIEW, Part.EMPLOYEE_VIEW, object_type="view", object_id=row.pk)
    return row


def _save(opened: Opened, value: Mapping[str, Any], written_by: WrittenBy, seen: int | None) -> EmployeeView:
    take_turns(opened.dossier.pk)  # one writer at a time, also for the first row
    row = EmployeeView.objects.filter(dossier=opened.dossier, written_by=written_by).first() or EmployeeView(
        dossier=opened.dossier, written_by=written_by
    )
    if seen is not None and row.version != seen:
        raise Stale(
            theirs={name: getattr(row, name) for name in VIEW_FIELDS},
            version=row.version,
            by=row.changed_by.name if row.version else opened.person.name,
        )
    for name in VIEW_FIELDS:
        setattr(row, name, value[name])
    row.changed_by, row.changed_at = opened.person, opened.now
    row.version += 1
    row.save()
    return row


@action(Part.EMPLOYEE_VIEW, Act.SWITCH)
def switch_view(opened: Opened, *, on: bool) -> None:
    """Let the own words into the next letter, or keep them out. What stands in a letter stays there."""
    Switch.objects.create(dossier=opened.dossier, part=Part.EMPLOYEE_VIEW, on=on, at=opened.now, by=opened.person)
    if not on:
        note_closing(Closing.SWITCH, opened.dossier.pk, by=opened.person, detail=Part.EMPLOYEE_VIEW.value)
    opened.trail.note(Event.SWITCH, Part.EMPLOYEE_VIEW, object_type="switch", object_id="on" if on else "off")
