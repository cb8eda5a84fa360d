"""Dates in a reader's own language: on the screen of that reader only, never in a letter."""

import datetime as dt

import pytest
from django.utils import timezone

from bar.accounts.models import User
from dossiers.actions.promises import sweep_by_clock
from dossiers.date_language import LANGUAGES, chosen, in_language
from tests.world import World


@pytest.fixture
def polish(bare_world: World) -> World:
    answer = bare_world.client("employee").post("/account/datums/", {"language": "pl"}, follow=True)
    assert answer.status_code == 200
    bare_world.people["employee"].refresh_from_db()
    assert bare_world.people["employee"].date_language == "pl"
    return bare_world


def test_the_page_shows_every_language_with_today_in_it(bare_world: World) -> None:
    page = bare_world.client("employee").get("/account/datums/").content.decode()
    for code, name in LANGUAGES.items():
        assert f'lang="{code}"' in page
        assert name in page
    assert 'dir="rtl"' in page
    assert "Brieven blijven in het Nederlands" in page


def test_a_language_writes_its_own_months() -> None:
    day = dt.date(2026, 11, 23)
    assert in_language(day, "pl") == "23 listopada 2026"
    assert in_language(day, "de") == "23. November 2026"
    assert in_language(day, "fr") == "23 novembre 2026"
    assert in_language(day, "nl") == "23 november 2026"


def test_a_date_stands_there_twice_for_who_chose_it_and_marked_as_that_language(polish: World) -> None:
    page = polish.client("employee").get(f"/dossier/{polish.number}/proces/").content.decode()
    assert '12 januari 2026 (<span lang="pl" dir="ltr">12 stycznia 2026</span>)' in page
    other = polish.client("employer").get(f"/dossier/{polish.number}/proces/").content.decode()
    assert "stycznia" not in other
    assert "12 januari 2026" in other


def test_no_title_and_no_attribute_gets_markup(world: World) -> None:
    User.objects.filter(pk=world.people["employee"].pk).update(date_language="pl")
    client = world.client("employee")
    for place in ("", "brieven/", "bar/", "bar/1/", "proces/"):
        page = client.get(f"/dossier/{world.number}/{place}").content.decode()
        assert "<span" not in page.split("<title>")[1].split("</title>")[0], place
        assert "&lt;span" not in page, place


def test_a_letter_stays_dutch_on_the_same_screen(world: World) -> None:
    User.objects.filter(pk=world.people["employee"].pk).update(date_language="pl")
    sweep_by_clock(now=timezone.now())
    page = world.client("employee").get(f"/dossier/{world.number}/brieven/1/").content.decode()
    letter = page.split('class="letter-screen"')[1].split("letter-screen__foot")[0]
    assert "16 februari 2026" in letter
    assert "lutego" not in letter


def test_the_choice_ends_with_the_page(polish: World) -> None:
    polish.client("employee").get(f"/dossier/{polish.number}/")
    assert chosen() == "nl"


@pytest.mark.parametrize("language", ["", "xx", "nl-NL", "pl\x00"])
def test_a_language_that_is_not_offered_is_refused(bare_world: World, language: str) -> None:
    assert bare_world.client("employee").post("/account/datums/", {"language": language}).status_code == 422
    assert User.objects.get(pk=bare_world.people["employee"].pk).date_language == "nl"
