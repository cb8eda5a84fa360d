"""One writer at a time in a dossier, where a row that does not exist yet cannot be locked: a first row, a next number, the same form sent twice.

Nothing is decided or written here.
"""

import uuid

from dossiers.models import Dossier


def take_turns(dossier_id: uuid.UUID) -> None:
    """Wait for whoever has the turn in this dossier, and keep it until this transaction ends. NO KEY: rows that name it can be made meanwhile."""
    Dossier.objects.select_for_update(no_key=True).only("pk").get(pk=dossier_id)
