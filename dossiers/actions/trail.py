"""Taking the list of who looked out of the system: an event of its own."""

from dataclasses import replace

from dossiers.door import Opened
from dossiers.parts import Act, Part
from dossiers.trail import Event, Line, write_now


def note_download(opened: Opened, *, kind: str) -> None:
    """Written before the first byte leaves. A reading door has no transaction to end, so at once."""
    opened.require(Part.TRAIL, Act.READ)
    template: Line = opened.trail.template
    write_now(replace(template, event=Event.EXPORT_TRAIL, object_type="trail", object_id=kind, parts=(Part.TRAIL.value,)))
