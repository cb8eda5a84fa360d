"""A sealed value that does not open: said in the log, and on the chain of its dossier, wherever it happens.

Ids, the name of the column and what kind of problem; never what stands in the value. What a person sees of it is decided at the door.
"""

import logging
import uuid
from dataclasses import replace

from dossiers.sealed import SealBroken
from dossiers.trail import Event, Line, Outcome, write_now

log = logging.getLogger(__name__)


def note_broken(broken: SealBroken, line: Line) -> None:
    """Write down that a value did not open. `line` says who asked, and through which dossier when the value does not know it itself.

    Called outside the transaction in which it happened: that one is rolled back, this line stays.
    """
    dossier_id = broken.dossier_id or line.dossier_id
    log.error("a sealed value does not open: %s of dossier %s", broken.place or "?", dossier_id or "none")
    write_now(
        replace(line, event=Event.SEAL_BROKEN, outcome=Outcome.ERROR, object_type="sealed", object_id=broken.place[:64], dossier_id=dossier_id),
    )


def by_system(dossier_id: uuid.UUID | None = None, *, role: str = "worker") -> Line:
    """The line of this system, or of somebody at the command line."""
    return Line(Event.SEAL_BROKEN, actor_role=role, dossier_id=dossier_id)
