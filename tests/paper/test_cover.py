"""The sheet in front of a letter on paper: where its words stand, what it may not say, and that the letter behind it is the released one."""

import datetime as dt
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import outloud
import page
import pikepdf
import pytest
from pypdf import PdfReader

from dossiers.pdf import render_letter_pdf, render_print_pdf
from dossiers.rules.cover import MOST_LINES, MOST_ON_A_LINE, Cover, address_problem, cover_of
from dossiers.rules.letter.document import Reader
from dossiers.rules.letter_core import LetterCore
from tests.letters.material import case_core, twenty_areas

TODAY = dt.date(2026, 11, 23)
FULL = "Burgemeester van der Meulenstraat 112 a\n<b>Gebouw</b> <img src=http://x.test/a>\n1234 AB Nieuw-Vennep aan de Ringvaart\nNederland"
SHORT = "Lange Kerkstraat 112 bis\n3511 KX Utrecht"
MM = 72 / 25.4
# What the checkers say and why it stays: docs/pdf-ua.md.
EXPLAINED = {"LNK-010", "TAG-002"}
CORES = {"two pages": lambda: case_core("magazijn-a", 1), "dense": twenty_areas}


def cover(core: LetterCore, address: str) -> Cover:
    return cover_of(core.facts.arbodienst, name=core.facts.employee, address=address, today=TODAY)


@cache
def printed(name: str, address: str = SHORT) -> bytes:
    core = CORES[name]()
    return render_print_pdf(core, cover(core, address))


def texts(raw: bytes) -> list[str]:
    return [one.extract_text() for one in PdfReader(BytesIO(raw)).pages]


def places(raw: bytes) -> list[tuple[float, float, str]]:
    """Every piece of text on the sheet: millimetres from the left, from the top, and what it says."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, matrix: list[float], position: list[float], *_: object) -> None:
        if text.strip():
            across = position[4] * matrix[0] + matrix[4]
            down = position[5] * matrix[3] + matrix[5]
            found.append((across / MM, 297 - down / MM, text.strip()))

    PdfReader(BytesIO(raw)).pages[0].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("name", CORES)
def test_the_letter_behind_it_is_the_one_that_was_released(name: str) -> None:
    assert texts(printed(name))[1:] == texts(render_letter_pdf(CORES[name](), Reader.EMPLOYEE))


def test_one_sheet_says_for_whom_it_is_and_how_to_reach_us() -> None:
    sheet = texts(printed("two pages"))[0]
    for words in ("Persoonlijk", "Joost Verkerk", "3511 KX Utrecht", "23 november 2026", "Retour: Kadestraat 12, 1234 AB Havendam", "010 000 00 00"):
        assert words in sheet
    assert "bladzijde" not in sheet


def test_a_sheet_says_nothing_about_health_and_the_window_not_who_sent_it() -> None:
    raw = printed("two pages")
    sheet = texts(raw)[0].lower()
    for word in ("ziek", "arts", "gezond", "verzuim", "werk", "advies", "bar ", "d-", "klacht"):
        assert word not in sheet, word
    window = " ".join(text for across, down, text in places(raw) if 40 <= down <= 99 and across < 115)
    assert "Utrecht" in window
    assert "Arbodienst" not in window
    assert "arbodienst" not in window


@pytest.mark.parametrize("address", [SHORT, FULL])
def test_the_address_stands_in_the_window_and_nothing_else_does(address: str) -> None:
    raw = printed("two pages", address)
    found = places(raw)
    wanted = {"Persoonlijk", "Joost Verkerk", *address.splitlines()}
    inside = [row for row in found if 40 <= row[1] <= 99 and row[0] < 115]
    assert wanted <= {text for _, _, text in inside}
    assert {text for _, _, text in inside} - wanted == {"Retour: Kadestraat 12, 1234 AB Havendam"}
    for across, down, text in inside:
        assert 24 <= across <= 30, text
        assert 49 <= down <= 83, text
    assert len(PdfReader(BytesIO(raw)).pages) == 4


def test_without_an_address_it_is_handed_over_and_names_the_person_only() -> None:
    sheet = cover(CORES["two pages"](), " \n ")
    assert (sheet.name, sheet.address_lines) == ("Joost Verkerk", ())


def test_two_checkers_accept_it(tmp_path: Path) -> None:
    file = tmp_path / "print.pdf"
    file.write_bytes(printed("dense"))
    report = page.validate_pdf(file, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    found = outloud.check(str(file)).sorted_findings()
    assert {finding.rule for finding in found} <= EXPLAINED
    artifacts = {finding.evidence for finding in found if finding.rule == "TAG-002"}
    assert artifacts <= {CORES["dense"]().facts.instrument_footer}, "only the foot of the letter's own pages"
    assert pikepdf.open(file).check_pdf_syntax() == []


def test_what_is_typed_is_text() -> None:
    raw = printed("two pages", FULL)
    assert "<b>Gebouw</b>" in texts(raw)[0]
    assert not re.search(rb"/URI|/JavaScript|/EmbeddedFile", raw)


def test_an_address_that_does_not_fit_is_named() -> None:
    assert len(FULL.splitlines()) == MOST_LINES
    assert address_problem(FULL.splitlines()) == ""
    assert "te veel regels" in address_problem([*FULL.splitlines(), "x"])
    assert "te lang" in address_problem(["x" * (MOST_ON_A_LINE + 1)])
