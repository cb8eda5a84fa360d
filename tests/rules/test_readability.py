"""The readability scores, against the hand-computed reference values of the domain research."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.rules.readability import brouwer, count, flesch_douma, lix, sentences, syllables, words

PLAIN = (
    "U kunt nog niet al uw werk doen. U kunt wel 3 keer per week 4 uur werken. Het is belangrijk dat u "
    "tijdens het werk elk uur even kunt lopen. U mag nu niet zwaar tillen. Dat betekent: niet meer dan "
    "5 kilo. Ik verwacht dat u over 6 weken meer kunt werken. Uw werkgever en u maken samen een plan. "
    "Daarin staat wat u gaat doen en wanneer. Op 12 mei praat u weer met mij. Bent u het niet eens met "
    "mijn advies? Vertel mij dat dan binnen een week."
)
OLD_STYLE = (
    "Betrokkene beschikt over benutbare mogelijkheden met inachtneming van beperkingen ten aanzien van "
    "dynamische handelingen en statische houdingen. Werkhervatting in aangepaste werkzaamheden is "
    "geïndiceerd gedurende 3 dagdelen per week met een geleidelijke opbouw conform onderstaand schema. "
    "Ten aanzien van de prognose wordt opgemerkt dat een substantiële toename van de belastbaarheid "
    "binnen een termijn van circa 6 weken in de lijn der verwachting ligt. Werkgever en werknemer worden "
    "geadviseerd het plan van aanpak dienovereenkomstig bij te stellen."
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("werkgever", 3),
        ("bedrijfsarts", 3),
        ("re-integratie", 5),
        ("geëvalueerd", 5),
        ("beëindigen", 4),
        ("belastbaarheid", 4),
        ("eenvoudige", 4),
        ("financiële", 5),
        ("niveau", 2),
        ("functioneel", 4),
        ("ideeën", 3),
        ("UWV", 1),
        ("UURTJE", 2),
        ("brr", 1),
    ],
)
def test_syllables_of_known_words(word: str, expected: int) -> None:
    assert syllables(word) == expected


@pytest.mark.parametrize(
    ("text", "expected_counts"),
    [(PLAIN, (11, 88, 111, 6)), (OLD_STYLE, (4, 73, 163, 33))],
    ids=["plain", "old style"],
)
def test_counts_of_the_reference_texts(text: str, expected_counts: tuple[int, int, int, int]) -> None:
    counts = count(text)
    assert (counts.sentences, counts.words, counts.syllables, counts.long_words) == expected_counts


@pytest.mark.parametrize(
    ("text", "douma", "index", "lix_value"),
    [(PLAIN, 102.3, 94.9, 14.8), (OLD_STYLE, 17.9, 9.6, 63.5)],
    ids=["plain", "old style"],
)
def test_scores_of_the_reference_texts(text: str, douma: float, index: float, lix_value: float) -> None:
    assert flesch_douma(text) == pytest.approx(douma, abs=0.1)
    assert brouwer(text) == pytest.approx(index, abs=0.1)
    assert lix(text) == pytest.approx(lix_value, abs=0.1)


def test_numbers_are_not_words_and_inner_marks_do_not_split() -> None:
    assert words("Op 12 mei 2026: foto's van de re-integratie, 'snel'.") == [
        "Op", "mei", "foto's", "van", "de", "re-integratie", "snel",
    ]  # fmt: skip


def test_a_line_end_ends_a_sentence_and_a_colon_or_decimal_does_not() -> None:
    assert sentences("Dit kan: tillen tot 1.5 kilo\n- Lopen\n- Zitten. 12. Klaar?!") == [
        "Dit kan: tillen tot 1.5 kilo", "- Lopen", "- Zitten", "Klaar",
    ]  # fmt: skip


@pytest.mark.parametrize("score", [flesch_douma, brouwer, lix])
@pytest.mark.parametrize("text", ["", "  \n", "12 34. 5!", "... ---"])
def test_a_text_without_words_scores_nothing_instead_of_failing(score: Callable[[str], float], text: str) -> None:
    assert score(text) == 0.0


def test_a_score_needs_fifty_words_in_three_sentences() -> None:
    assert count(PLAIN).is_enough
    assert not count("woord " * 60).is_enough
    assert not count("Een kort zinnetje. Nog een. En een.").is_enough


@given(st.text(max_size=300))
def test_any_text_can_be_counted(text: str) -> None:
    counts = count(text)
    assert counts.syllables >= counts.words >= counts.sentences >= 0
    assert counts.long_words <= counts.words
