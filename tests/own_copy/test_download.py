""" "Mijn dossier downloaden": everything the employee may read, nothing more, after a fresh sign-in, and a line before the first byte."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import outloud
import page
import pytest
from pypdf import PdfReader

from dossiers import pdf
from dossiers.models import TrailLine
from dossiers.parts import Part
from dossiers.trail import trail_of
from tests.requests.material import ask, reports
from tests.world import SEATED, SECTIONS, VISIT, World, canary, fill_in, let_in

SAID = "Ik til hooguit drie kilo."


def url(world: World) -> str:
    return f"/dossier/{world.number}/mijn-dossier/downloaden/"


def files_of(answer: Any) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.content.decode(errors="replace")[-500:]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(made: bytes) -> str:
    return " ".join(" ".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(made)).pages)


@pytest.mark.parametrize("who", SEATED)
def test_only_the_employee_may(world: World, who: str) -> None:
    client = world.client(who)
    assert client.get(url(world)).status_code == (200 if who == "employee" else 403)
    if who != "employee":
        assert client.post(url(world)).status_code == 403


def test_a_fresh_sign_in_is_asked(world: World) -> None:
    client = world.client("employee")
    let_in(client, world.people["employee"], minutes_ago=6)
    assert client.get(url(world)).status_code == 302
    assert client.post(url(world)).status_code in {302, 401, 403}
    assert not TrailLine.objects.filter(event_code="download_dossier").exists()


def test_everything_she_may_read_is_in_it_and_nothing_of_a_draft(world: World, tmp_path: Path) -> None:
    documents = reports(world)
    ask(world, "Er staat vijf kilo. Het is drie.", SAID)
    fill_in(world, VISIT.replace(month=3), {**SECTIONS, "advice": {**SECTIONS["advice"], "message": "CONCEPTTEKST nog niet aangeboden."}})
    answer = world.client("employee").post(url(world))
    files = files_of(answer)
    assert set(files) == {"mijn-dossier.pdf", "mijn-dossier.json", "lees-mij.txt", "brieven/brief-1.pdf", "rapporten/rapport-1.pdf"}
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="mijn-dossier-20')
    assert "no-store" in answer.headers["Cache-Control"]

    read = words_of(files["mijn-dossier.pdf"])
    for part in (Part.WORK_FACTORS, Part.EXPLANATION, Part.CONTEXT, Part.EMPLOYEE_VIEW, Part.CONSULTATION, Part.CAPACITY):
        assert canary(part, "") in read, part
    for text in (
        "Dozen van 10 kilo.",
        "Els Expert",
        SAID,
        "Het is drie.",
        "Meedenken over werk.",
        "Dit is overleg tussen artsen",
        "Wie heeft gekeken",
    ):
        assert text in read, text
    whole = read + files["mijn-dossier.json"].decode()
    assert "CONCEPTTEKST" not in whole

    told = json.loads(files["mijn-dossier.json"])
    assert told["partial"] is True
    assert {"requests", "labour_reports", "insurance_reports"} <= set(told["left_out"])
    assert documents

    events = [line.event_code for line in trail_of(world.dossier.pk) if line.actor_id == world.people["employee"].pk]
    assert "download_dossier" in events
    assert_accessible(files["mijn-dossier.pdf"], tmp_path)


def assert_accessible(made: bytes, folder: Path) -> None:
    file = folder / "dossier.pdf"
    file.write_bytes(made)
    report = page.validate_pdf(file, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    assert outloud.check(str(file)).errors == 0


def test_when_it_cannot_be_made_nothing_is_stored_and_the_sentence_says_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_long(html: str) -> bytes:
        raise pdf.RenderFailed("te lang")

    monkeypatch.setattr("dossiers.pdf.render_pdf", too_long)
    answer = world.client("employee").post(url(world))
    assert answer.status_code == 503
    assert "Probeer het later nog eens" in answer.content.decode()
    assert not TrailLine.objects.filter(event_code="download_dossier").exists()


def test_what_does_not_open_is_named_in_the_note(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(copy: object) -> bytes:
        raise OSError

    reports(world)
    monkeypatch.setattr("bar.own_copy.read_pdf", broken)
    monkeypatch.setattr("bar.own_copy.render_document_pdf", lambda _: b"%PDF-1.7 nep %%EOF\n")
    files = files_of(world.client("employee").post(url(world)))
    assert "Dit ontbreekt: brieven/brief-1.pdf, rapporten/rapport-1.pdf." in files["lees-mij.txt"].decode()
