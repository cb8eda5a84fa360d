"""Letters of an imported case on disk, for who works at the command line.

A live worker makes them; without one this process does, through the same action. Names of files say a dossier number and a reader only.
"""

import os
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from bar.celery import app, broker
from dossiers.actions.promises import do_outbox_by_clock
from dossiers.letter import frozen_core
from dossiers.models import CopyState, Dossier, Letter, LetterCopy, Outbox, Reader
from dossiers.pdf import render_letter_html
from dossiers.rules.letter.document import Reader as LetterReader
from dossiers.stored_pdf import read_pdf

PATIENCE = 90.0  # seconds for one copy, whoever makes it; one render stops itself after thirty
WORKER_FIRST = 10.0  # seconds a live worker gets before we do not wait for its queue any longer
LOOK_AGAIN = 0.2


class LetterFailed(Exception):
    """A letter could not be made."""


def write_letters(dossier: Dossier, folder: Path) -> list[Path]:
    """Both copies of the last final version's letter, as PDF and as the HTML it was made from. Raises `LetterFailed` or `OSError`."""
    letter = Letter.objects.filter(dossier=dossier).order_by("-assessment__number").first()
    if letter is None:
        return []
    written: list[Path] = []
    for reader in (Reader.EMPLOYER, Reader.EMPLOYEE):
        copy = _made(LetterCopy.objects.get(letter=letter, reader=reader))
        name = folder / f"{dossier.number}-{reader.value}.pdf"
        html = render_letter_html(frozen_core(letter), LetterReader(reader.value))
        _write(name.with_suffix(".html"), html.encode())
        _write(name, read_pdf(copy))
        written.append(name)
    return written


def _made(copy: LetterCopy) -> LetterCopy:
    """The copy once it is ready."""
    start = time.monotonic()
    while copy.state == CopyState.WAITING and (waited := time.monotonic() - start) < PATIENCE:
        if waited < WORKER_FIRST and has_worker():
            time.sleep(LOOK_AGAIN)
        elif not _make(copy):
            if not _is_being_made(copy):
                break
            time.sleep(LOOK_AGAIN)
        copy.refresh_from_db()
    if copy.state != CopyState.READY:
        raise LetterFailed
    return copy


def _make(copy: LetterCopy) -> bool:
    """Do the promise of this copy ourselves; whether that worked. Not when a worker holds it."""
    promise = _promise(copy)
    if promise is None:
        return False
    untouched = promise.attempts == 0  # a letter of a later day (--today) waits for nobody
    return do_outbox_by_clock(promise.pk, now=max(timezone.now(), promise.next_at) if untouched else timezone.now())


def _is_being_made(copy: LetterCopy) -> bool:
    """Whether somebody else holds the promise, or has just kept it. A failed copy counts its attempts; one being made does not yet."""
    copy.refresh_from_db()
    return copy.state == CopyState.READY or (copy.attempts == 0 and _promise(copy) is not None)


def _promise(copy: LetterCopy) -> Outbox | None:
    return Outbox.objects.filter(kind="letter_copy", object_id=copy.pk, done_at__isnull=True, gave_up_at__isnull=True).first()


def has_worker() -> bool:
    """Whether a worker answers now. No broker, no worker; Celery alone would wait for one for over a minute."""
    try:
        with broker(settings.REDIS_URL) as client:
            client.ping()
        return bool(app.control.ping(timeout=0.5))
    except (RedisError, OperationalError, OSError):
        return False


def _write(path: Path, content: bytes) -> None:
    """Write for the owner only: this is a letter about somebody."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
