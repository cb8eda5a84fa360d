"""The course as each reader sees it: only open parts, only versions this reader may know of, and never a word of the FML."""

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.parts import Part
from instrument import library
from tests.course.material import add_visits, sections_of
from tests.insurance_report.material import close, html, main_of
from tests.versions.material import day_sections
from tests.world import VISIT, World, canary, fill_in, finalise, make_world, offer

READERS = ("employee", "physician", "delegate", "labour_expert", "insurance_physician", "uwv_labour_expert")
KINDS = ("physician", "employee", "insurance_physician")  # one of each kind of reader

# Rubrics, items and scores of the FML (both variants in use), from the domain notes; written by hand. "FML" itself too.
_FML = """
fml|functionele mogelijkhedenlijst|functiemogelijkhedenlijst|rubriek|normaalwaarde|cbbs|izp|inzetbaarheidsprofiel|persoonlijk functioneren
sociaal functioneren|aanpassing aan fysieke omgevingseisen|fysieke omgevingseisen|dynamische handelingen|statische houdingen|werktijden
vasthouden van de aandacht|concentreren|verdelen van de aandacht|herinneren|inzicht in eigen kunnen|doelmatig handelen|zelfstandig handelen
handelingstempo|specifieke voorwaarden|mate van zelfstandigheid|zien|horen|spreken|schrijven|lezen|emotionele problemen van anderen hanteren
eigen gevoelens uiten|omgaan met conflicten|samenwerken|vervoer|beroepsmatig vervoer|temperatuur|hitte|koude|tocht|huidcontact
beschermende middelen|geluidsbelasting|trillingsbelasting|dominantie|lokalisatie|hand- en vingergebruik|toetsenbord|tastzin
schroefbewegingen|reiken|frequent reiken|buigen|frequent buigen|torderen|duwen of trekken|tillen|dragen|tillen of dragen|hoofdbewegingen
lopen|lopen tijdens het werk|trappenlopen|klimmen|knielen|hurken|zitten|zitten tijdens het werk|staan|staan tijdens het werk
geknield of gehurkt actief|gebogen of getordeerd actief|boven schouderhoogte actief|afwisseling van houding|perioden van het etmaal
uren per dag|overige beperkingen|beperkt|licht beperkt|sterk beperkt|enigszins beperkt|normaal|benutbare mogelijkheden|beperking|beperkingen
"""
FML = _FML.strip().replace("\n", "|").split("|")


def course_url(world: World) -> str:
    return f"/dossier/{world.number}/verloop/"


def page_of(world: World, who: str, status: int = 200) -> str:
    page = html(world.client(who), course_url(world), status)
    return main_of(page) if status == 200 else page


@pytest.fixture
def two(db: None) -> World:
    """Three experts let in, and two visits at which the same was said."""
    return make_world(finals=2)


# --- who reads what --------------------------------------------------------------------------------


def test_everybody_with_capacity_open_reads_the_course_and_nobody_else(two: World) -> None:
    for who in READERS:
        page = page_of(two, who)
        assert ("Hoe het ging" in page) is (who == "employee")
        for text in ("Tillen en dragen", "Niet meer dan 5 kilo tillen.", "16 feb", "2 maart 2026", "contract: 36 uur", "De dag begint goed."):
            assert text in page, (who, text)
        assert "d430" not in page, "no codes"
        for part in (Part.WORK_FACTORS, Part.CONTEXT, Part.EMPLOYEE_VIEW, Part.CONSULTATION, Part.ADVICE):
            assert f"KANARIE {part.value}" not in page, (who, part)
        assert "Werken kan weer voor een deel." not in page, "the advice is another part"
    assert "Tillen en dragen" not in page_of(two, "employer", 403)
    page_of(two, "outsider", 404)
    page_of(two, "superuser", 404)
    page_of(two, "nobody", 302)


def test_the_menu_leads_here(two: World) -> None:
    assert course_url(two) in html(two.client("insurance_physician"), f"/dossier/{two.number}/")
    assert course_url(two) not in html(two.client("employer"), f"/dossier/{two.number}/")


def test_an_explanation_is_there_only_while_it_is_open(two: World) -> None:
    words = (canary(Part.EXPLANATION, "tillen"), canary(Part.EXPLANATION, "grond"), canary(Part.EXPLANATION, "prognose"))
    for who in ("insurance_physician", "employee", "delegate"):
        page = page_of(two, who)
        assert all(word in page for word in words) and "Uitleg van de bedrijfsarts" in page, who
    close(two, Part.EXPLANATION)
    page = page_of(two, "insurance_physician")
    assert "KANARIE explanation" not in page and "Uitleg" not in page, "and no empty place for it"
    assert canary(Part.CAPACITY, "niet in brief") in page
    close(two, Part.CAPACITY)
    assert "KANARIE capacity" not in page_of(two, "insurance_physician", 403)


def test_a_version_is_a_column_for_who_may_know_of_it(two: World) -> None:
    day = timezone.localdate()
    fill_in(two, day, day_sections())
    for who in KINDS:
        page = page_of(two, who)
        assert ("versie 3" in page and "concept" in page) is (who in {"physician", "delegate"}), who
        assert f"{2 + (who in {'physician', 'delegate'})} gesprekken, van" in page
    offer(two, day)
    for who in KINDS:
        assert ("versie 3" in page_of(two, who)) is (who in {"physician", "delegate", "employee"}), who
    assert "u kunt dit nu lezen" in page_of(two, "employee")
    finalise(two, day)
    for who in KINDS:
        assert "versie 3" in page_of(two, who), who


def test_an_area_that_was_not_talked_about_last_time_keeps_its_last_words(two: World) -> None:
    day = VISIT + dt.timedelta(days=28)
    fill_in(two, day, {**sections_of(2), "areas": []})
    finalise(two, day)
    page = re.sub(r"<[^>]+>", "", page_of(two, "employee"))
    assert "Bij het laatste gesprek: niet besproken. Daarvoor, op 2 maart 2026: aandachtspunt." in page and "Lichte dozen tillen." in page


def test_with_no_or_one_version_the_page_says_why_it_is_empty(bare_world: World) -> None:
    assert "Na twee gesprekken staat hier wat er veranderde." in page_of(bare_world, "employee")
    fill_in(bare_world, VISIT)
    assert "nog niets vastgelegd na een gesprek met u" in page_of(bare_world, "employee")
    assert "Er is nu één gesprek: dat van 16 februari 2026." in page_of(bare_world, "physician")
    finalise(bare_world, VISIT)
    page = page_of(bare_world, "employee")
    assert "Er is nu één gesprek" in page and f"/dossier/{bare_world.number}/bar/1/" in page
    assert "course-band" not in page and "course-picture" not in page, "one visit is no course"


def test_more_versions_ask_no_more_queries(two: World) -> None:
    client = two.client("physician")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(course_url(two)).status_code == 200
        return len(found)

    queries()
    before = queries()
    add_visits(two, 2, first=2)
    queries()  # notes that somebody was here, which is done once in half a minute
    assert queries() <= before


# --- never a word of the FML -----------------------------------------------------------------------


def everything(place: int) -> dict[str, Any]:
    """A visit at which every area needs attention; what is typed holds no word of a list."""
    texts = {"explanation": "Zie boven.", "still_possible": "Rustig aan.", "condition": "Met hulp."}
    return {**sections_of(place), "areas": [{"item": item.key, "status": "attention", **texts} for item in library.current().items("areas")]}


def our_own_words() -> list[str]:
    """Labels of our own, of all definitions; long ones first, so that a short one does not cut into a long one."""
    labels = {item.label for one in library.load_all().values() for item in one.items("areas")}
    return sorted((label.casefold() for label in labels), key=len, reverse=True)


def spoken(page: str) -> str:
    """What a page says, to eye and ear, without our own labels."""
    told = re.sub(r'\s(?:aria-label|title|data-label)="([^"]*)"', r">\1<", page)
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", told))).casefold()
    for label in our_own_words():
        text = text.replace(label, " ")
    return text


def fml_in(text: str) -> list[str]:
    return [word for word in FML if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


def test_no_word_of_the_fml_is_ever_shown(db: None) -> None:
    world = make_world(finals=0)
    for place in range(2):
        day = VISIT + dt.timedelta(days=7 * place)
        fill_in(world, day, everything(place))
        finalise(world, day)
    for who in KINDS:
        page = page_of(world, who)
        assert all(label in unescape(page).casefold() for label in (item.label.casefold() for item in library.current().items("areas"))), who
        assert fml_in(spoken(page)) == [], who


def test_the_list_of_words_would_find_one() -> None:
    assert fml_in(spoken("<p>Rubriek IV: dynamische handelingen. Tillen en dragen: sterk beperkt.</p>")) == [
        "rubriek",
        "dynamische handelingen",
        "beperkt",
        "sterk beperkt",
    ]
