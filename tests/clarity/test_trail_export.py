"""The list of who looked as PDF and for a spreadsheet: what the filter shows, safe to open, nameless outside, and itself in the trail."""

import csv
import io
from pathlib import Path
from typing import Any

import outloud
import page
import pytest
from pypdf import PdfReader

from bar.accounts.models import User
from dossiers import pdf
from dossiers.models import TrailLine
from dossiers.rules.printed import Block, Chapter, Printed
from dossiers.trail import Event
from dossiers.trail_export import safe_cell
from tests.world import SEATED, World, let_in

FILES = ("pdf", "rekenblad")


def fetch(world: World, who: str, kind: str, **query: str) -> Any:
    return world.client(who).get(f"/dossier/{world.number}/wie-heeft-gekeken/{kind}/", query)


def cells(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("who", SEATED)
def test_employee_and_physician_may_keep_it(world: World, who: str) -> None:
    assert fetch(world, who, "rekenblad").status_code == (200 if who in {"employee", "physician"} else 403)


@pytest.mark.parametrize("kind", FILES)
def test_a_fresh_sign_in_is_asked(world: World, kind: str) -> None:
    client = world.client("employee")
    let_in(client, world.people["employee"], minutes_ago=6)
    answer = client.get(f"/dossier/{world.number}/wie-heeft-gekeken/{kind}/")
    assert answer.status_code == 302
    assert not TrailLine.objects.filter(event_code="export_trail").exists()


def test_the_rows_are_what_the_filter_shows(world: World) -> None:
    world.client("employer").get(f"/dossier/{world.number}/brieven/")
    rows = cells(fetch(world, "employee", "rekenblad", wie=str(world.people["employer"].pk)))
    assert rows[0] == ["Dag", "Tijd", "Wie", "Wat", "Toegelaten"]
    assert {row[2] for row in rows[1:]} == {"Gerda Gever, Werkgever De Proef (werkgever)"} or all(
        row[2].startswith("Gerda Gever") for row in rows[1:]
    )
    assert any("heeft gekeken bij ‘Brieven’" in row[3] for row in rows)
    assert fetch(world, "employee", "rekenblad", wie="iemand").status_code == 422


@pytest.mark.parametrize("kind", FILES)
def test_it_is_a_line_of_its_own_and_the_name_of_the_file_says_nothing(world: World, kind: str) -> None:
    answer = fetch(world, "physician", kind)
    assert answer.status_code == 200
    line = TrailLine.objects.filter(dossier_id=world.dossier.pk).latest("seq")
    assert (line.event_code, line.parts, line.actor_id) == ("export_trail", ["trail"], world.people["physician"].pk)
    name = answer.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="wie-heeft-gekeken-20')
    assert world.number not in name
    assert "no-store" in answer.headers["Cache-Control"]


def test_d6_a_name_that_is_a_formula_opens_as_text(world: World) -> None:
    bad = "=cmd|' /C calc'!A0;\"x\"\n"
    User.objects.filter(pk=world.people["delegate"].pk).update(name=bad)
    world.client("delegate").get(f"/dossier/{world.number}/")
    rows = cells(fetch(world, "employee", "rekenblad"))
    assert any(row[2].startswith("'=cmd|") for row in rows)
    assert all(len(row) == 5 for row in rows)
    assert not any(cell[:1] in set("=+-@\t\r") for row in rows for cell in row if cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0", "\uff1d"])
def test_d6_every_beginning_of_a_formula_is_made_safe(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(f"a{start}") == f"a{start}"


def test_a_stranger_stays_nameless_in_both_files(world: World) -> None:
    world.client("outsider").get(f"/dossier/{world.number}/")
    rows = cells(fetch(world, "employee", "rekenblad"))
    told = "\n".join(cell for row in rows for cell in row)
    assert "Iemand zonder plaats in dit dossier" in told
    assert world.people["outsider"].name not in told
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(fetch(world, "employee", "pdf").content)).pages)
    assert "Iemand zonder plaats in dit dossier" in text
    assert world.people["outsider"].name not in text


def test_the_pdf_is_accepted_by_two_checkers(tmp_path: Path) -> None:
    lines = tuple(f"12:15: Anna Arts (bedrijfsarts) {event.label}" for event in Event)
    days = tuple(Chapter(day, (Block(items=lines[start:]),)) for day, start in (("23 november 2026", 0), ("2 november 2026", 60)))
    document = Printed("Wie heeft gekeken", "Arbodienst De Brug", "Dossier D-1", "2026-11-23", "23 november 2026", ("Alles staat erin.",), days)
    file = tmp_path / "list.pdf"
    file.write_bytes(pdf.render_document_pdf(document))
    report = page.validate_pdf(file, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    heard = outloud.check(str(file))
    assert heard.errors == 0
    assert {finding.rule for finding in heard.sorted_findings()} <= {"LNK-010"}
