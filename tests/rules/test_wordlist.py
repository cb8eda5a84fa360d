"""The word list warns about what may be medical and stays silent on ordinary work language."""

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.rules import wordlist
from dossiers.rules.wordlist import Hit, is_bsn, medical_hits


def marked(text: str) -> list[str]:
    return [hit.word for hit in medical_hits(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hij heeft een depressie.", ["depressie"]),
        ("Hij is depressief", ["depressief"]),
        ("DEPRESSIEVE klachten", ["DEPRESSIEVE", "klachten"]),
        ("een burn-out of burnout of burn out", ["burn-out", "burnout", "burn out"]),
        ("na de burn-outklachten", ["burn-outklachten"]),
        ("een angststoornis", ["angststoornis"]),
        ("de persoonlijkheidsstoornis", ["persoonlijkheidsstoornis"]),
        ("bij de psycholoog en de psychiater", ["psycholoog", "psychiater"]),
        ("fysiotherapie en gesprekstherapie", ["fysiotherapie", "gesprekstherapie"]),
        ("De medicijnen en medicatie", ["medicijnen", "medicatie"]),
        ("antidepressiva", ["antidepressiva"]),
        ("chemokuur voor borstkanker", ["chemokuur", "borstkanker"]),
        ("een hersentumor", ["hersentumor"]),
        ("hernia, artrose en reuma", ["hernia", "artrose", "reuma"]),
        ("een hartinfarct; zijn hart", ["hartinfarct", "hart"]),
        ("diabetes, epilepsie, migraine", ["diabetes", "epilepsie", "migraine"]),
        ("zij is zwanger; na de bevalling", ["zwanger", "bevalling"]),
        ("verslaafd aan alcohol", ["verslaafd", "alcohol"]),
        ("na de knieoperatie in het ziekenhuis", ["knieoperatie", "ziekenhuis"]),
        ("de specialist en de huisarts", ["specialist", "huisarts"]),
        ("via de GGZ", ["GGZ"]),
        ("de scheiding, schulden en mantelzorg", ["scheiding", "schulden", "mantelzorg"]),
        ("Zij rouwt. Een conflict thuis.", ["rouwt", "conflict thuis"]),
        ("de diagnose en de symptomen", ["diagnose", "symptomen"]),
        ("rugklachten en hoofdpijn", ["rugklachten", "hoofdpijn"]),
        ("wordt behandeld", ["behandeld"]),
        ("revalideert in coöperatie met Reumá", ["revalideert", "Reumá"]),
        ("volgens DSM-5", ["DSM-5"]),
        ("zijn BSN is bekend", ["BSN"]),
        ("code M54.5 en F32", ["M54.5", "F32"]),
        ("code m54.5", ["m54.5"]),
        ("CAS-code P651", ["CAS-code", "P651"]),
        ("50 mg per dag, 2,5mg, 100 milligram en 20 µg", ["50 mg", "2,5mg", "100 milligram", "20 µg"]),
        ("nummer 111222333.", ["111222333"]),
        ("nummer 1112.22.333", ["1112.22.333"]),
        ("me/cvs of MS", ["me/cvs", "MS"]),
    ],
)
def test_a_medical_or_private_word_is_marked(text: str, words: list[str]) -> None:
    assert marked(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hartelijk dank, met hartelijke groet.",
        "Hartstikke goed gedaan!",
        "Er is een klachtenregeling en een klachtencommissie.",
        "U mag een klacht indienen.",
        "In deze brief staan geen medische gegevens.",
        "Vraag niet naar ziekte, klachten of behandeling. Schrijf daar ook niets over op.",
        "De vrouw van het magazijn helpt; het vertrouwen is groot.",
        "Arbeidstherapeutisch werken is werken om te oefenen.",
        "De coöperatie en de operationele afdeling.",
        "Scheiden van afval gaat goed. De scheidingswand staat er.",
        "De aandachtsgebieden d430, d240, e310 en b130 zijn besproken.",
        "Niet meer dan 10 kilo tillen, en niet vanaf de grond.",
        "Werk 4 dagen van 6 uur. Vanaf 7 april 24 uur per week.",
        "Met de auto over de A12 naar het werk; de N50 is dicht.",
        "Print het op A4.",
        "Bel 0612345678 of 030 123 45 67.",
        "Ordernummer 111222334 en 1112223330.",
        "500 milliliter water en 3 mgr",
        "Rustig opbouwen: inpakken, planning en lichte orders.",
        "De teamleider belt elke twee weken kort.",
        "Alcoholvrije limonade staat bij de drankenhal.",
    ],
)
def test_ordinary_work_language_is_not_marked(text: str) -> None:
    assert marked(text) == []


def test_a_hit_points_at_its_word_and_says_why() -> None:
    text = "Na de öperatie: depressie."
    (hit,) = [hit for hit in medical_hits(text) if hit.word == "depressie"]
    assert hit == Hit(16, 25, "depressie", "Dit kan een ziekte of aandoening noemen.")
    assert text[hit.start : hit.end] == hit.word


def test_a_fixed_phrase_clears_only_itself() -> None:
    assert marked("Vraag niet naar ziekte, klachten of behandeling. Hij heeft klachten.") == ["klachten"]


def test_names_in_the_dossier_are_no_words_of_illness() -> None:
    text = "Mevrouw Hartman belt. Haar hart ook."
    assert [hit.word for hit in medical_hits(text, names=["Els Hartman"])] == ["hart"]
    assert marked(text) == ["Hartman", "hart"]


@pytest.mark.parametrize(
    ("digits", "passes"),
    [("111222333", True), ("123456782", True), ("123456789", False), ("000000000", False), ("12345678", False), ("²23456782", False)],
)
def test_the_eleven_test(digits: str, passes: bool) -> None:
    assert is_bsn(digits) is passes


@given(st.text(max_size=200))
def test_hits_of_any_text_are_in_order_apart_and_literal(text: str) -> None:
    reached = 0
    for hit in medical_hits(text):
        assert reached <= hit.start < hit.end
        assert text[hit.start : hit.end] == hit.word
        assert hit.why.endswith(".")
        reached = hit.end


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_word_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert "depressie" in marked(f"{before} \ndepressie; {after}")


# No text makes it slow -----------------------------------------------------------------------------


def steps_of(work: Callable[[], Any]) -> int:
    """The number of lines of Python that ran: a measure of work that no busy machine changes."""
    taken = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal taken
        taken += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return taken


HOSTILE = ["a", "klachten", "1", "1.", "1 ", "pijn ", "é", "M5", "-", "vraag niet naar ", "111222333 ", "/-' ", "İ"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_twice_the_steps(piece: str) -> None:
    medical_hits("warm")  # the list is read once
    half, whole = (piece * (size // len(piece)) for size in (10_000, 20_000))
    small, large = steps_of(lambda: medical_hits(half)), steps_of(lambda: medical_hits(whole))
    assert large < 2.2 * small + 1000
    assert large < 80 * 20_000


def test_no_pattern_can_run_back_and_forth() -> None:
    patterns = [pattern for pattern, _ in wordlist._PATTERNS] + [wordlist._NINE_DIGITS]
    assert not any(re.search(r"[*+]|\{\d+,\}", pattern.pattern) for pattern in patterns)
    assert wordlist._TOKEN.pattern == r"[^\W_]+"  # one class, taken once, never given back
