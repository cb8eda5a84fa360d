"""The lock of a dependent write: what is locked, how strongly, and in which order. Called by `access.opening` only.

Who may is decided in `access.py`, before the lock and once more under it; nothing is decided here.
"""

import uuid

from django.db import connection
from django.db.models import Case, When

from consent.models import Seat
from dossiers.door import Touch
from dossiers.parts import EXPERTS, Act, Part, Role

# These may end or silence the seat they come through: the strong lock from the start, so that two of them never wait for each other.
ENDS_OWN_SEAT = frozenset({Touch(Part.PROCESS, Act.COVER), Touch(Part.PROCESS, Act.HAND_OVER)})
ENDS_EVERY_WRITE = Touch(Part.PROCESS, Act.CLOSE)


def lock(seat: Seat, needs: Touch) -> None:
    """The lock of a dependent write: FOR SHARE on the seat, on this person's shares, and on the change of arbodienst that may hide what is
    older; whoever ends one takes FOR UPDATE, and whoever closes the dossier does so with every seat in it."""
    if needs == ENDS_EVERY_WRITE:
        _lock_every_seat(seat.dossier_id)
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM consent_seat WHERE id = %s FOR {'UPDATE' if needs in ENDS_OWN_SEAT else 'SHARE'}", [seat.pk])  # noqa: S608 -- two words of ours
        if seat.sees_from is not None:
            cursor.execute("SELECT 1 FROM consent_handover WHERE dossier_id = %s FOR SHARE", [seat.dossier_id])
        if Role(seat.role) in EXPERTS:
            cursor.execute("SELECT 1 FROM consent_share WHERE dossier_id = %s AND person_id = %s FOR SHARE", [seat.dossier_id, seat.person_id])


def _lock_every_seat(dossier_id: uuid.UUID) -> None:
    """Wait for every write under way. Who may end the seat of another comes first (`actions/seats.py`), so that nobody waits in a circle; twice,
    because whoever was waited for may have given somebody a seat. NO KEY keeps out FOR SHARE, and lets a row that only names a seat be made."""
    rows = Seat.objects.select_for_update(no_key=True).filter(dossier_id=dossier_id, ended_at__isnull=True)
    last = Case(When(role=Role.PHYSICIAN, then=0), When(role__in=EXPERTS, then=2), default=1)
    for _ in range(2):
        list(rows.order_by(last, "kind", "pk").values_list("pk"))
