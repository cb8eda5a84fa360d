"""Letters as PDF: conformant for two checkers, neutral outside, text as text, nothing fetched, and killed when too big.

What the checkers warn of and why it stays is told in `docs/pdf-ua.md`; a new warning turns a test red.
"""

import gc
import hashlib
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import outloud
import page
import pikepdf
import psutil
import pytest
from pypdf import PdfReader

from dossiers import pdf
from dossiers.pdf import RenderFailed, render_letter_html, render_letter_pdf, render_pdf, unprintable
from dossiers.rules.letter_core import LetterCore
from dossiers.rules.letter_text import Reader
from tests.letters.material import ITEMS, case_core, one_area, twenty_areas
from tests.worlds import FULL

# Text that would do something if any layer took it for more than text (`security.md` 3.6 and group D).
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=http://evil.test/a.png>",
    "<link rel=stylesheet href=file:///etc/passwd>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<style>@import url(http://evil.test/a.css)</style>",
    "<style>*{background:url(http://evil.test/b)}</style>",
    "<svg><image href='http://evil.test/c'/></svg>",
    "<object data='file:///etc/hostname'></object>",
    "<base href='http://evil.test/'>",
    "<table><td colspan=1000000>x</table>",
    "</p></article></body></html>",
    "{{ settings.SECRET_KEY }} {% include 'x' %}",
    "{employee} {0.__class__}",
    "&lt;b&gt; &amp; &#0; \"'`",
    "\u202egnitfel\u202c \u200b\ufeff",
    "🙂 中文 العربية ﷽",
    "a" * 3_000,
)
# Why: a letter has no link to click on, not even to our own address (`docs/pdf-ua.md`).
EXPLAINED = {"LNK-010"}


def hostile_core() -> LetterCore:
    """A letter in which every field that somebody types is hostile."""
    core = twenty_areas()
    texts = iter(HOSTILE * 3)
    areas = tuple(replace(item, still_possible=next(texts), condition=next(texts)) for item in core.areas)
    view = core.facts.view
    assert view is not None
    facts = replace(
        core.facts,
        employer=HOSTILE[0],
        job_title=HOSTILE[11],
        view=replace(view, can_do=HOSTILE[1], needs=HOSTILE[4], on_advice=HOSTILE[10]),
    )
    return replace(core, facts=facts, areas=areas, message=HOSTILE[2], going_well=HOSTILE[9], needs_answer=HOSTILE[14])


CORES: dict[str, Callable[[], LetterCore]] = {
    "magazijn, first": lambda: case_core("magazijn-a", 0),
    "magazijn, second": lambda: case_core("magazijn-a", 1),
    "docent, no work now": lambda: case_core("docent-a", 0),
    "docent, second": lambda: case_core("docent-a", 1),
    "one area": one_area,
    "twenty areas": twenty_areas,
    "hostile": hostile_core,
}


@cache
def made(name: str, reader: Reader) -> bytes:
    return render_letter_pdf(CORES[name](), reader)


def open_files() -> set[str]:
    """What this process holds open: files, pipes, connections."""
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink() and not str(link.readlink()).startswith("/proc/")}


def pages_of(name: str, reader: Reader) -> list[str]:
    return [" ".join(one.extract_text().split()) for one in PdfReader(BytesIO(made(name, reader))).pages]


@pytest.mark.parametrize("name", CORES)
def test_two_checkers_accept_every_letter(name: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(made(name, Reader.EMPLOYEE))
    report = page.validate_pdf(file, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    heard = outloud.check(str(file))
    assert heard.errors == 0
    assert {finding.rule for finding in heard.sorted_findings()} <= EXPLAINED
    assert pikepdf.open(file).check_pdf_syntax() == []


def test_the_checkers_see_what_is_wrong_with_a_page_that_is_not_a_letter(tmp_path: Path) -> None:
    file = tmp_path / "wrong.pdf"
    file.write_bytes(render_pdf(f"<html><link rel=stylesheet href={pdf.STYLESHEET}><h3>Geen titel, geen taal</h3></html>"))
    assert not page.validate_pdf(file, profile="ua1").is_compliant


@pytest.mark.parametrize("name", [name for name in CORES if FULL or name != "hostile"])
@pytest.mark.parametrize("reader", Reader)
def test_every_page_says_which_letter_it_is_and_which_page(name: str, reader: Reader) -> None:
    core, found = CORES[name](), pages_of(name, reader)
    for number, text in enumerate(found, start=1):
        assert f"bladzijde {number} van {len(found)}" in text
        assert core.facts.dossier_number in text
        assert core.facts.instrument_footer in text


@pytest.mark.parametrize("name", ["magazijn, second", "one area", "twenty areas"])
def test_the_advice_takes_two_pages_at_most_and_the_own_page_one(name: str) -> None:
    found = pages_of(name, Reader.EMPLOYER)
    assert len(found) <= 3
    assert "Hanneke Brouwer, bedrijfsarts" in found[-2]
    assert "Voor u als werkgever" in found[-1]
    assert not any("Voor u als werkgever" in text for text in found[:-1])


@pytest.mark.parametrize("name", CORES)
def test_outside_a_letter_nothing_shows_what_is_in_it(name: str) -> None:
    raw = made(name, Reader.EMPLOYER if FULL or name != "hostile" else Reader.EMPLOYEE)  # the second hostile copy takes long to draw
    reader = PdfReader(BytesIO(raw))
    assert reader.metadata is not None
    assert dict(reader.metadata) == {
        "/Title": "Advies over werken",
        "/Author": "Arbodienst De Brug",
        "/Producer": reader.metadata.producer,
        "/CreationDate": reader.metadata["/CreationDate"],
        "/ModDate": reader.metadata["/ModDate"],
    }
    outline = str(reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else b"")
    assert not any(item.label in outline for item in ITEMS.values())
    with pikepdf.open(BytesIO(raw)) as opened:
        assert opened.Root.Lang == "nl"
    assert not any(mark in raw for mark in (b"/JavaScript", b"/URI", b"/EmbeddedFile", b"/Launch", b"/AcroForm"))


def test_the_same_core_gives_the_same_bytes() -> None:
    assert render_letter_pdf(one_area(), Reader.EMPLOYER) == made("one area", Reader.EMPLOYER)


def test_a_process_that_made_nothing_before_makes_the_same_and_loads_the_press_only_then() -> None:
    code = """
import hashlib, sys
from dossiers.pdf import render_letter_pdf
from dossiers.rules.letter_text import Reader
from tests.letters.material import one_area
is_loaded = "weasyprint" in sys.modules
print(hashlib.sha256(render_letter_pdf(one_area(), Reader.EMPLOYER)).hexdigest(), is_loaded)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=pdf.PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == [hashlib.sha256(made("one area", Reader.EMPLOYER)).hexdigest(), "False"], done.stderr


def test_only_our_own_font_is_in_a_letter() -> None:
    for name in CORES:
        fonts = set(re.findall(rb"/BaseFont /([\w+-]+)", b"".join(_objects(made(name, Reader.EMPLOYEE)))))
        assert fonts, name
        assert all(b"+Letter" in font for font in fonts), fonts


def test_d2_hostile_text_is_shown_as_text() -> None:
    squeezed = "".join(pages_of("hostile", Reader.EMPLOYEE)).replace(" ", "")
    for text in HOSTILE[:14]:
        assert text.replace(" ", "") in squeezed or text.lower().replace(" ", "") in squeezed, text
    assert "gnitfel" in squeezed  # the mark that turns the direction of reading is gone, the text is not
    assert "\u202e" not in squeezed


@pytest.mark.parametrize("text", HOSTILE)
def test_d4_hostile_text_makes_no_element(text: str) -> None:
    core = replace(case_core("magazijn-a", 1), message=text)
    with_text = render_letter_html(core, Reader.EMPLOYER)
    without = render_letter_html(replace(core, message="x"), Reader.EMPLOYER)
    assert re.findall(r"<[^>]*>", with_text) == re.findall(r"<[^>]*>", without)


def test_characters_that_cannot_be_printed_are_named() -> None:
    assert unprintable("Łódź, é, ij, € en 🙂🙂 中") == ("🙂", "中")


@pytest.mark.parametrize(
    "html",
    [
        "<img src='http://127.0.0.1:9/a.png' alt=a>",
        "<img src='file:///etc/hostname' alt=a>",
        "<img src='data:image/png;base64,iVBORw0KGgo=' alt=a>",
        "<img src='letter:static/../../manage.py' alt=a>",
        "<img src='letter:font/other' alt=a>",
        "<link rel=stylesheet href='http://127.0.0.1:9/a.css'>",
        "<link rel=stylesheet href='file:///etc/hostname'>",
        "<style>@import url(http://127.0.0.1:9/a.css);</style>",
        "<style>body{background:url(http://127.0.0.1:9/b)}</style>",
        "<style>@font-face{font-family:x;src:url(file:///etc/hostname)}body{font-family:x}</style>x",
        "<style>li{list-style-image:url(http://127.0.0.1:9/c)}</style><li>x",
        "<style>p::before{content:url(http://127.0.0.1:9/d)}</style><p>x",
        "<object data='http://127.0.0.1:9/e'></object>",
        "<embed src='http://127.0.0.1:9/f'>",
        "<svg width=9 height=9><image href='http://127.0.0.1:9/g' width=9 height=9 /></svg>",
        "<link rel=attachment href='file:///etc/hostname'>",
        "<base href='http://127.0.0.1:9/'><img src='h.png' alt=a>",
    ],
)
def test_d2_whatever_wants_to_fetch_ends_the_render(html: str) -> None:
    with pytest.raises(RenderFailed, match="ophalen dat niet mag"):
        render_pdf(f"<html lang=nl><title>x</title>{html}</html>")


@pytest.fixture
def in_time(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each render: whether its child ended by itself, or by the kernel, before the wall clock did it."""
    ended, result = [], pdf._result

    def note(answer: bytes | None, status: int) -> bytes:
        ended.append(answer is not None)
        return result(answer, status)

    monkeypatch.setattr(pdf, "_result", note)
    return ended


def test_d2_a_render_that_takes_too_much_processor_is_killed(monkeypatch: pytest.MonkeyPatch, in_time: list[bool]) -> None:
    monkeypatch.setattr(pdf, "CPU_SECONDS", 2)
    with pytest.raises(RenderFailed, match="te lang"):
        render_pdf("<html lang=nl><title>x</title><table><tr><td colspan=1000000>x</table></html>")
    assert in_time == [True], "the clock ended it, not the kernel"


def test_d2_a_render_that_takes_too_much_time_is_killed(monkeypatch: pytest.MonkeyPatch, in_time: list[bool]) -> None:
    """One that waits for something: no limit on the processor ends that."""

    def waits(_html: str, _folder: Path) -> bytes:
        time.sleep(20)
        return b""

    monkeypatch.setattr(pdf, "WALL_SECONDS", 1.5)
    monkeypatch.setattr(pdf, "_pdf_bytes", waits)
    with pytest.raises(RenderFailed, match="te lang"):
        render_pdf("")
    assert in_time == [False]


def test_a_render_that_takes_too_much_memory_fails_and_takes_nobody_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_pdf_bytes", lambda _html, _folder: bytes(2 * pdf.MEMORY_BYTES))
    with pytest.raises(RenderFailed, match="geheugen"):
        render_pdf("")


def test_a_failure_says_nothing_of_the_letter(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def fail(_html: str, _folder: Path) -> bytes:
        raise ValueError("KANARIE")

    monkeypatch.setattr(pdf, "_pdf_bytes", fail)
    with pytest.raises(RenderFailed) as refused:
        render_pdf("KANARIE")
    assert str(refused.value) == "Er ging iets mis bij het maken van de brief."
    assert capfd.readouterr() == ("", "")


def test_a_render_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gc.collect()  # what an earlier test left open is not closed in between
    before, children = open_files(), psutil.Process().children()
    render_letter_pdf(one_area(), Reader.EMPLOYER)
    assert list(tmp_path.iterdir()) == []
    assert open_files() == before
    assert set(psutil.Process().children()) <= set(children), "a child is left, dead or alive"


def test_a_letter_is_made_beside_other_threads_and_in_a_child_of_a_child() -> None:
    made_in_threads: list[bytes] = []
    threads = [threading.Thread(target=lambda: made_in_threads.append(render_letter_pdf(one_area(), Reader.EMPLOYER))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    in_child = pdf._in_child(lambda: render_letter_pdf(one_area(), Reader.EMPLOYER))
    assert {*made_in_threads, in_child} == {made("one area", Reader.EMPLOYER)}


def test_nothing_here_imports_weasyprint_at_module_level() -> None:
    source = Path(pdf.__file__).read_text("utf-8")
    assert not re.search(r"^(?:from|import) weasyprint", source, re.MULTILINE)


def _objects(raw: bytes) -> list[bytes]:
    """Every object of a PDF as text, unpacked."""
    with pikepdf.open(BytesIO(raw)) as opened:
        return [item.unparse(resolved=True) for item in opened.objects if hasattr(item, "unparse")]  # numbers come as Python's own
