"""Letters as HTML and as PDF/UA: the only module that knows WeasyPrint; a process loads it when it first prints, for all its children.

Each render is a forked child with limits on processor, memory, file size and wall clock; it can fetch our style
sheets and two font files, and nothing else. No text of a dossier may be logged or put in an error here.
"""

import gc
import os
import resource
import select
import signal
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from django.template import Context, Engine

from dossiers.rules import labour_report_text
from dossiers.rules.cover import Cover
from dossiers.rules.labour_report import ReportCore
from dossiers.rules.letter_core import LetterCore
from dossiers.rules.letter_text import Reader, compose
from dossiers.rules.printed import Printed

if TYPE_CHECKING:
    from pydyf import PDF
    from weasyprint.urls import URLFetcher

PROJECT: Final = Path(__file__).resolve().parent.parent
STATIC: Final = PROJECT / "static" / "letters"
STYLESHEET: Final = "letter:static/letter.css"
COVER_STYLESHEET: Final = "letter:static/cover.css"
DOCUMENT_STYLESHEET: Final = "letter:static/document.css"
_SHEETS: Final = {STYLESHEET: "letter.css", COVER_STYLESHEET: "cover.css", DOCUMENT_STYLESHEET: "document.css"}
# Source Sans 3, SIL Open Font License 1.1: from its package, never copied into the repository.
_FONTS: Final = {
    "letter:font/roman": "SourceSans3[wght].ttf",
    "letter:font/italic": "SourceSans3-Italic[wght].ttf",
}
_FONT_PACKAGE: Final = "fontpkg_source_sans_3"

CPU_SECONDS: Final = 20
MEMORY_BYTES: Final = 1024**3
"""On top of what the parent had mapped when it forked, for a fork inherits all of that (a letter takes 0.3 GB)."""
FILE_BYTES: Final = 50 * 1024**2
WALL_SECONDS: Final = 30.0
_CHUNK: Final = 1 << 16

MISSING: Final = "\N{WHITE SQUARE}"
"""Printed for a character that the font of letters does not have."""


class RenderFailed(Exception):
    """A letter could not be made; the message says why in plain words, without a word of the letter."""


class _FetchRefused(Exception):
    """The page asked for an address that a letter does not have."""


class _Outcome(bytes, Enum):
    """The first byte a child writes: what follows, or why nothing does."""

    DONE = b"+"
    FETCH = b"f"
    MEMORY = b"m"
    ERROR = b"e"


_REASONS: Final = {
    _Outcome.FETCH: "De brief wilde iets ophalen dat niet mag.",
    _Outcome.MEMORY: "De brief is te groot: er was te weinig geheugen.",
    _Outcome.ERROR: "Er ging iets mis bij het maken van de brief.",
}
_TOO_LONG: Final = "Het maken van de brief duurde te lang."


def render_letter_html(core: LetterCore, reader: Reader) -> str:
    """One reader's copy as a whole HTML page, every piece of text escaped."""
    letter = compose(core, reader)
    return _engine().get_template("letters/letter.html").render(Context({"letter": letter, "stylesheet": STYLESHEET}))


def render_letter_pdf(core: LetterCore, reader: Reader) -> bytes:
    """One reader's copy as PDF/UA. Raises RenderFailed."""
    return render_pdf(render_letter_html(core, reader))


def render_print_pdf(core: LetterCore, cover: Cover) -> bytes:
    """The employee's copy behind a sheet with the address, for printing, as one PDF/UA. Raises RenderFailed."""
    values = {"letter": compose(core, Reader.EMPLOYEE), "cover": cover, "stylesheet": STYLESHEET, "cover_stylesheet": COVER_STYLESHEET}
    return render_pdf(_engine().get_template("letters/print.html").render(Context(values)))


def render_report_html(core: ReportCore) -> str:
    """A labour expert's report as a whole HTML page, every piece of text escaped."""
    values = {"report": labour_report_text.compose(core), "stylesheet": STYLESHEET}
    return _engine().get_template("letters/labour_report.html").render(Context(values))


def render_report_pdf(core: ReportCore) -> bytes:
    """A labour expert's report as PDF/UA, the same for every reader. Raises RenderFailed."""
    return render_pdf(render_report_html(core))


def render_document_pdf(document: Printed) -> bytes:
    """A document that is not a letter as PDF/UA. Raises RenderFailed."""
    values = {"document": document, "stylesheet": STYLESHEET, "document_stylesheet": DOCUMENT_STYLESHEET}
    return render_pdf(_engine().get_template("letters/document.html").render(Context(values)))


def render_pdf(html: str) -> bytes:
    """A page as PDF/UA-1, made in a child process within limits; the same page gives the same bytes.

    Raises RenderFailed. Works in a Celery child and beside threads, where multiprocessing does not.
    """
    load_press()
    with tempfile.TemporaryDirectory(prefix="letter-") as folder:  # ours to empty, also when the child is killed
        return _in_child(lambda: _pdf_bytes(html, Path(folder)))


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that would print as an empty square, each once, for a warning in the preview."""
    return tuple(dict.fromkeys(character for character in text if _printed(character) == MISSING != character))


@cache
def _engine() -> Engine:
    # Not the site's engine: a letter has no tags, no context processors and no request.
    return Engine(dirs=[str(PROJECT / "templates")], autoescape=True)


# --- the child ---------------------------------------------------------------------------------


def load_press() -> None:
    """Before the fork, so that not every child reads the same libraries and fonts again; what is printed is only seen by the child."""
    import weasyprint  # noqa: F401

    _glyphs()


def _in_child(work: Callable[[], bytes]) -> bytes:
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(source)
        _work_and_exit(work, sink)
    os.close(sink)
    try:
        answer = _read_until(source, time.monotonic() + WALL_SECONDS)
    finally:
        os.close(source)
        status = _ended(pid)
    return _result(answer, status)


def _work_and_exit(work: Callable[[], bytes], sink: int) -> NoReturn:
    """All the child does. It leaves by `_exit`, so that nothing of the parent is closed or flushed twice."""
    try:
        _cut_loose(sink)
        outcome, body = _outcome_of(work)
        _write(sink, outcome.value + body)
    finally:
        os._exit(0)


def _cut_loose(sink: int) -> None:
    """Drop what the parent holds (connections, its signal handlers, its output) and set the limits."""
    for caught in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(caught, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, sink)
    os.closerange(sink + 1, min(highest, 65_536))
    gc.disable()
    for kind, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, _mapped_bytes() + MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),  # a core file would hold the letter
    ):
        resource.setrlimit(kind, (limit, limit))


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


def _outcome_of(work: Callable[[], bytes]) -> tuple[_Outcome, bytes]:
    try:
        return _Outcome.DONE, work()
    except MemoryError:
        return _Outcome.MEMORY, b""
    except BaseException as error:  # noqa: BLE001 - whatever it is, its text may hold a dossier's words
        return _Outcome.FETCH if _is_fatal_fetch(error) else _Outcome.ERROR, b""


def _write(sink: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sink, view[:_CHUNK]) :]


def _read_until(source: int, deadline: float) -> bytes | None:
    """Everything the child writes, or None when it is not done in time."""
    pieces: list[bytes] = []
    poll = select.poll()
    poll.register(source, select.POLLIN | select.POLLHUP)
    while (left := deadline - time.monotonic()) > 0:
        if not poll.poll(left * 1000):
            break
        piece = os.read(source, _CHUNK)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
    return None


def _ended(pid: int) -> int:
    """Make sure the child is gone and give how it ended."""
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
        if not done:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
    except ChildProcessError:  # somebody else's SIGCHLD handler took it
        return 0
    return status


def _result(answer: bytes | None, status: int) -> bytes:
    if answer is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) and not answer):
        raise RenderFailed(_TOO_LONG)
    outcome, body = answer[:1], answer[1:]
    if outcome != _Outcome.DONE or not body.endswith(b"%%EOF\n"):
        known = next((kind for kind in _REASONS if kind == outcome), _Outcome.ERROR)
        raise RenderFailed(_REASONS[known])
    return body


# --- inside the child: WeasyPrint ----------------------------------------------------------------


def _pdf_bytes(html: str, folder: Path) -> bytes:
    _own_fonts_only(folder)
    import hashlib

    from weasyprint import HTML

    fetcher = _fetcher()
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    page = HTML(string=_printable(html), base_url=None, url_fetcher=fetcher)
    pdf = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, presentational_hints=False, finisher=_set_margins_apart)
    if fetcher.refused:
        raise _FetchRefused
    return bytes(pdf) + (b"" if pdf.endswith(b"\n") else b"\n")


def _set_margins_apart(_document: object, pdf: "PDF") -> None:
    """Mark page numbers, running head and foot as pagination artifacts, so that nobody hears them on every page.

    WeasyPrint keeps them out of the structure tree but tags them as spans of text (outloud: PAG-001).
    """
    from pydyf import Dictionary

    elements = {item.reference: item for item in pdf.objects if isinstance(item, Dictionary) and item.get("Type") == "/StructElem"}
    root = next(item for item in pdf.objects if isinstance(item, Dictionary) and item.get("Type") == "/StructTreeRoot")
    by_reference = {item.reference: item for item in pdf.objects}
    loose = elements.keys() - _reachable(root["K"], elements)
    marked = {(elements[one]["Pg"], number) for one in loose for number in elements[one]["K"] if isinstance(number, int)}
    for page in {page for page, _ in marked}:
        operators = by_reference[by_reference[page]["Contents"]].stream
        for place, operator in enumerate(operators):
            if operator == b"BDC" and (page, operators[place - 1].get("MCID")) in marked:
                operators[place - 2 : place] = ["/Artifact", Dictionary({"Type": "/Pagination"})]
    for numbers in by_reference[root["ParentTree"]]["Nums"][1::2]:
        numbers[:] = ["null" if one in loose else one for one in numbers]
    for one in loose:
        elements[one].free = "f"


def _reachable(kids: Iterable[object], elements: Mapping[bytes, Mapping[str, Iterable[object]]]) -> set[object]:
    """The structure elements that a reader comes by."""
    found: set[object] = set()
    waiting = list(kids)
    while waiting:
        kid = waiting.pop()
        if isinstance(kid, bytes) and kid in elements and kid not in found:
            found.add(kid)
            waiting.extend(elements[kid]["K"])
    return found


def _own_fonts_only(folder: Path) -> None:
    """No font of the machine: the same letter everywhere, and every font in it embedded by us."""
    tempfile.tempdir = str(folder)
    settings = folder / "fonts.conf"
    settings.write_text(f"<fontconfig><cachedir>{folder}/cache</cachedir></fontconfig>", "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(settings)
    os.environ["XDG_CACHE_HOME"] = str(folder)
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # fontTools writes the time of day into a font it cuts down


def _fetcher() -> "URLFetcher":
    """A fetcher for HTML and style sheets that knows four addresses; anything else ends the render."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class LetterFetcher(URLFetcher):
        refused = False

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url in _SHEETS:
                return URLFetcherResponse(url, (STATIC / _SHEETS[url]).read_bytes(), {"Content-Type": "text/css"})
            if url in _FONTS:
                return URLFetcherResponse(url, _font(url), {"Content-Type": "font/ttf"})
            self.refused = True  # an image in an SVG swallows even the fatal error
            raise FatalURLFetchingError("not an address of a letter")

    return LetterFetcher()


def _is_fatal_fetch(error: BaseException) -> bool:
    return isinstance(error, _FetchRefused) or type(error).__name__ == "FatalURLFetchingError"


def _font(url: str) -> bytes:
    return resources.files(_FONT_PACKAGE).joinpath("files", _FONTS[url]).read_bytes()


def _printable(html: str) -> str:
    return "".join(map(_printed, html))


@cache
def _printed(character: str) -> str:
    """The character, a square when no font here has it, or nothing for marks that only steer (direction, joiners)."""
    if character in "\n\t\N{SOFT HYPHEN}" or ord(character) in _glyphs():
        return character
    return "" if unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me") else MISSING


@cache
def _glyphs() -> frozenset[int]:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    cmaps = [TTFont(BytesIO(_font(url))).getBestCmap() for url in _FONTS]
    return frozenset(set.intersection(*(set(cmap) for cmap in cmaps)))
