"""The report as PDF: conformant for two checkers, neutral outside, text as text; and what is final is never changed, by nobody."""

import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import outloud
import page
import pikepdf
import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from dossiers.labour_source import frozen_report
from dossiers.models import ReportDemand, ReportFunction
from dossiers.pdf import render_report_html, render_report_pdf
from dossiers.rules.dutch import long_date
from dossiers.rules.labour_report import DemandValue, Fit, FunctionValue, ReportCore
from dossiers.sealed import keyed_hash
from tests.labour_report.material import finalised, released, report_of, url
from tests.labour_report.test_words import report
from tests.letters.material import case_core
from tests.letters.test_pdf import EXPLAINED, HOSTILE
from tests.world import World


def hostile() -> ReportCore:
    """Every field that somebody types is hostile."""
    core = report(
        case_core("magazijn-a", 1), FunctionValue(HOSTILE[0], 8, HOSTILE[4], (DemandValue("d430", HOSTILE[2], Fit.DOES_NOT_FIT, HOSTILE[9]),))
    )
    facts = replace(core.facts, author=HOSTILE[1], employer=HOSTILE[6], house=replace(core.facts.house, name=HOSTILE[10]))
    return replace(core, facts=facts, answers=HOSTILE[5], own_work_note=HOSTILE[7], factors=HOSTILE[11], advice=HOSTILE[15])


def test_two_checkers_accept_a_report_in_which_everything_is_hostile(tmp_path: Path) -> None:
    core = hostile()
    made = render_report_pdf(core)
    _is_well_made(made, tmp_path / "report.pdf", "Dossier D-234567892 rapport 1 · 14 april 2026")
    read = PdfReader(BytesIO(made))
    assert read.metadata is not None
    assert set(read.metadata) == {"/Title", "/Author", "/Producer", "/CreationDate", "/ModDate"}
    assert str(read.metadata["/Title"]) == "Rapport van de arbeidsdeskundige"
    assert str(read.metadata["/Author"]) == core.facts.house.name
    assert not any(mark in made for mark in (b"/JavaScript", b"/URI", b"/EmbeddedFile", b"/Launch", b"/AcroForm"))


def _is_well_made(made: bytes, file: Path, reference: str) -> None:
    file.write_bytes(made)
    found = page.validate_pdf(file, profile="ua1")
    assert found.is_compliant, [(failure.rule_id, failure.message) for failure in found.failures]
    heard = outloud.check(str(file))
    assert heard.errors == 0
    assert {finding.rule for finding in heard.sorted_findings()} <= EXPLAINED
    with pikepdf.open(file) as opened:
        assert opened.Root.Lang == "nl"
    pages = [" ".join(one.extract_text().split()) for one in PdfReader(file).pages]
    for number, text in enumerate(pages, start=1):
        assert f"bladzijde {number} van {len(pages)}" in text
        assert reference in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_element(text: str) -> None:
    calm = report(case_core("magazijn-a", 1), FunctionValue("x", 8, "x", (DemandValue("d430", "x", Fit.DOES_NOT_FIT, "x"),)))
    function = replace(calm.functions[0], title=text, note=text, demands=(replace(calm.functions[0].demands[0], asked=text, reason=text),))
    wild = replace(calm, functions=(function,), answers=text, advice=text, factors=text, facts=replace(calm.facts, author=text, job_title=text))
    assert render_report_html(wild).count("<") == render_report_html(calm).count("<")


def test_the_stored_pdf_is_sealed_and_says_what_the_page_says(world: World, real_pdf: None, tmp_path: Path) -> None:
    expert = released(world)
    found = report_of(world)
    made = expert.get(url(world, "labour_report_pdf", 1)).content
    assert hashlib.sha256(made).hexdigest() == found.sha256
    _is_well_made(made, tmp_path / "report.pdf", f"Dossier {world.number} rapport 1 · {long_date(timezone.localdate())}")
    with storages["letters"].open(found.stored_as, "rb") as stored:
        assert b"%PDF" not in stored.read()
    text = " ".join(" ".join(one.extract_text().split()) for one in PdfReader(BytesIO(made)).pages)
    for words in (
        "Els Expert, arbeidsdeskundige, Bureau De Proef",
        "Dozen van 8 kilo tillen.",
        "niet meer dan 5 kilo tillen",
        "Inpakker, 24 uur per week",
    ):
        assert words in text, words
    for secret in ("KANARIE", "1980", "Meedenken over werk"):
        assert secret not in text, secret
    storages["letters"].delete(found.stored_as)
    assert "gaat nu niet open" in world.client("employer").get(url(world, "labour_report_pdf", 1)).content.decode()


# --- final is final ----------------------------------------------------------------------------------

CHANGES = (
    "UPDATE dossiers_labourreport SET own_work = 'suitable' WHERE id = %s",
    "UPDATE dossiers_labourreport SET core = NULL WHERE id = %s",
    "UPDATE dossiers_labourreport SET core_hash = 'x' WHERE id = %s",
    "UPDATE dossiers_labourreport SET status = 'draft', finalised_at = NULL, finalised_by_id = NULL, medical_check_by_id = NULL WHERE id = %s",
    "UPDATE dossiers_labourreport SET released_at = now() + interval '1 day' WHERE id = %s",
    "DELETE FROM dossiers_labourreport WHERE id = %s",
    "UPDATE dossiers_reportfunction SET hours = 3 WHERE report_id = %s",
    "DELETE FROM dossiers_reportfunction WHERE report_id = %s",
    "UPDATE dossiers_reportdemand SET fit = 'fits' WHERE function_id IN (SELECT id FROM dossiers_reportfunction WHERE report_id = %s)",
)


def test_a_final_report_is_changed_by_no_statement(world: World) -> None:
    released(world)
    found = report_of(world)
    for statement in CHANGES:
        with pytest.raises(IntegrityError, match="final report"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [found.pk])
    assert keyed_hash(report_of(world).core) == found.core_hash
    assert ReportDemand.objects.filter(function__in=ReportFunction.objects.filter(report=found)).count() == 2


def test_what_becomes_final_is_what_the_employee_read(world: World) -> None:
    finalised(world)
    core = frozen_report(report_of(world))
    assert core.finalised_on is not None
    assert core.advice == "Regel een tilhulp voor 1 maart."
    assert report_of(world).core_hash == keyed_hash(core.to_json())
