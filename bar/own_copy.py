"""Downloading the own dossier: what the employee may read as one PDF, every letter and report as its own, and the case file, in a zip.

Only the employee comes here, after a fresh sign-in. Everything is made from the employee's own opening; the event stands in the trail before
the first byte leaves.
"""

import datetime as dt
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bar.cases.exporter import export_case
from bar.own_copy_chapters import printed_dossier
from dossiers import queries
from dossiers.broken import note_broken
from dossiers.door import DossierRequest, Opened, door, read
from dossiers.errors import Refused
from dossiers.models.letter import CopyState, Reader
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part
from dossiers.pdf import RenderFailed, render_document_pdf
from dossiers.sealed import SealBroken
from dossiers.stored_pdf import read_pdf
from dossiers.trail import Event, action

log = logging.getLogger(__name__)
NOT_MADE = "De kopie kon nu niet worden gemaakt. Probeer het later nog eens, of bel de arbodienst."
EXPLANATION = """Kopie van uw dossier

Gemaakt op {when}.

mijn-dossier.pdf    alles wat u in uw dossier kunt lezen, om te lezen of te printen
brieven             elke brief als PDF, zoals u hem kreeg
rapporten           elk rapport van de arbeidsdeskundige als PDF, als er een is
mijn-dossier.json   hetzelfde als bestand, dat een ander programma kan lezen
{missing}
Ingetrokken brieven zitten er niet bij. In mijn-dossier.pdf staat wel dat zij er waren.
De eigen aantekeningen van de bedrijfsarts zitten er niet bij.

Klopt er iets niet? Kies in uw dossier bij het document ‘Dit klopt niet’.
Dit bestand gaat over uw gezondheid. Bewaar het goed, en kies zelf wie het leest.
"""
MISSING = "\nLet op: niet alles kon nu worden geopend. Dit ontbreekt: {names}. Bewaar het later zelf, op de pagina van de brief of het rapport.\n"


@door(needs=read(Part.IDENTITY), may_show=frozenset(Part), fresh=5)
@require_http_methods(["GET", "HEAD", "POST"])
def download_dossier(request: DossierRequest, number: str) -> HttpResponse:
    """What the copy holds; a POST makes and gives it."""
    opened = request.opened
    if request.method != "POST":
        return dossier_page(request, "own_copy/ask.html", {"back": reverse("overview", args=[number])}, current="overview")
    response = HttpResponse(zip_of(opened), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mijn-dossier-{opened.today.isoformat()}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@action(Part.IDENTITY, Act.READ)
def zip_of(opened: Opened) -> bytes:
    """Everything the employee may read, as the bytes of one zip. Raises `Refused` when it cannot be made."""
    try:
        whole = render_document_pdf(printed_dossier(opened))
    except RenderFailed as failure:
        raise Refused(NOT_MADE, status=503) from failure
    told = json.dumps(export_case(opened), ensure_ascii=False, indent=2) + "\n"
    files: list[tuple[str, bytes]] = [("mijn-dossier.pdf", whole), ("mijn-dossier.json", told.encode())]
    missing: list[str] = []
    for name, pdf in _documents(opened):
        if pdf is None:
            missing.append(name)
        else:
            files.append((name, pdf))
    when = timezone.localtime(opened.now)
    words = MISSING.format(names=", ".join(missing)) if missing else ""
    files.append(("lees-mij.txt", EXPLANATION.format(when=f"{when:%d-%m-%Y om %H:%M}", missing=words).encode()))
    opened.trail.note(Event.DOWNLOAD_DOSSIER, Part.IDENTITY, parts=opened.readable)
    return _zip(files, when)


def _documents(opened: Opened) -> Iterator[tuple[str, bytes | None]]:
    """The stored PDF of every letter and report this reader has; None for one that does not open."""
    for letter in queries.released_letters(opened).filter(withdrawn_at__isnull=True):
        copy = letter.copies.filter(reader=Reader.EMPLOYEE, state=CopyState.READY).first()
        if copy is not None:
            yield f"brieven/brief-{letter.assessment.number}.pdf", _opened_file(opened, partial(read_pdf, copy))
    for report in queries.labour_reports(opened).filter(released_at__isnull=False):
        yield f"rapporten/rapport-{report.number}.pdf", _opened_file(opened, partial(read_pdf, report))


def _opened_file(opened: Opened, get: Callable[[], bytes]) -> bytes | None:
    try:
        return get()
    except (OSError, SealBroken, ValueError) as problem:
        log.error("a stored document could not be opened: %s", type(problem).__name__)
        if isinstance(problem, SealBroken):
            note_broken(problem, opened.trail.template)
        return None


def _zip(files: list[tuple[str, bytes]], when: dt.datetime) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, when.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()
