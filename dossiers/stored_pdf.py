"""The stored PDF of a letter copy or a labour report: sealed, in private storage, found again by the name that its row holds.

Every attempt writes a file of its own and none overwrites another, so two workers at once, or one that died halfway, harm nothing.
When a PDF is made and who may have it does not belong here.
"""

import datetime
import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from dossiers.models import LabourReport, LetterCopy
from dossiers.sealed import data_key, seal, unseal

Stored = LetterCopy | LabourReport  # each has stored_as, sha256, size, rendered_at, attempts


def place(row: Stored) -> str:
    """What the sealed PDF of this row is bound to."""
    return f"{row._meta.db_table}|pdf|{row.pk}"


def write_pdf(row: Stored, pdf: bytes) -> str:
    """Seal and keep a PDF; the name it is kept under."""
    sealed = seal(data_key(row.dossier_id), pdf, bound_to=place(row))
    name = f"{row.pk}/{uuid.uuid4().hex}.sealed"
    try:
        return storages["letters"].save(name, ContentFile(sealed))
    except OSError:
        storages["letters"].delete(name)  # on a full disk half a file would keep the last room
        raise


def note_pdf(row: Stored, name: str, pdf: bytes, *, now: datetime.datetime) -> None:
    """Put on the row which PDF is kept where; the caller saves it."""
    row.stored_as, row.rendered_at = name, now
    row.sha256, row.size = hashlib.sha256(pdf).hexdigest(), len(pdf)
    row.attempts += 1


def read_pdf(row: Stored) -> bytes:
    """The stored PDF, opened and checked against its hash. Raises `SealBroken`, `ValueError` or `OSError`."""
    with storages["letters"].open(row.stored_as, "rb") as stored:
        pdf = unseal(data_key(row.dossier_id), stored.read(), bound_to=place(row))
    if hashlib.sha256(pdf).hexdigest() != row.sha256:
        raise ValueError("a stored PDF does not have the hash it was stored with")
    return pdf


def remove_other_pdfs(row: Stored) -> None:
    """Remove what other attempts left beside the PDF that this row names."""
    folder, kept = row.stored_as.split("/")
    for name in storages["letters"].listdir(folder)[1]:
        if name != kept:
            storages["letters"].delete(f"{folder}/{name}")
