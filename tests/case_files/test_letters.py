"""`--letters`: the letters of the last final visit on disk, made by this process because no worker lives, and what they say."""

import io
import re
import stat
from pathlib import Path

import pypdf
import pytest

from bar.cases import letters
from dossiers.models import CopyState, LetterCopy
from dossiers.pdf import RenderFailed
from tests.case_files.material import CASES, case, import_files, put, raw

pytestmark = pytest.mark.django_db

SENTENCES = {
    "magazijn-a": [
        "Op 30 maart 2026 sprak ik Joost Verkerk op mijn spreekuur.",
        "Joost werkt nu 18 uur en kan naar 24 uur. Bukken is geen probleem meer. Hij mag nu tot 10 kilo tillen.",
        "Vanaf dinsdag 7 april 2026: 24 uur per week.",
        "Dat zijn 4 dagen van 6 uur.",
        "Hulp bij zware pakketten.",
        "Ik verwacht dat Joost vanaf 1 juni 2026 weer al het eigen werk kan doen.",
    ],
    "docent-a": [
        "Saskia werkt 12 uur met kleine groepen. Hele klassen lesgeven kan nog niet.",
        "Vanaf maandag 27 oktober 2025: 12 uur per week.",
        "Dat zijn 4 dagen van 3 uur.",
        "geef alleen les aan groepen tot 8 leerlingen.",
        "plan een pauze na elk lesuur.",
        "Kleine groepen begeleiden.",
        "Het rooster ligt vast tot de kerstvakantie.",
        "Ik kan nog niet zeggen wanneer Saskia het aangepaste werk helemaal kan doen.",
    ],
}
NEVER = {
    "magazijn-a": ["knelpunt", "zes uur per dag gaat ten koste", "Staan gaat beter dan in februari", "1979"],
    "docent-a": ["Omgaan met druk", "Remedial", "verbeterd maar kwetsbaar", "Meer dan drie uur", "Lesgeven aan kleine groepen gaat", "1986"],
}


def flat(text: str) -> str:
    """Letters and signs only: where lines break and tags stand is for other tests."""
    return re.sub(r"\s+", "", text.replace("\N{SOFT HYPHEN}", "")).lower()


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "has_worker", lambda: False)


@pytest.mark.parametrize("name", list(SENTENCES))
def test_the_letters_lie_beside_their_html_and_say_what_the_case_says(name: str, no_worker: None, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    status, (line,) = import_files(CASES / f"{name}.json", training=True, letters=folder)
    assert status == 0
    number = line["dossier"]
    assert line["letters"] == [str(folder / f"{number}-employer.pdf"), str(folder / f"{number}-employee.pdf")]
    assert {path.name for path in folder.iterdir()} == {
        f"{number}-{reader}.{kind}" for reader in ("employer", "employee") for kind in ("pdf", "html")
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    for reader in ("employer", "employee"):
        pdf = flat(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO((folder / f"{number}-{reader}.pdf").read_bytes())).pages))
        html = flat(re.sub(r"<[^>]+>", " ", (folder / f"{number}-{reader}.html").read_text("utf-8")))
        for text in (html, pdf):
            assert [sentence for sentence in SENTENCES[name] if flat(sentence) not in text] == []
            assert [sentence for sentence in NEVER[name] if flat(sentence) in text] == []


def test_a_dossier_without_a_final_visit_has_no_letters(no_worker: None, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(raw(put(case("magazijn-a"), "assessments", [])))
    assert import_files(path, training=True, letters=tmp_path / "out")[1][0]["letters"] == []


def test_a_letter_that_fails_is_status_two_and_the_dossier_stays(no_worker: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> bytes:
        raise RenderFailed("no")

    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", fail)
    status, (line,) = import_files(CASES / "magazijn-a.json", training=True, letters=tmp_path)
    assert (status, line["letters"], line["assessments"]) == (2, [], 2)


def test_a_refused_file_weighs_more_than_a_failed_letter(no_worker: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> bytes:
        raise RenderFailed("no")

    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", fail)
    assert import_files(CASES / "magazijn-a.json", tmp_path / "none.json", training=True, letters=tmp_path)[0] == 1


def test_a_live_worker_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def worker_at_work() -> bool:
        asked.append(1)
        # The copy that is waited for: otherwise a first one that takes ten seconds leaves none to ask for.
        copy = LetterCopy.objects.filter(state=CopyState.WAITING, letter__assessment__number=2).order_by("-reader").first()
        if copy is not None:
            letters._make(copy)  # as the worker would, through the same action
        return True

    monkeypatch.setattr(letters, "has_worker", worker_at_work)
    status, (line,) = import_files(CASES / "magazijn-a.json", training=True, letters=tmp_path)
    assert (status, len(line["letters"]), len(asked)) == (0, 2, 2)
