"""The privacy text: what the file says is what people read, in plain words, and it agrees with docs/access.md and with the product."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from bar.accounts.lock_out import KNOWN_FOR
from bar.privacy import privacy_text
from dossiers.door import read
from dossiers.parts import Basis, Part, Role
from dossiers.rules.readability import brouwer, flesch_douma, sentences, words
from tests.access.test_table import EXPECTED
from tests.asvs.page import QUOTED, ROOT, exists
from tests.machine.test_settings import manage

MOST_WORDS, MOST_COMMAS = 16, 1
EASY = 80  # Flesch-Douma: easy
PRIVACY = privacy_text()
LINES = ["".join(run.text for run in line) for block in PRIVACY.blocks for line in block.lines]
TEXT = "\n".join(LINES)


def test_what_the_file_says_is_what_anybody_reads(db: None) -> None:
    answer = Client().get("/privacy/")
    assert answer.status_code == 200
    page = re.sub(r"\s+", " ", re.sub(r"</?strong>", "", answer.content.decode()))
    assert len(LINES) > 30
    for line in (PRIVACY.title, *LINES):
        assert escape(line) in page
    assert "<!--" not in page, "what is meant for who installs stays in the file"
    assert 'href="/privacy/"' in Client().get("/inloggen/").content.decode()


@pytest.mark.parametrize("line", LINES)
def test_every_sentence_is_short(line: str) -> None:
    for sentence in sentences(line):
        assert len(words(sentence)) <= MOST_WORDS, sentence
        assert sentence.count(",") <= MOST_COMMAS, sentence


def test_the_whole_text_is_easy() -> None:
    assert len(words(TEXT)) > 400
    assert flesch_douma(TEXT) >= EASY
    assert brouwer(TEXT) >= EASY


D, C, S, NEVER = Basis.DUTY, Basis.CONSENT, Basis.SHARED, None
# A sentence of the text, a role, and what that role may read by duty, with consent, by the employee's switch, or never.
CLAIMS = [
    ("**Uw werkgever** leest de brieven", Role.EMPLOYER, {Part.LETTERS: D, Part.PROCESS: D, Part.JOB: D, Part.LABOUR_REPORT: D}),
    (
        "Nooit de uitleg van de bedrijfsarts. Nooit wat er thuis speelt.",
        Role.EMPLOYER,
        {Part.EXPLANATION: NEVER, Part.CONTEXT: NEVER, Part.CAPACITY: NEVER},
    ),
    ("Uw werkgever leest uw eigen woorden alleen als u dat aanzet.", Role.EMPLOYER, {Part.EMPLOYEE_VIEW: NEVER, Part.EMPLOYEE_JUDGEMENT: S}),
    ("De eigen aantekeningen van de bedrijfsarts leest u ook niet.", Role.EMPLOYEE, {part: NEVER if part is Part.NOTES else D for part in Part}),
    ("Een arbeidsdeskundige leest mee als de bedrijfsarts deelt en u ja zegt. Nooit wat er thuis speelt.", Role.LABOUR_EXPERT, {Part.CONTEXT: NEVER}),
    ("Een arbeidsdeskundige leest mee als de bedrijfsarts deelt en u ja zegt.", Role.LABOUR_EXPERT, {Part.CAPACITY: C, Part.LETTERS: C}),
    ("van UWV leest ook alleen mee als u ja zegt", Role.INSURANCE_PHYSICIAN, {Part.CAPACITY: C, Part.CONTEXT: C, Part.LETTERS: C}),
    ("van UWV leest ook alleen mee als u ja zegt", Role.UWV_LABOUR_EXPERT, {Part.CAPACITY: C, Part.CONTEXT: NEVER, Part.LETTERS: C}),
]


@pytest.mark.parametrize(("sentence", "role", "parts"), CLAIMS, ids=lambda value: str(value)[:40])
def test_who_reads_what_is_what_the_table_says(sentence: str, role: Role, parts: dict[Part, Basis | None]) -> None:
    assert sentence.replace("**", "") in TEXT
    for part, basis in parts.items():
        assert EXPECTED.get((role, read(part))) is basis, (role, part)


def test_what_it_says_of_the_product_is_so(db: None) -> None:
    assert TEXT.count("Eén om") + TEXT.count("En één om") == 3, "session, forms, known browser"
    assert KNOWN_FOR == 180 * 24 * 60 * 60, "half a year"
    assert "twee stappen" in TEXT
    assert "‘Wie heeft gekeken’" in TEXT and "‘Wie kan wat zien’" in TEXT
    asked = (ROOT / "templates" / "own_copy" / "ask.html").read_text(encoding="utf-8")
    assert "ijn dossier downloaden" in asked
    assert "Dit klopt niet" in " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("name", ["dpia.md", "verwerkingsregister.md"])
def test_what_a_paper_names_is_there(name: str) -> None:
    named = {found for found in QUOTED.findall((ROOT / "docs" / name).read_text(encoding="utf-8")) if found.endswith((".py", ".md"))}
    assert len(named) > 4
    assert not [found for found in named if not exists(found if "/" in found else f"docs/{found}")]


def test_what_an_organisation_must_fill_in_is_marked() -> None:
    for name in ("dpia.md", "verwerkingsregister.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert text.count("[invullen") > 10
        assert text.count("[invullen") == text.count("**[invullen"), "in bold, so that nobody reads past it"


def test_the_same_terms_stand_in_all_three_papers() -> None:
    papers = [TEXT, *((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("dpia.md", "verwerkingsregister.md"))]
    for term in (r"20 jaar", r"2 jaar", r"5 jaar"):
        assert all(re.search(term, paper) for paper in papers), term


BAD = [
    ("", "the first line must be the title"),
    ("Privacy\n\nTekst.", "the first line must be the title"),
    ("# Privacy\n\nBel [telefoonnummer].", "no [names] to fill in"),
    ("# Privacy\n\n<script>alert(1)</script>", "only headings"),
    ("# Privacy\n\n| a | b |", "only headings"),
    ("# Privacy\n\n### Te diep", "only headings"),
    ("# Privacy\n\n- een\n  - twee", "only headings"),
    ("# Privacy\n\nHalf **vet.", "only headings"),
    ("# Privacy\n\nDit:\n- een", "empty lines around it"),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_a_text_of_another_shape_stops_the_start(text: str, told: str, tmp_path: Path, settings: Settings) -> None:
    place = tmp_path / "eigen.md"
    place.write_text(text, encoding="utf-8")
    settings.PRIVACY_TEXT = str(place)
    with pytest.raises(ImproperlyConfigured, match="PRIVACY_TEXT") as problem:
        privacy_text.__wrapped__()
    assert told in str(problem.value)


def test_a_text_that_is_not_there_stops_the_start() -> None:
    done = manage("check", PRIVACY_TEXT="/nergens/privacy.md")
    assert done.returncode != 0
    assert "PRIVACY_TEXT: /nergens/privacy.md cannot be read." in done.stderr


def test_a_text_of_the_installation_is_shown_instead(db: None, tmp_path: Path, settings: Settings) -> None:
    place = tmp_path / "eigen.md"
    place.write_text("<!-- voor ons -->\n# Uw privacy\n\nBel **Fatima Groen**.\n\n## Kort & goed\n\n- een\n- twee\n", encoding="utf-8")
    settings.PRIVACY_TEXT = str(place)
    privacy_text.cache_clear()
    try:
        page = re.sub(r"\s*\n\s*", "", Client().get("/privacy/").content.decode())
    finally:
        privacy_text.cache_clear()
    for piece in ("<h1>Uw privacy</h1>", "<strong>Fatima Groen</strong>", "<h2>Kort &amp; goed</h2>", "<li>twee</li>"):
        assert piece in page
    assert "voor ons" not in page
